"""Rows as workbooks and text files, with the headers that the sources name, each marked 模拟数据."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter

from panorama.sources import source
from panorama.sources.grammar import Column, Source

MARK: Final = "模拟数据"
NOTE: Final = (
    "模拟数据：本文件由程序生成，单位、处室、编码和数字全部虚构，仅供演示和测试，不对应任何真实单位或个人。",
    "Made-up data: units, offices, codes and numbers are invented for demonstration and tests; nobody real is meant.",
)
GUIDE: Final = "说明"
LONGEST: Final = 4_000
"""Rows from which a dataset is written as CSV."""
_MADE: Final = datetime(2026, 1, 1)
"""Written into every workbook, so that the same seed gives the same bytes."""

Row = Mapping[str, Any]


def name(title: str, kind: str = "xlsx") -> str:
    return f"{MARK}_{title}.{kind}"


def used(model: type[Source], rows: Sequence[Row]) -> dict[str, Column]:
    """The columns worth writing: those the source asks for, and those that hold anything."""
    filled = {field for row in rows for field, value in row.items() if value is not None}
    return {field: column for field, column in model.columns().items() if field in filled | model.starred()}


def written(column: Column, value: Any) -> Any:
    """A value as a clerk would write it: the label of a choice, 是 or 否, a plain number."""
    if value is None:
        return None
    if column.choices and isinstance(value, str):
        return next((choice.label.zh for choice in column.choices if choice.value == value), value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    return value


def book(path: Path) -> Any:
    """A workbook with fixed dates: text is never taken for a formula or a link."""
    made = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"title": path.stem, "comments": MARK, "created": _MADE})
    return made


def guide(made: Any, lines: Iterable[str] = ()) -> None:
    """The sheet that says what the file is; one column, so that it is no table."""
    sheet = made.add_worksheet(GUIDE)
    sheet.set_column(0, 0, 100)
    for row, line in enumerate((*NOTE, *lines)):
        sheet.write_string(row, 0, line)


def table(made: Any, title: str, dataset: str, rows: Sequence[Row], sheet_name: str | None = None) -> Any:
    """A sheet with a title row, one row of headers, and the rows."""
    columns = used(source(dataset), rows)
    sheet = made.add_worksheet(sheet_name or source(dataset).title.zh)
    bold = made.add_format({"bold": True, "bg_color": "#EDF1F5", "border": 1})
    head = made.add_format({"bold": True, "font_size": 14})
    days = made.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), f"{MARK}　{title}", head)
    for at, column in enumerate(columns.values()):
        sheet.write_string(1, at, column.zh, bold)
        sheet.set_column(at, at, 40 if column.kind == "text" else 16)
    for place, row in enumerate(rows, start=2):
        for at, (field, column) in enumerate(columns.items()):
            cell(sheet, place, at, written(column, row.get(field)), days)
    sheet.freeze_panes(2, 0)
    return sheet


def cell(sheet: Any, row: int, column: int, value: Any, days: Any) -> None:
    """Write one cell by its type; text stays text, so that leading zeros do."""
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), days)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, float(value) if isinstance(value, Decimal) else value)


def write(folder: Path, title: str, dataset: str, rows: Sequence[Row]) -> Path:
    """One dataset as a workbook, or as CSV where it is long. Returns the path."""
    if len(rows) > LONGEST:
        return _csv(folder / name(title, "csv"), title, dataset, rows)
    path = folder / name(title)
    with book(path) as made:
        table(made, title, dataset, rows)
        guide(made)
    return path


def text(title: str, dataset: str, rows: Sequence[Row], delimiter: str = ",") -> str:
    """Title row, header row and rows as delimited text; the title row is as wide as the others, as Excel saves it."""
    columns = used(source(dataset), rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([f"{MARK}　{title}", *[""] * (len(columns) - 1)])
    writer.writerow([column.zh for column in columns.values()])
    for row in rows:
        writer.writerow([written(column, row.get(field)) for field, column in columns.items()])
    return out.getvalue()


def _csv(path: Path, title: str, dataset: str, rows: Sequence[Row]) -> Path:
    path.write_bytes(text(title, dataset, rows).encode("utf-8-sig"))
    return path


def frame(path: Path, title: str, dataset: str, rows: pl.DataFrame, more: bool = False) -> Path:
    """A long frame of a dataset's fields as CSV, in one go; more: to the end of a file begun before."""
    columns = source(dataset).columns()
    kept = [field for field in columns if field in rows.columns]
    named = rows.select(pl.col(field).alias(columns[field].zh) for field in kept)
    with path.open("ab" if more else "wb") as out:
        if not more:
            out.write(f"\ufeff{MARK}　{title}{',' * (len(kept) - 1)}\r\n".encode())
        named.write_csv(out, line_terminator="\r\n", include_header=not more)
    return path
