"""What the steps of intake hand to each other. Shapes only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from panorama.intake.letters import Merge
from panorama.intake.wordings import Wordings
from panorama.text import Text

REMARK_SCHEMA: dict[str, pl.DataType] = {
    "src_row": pl.UInt32(),  # as the spreadsheet shows it; null = the whole sheet
    "column": pl.String(),  # letter, as the spreadsheet shows it
    "header": pl.String(),  # the header as written
    "field": pl.String(),
    "value": pl.String(),  # as found in the cell (identity-card numbers masked)
    "rule": pl.String(),  # V-…
    "severity": pl.String(),  # refused, warning, note
    "message": pl.String(),  # Chinese
    "message_en": pl.String(),
}
"""One remark on one cell, row or sheet. A row with any remark of severity "refused" is refused."""


MENDS_SCHEMA: dict[str, pl.DataType] = {"src_row": pl.UInt32(), "mends": pl.Int64()}
"""Which refused row (row_id) a row stands for."""

WHOSE_SCHEMA: dict[str, pl.DataType] = {"src_row": pl.UInt32(), "ref": pl.String(), "day": pl.String()}


@dataclass(frozen=True)
class Grid:
    """One visible sheet as text.

    frame: "row" (UInt32, the number the spreadsheet shows) then one String column a spreadsheet letter ("A", "B", …);
    empty cells are null, nothing is inferred. Rows wholly empty may be left out; their count is in `blank_rows`.
    """

    sheet: str
    frame: pl.DataFrame
    merges: tuple[Merge, ...] = ()
    """(first row, first column, last row, last column), all 1-based."""
    blank_rows: int = 0
    formulas_without_value: frozenset[tuple[int, int]] = frozenset()
    """(row, column), 1-based, of cells that hold a formula but no computed value, and of error cells (#N/A, #DIV/0!)."""


@dataclass(frozen=True)
class Opened:
    """A file opened: its kind by content (xlsx, xlsb, xls, ods, csv, tsv), encoding if text, visible sheets, names of hidden ones."""

    kind: str
    encoding: str | None
    grids: tuple[Grid, ...]
    hidden: tuple[str, ...] = ()
    personal: bool = False
    """Identity-card numbers stand outside the rows (names of sheets, titles, page headers, hidden sheets), or a hidden
    sheet could not be looked through: the original is not kept."""


@dataclass(frozen=True)
class Header:
    """One column's header: spreadsheet letter, tiers from top to bottom as written, and the unit hint cut from it."""

    letter: str
    tiers: tuple[str, ...]
    hint: str | None = None

    @property
    def written(self) -> str:
        return "/".join(self.tiers)


@dataclass(frozen=True)
class Table:
    """The one table found in a grid.

    frame: data rows only: "row" and the letters of `headers`; merged group cells are filled down.
    skipped: every other row below the header that was read: "row", "reason" (total, blank, note), with the same letters.
    Every row below the header stands in exactly one of the two (blank rows left out of the grid are counted in `blank_rows`).
    """

    sheet: str
    headers: tuple[Header, ...]
    header_rows: tuple[int, int]
    frame: pl.DataFrame
    skipped: pl.DataFrame
    blank_rows: int = 0
    title: str = ""
    """Text above the header, lines joined by newline."""
    snapshot_date: date | None = None
    """From 截至2024年12月31日 in the title."""
    unit_hint: str | None = None
    """From a 单位：万元 line."""
    filled_down: frozenset[tuple[int, str]] = frozenset()
    formulas_without_value: frozenset[tuple[int, int]] = frozenset()
    wordings: Wordings | None = None
    """What stands in the columns of `frame`, where that was asked for before: perhaps of more rows than these."""


@dataclass(frozen=True)
class Parsed:
    """A table judged by its source.

    rows: accepted, typed by `Source.schema_of_part()` (one sheet row may give several rows when a wide table turns long).
    remarks: REMARK_SCHEMA. Counts are of sheet rows: read = accepted + refused + skipped, always.
    """

    dataset: str
    sheet: str
    rows: pl.DataFrame
    remarks: pl.DataFrame
    read: int
    accepted: int
    refused: int
    skipped: int
    mapping: dict[str, str] = field(default_factory=dict)
    """Spreadsheet letter → field."""
    header_rows: tuple[int, int] = (1, 1)
    whose: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=WHOSE_SCHEMA))
    """Which unit each refused row is about, as written: only the store knows whether there is such a unit."""
    mends: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MENDS_SCHEMA))
    """Which rows, refused in a drop before, these rows are the mended ones of."""
    files: tuple[Path, ...] = ()
    """A large table judged in stretches: its accepted rows, written in order, in place of `rows`."""
    remark_files: tuple[Path, ...] = ()
    """Likewise its remarks, in place of `remarks`."""
    personal: bool = False
    """Whether numbers of persons were found: then the original is not kept."""


Lacks = Literal["columns", "day"]
"""What a person can add to a sheet that was not read: what its columns are, the day it speaks of."""


@dataclass(frozen=True)
class SheetReading:
    """What became of one sheet: parsed, or the sentence that says why not."""

    sheet: str
    parsed: Parsed | None
    problem: Text | None = None
    lacks: Lacks | None = None
    personal: bool = False
    """Of a sheet that was not parsed: whether numbers of persons were found."""


@dataclass(frozen=True)
class Reading:
    """What became of one file."""

    file: str
    sha256: str
    kind: str | None
    encoding: str | None
    sheets: tuple[SheetReading, ...]
    hidden: tuple[str, ...] = ()
    problem: Text | None = None
    """Set when the file as a whole could not be read."""
    personal_aside: bool = False
    """Of what was opened: numbers of persons stand outside the rows."""

    @property
    def personal(self) -> bool:
        """Whether numbers of persons were found anywhere in it."""
        in_rows = any(sheet.personal or (sheet.parsed is not None and sheet.parsed.personal) for sheet in self.sheets)
        return self.personal_aside or in_rows
