"""A file read: opened, its tables found, recognised and judged, sheet by sheet. A bad file ends as a sentence, never raises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from panorama.errors import NeedsDay, PanoramaError, Unrecognised
from panorama.intake.grid import Grid, Lacks, Reading, SheetReading, Table
from panorama.intake.identity import holds_identity
from panorama.intake.large import read_large
from panorama.intake.mapping import SavedMapping, mapped
from panorama.intake.mending import taken_off
from panorama.intake.opening import open_file, refusals_of
from panorama.intake.secrecy import refuse_secret_tables
from panorama.intake.sieve import judge, parse
from panorama.intake.table import find_tables
from panorama.intake.verbatim import put_back, set_aside
from panorama.settings import Settings
from panorama.sources import SOURCES, vocabulary
from panorama.sources.grammar import Source
from panorama.text import Text

_NOTES: Final = re.compile(
    r"说明|字典|须知|注意事项|目录|封面|示例|样例|代码表|选项|下拉|指标解释|readme|notes?|guide|dictionary|instruction|choices|lists?",
    re.IGNORECASE,
)
_DATASETS: Final = tuple(SOURCES.values())
_TOP: Final = 3
"""Rows in which a sheet without a table says what it is."""


def read_file(
    path: Path,
    settings: Settings,
    dataset: str | None = None,
    snapshot_date: date | None = None,
    name: str | None = None,
    sha256: str | None = None,
    password: str | None = None,
    mappings: Sequence[SavedMapping] = (),
    folder: Path | None = None,
) -> Reading:
    """What became of a file: every visible sheet parsed, passed over as notes, or with the sentence that says why not.

    `dataset` settles the source of every sheet; `snapshot_date` dates ledgers that carry no date; `name` is what the
    user called the file; `sha256` spares hashing it again; `password` is used and forgotten; `mappings` explain headers
    that no source knows; `folder` takes the rows of a large text, which is then judged stretch by stretch. Faults of the file stand in `problem` of the reading or of a sheet.
    """
    name = name or path.name
    # What a person says now goes before what was said once.
    mappings = () if dataset is not None else mappings
    digest = sha256 or _digest(path)
    try:
        if folder is not None:
            large = read_large(path, folder, settings, name, digest, dataset, snapshot_date, mappings)
            if large is not None:
                return large
        opened = open_file(path, settings, name, password)
        with refusals_of(name):
            sheets = tuple(
                sheet
                for grid in opened.grids
                for sheet in _mapped(grid, mappings, snapshot_date) or _sheets(grid, dataset, snapshot_date)
            )
    except PanoramaError as refusal:
        return Reading(name, digest, None, None, (), problem=refusal.text)
    return Reading(name, digest, opened.kind, opened.encoding, sheets, opened.hidden, personal_aside=opened.personal)


def read_as(path: Path, settings: Settings, models: tuple[type[Source], ...], name: str | None = None) -> Reading:
    """As `read_file`, for a file whose tables are each of one of these models, and of no dataset.

    Rows of our own exports keep their words as they stand.
    """
    name = name or path.name
    digest = _digest(path)
    sheets: list[SheetReading] = []
    begin = 1
    try:
        opened = open_file(path, settings, name)
        with refusals_of(name):
            for written in opened.grids:
                grid, instead = set_aside(written, models, begin)
                begin += len(instead)
                sheets += [put_back(sheet, instead) for sheet in _sheets(grid, None, None, models)]
    except PanoramaError as refusal:
        return Reading(name, digest, None, None, (), problem=refusal.text)
    return Reading(
        name, digest, opened.kind, opened.encoding, tuple(sheets), opened.hidden, personal_aside=opened.personal
    )


def _digest(path: Path) -> str:
    """sha256 of the bytes; empty for a file that is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _mapped(grid: Grid, mappings: Sequence[SavedMapping], snapshot_date: date | None) -> list[SheetReading]:
    """What a saved mapping makes of a sheet, one outcome for each kind of row; none when no mapping knows its headers."""
    found = mapped(grid, mappings, snapshot_date) if grid.frame.height else None
    if found is None:
        return []
    table, mends = taken_off(found[0])
    sheets = [SheetReading(grid.sheet, judge(left, said, mends)) for left, said in found[1].recognised(table)]
    return _with_persons(sheets, grid, [table])


def _sheets(
    grid: Grid, dataset: str | None, snapshot_date: date | None, among: tuple[type[Source], ...] = _DATASETS
) -> list[SheetReading]:
    """What became of each table of a sheet; of a sheet without one that it is empty, says how to fill it in, or why not."""
    if grid.frame.height == 0:
        return [SheetReading(grid.sheet, None)]
    tables = find_tables(grid, vocabulary(among))
    refuse_secret_tables(tables)
    if not tables:
        return [_unread(grid, "", _no_table(grid))]
    return _with_persons([_table(grid, table, dataset, snapshot_date, among) for table in tables], grid, tables)


def _with_persons(sheets: list[SheetReading], grid: Grid, tables: Sequence[Table]) -> list[SheetReading]:
    """With whether numbers of persons stand beside the rows: in titles, headers and notes, which are not judged."""
    rows = pl.concat([table.frame["row"] for table in tables])
    if not holds_identity(grid.frame.filter(~pl.col("row").is_in(rows.implode()))):
        return sheets
    return [
        replace(sheet, personal=True)
        if sheet.parsed is None
        else replace(sheet, parsed=replace(sheet.parsed, personal=True))
        for sheet in sheets
    ]


def _table(
    grid: Grid, table: Table, dataset: str | None, snapshot_date: date | None, among: tuple[type[Source], ...]
) -> SheetReading:
    if table.frame.height == 0:
        return _unread(grid, table.title, _no_rows(table))
    try:
        return SheetReading(grid.sheet, parse(table, dataset, snapshot_date, among))
    except NeedsDay as refusal:
        return _unread(grid, table.title, refusal.text, "day")
    except Unrecognised as refusal:
        return _unread(grid, table.title, refusal.text, "columns")
    except PanoramaError as refusal:
        return _unread(grid, table.title, refusal.text)


def _unread(grid: Grid, title: str, problem: Text, lacks: Lacks | None = None) -> SheetReading:
    """A sheet that gave no rows: with why, unless it only explains others."""
    personal = holds_identity(grid.frame)
    if _is_notes(grid, title):
        return SheetReading(grid.sheet, None, personal=personal)
    return SheetReading(grid.sheet, None, problem, lacks, personal)


def _is_notes(grid: Grid, title: str) -> bool:
    """Whether a sheet says that it explains and holds no data."""
    top = [cell for row in grid.frame.head(_TOP).drop("row").iter_rows() for cell in row if cell]
    heading = next((cell for cell in top if len(cell) <= 20), "") if len(top) <= _TOP else ""
    return any(_NOTES.search(text) for text in (grid.sheet, title, heading))


def _no_table(grid: Grid) -> Text:
    return Text(
        f"{f'工作表“{grid.sheet}”' if grid.sheet else '文件'}里没有找到表头和数据：请用模板填写，或把表头放在数据上方后重新导入",
        f"No header with data was found in {f'sheet “{grid.sheet}”' if grid.sheet else 'the file'}: use a template, or put the headers above the data",
    )


def _no_rows(table: Table) -> Text:
    first, last = table.header_rows
    return Text(
        f"{f'工作表“{table.sheet}”的' if table.sheet else ''}表头（第 {first}—{last} 行）以下没有数据：请填好后重新导入",
        f"No data below the header (rows {first} to {last}){f' of sheet “{table.sheet}”' if table.sheet else ''}: fill it in and load again",
    )
