"""Workbooks to sheets of text: every cell as written, at the row and column the spreadsheet shows."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import fastexcel
import polars as pl
import python_calamine

from panorama.errors import Unreadable
from panorama.intake import binary, opendocument, roomy
from panorama.intake.content import NeedsPassword, damaged
from panorama.intake.letters import Merge, letter
from panorama.intake.package import Marks, Sheet, marks_of, refuse_bombs, sheets_of

MIDNIGHT = " 00:00:00"
ISO_TIME = r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)$"
"""As OpenDocument has it."""
DAY_ZERO = r"^1899-12-31 (\d\d:\d\d:\d\d)$"


@dataclass(frozen=True)
class Page:
    """One visible sheet as read. frame: "row" (UInt32) and one String column a letter, blank rows still in it."""

    sheet: str
    frame: pl.DataFrame
    merges: tuple[Merge, ...] = ()
    without_value: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Hidden:
    """A sheet that is not shown. It is loaded by nobody, yet looked through: the original that is kept holds it too.

    frame: as of a page; None where it cannot be read.
    """

    sheet: str
    frame: pl.DataFrame | None


@dataclass(frozen=True)
class Book:
    """Visible sheets (or the one that was asked for), hidden ones, and what is printed above and below pages."""

    pages: list[Page]
    hidden: list[Hidden]
    margins: tuple[str, ...] = ()


def read_xlsx(data: bytes, only: str | None = None) -> Book:
    """The sheets of a workbook, or the one of that name. Raises Unreadable for bombs and damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            refuse_bombs(package)
            sheets = sheets_of(package)
            marks = {
                sheet.name: marks_of(package, sheet.part)
                for sheet in sheets
                if sheet.part and only in (None, sheet.name)
            }
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, RuntimeError):
        raise damaged() from None
    reader = _reader(data)
    pages = []
    for sheet in sheets:
        if sheet.visible and sheet.name in marks:
            mark = marks[sheet.name]
            frame = _roomy(data, sheet)
            if frame is None:
                frame, _ = _frame(reader, sheet.name, 1 if mark.starts_at_a else _first_column(data, sheet.name))
            pages.append(Page(sheet.name, frame, tuple(mark.merges), frozenset(mark.without_value)))
    hidden = [_aside(reader, sheet.name, only) for sheet in sheets if not sheet.visible]
    return Book(pages, hidden, tuple(line for mark in marks.values() for line in mark.margins))


def read_xls(data: bytes, only: str | None = None) -> Book:
    """The same of an old workbook. Raises Unreadable for damage and passwords."""
    return _read(data, None, only)


def read_xlsb(data: bytes, only: str | None = None) -> Book:
    """The same of a binary workbook. Raises Unreadable for bombs and damage."""
    return _read(data, _marks(data, binary.marks_by_sheet), only)


def read_ods(data: bytes, only: str | None = None) -> Book:
    """The same of an OpenDocument sheet. Raises Unreadable for bombs, damage and passwords."""
    return _read(data, _marks(data, opendocument.marks_by_sheet), only)


READERS: Final = {"xlsx": read_xlsx, "xls": read_xls, "xlsb": read_xlsb, "ods": read_ods}


def _ods_password() -> Unreadable:
    return Unreadable(
        "OpenDocument 文件有密码，不能直接打开。请取消密码后保存再导入，或另存为 .xlsx。",
        "it is an OpenDocument file with a password, which is not opened here. Remove the password, or save it as .xlsx.",
    )


def _marks(data: bytes, marks_of: Callable[[zipfile.ZipFile], Mapping[str, Marks]]) -> Mapping[str, Marks]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            refuse_bombs(package)
            if opendocument.scrambled(package):
                raise _ods_password()
            return marks_of(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error):
        raise damaged() from None


def _read(data: bytes, marks: Mapping[str, Marks] | None, only: str | None) -> Book:
    """All sheets by the reader of frames. marks: by sheet, where the other reader does not know the merges."""
    reader = _reader(data)
    book = python_calamine.load_workbook(io.BytesIO(data))
    pages, hidden = [], []
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            hidden.append(_aside(reader, meta.name, only))
            continue
        if only not in (None, meta.name):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        first = 1 if sheet.start is None else sheet.start[1] + 1
        frame, errors = _frame(reader, meta.name, first)
        mark = Marks(_own_merges(sheet)) if marks is None else marks.get(meta.name, Marks())
        pages.append(Page(meta.name, frame, tuple(mark.merges), errors | mark.without_value))
    return Book(pages, hidden)


def _roomy(data: bytes, sheet: Sheet) -> pl.DataFrame | None:
    """The frame of a sheet that is too roomy to be opened whole; None for any other."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if not sheet.part or package.getinfo(sheet.part).file_size < roomy.LARGE:
            return None
        return roomy.rows_at_a_time(
            package, sheet.part, lambda book, padded: _frame(_reader(book), sheet.name, 1, 0 if padded else None)[0]
        )


def _aside(reader: fastexcel.ExcelReader, name: str, only: str | None) -> Hidden:
    """A hidden sheet; not read where one other sheet is asked for."""
    if only is not None:
        return Hidden(name, None)
    try:
        return Hidden(name, _frame(reader, name, 1)[0])
    except Unreadable:
        return Hidden(name, None)


def _own_merges(sheet: python_calamine.CalamineSheet) -> list[Merge]:
    ranges = sheet.merged_cell_ranges or ()
    return [(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]


def _reader(data: bytes) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(data)
    except fastexcel.FastExcelError as error:
        raise NeedsPassword() if "assword" in str(error) else damaged() from None


def _frame(
    reader: fastexcel.ExcelReader, name: str, first: int, skip_rows: int | None = 0
) -> tuple[pl.DataFrame, frozenset[tuple[int, int]]]:
    """The sheet from its first column on, and where its error cells are.

    skip_rows: 0 keeps leading blank rows, so that row numbers are those of the spreadsheet; None begins with the first used one.
    """
    try:
        sheet = reader.load_sheet(name, header_row=None, dtypes="string", skip_rows=skip_rows)
    except fastexcel.FastExcelError:
        raise damaged() from None
    if sheet.width == 0 or sheet.height == 0:
        return pl.DataFrame(schema={"row": pl.UInt32}), frozenset()
    batch, errors = sheet.to_arrow_with_errors()
    frame = pl.DataFrame(batch)
    frame.columns = [letter(first + at) for at in range(frame.width)]
    frame = frame.with_columns(_as_shown(frame[name]) for name in frame.columns)
    places = (
        frozenset((row + 1, column + first) for row, column in (e.position for e in errors.errors))
        if errors
        else frozenset()
    )
    return frame.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.UInt32)), places


def _first_column(data: bytes, name: str) -> int:
    """The reader of frames drops blank columns on the left; the other reader says where the sheet begins."""
    start = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_name(name).start
    return 1 if start is None else start[1] + 1


def _as_shown(column: pl.Series) -> pl.Series:
    """A day without its midnight, a time without day zero, an empty text as null."""
    if column.str.contains(ISO_TIME).any():
        column = column.str.replace(ISO_TIME, "$1 $2")
    if column.str.ends_with(MIDNIGHT).any():
        column = column.str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1")
    if column.str.starts_with("1899-12-3").any():
        column = column.str.replace(DAY_ZERO, "$1")
    if (column == "").any():
        column = column.set(column == "", None)
    return column
