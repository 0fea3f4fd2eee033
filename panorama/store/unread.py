"""Files and sheets that could not be read, and refused rows: on the list until they are read or mended, or a person ticks them off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.answers import already
from panorama.store.audit import demand
from panorama.store.clock import civil, now
from panorama.store.home import Home
from panorama.store.operations import append, changing, looking_if_begun
from panorama.text import Text


@dataclass(frozen=True)
class Unread:
    """A sheet that was not read, or a whole file (no sheet). Times are naive, in Asia/Shanghai.

    lacks: what a person can add (columns, day). original: where it was kept. later_drop: a newer drop brought a file of
    the same name, so that it may be settled. by, at: who gave it and when; of one ticked off, who did that and when, with
    the number of the tick.
    """

    part_id: int
    drop_id: int
    file: str
    sheet: str | None
    problem: Text
    lacks: str | None
    original: Path | None
    by: str
    at: datetime
    later_drop: int | None = None
    tick: int | None = None


def unread(settings: Settings) -> list[Unread]:
    """What was given and not read, the newest first: of drops that count, and of those in which nothing could be read."""
    with looking_if_begun(settings) as session:
        return [] if session is None else [one for one in _all(session, settings) if one.tick is None]


def ticked_off(settings: Settings) -> list[Unread]:
    """Those that were ticked off, the newest tick first."""
    with looking_if_begun(settings) as session:
        if session is None:
            return []
        found = [one for one in _all(session, settings) if one.tick is not None]
        originals = Home.of(settings).originals
        found += [_told(part, drop, tick, (), originals) for part, drop, tick in session.execute(_ROWS)]
    return sorted(found, key=lambda one: -(one.tick or 0))


def rows_ticked_off(settings: Settings) -> frozenset[int]:
    """Sheets that were read, of whose refused rows nothing more is to be done."""
    with looking_if_begun(settings) as session:
        return frozenset() if session is None else frozenset(part.id for part, _, _ in session.execute(_ROWS))


def tick_off(part_id: int, settings: Settings, actor: Actor) -> int:
    """Nothing more is to be done about this one; the number of the tick. It holds until the same bytes are given again.

    part_id: a file or sheet that was not read, or a sheet that was, for its refused rows: they stay refused, with their
    reasons, and leave the list alone. Raises Refused for whose role it is not, PanoramaError for one that is not on the list.
    """
    demand("unread.tick", settings, actor)
    with changing(settings) as session:
        tick = tables.UnreadTick(part_id=part_id, decided_by=actor.name, decided_at=now(), withdrawn_at=None)
        if (same := already(session, tick, ("part_id",), ("decided_by",))) is not None:
            return same
        listed = {one.part_id: one.file for one in _all(session, settings)}
        listed |= {part.id: part.file for part in _read(session) if part.id == part_id}
        if part_id not in listed:
            raise PanoramaError(
                "这个文件已不在清单里：可能已经读入或撤回。请刷新页面。",
                "This file is not on the list any more: it was read or taken back. Refresh the page.",
            )
        session.add(tick)
        session.flush()
        append(session, actor, "unread.tick", {"tick": tick.id, "part": part_id, "file": listed[part_id]})
        return tick.id


def take_back(tick_id: int, settings: Settings, actor: Actor) -> None:
    """Have it on the list again. Raises Refused, or PanoramaError when there is no such tick to take back."""
    demand("unread.tick", settings, actor)
    with changing(settings) as session:
        found = session.get(tables.UnreadTick, tick_id)
        if found is None or found.withdrawn_at is not None:
            raise PanoramaError("已经取消过了，请刷新页面。", "This was taken back already. Refresh the page.")
        found.withdrawn_at = now()
        append(session, actor, "unread.untick", {"tick": tick_id, "part": found.part_id})


def given_again(session: Session, hashes: Collection[str], actor: Actor) -> None:
    """These bytes came again, and no drop will tell of them, for they are in: what of them was ticked off asks again."""
    table = tables.UnreadTick
    parts = select(tables.Part.id).where(tables.Part.sha256.in_(hashes))
    held = table.part_id.in_(parts), table.withdrawn_at.is_(None)
    for tick in session.scalars(select(table.id).where(*held)).all():
        append(session, actor, "unread.untick", {"tick": tick, "given": "again"})
    session.execute(update(table).where(*held).values(withdrawn_at=now()))


_ROWS: Final = (
    select(tables.Part, tables.Drop, tables.UnreadTick)
    .join(tables.Drop, tables.Drop.id == tables.Part.drop_id)
    .join(tables.UnreadTick, (tables.UnreadTick.part_id == tables.Part.id) & tables.UnreadTick.withdrawn_at.is_(None))
    .where(tables.Drop.state == "live", tables.Part.dataset.is_not(None))
)
"""Sheets that were read and ticked off."""


def _all(session: Session, settings: Settings) -> list[Unread]:
    """Each once, however often its bytes were given: as they were given last."""
    part, drop, tick = tables.Part, tables.Drop, tables.UnreadTick
    query = (
        select(part, drop, tick)
        .join(drop, drop.id == part.drop_id)
        .outerjoin(tick, (tick.part_id == part.id) & tick.withdrawn_at.is_(None))
        .where(drop.state.in_(("live", "failed")), part.dataset.is_(None), part.problem.is_not(None))
        .order_by(part.id.desc(), tick.id.desc())
    )
    newest: dict[tuple[str, str | None], tuple[tables.Part, tables.Drop, tables.UnreadTick | None]] = {}
    for one, of, ticked in session.execute(query):
        newest.setdefault((one.sha256, one.sheet), (one, of, ticked))
    read = _read(session)
    originals = Home.of(settings).originals
    return [
        _told(one, of, ticked, read, originals)
        for one, of, ticked in newest.values()
        if not any(_settles(later, one) for later in read)
    ]


def _read(session: Session) -> list[tables.Part]:
    """Sheets of live drops that were read."""
    part = tables.Part
    live = select(tables.Drop.id).where(tables.Drop.state == "live")
    return list(session.scalars(select(part).where(part.dataset.is_not(None), part.drop_id.in_(live))))


def _settles(read: tables.Part, one: tables.Part) -> bool:
    """A newer drop has read the same sheet, as with its password, its day or its columns explained."""
    same = read.sha256 == one.sha256 or read.file.startswith(f"{one.file}/")
    return read.drop_id > one.drop_id and same and (one.sheet is None or read.sheet == one.sheet)


def _told(
    one: tables.Part, of: tables.Drop, ticked: tables.UnreadTick | None, read: Iterable[tables.Part], originals: Path
) -> Unread:
    later = [other.drop_id for other in read if other.file == one.file and other.drop_id > one.drop_id]
    kept = originals / one.sha256
    by, at = (of.loaded_by, of.loaded_at) if ticked is None else (ticked.decided_by, ticked.decided_at)
    return Unread(
        one.id, one.drop_id, one.file, one.sheet, Text(one.problem or "", one.problem_en or one.problem or ""),
        one.lacks, kept if kept.exists() else None, by, civil(at), max(later, default=None),
        ticked.id if ticked is not None else None,
    )  # fmt: skip
