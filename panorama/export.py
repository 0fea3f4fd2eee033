"""Tables as files: CSV and Excel, without formulas, links or surprises, each with a line saying what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter

_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Noted:
    """Notes on what a table shows, to go along with it: a title, and rows under heads."""

    title: str
    frame: pl.DataFrame
    heads: Mapping[str, str]


def plain(value: Any) -> Any:
    """A cell that no spreadsheet will run: text that starts like a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(_RISKY):
        return "'" + value
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return value


def to_csv(frame: pl.DataFrame, heads: Mapping[str, str], line: str, noted: Noted | None = None) -> bytes:
    """UTF-8 with BOM, so that Excel opens it right. First row: `line` (what, snapshot, when, by whom); notes at the end."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([plain(line)])
    _csv_rows(writer, frame, heads)
    if noted is not None:
        writer.writerow([])
        writer.writerow([plain(noted.title)])
        _csv_rows(writer, noted.frame, noted.heads)
    return out.getvalue().encode("utf-8-sig")


def _csv_rows(writer: Any, frame: pl.DataFrame, heads: Mapping[str, str]) -> None:
    writer.writerow([plain(heads.get(name, name)) for name in frame.columns])
    writer.writerows([["" if cell is None else plain(cell) for cell in row] for row in frame.iter_rows()])


def to_xlsx(frame: pl.DataFrame, heads: Mapping[str, str], line: str, noted: Noted | None = None) -> bytes:
    """One sheet: `line`, the heads, the rows; strings stay strings, numbers stay numbers. Notes on a sheet of their own."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, options) as book:
        _sheet(book, "数据", frame, heads, line)
        if noted is not None:
            _sheet(book, noted.title, noted.frame, noted.heads, line)
    return out.getvalue()


def _sheet(book: Any, name: str, frame: pl.DataFrame, heads: Mapping[str, str], line: str) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, line)
    for at, column in enumerate(frame.columns):
        sheet.write_string(1, at, heads.get(column, column), bold)
        sheet.set_column(at, at, 16)
    sheet.freeze_panes(2, 0)
    for row_at, row in enumerate(frame.iter_rows(), start=2):
        for at, cell in enumerate(row):
            _write(sheet, row_at, at, cell)


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, list):
        sheet.write_string(row, column, "、".join(str(item) for item in cell))
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)
