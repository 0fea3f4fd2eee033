"""Refused rows in their sender's own layout, to be mended: as a sheet of a workbook, or cell by cell in the page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.intake.grid import Grid, Table
from panorama.intake.letters import Merge, letter, number
from panorama.intake.mending import MARK
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.drops import load
from panorama.store.parts import ROW_BITS, PartRecord
from panorama.store.report import DropReport
from panorama.text import Text

CHOICES: Final = "选项"
"""The hidden sheet that drop-downs read."""
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_WRONG: Final = "#FFD9D4"
_SHEET_NAME: Final = 31
"""What a spreadsheet program allows."""
_WIDTH: Final = 16

Reasons = Mapping[tuple[int, str], Sequence[Text]]
"""(row, column letter) → everything that is said of the cell."""


@dataclass(frozen=True)
class Sheet:
    """One sheet with refused rows. rows: "row" and a String column a letter of the table's headers."""

    part: PartRecord
    table: Table
    rows: pl.DataFrame
    reasons: Reasons
    head: pl.DataFrame
    """Titles and headers as they stand in the sheet: "row" and a String column a letter."""
    merges: tuple[Merge, ...] = ()
    """Merged cells of the head."""
    given: date | None = None
    """The ledger date that the person gave when the file was loaded."""

    @property
    def width(self) -> int:
        """Columns of the sheet, those left of the table too."""
        return max((number(name) for name in (*self.head.columns[1:], *self.rows.columns[1:])), default=0)


def sheet_of(part: PartRecord, grid: Grid, table: Table, wrong: pl.DataFrame, given: date | None) -> Sheet:
    """The rows of `table` that `wrong` speaks of, and all that stands above them in `grid`."""
    letters = [header.letter for header in table.headers]
    rows = table.frame.filter(pl.col("row").is_in(wrong["src_row"].unique().implode())).select("row", *letters)
    last = table.header_rows[1]
    above = grid.frame.filter(pl.col("row") <= last)
    head = above.drop(name for name in above.columns[1:] if MARK in above[name])
    merges = tuple(merge for merge in grid.merges if merge[2] <= last)
    return Sheet(part, table, rows, reasons_of(wrong), head, merges, given)


def write_sheet(book: Any, sheet: Sheet) -> None:
    """The rows below the sheet's own titles and headers, each cell in its own column; what is wrong is coloured, with its reason."""
    page = book.add_worksheet(_free_name(book, sheet.part))
    at = first = _head(book, page, sheet)
    plain = book.add_format({"num_format": "@"})
    wrong = book.add_format({"num_format": "@", "bg_color": _WRONG})
    letters = sheet.rows.columns[1:]
    for row, *values in sheet.rows.iter_rows():
        for name, value in zip(letters, values, strict=True):
            column = number(name) - 1
            why = sheet.reasons.get((row, name))
            if why:
                page.write_comment(
                    at, column, "\n".join(f"{one.zh}\n{one.en}" for one in why), {"x_scale": 2.5, "y_scale": 1.5}
                )
            if value is not None:
                page.write_string(at, column, value, wrong if why else plain)
            elif why:
                page.write_blank(at, column, None, wrong)
        page.write_string(at, sheet.width, str(sheet.part.id << ROW_BITS | row), plain)
        at += 1
    page.set_column(0, max(sheet.width - 1, 0), _WIDTH)
    page.set_column(sheet.width, sheet.width, _WIDTH, None, {"hidden": True})
    page.freeze_panes(first, 0)
    _drop_downs(book, page, sheet, first, at - 1)


def _head(book: Any, page: Any, sheet: Sheet) -> int:
    """Titles and headers from the top on, merged as they were; returns the line after them."""
    bold = book.add_format({"bold": True, "num_format": "@", "align": "center", "valign": "vcenter", "text_wrap": True})
    # Another table may have stood above them, longer than a workbook's sheet is.
    down = 1 - int(sheet.head["row"][0])
    # A day that only the person gave goes on top: the rows are loaded with it again.
    if sheet.given is not None and sheet.table.snapshot_date is None:
        page.write_string(0, 0, f"截至{sheet.given.year}年{sheet.given.month}月{sheet.given.day}日")
        down += 1
    merged = _merged(page, sheet, down, bold)
    for row, *values in sheet.head.iter_rows():
        for name, value in zip(sheet.head.columns[1:], values, strict=True):
            if value is not None and (row, number(name)) not in merged:
                page.write_string(row - 1 + down, number(name) - 1, value, bold)
    first, last = sheet.table.header_rows
    for row in range(first, last + 1):
        page.write_string(row - 1 + down, sheet.width, MARK, bold)
    return last + down


