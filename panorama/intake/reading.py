"""A file read: opened, its tables found, recognised and judged, sheet by sheet. A bad file ends as a sentence, never raises."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from panorama.errors import NeedsDay, PanoramaError, Unrecognised
from panorama.intake.grid import Grid, Reading, SheetReading, Table
from panorama.intake.identity import holds_identity
from panorama.intake.large import read_large
from panorama.intake.mapping import SavedMapping, mapped
from panorama.intake.mending import taken_off
from panorama.intake.opening import open_file, refusals_of
from panorama.intake.secrecy import refuse_secret_tables
from panorama.intake.sieve import judge, parse
from panorama.intake.table import find_tables
from panorama.intake.unread import no_rows, no_table, unread
from panorama.intake.verbatim import put_back, set_aside
from panorama.settings import Settings
from panorama.sources import SOURCES, vocabulary
from panorama.sources.grammar import Source

_DATASETS: Final = tuple(SOURCES.values())


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
        return [unread(grid, "", no_table(grid))]
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
        return unread(grid, table.title, no_rows(table))
    try:
        return SheetReading(grid.sheet, parse(table, dataset, snapshot_date, among))
    except NeedsDay as refusal:
        return unread(grid, table.title, refusal.text, "day")
    except Unrecognised as refusal:
        return unread(grid, table.title, refusal.text, "columns")
    except PanoramaError as refusal:
        return unread(grid, table.title, refusal.text)
