"""Refused rows in their sender's own layout, to be mended: as a sheet of a workbook, or cell by cell in the page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.intake.grid import Header, Table
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
    given: date | None = None
    """The ledger date that the person gave when the file was loaded."""


def sheet_of(part: PartRecord, table: Table, wrong: pl.DataFrame, given: date | None) -> Sheet:
    """The rows of `table` that `wrong` speaks of. wrong: src_row, column, message, message_en."""
    letters = [header.letter for header in table.headers]
    rows = table.frame.filter(pl.col("row").is_in(wrong["src_row"].unique().implode())).select("row", *letters)
    return Sheet(part, table, rows, reasons_of(wrong), given)


def write_sheet(book: Any, sheet: Sheet) -> None:
    """The rows below the sheet's own title and headers, recognised as they were; what is wrong is coloured, with its reason."""
    page = book.add_worksheet(_free_name(book, sheet.part))
    at = _head(book, page, sheet)
    plain = book.add_format({"num_format": "@"})
    wrong = book.add_format({"num_format": "@", "bg_color": _WRONG})
    letters = sheet.rows.columns[1:]
    first = at
    for row, *values in sheet.rows.iter_rows():
        for column, (name, value) in enumerate(zip(letters, values, strict=True)):
            why = sheet.reasons.get((row, name))
            if why:
                page.write_comment(
                    at, column, "\n".join(f"{one.zh}\n{one.en}" for one in why), {"x_scale": 2.5, "y_scale": 1.5}
                )
            if value is not None:
                page.write_string(at, column, value, wrong if why else plain)
            elif why:
                page.write_blank(at, column, None, wrong)
        page.write_string(at, len(letters), str(sheet.part.id << ROW_BITS | row), plain)
        at += 1
    page.set_column(0, max(len(letters) - 1, 0), _WIDTH)
    page.set_column(len(letters), len(letters), _WIDTH, None, {"hidden": True})
    _drop_downs(book, page, sheet, first, at - 1)


def _head(book: Any, page: Any, sheet: Sheet) -> int:
    """Title and headers; returns the line after them."""
    bold = book.add_format({"bold": True, "num_format": "@"})
    at = 0
    for line in _titles(sheet.table, sheet.given):
        page.write_string(at, 0, line)
        at += 1
    for tiers in _tiers(sheet.table.headers):
        for column, tier in enumerate([*tiers, MARK]):
            page.write_string(at, column, tier, bold)
        at += 1
    return at


def _drop_downs(book: Any, page: Any, sheet: Sheet, first: int, last: int) -> None:
    """The choices of a field on its cells. They advise: intake judges, and knows more ways to write one."""
    columns = SOURCES[sheet.part.dataset or ""].columns() if sheet.part.dataset in SOURCES else {}
    fields = sheet.part.mapping or {}
    for at, name in enumerate(sheet.rows.columns[1:]):
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
            write_sheet(book, Sheet(sheet.part, sheet.table, changed.sort("row"), {}, sheet.given))
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
    for row, letter, zh, en in told.iter_rows():
        found.setdefault((row, letter), []).append(Text(zh, en))
    return found


def _titles(table: Table, given: date | None) -> Iterator[str]:
    yield from (line for line in table.title.split("\n") if line)
    if given is not None and table.snapshot_date is None:
        yield f"截至{given.year}年{given.month}月{given.day}日"


def _tiers(headers: Sequence[Header]) -> Iterator[list[str]]:
    """Rows of header cells; a header of fewer tiers is repeated downwards, as a merged cell reads."""
    depth = max((len(header.tiers) for header in headers), default=1)
    for level in range(max(depth, 1)):
        yield [_tier(header, level, depth) for header in headers]


def _tier(header: Header, level: int, depth: int) -> str:
    if not header.tiers:
        return ""
    text = header.tiers[min(level, len(header.tiers) - 1)]
    if header.hint and level >= len(header.tiers) - 1 and header.hint not in text:
        return f"{text}（{header.hint}）"
    return text


def _free_name(book: Any, part: PartRecord) -> str:
    """A sheet name that is allowed and not taken: the file's, then the sheet's own."""
    stem = _FORBIDDEN.sub(" ", f"{Path(part.file).stem} {part.sheet or ''}").strip() or "表"
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    names = (stem[:_SHEET_NAME], *(f"{stem[: _SHEET_NAME - 4]} {at}" for at in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in taken)
