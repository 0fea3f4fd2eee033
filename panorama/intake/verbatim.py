"""Rows of our own exports, whose words are taken as they stand: 无, — or 合计 may be what somebody wrote, and no empty cell.

An export says in a column of its own what each row's words were. A row of which that still holds is ours as it was written;
one that was changed or added since is read like any other, and so is every ledger kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from panorama.intake.grid import Grid, SheetReading
from panorama.intake.identity import mask_identity
from panorama.sources.grammar import Column, Source

MARK: Final = "导出行（系统用，请勿改）"
"""Header of that column, in either language; its cells hold `sign` of their row. It travels with its row when a sheet is sorted."""
_TOP: Final = 5
"""Rows in which the header of an export stands, whatever was put above it."""


def worded(name: str, column: Column) -> bool:
    """Whether a field holds words that may be anything; units and what ties sheets together are never such."""
    return column.kind in ("text", "str") and name not in ("unit_ref", "entry")


def sign(words: Mapping[str, str]) -> str:
    """What a row's words were: header → text of the cells that are not empty."""
    told = json.dumps(sorted(words.items()), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def set_aside(grid: Grid, models: Sequence[type[Source]], begin: int) -> tuple[Grid, dict[str, str]]:
    """The sheet without that column, its own rows' words replaced by stand-ins that no rule takes for anything; these → the words.

    begin: the number of the first stand-in. Cells that hold numbers of persons, or signs that were lost, stay: they are read as all are.
    """
    letters = [name for name in grid.frame.columns if name != "row"]
    heads = next(
        (row for row in grid.frame.head(_TOP).iter_rows(named=True) if MARK in [row[name] for name in letters]), None
    )
    if heads is None:
        return grid, {}
    mark = next(name for name in letters if heads[name] == MARK)
    labels = {
        label
        for model in models
        for name, column in model.columns().items()
        if worded(name, column)
        for label in (column.zh, column.en)
    }
    columns = [name for name in letters if heads[name] in labels]
    instead: dict[str, str] = {}
    rows: list[dict[str, str | None]] = []
    for row in grid.frame.iter_rows(named=True):
        words = {name: row[name] for name in columns if row[name] is not None}
        if row["row"] > heads["row"] and row[mark] == sign({heads[name]: text for name, text in words.items()}):
            for name, text in words.items():
                if "\ufffd" not in text and mask_identity(text, strict=False) == text:
                    instead[f"原文{begin + len(instead)}号"] = text
                    row[name] = f"原文{begin + len(instead) - 1}号"
        rows.append({**row, mark: None})
    return replace(grid, frame=pl.DataFrame(rows, schema=grid.frame.schema)), instead


def put_back(sheet: SheetReading, instead: Mapping[str, str]) -> SheetReading:
    """The same with the words in place of their stand-ins, also where a remark tells of one."""
    if sheet.parsed is None or not instead:
        return sheet
    rows, remarks = sheet.parsed.rows, sheet.parsed.remarks
    old, new = list(instead), list(instead.values())
    rows = rows.with_columns(pl.col(pl.String).replace(old, new))
    remarks = remarks.with_columns(
        pl.col("value").replace(old, new), pl.col("message", "message_en").str.replace_many(old, new)
    )
    return replace(sheet, parsed=replace(sheet.parsed, rows=rows, remarks=remarks))
