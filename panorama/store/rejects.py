"""Refused rows as a workbook: what is wrong with each cell, and the rows themselves, to be mended and loaded again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.intake.band import TOP
from panorama.intake.content import NeedsPassword
from panorama.intake.grid import REMARK_SCHEMA, Grid, Table
from panorama.intake.large import picked_rows
from panorama.intake.mending import taken_off
from panorama.intake.opening import open_file
from panorama.intake.table import find_table, part_with
from panorama.settings import Settings
from panorama.sources import vocabulary
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.door import Door
from panorama.store.home import Home, disk_faults
from panorama.store.mending import PLAIN, Sheet, heads, sheet_of, write_sheet
from panorama.store.operations import Operations
from panorama.store.parts import PartRecord
from panorama.store.records import part_of

GUIDE: Final = "拒收说明"
"""Named as a guide, so that loading the workbook again passes it over."""
HEADS: Final = {
    "file": "文件 File",
    "sheet": "工作表 Sheet",
    "src_row": "行 Row",
    "column": "列 Column",
    "header": "表头 Header",
    "value": "原值 Value",
    "rule": "规则 Rule",
    "message": "为什么拒收、怎么改",
    "message_en": "Why, and what to do",
}
_FROM_SNAPSHOT: Final = (
    'select r.part_id, p.file, p.sheet, r.src_row, r."column", r.header, r.value, r.rule, r.message, r.message_en'
    " from meta.reject as r inner join meta.part as p on p.part_id = r.part_id"
    " where p.drop_id = {drop} and r.mended_by is null"
    " order by r.part_id, r.src_row, r.field"
)


@dataclass(frozen=True)
class _Drop:
    state: str
    parts: tuple[PartRecord, ...]
    dates: dict[str, date | None]
    """Original → the ledger date that the person gave."""


def write_rejects(drop_id: int, path: Path, settings: Settings, actor: Actor) -> int:
    """Write the workbook; returns the number of refusals (cells).

    Raises PanoramaError for a drop there is not, Refused for whose role it is not.
    """
    drop = _find(drop_id, settings)
    refusals = _refusals(drop_id, drop, settings, actor)
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(path), PLAIN) as book:
            _list(book, refusals)
            for part in drop.parts:
                sheet = _sheet(refusals, part, drop, settings)
                if sheet is not None:
                    write_sheet(book, sheet)
    return refusals.height


def sheet_to_mend(drop_id: int, part_id: int, settings: Settings, actor: Actor) -> Sheet | None:
    """The refused rows of one sheet, for the page; None when its original was not kept or nothing is to be mended."""
    drop = _find(drop_id, settings)
    part = next((part for part in drop.parts if part.id == part_id), None)
    return None if part is None else _sheet(_refusals(drop_id, drop, settings, actor), part, drop, settings)


def _sheet(refusals: pl.DataFrame, part: PartRecord, drop: _Drop, settings: Settings) -> Sheet | None:
    wrong = _to_mend(refusals, part)
    found = original_table(part, settings, wrong["src_row"].to_list(), drop.parts) if wrong.height else None
    return None if found is None else sheet_of(part, *found, wrong, drop.dates.get(part.sha256))


def original_table(
    part: PartRecord, settings: Settings, rows: Iterable[int], beside: Iterable[PartRecord]
) -> tuple[Grid, Table] | None:
    """The sheet of a part as text, and its table, read again from its original; None when that was not kept.

    Of a large one only `rows` and what stands above them. beside: the parts of its drop.
    """
    original = Home.of(settings).originals / part.sha256
    if not original.exists():
        return None
    try:
        grid = _original(original, part, settings, rows, beside)
    except NeedsPassword:
        # Nobody keeps the password: the rows are listed, and mended in the sender's own file.
        return None
    if grid is not None and part.header_rows is not None:
        grid = part_with(grid, vocabulary(), part.header_rows[0])
    table = None if grid is None else find_table(grid, vocabulary(), part.header_rows)
    return None if grid is None or table is None else (grid, taken_off(table)[0])


def _original(
    original: Path, part: PartRecord, settings: Settings, rows: Iterable[int], beside: Iterable[PartRecord]
) -> Grid | None:
    if part.in_stretches and part.header_rows is not None:
        above = (*range(1, TOP + 1), *_headers(part.header_rows, part, beside))
        return picked_rows(original, (*above, *rows), part.encoding or "utf-8", settings, part.file)
    opened = open_file(original, settings, part.file)
    return next((grid for grid in opened.grids if grid.sheet == part.sheet), None)


def _headers(own: tuple[int, int], part: PartRecord, beside: Iterable[PartRecord]) -> Iterator[int]:
    """Rows of its header and of those of tables above it in the same text, with the lines above each.

    Without those between, a table would be taken for the one further up that has the same header.
    """
    headers = {one.header_rows for one in beside if one.sha256 == part.sha256 and one.header_rows}
    for first, last in {own, *(header for header in headers if header < own)}:
        yield from range(max(first - TOP, 1), last + 1)


def original_rows(row_id: int, settings: Settings, around: int = 2) -> pl.DataFrame | None:
    """The row that a row_id points at with `around` rows above and below, as text: row, then a column a header.

    None when the original was not kept. Raises PanoramaError when there is no such part.
    """
    home = Home.of(settings)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            found = session.get(tables.Part, row_id >> 32)
            part = part_of(found, home.parts) if found is not None else None
            beside = _parts(session, part.drop_id, home) if part is not None else ()
    finally:
        operations.close()
    if part is None:
        raise PanoramaError(f"没有 row_id 为 {row_id} 的行。", f"There is no row {row_id}.")
    row = row_id & 0xFFFFFFFF
    original = original_table(part, settings, range(max(row - around, 1), row + around + 1), beside)
    if original is None:
        return None
    table = original[1]
    near = table.frame.filter(pl.col("row").is_between(max(row - around, 0), row + around))
    named = heads(table)
    return near.rename({letter: text for letter, text in named.items() if letter in near.columns})


def _find(drop_id: int, settings: Settings) -> _Drop:
    home = Home.of(settings)
    if home.exists():
        operations = Operations(home)
        try:
            with operations.reading() as session:
                drop = session.get(tables.Drop, drop_id)
                files = session.scalars(select(tables.File).where(tables.File.drop_id == drop_id)).all()
                if drop is not None:
                    return _Drop(
                        drop.state, _parts(session, drop_id, home), {file.sha256: file.snapshot_date for file in files}
                    )
        finally:
            operations.close()
    raise PanoramaError(
        f"没有批次 {drop_id}。用 panorama drops 查看有哪些批次。",
        f"There is no drop {drop_id}. See panorama drops for those there are.",
    )


def _parts(session: Session, drop_id: int, home: Home) -> tuple[PartRecord, ...]:
    found = session.scalars(select(tables.Part).where(tables.Part.drop_id == drop_id).order_by(tables.Part.id))
    return tuple(part_of(part, home.parts) for part in found)


def _refusals(drop_id: int, drop: _Drop, settings: Settings, actor: Actor) -> pl.DataFrame:
    """A live drop by its snapshot (rows given twice and rows that wait too), any other by what intake said."""
    demand("rejects.read", settings, actor)
    if drop.state == "live":
        door = Door(settings)
        try:
            snapshot = door.snapshot()
            if snapshot is not None:
                return snapshot.ask_sql(_FROM_SNAPSHOT.format(drop=int(drop_id)), actor)
        finally:
            door.close()
    frames = [_of_intake(part) for part in drop.parts if part.remarks and all(file.exists() for file in part.remarks)]
    empty = pl.DataFrame(
        schema={
            "part_id": pl.Int64(),
            "src_row": pl.UInt32(),
            **{name: pl.String() for name in HEADS if name != "src_row"},
        }
    )
    return pl.concat(frames) if frames else empty


def _of_intake(part: PartRecord) -> pl.DataFrame:
    told = pl.concat([pl.read_parquet(file, columns=list(REMARK_SCHEMA), glob=False) for file in part.remarks])
    stamped = told.filter(pl.col("severity") == "refused").with_columns(
        part_id=pl.lit(part.id, pl.Int64), file=pl.lit(part.file), sheet=pl.lit(part.sheet)
    )
    return stamped.select("part_id", *HEADS)


def _to_mend(refusals: pl.DataFrame, part: PartRecord) -> pl.DataFrame:
    """The refusals of the rows to mend in the sheet.

    Rows given twice are only listed: loaded again as they are, they would replace the row that counts. So are rows
    that only wait for their unit's name: a person's answer brings them alive, and a mended copy would be one too many. And rows of what is no unit.
    """
    own = refusals.filter((pl.col("part_id") == part.id) & pl.col("src_row").is_not_null())
    rules = own.group_by("src_row").agg(
        twice=(pl.col("rule") == "V-DUP").any(),
        waits=(pl.col("rule") == "V-ID-1").all(),
        closed=(pl.col("rule") == "V-ID-3").any(),
    )
    listed = rules.filter(pl.col("twice") | pl.col("waits") | pl.col("closed"))
    return own.join(listed, on="src_row", how="anti")


def _list(book: Any, refusals: pl.DataFrame) -> None:
    sheet = book.add_worksheet(GUIDE)
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for at, head in enumerate(HEADS.values()):
        sheet.write_string(0, at, head, bold)
        sheet.set_column(at, at, 44 if at >= len(HEADS) - 2 else 16)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(refusals.select(list(HEADS)).iter_rows(), start=1):
        for at, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, at, cell)
            elif cell is not None:
                sheet.write_string(line, at, cell, wrap)
