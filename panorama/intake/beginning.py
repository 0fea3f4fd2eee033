"""The beginning of a table in a large text: what it says of how the rest of it is to be judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import polars as pl

from panorama.errors import NeedsDay, PanoramaError, Unreadable, Unrecognised
from panorama.intake import csvtext, encoding
from panorama.intake.band import TOP
from panorama.intake.cuttable import Cuttable
from panorama.intake.grid import Grid, Lacks, SheetReading, Table
from panorama.intake.identity import holds_identity
from panorama.intake.mapping import SavedMapping, mapped
from panorama.intake.mending import taken_off
from panorama.intake.opening import open_file, secrecy_columns
from panorama.intake.recognise import Recognition, recognise
from panorama.intake.row_ends import Places, ends_in
from panorama.intake.stretch import Plan
from panorama.intake.table import first_table, is_known, under
from panorama.intake.unread import no_table, unread
from panorama.settings import Settings
from panorama.sources import vocabulary

HEAD: Final = 1 << 20
"""Bytes that mostly hold the rows in which a header is looked for."""
FARTHEST: Final = 48 << 20
"""Bytes in which they must lie."""
_RANKS: Final = "一正三副"


class Begin(NamedTuple):
    """Where a table of the text begins, with the lines above its header: its first byte and row."""

    byte: int
    row: int


@dataclass(frozen=True)
class Asked:
    """A text that is read, its encoding where that is known, and what the person said of it."""

    text: Cuttable
    encoding: str | None
    settings: Settings
    name: str
    dataset: str | None
    snapshot_date: date | None
    mappings: Sequence[SavedMapping]


@dataclass(frozen=True)
class Begun:
    """What the beginning of a table says: how to judge it, whether numbers of persons stand there, where the next begins
    if that is near; why no rows can be read of it, if so."""

    plan: Plan
    personal: bool
    next: Begin | None
    unread: SheetReading | None
    hangs: bool = False
    """It is read by the plan after all where some row counts heads and deputies at once (一正三副)."""


class _Head(NamedTuple):
    """The first rows of a table. ends: behind which bytes they end. personal: whether numbers of persons stand at the top."""

    grid: Grid
    ends: Places
    mark: str
    width: int
    personal: bool


class _Explained(NamedTuple):
    """The first table of a beginning and what its columns are, or why that is not known; headers by which another below it is
    known, and its row if near."""

    begun: Table
    explained: Recognition | SavedMapping | None
    words: Mapping[str, Collection[Any]]
    next: int | None
    unread: SheetReading | None = None
    hangs: bool = False


def planned(asked: Asked, at: Begin, before: Plan | None) -> Begun | None:
    """What the beginning of a table says of the whole; None where only the whole says it. before: of the table above.

    Raises Unreadable as `open_file` does.
    """
    head = _head(asked, at, before)
    found = _explained(head.grid, asked, before) if head else None
    if head is None or found is None:
        return None
    grid = head.grid
    secret = (*secrecy_columns(grid.frame), *(before.secret if before else ()))
    bare = replace(found.begun, frame=found.begun.frame.clear(), skipped=found.begun.skipped.clear(), blank_rows=0)
    plan = Plan(bare, found.explained, head.mark, head.width, tuple(dict.fromkeys(secret)), found.words)
    following = None if found.next is None else Begin(at.byte + int(head.ends[found.next - at.row - 1]), found.next)
    above = grid.frame.filter(pl.col("row") <= bare.header_rows[1])
    return Begun(plan, head.personal or holds_identity(above), following, found.unread, found.hangs)


def _head(asked: Asked, at: Begin, before: Plan | None) -> _Head | None:
    """So much of a table that it holds all rows in which a header is looked for; None where that is too much."""
    left = asked.text.path.stat().st_size - at.byte
    size = HEAD
    while True:
        head = _opened(asked, at, before, size)
        # Rows stand below the header too, wherever in the first of them it is.
        if size >= left or (head is not None and head.grid.frame.height >= 2 * TOP):
            return head
        if size >= FARTHEST:
            return None
        size *= 2


def _opened(asked: Asked, at: Begin, before: Plan | None, size: int) -> _Head | None:
    """The rows in the first bytes of a table; None where they hold nothing, or cannot be opened by themselves."""
    with asked.text.path.open("rb") as file:
        file.seek(at.byte)
        data = file.read(size)
    data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]
    named = encoding.part(data, asked.encoding)
    said = before.mark if before else asked.text.mark
    mark = said or csvtext.delimiter(encoding.transcode(data, named))[0]
    ends = ends_in(data, mark)
    text = encoding.transcode(data[: int(ends[-1]) if len(ends) else 0], named)
    if not text.strip(f'{mark}"\r\n'.encode()):
        return None
    with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as place:
        short = Path(place) / "head"
        short.write_bytes(f"sep={mark}\n".encode("utf-8-sig") + text)
        try:
            opened = open_file(short, asked.settings, asked.name)
        except Unreadable:
            if before is None:
                raise
            # Not all that refuses a file at its top does so further down.
            return None
    grid = opened.grids[0]
    grid = replace(grid, frame=grid.frame.with_columns(pl.col("row") + (at.row - 1)))
    return _Head(grid, ends, mark, max(grid.frame.width - 1, csvtext.width_of(text, mark)), opened.personal)


def _explained(grid: Grid, asked: Asked, before: Plan | None) -> _Explained | None:
    known = mapped(grid, asked.mappings, asked.snapshot_date) if before is None else None
    if known is not None:
        return _Explained(*known, {}, None)
    table, row = first_table(grid, vocabulary())
    if table is None:
        return None if before else _without_header(grid)
    table = under(before.begun, table) if before else table
    # A header of which no source knows anything ends with the sheet.
    words = vocabulary() if is_known(grid, vocabulary()) else {}
    bare, _ = taken_off(table)
    try:
        return _Explained(table, recognise(bare, asked.dataset, asked.snapshot_date), words, row)
    except PanoramaError as refusal:
        if not table.frame.height:
            return None
        lacks: Lacks | None = "day" if isinstance(refusal, NeedsDay) else None
        if isinstance(refusal, Unrecognised):
            lacks = "columns"
        ranked = _with_ranks(bare, asked)
        return _Explained(
            table, ranked, words, row, unread(grid, table.title, refusal.text, lacks), hangs=ranked is not None
        )


def _without_header(grid: Grid) -> _Explained:
    nothing = grid.frame.select("row").clear()
    table = Table(grid.sheet, (), (0, 0), nothing, nothing.with_columns(reason=pl.lit("")))
    return _Explained(table, None, {}, None, unread(grid, "", no_table(grid)))


def _with_ranks(table: Table, asked: Asked) -> Recognition | None:
    """What the columns are if words further down count heads and deputies at once; None where that would not help."""
    words = table.frame.head(1).with_columns(pl.lit(_RANKS).alias(header.letter) for header in table.headers)
    try:
        return recognise(replace(table, frame=words), asked.dataset, asked.snapshot_date)
    except PanoramaError:
        return None