def _merged(page: Any, sheet: Sheet, down: int, style: Any) -> set[tuple[int, int]]:
    """Merge what was merged, with the text of its first cell; returns the cells covered. A damaged file may lay them over each other."""
    covered: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merges:
        right = min(right, sheet.width)
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if len(cells) < 2 or cells & covered:
            continue
        name = letter(left)
        known = sheet.head.filter(pl.col("row") == top)[name].to_list() if name in sheet.head.columns else []
        page.merge_range(top - 1 + down, left - 1, bottom - 1 + down, right - 1, next(filter(None, known), ""), style)
        covered |= cells
    return covered


def _drop_downs(book: Any, page: Any, sheet: Sheet, first: int, last: int) -> None:
    """The choices of a field on its cells. They advise: intake judges, and knows more ways to write one."""
    columns = SOURCES[sheet.part.dataset or ""].columns() if sheet.part.dataset in SOURCES else {}
    fields = sheet.part.mapping or {}
    for name in sheet.rows.columns[1:]:
        at = number(name) - 1
        column = columns.get(fields.get(name, ""))
        if column is not None and column.choices and column.kind != "list":
            source = _listed(book, [choice.label.zh for choice in column.choices])
            page.data_validation(first, at, last, at, {"validate": "list", "source": source, "error_type": "warning"})


def _listed(book: Any, labels: Sequence[str]) -> str:
    """Write choices to the hidden sheet; returns the range. A list within a cell may not be longer than 255 letters."""
    lists = next((one for one in book.worksheets() if one.get_name() == CHOICES), None)
    if lists is None:
        lists = book.add_worksheet(CHOICES)
        lists.hide()
    at = 0 if lists.dim_colmax is None else lists.dim_colmax + 1
    for row, label in enumerate(labels):
        lists.write_string(row, at, label)
    name = xl_col_to_name(at)
    return f"='{CHOICES}'!${name}$1:${name}${len(labels)}"


def mend(sheet: Sheet, edited: pl.DataFrame, settings: Settings, actor: Actor) -> DropReport:
    """Take in the rows of `edited` (as `sheet.rows`) that a person changed, as a drop of that person's.

    The refusals of these rows close; taking the drop back reopens them. Raises PanoramaError when nothing was changed.
    """
    changed = edited.join(sheet.rows, on=edited.columns, how="anti", nulls_equal=True)
    if changed.is_empty():
        raise PanoramaError("没有改动的格。请先在表中改正，再提交。", "No cell was changed. Mend some first.")
    name = f"{Path(sheet.part.file).stem}_页面修正.xlsx"
    with tempfile.TemporaryDirectory(prefix="panorama-mend-") as folder:
        path = Path(folder) / "mended.xlsx"
        with xlsxwriter.Workbook(str(path), PLAIN) as book:
            write_sheet(book, replace(sheet, rows=changed.sort("row"), reasons={}))
        return load([path], settings, actor, sheet.part.dataset, sheet.given, names={path: name})


PLAIN: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text stays text: what a sender wrote is never run."""


def heads(table: Table) -> dict[str, str]:
    """Letter → header as the sender wrote it; the letter where there is none, and beside one that stands twice."""
    found: dict[str, str] = {}
    for header in table.headers:
        text = header.written or header.letter
        found[header.letter] = text if text not in found.values() else f"{text} ({header.letter})"
    return found


def reasons_of(wrong: pl.DataFrame) -> Reasons:
    """(row, column letter) → everything that is said of the cell."""
    told = wrong.drop_nulls("column").select("src_row", "column", "message", "message_en")
    found: dict[tuple[int, str], list[Text]] = {}
    for row, name, zh, en in told.iter_rows():
        found.setdefault((row, name), []).append(Text(zh, en))
    return found


def _free_name(book: Any, part: PartRecord) -> str:
    """A sheet name that is allowed and not taken: the file's, then the sheet's own."""
    stem = _FORBIDDEN.sub(" ", f"{Path(part.file).stem} {part.sheet or ''}").strip() or "表"
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    names = (stem[:_SHEET_NAME], *(f"{stem[: _SHEET_NAME - 4]} {at}" for at in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in taken)
