"""Tables as files: CSV and Excel, without formulas, links or surprises, each with a line saying what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """A cell that no spreadsheet will run: text that starts like a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(_RISKY):
        return "'" + value
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return value


def to_csv(frame: pl.DataFrame, heads: Mapping[str, str], line: str) -> bytes:
    """UTF-8 with BOM, so that Excel opens it right. First row: `line` (what, snapshot, when, by whom)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([plain(line)])
    writer.writerow([plain(heads.get(name, name)) for name in frame.columns])
    writer.writerows([["" if cell is None else plain(cell) for cell in row] for row in frame.iter_rows()])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(frame: pl.DataFrame, heads: Mapping[str, str], line: str) -> bytes:
    """One sheet: `line`, the heads, the rows; strings stay strings, numbers stay numbers."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("数据")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, line)
        for at, name in enumerate(frame.columns):
            sheet.write_string(1, at, heads.get(name, name), bold)
            sheet.set_column(at, at, 16)
        sheet.freeze_panes(2, 0)
        for row_at, row in enumerate(frame.iter_rows(), start=2):
            for at, cell in enumerate(row):
                _write(sheet, row_at, at, cell)
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, list):
        sheet.write_string(row, column, "、".join(str(item) for item in cell))
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)
