"""What files would do, were they taken in: rows by dataset, figures of the overview, cells that would be refused."""

from __future__ import annotations

from typing import Final

import polars as pl

from panorama.charts import intake
from panorama.charts.picture import Facts
from panorama.store.report import DropReport
from panorama.text import Language, Text, many

_CHANGES: Final = {"dataset": pl.String(), "new": pl.Int64(), "changed": pl.Int64(), "same": pl.Int64()}
_MOVES: Final = {"figure": pl.String(), "before": pl.Int64(), "after": pl.Int64()}
_REFUSALS: Final = {
    **dict.fromkeys(("file", "sheet"), pl.String()),
    "src_row": pl.Int64(),
    **dict.fromkeys(("column", "header", "value", "message", "message_en", "rule"), pl.String()),
}


def rows(report: DropReport, language: Language) -> Facts:
    """Rows that would be new, changed, the same and refused, by dataset."""
    sheets = [(sheet.dataset, sheet.refused) for sheet in report.sheets if sheet.dataset is not None]
    refused = pl.DataFrame(sheets, schema={"dataset": pl.String(), "refused": pl.Int64()}, orient="row")
    changes = pl.DataFrame([dict(one) for one in report.changes], schema=_CHANGES)
    both = changes.join(refused.group_by("dataset").sum(), on="dataset", how="full", coalesce=True).sort("dataset")
    found = intake.diff(both.with_columns(pl.col("new", "changed", "same").fill_null(0)), language)
    return Facts(
        found.title, found.note, found.table, {**found.heads, "refused": Text("拒收行", "Refused rows")[language]}
    )


def moves(report: DropReport, language: Language) -> Facts:
    """Figures of the overview that would move."""
    found = intake.moves(pl.DataFrame([dict(one) for one in report.moves], schema=_MOVES), language)
    n = len(report.moves)
    title = (
        Text(f"领导驾驶舱会有 {n} 个数字变动", f"{many(n, 'figure')} of the overview would move")
        if n
        else Text("领导驾驶舱的数字不变", "No figure of the overview would move")
    )
    return Facts(title[language], "", found.table, found.heads)


def refusals(report: DropReport, language: Language) -> Facts:
    """Cells that would be refused, the first of each sheet; the title counts all."""
    cells = [
        (sheet.file, sheet.sheet, one.row, one.column, one.header, one.value, one.message.zh, one.message.en, one.rule)
        for sheet in report.sheets
        for one in sheet.refusals
    ]
    total = sum(sheet.refused_cells for sheet in report.sheets)
    frame = pl.DataFrame(cells, schema=_REFUSALS, orient="row").with_columns(pl.lit(total).alias("in_all"))
    found = intake.rejects(frame, language)
    title = (
        Text(f"会拒收 {total:,} 格", f"{many(total, 'cell')} would be refused")
        if total
        else Text("不会拒收", "Nothing would be refused")
    )
    wanted = ("file", "src_row", "column", "value", *(name for name in found.heads if name.startswith("message")))
    return Facts(title[language], found.note, found.table, {name: found.heads[name] for name in wanted})
