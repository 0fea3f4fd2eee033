"""The snapshots that are kept, and what made each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.store import tables
from panorama.store.clock import civil


@dataclass(frozen=True)
class Kept:
    """One kept snapshot. Times are naive, in Asia/Shanghai.

    until: when the next one took its place; None for the current one. kind, told: the event that made it. files: of the
    drop that it is about. program: hash of the program that built it. answers: what people had said of the evidence.
    """

    id: str
    built_at: datetime
    until: datetime | None
    drops: tuple[int, ...]
    kind: str
    told: Mapping[str, Any]
    files: tuple[str, ...]
    program: str | None
    answers: Mapping[str, Any]

    @property
    def current(self) -> bool:
        return self.until is None


def kept(session: Session) -> list[Kept]:
    """Every kept snapshot, the newest first."""
    rows = session.scalars(
        select(tables.Snapshot).where(tables.Snapshot.removed.is_(False)).order_by(tables.Snapshot.number.desc())
    ).all()
    made = _made(session, [row.id for row in rows])
    files = _files(session, [event.payload.get("drop") for event in made.values()])
    found: list[Kept] = []
    later: datetime | None = None
    for row in rows:
        event = made.get(row.id)
        told = event.payload if event is not None else {}
        built_at = civil(row.built_at)
        found.append(
            Kept(
                row.id, built_at, None if row.current else later or built_at, tuple(row.drops),
                event.kind if event is not None else "build", told, files.get(told.get("drop"), ()),
                row.manifest.get("program"), row.manifest.get("answers", {}),
            )
        )  # fmt: skip
        later = built_at
    return found


def _made(session: Session, ids: list[str]) -> dict[str, tables.Event]:
    events = session.scalars(select(tables.Event).where(tables.Event.payload["snapshot"].as_string().in_(ids)))
    return {event.payload["snapshot"]: event for event in events}


def _files(session: Session, drops: list[Any]) -> dict[Any, tuple[str, ...]]:
    rows = session.execute(select(tables.File.drop_id, tables.File.name).where(tables.File.drop_id.in_(drops)))
    found: dict[Any, list[str]] = {}
    for drop_id, name in rows:
        found.setdefault(drop_id, []).append(name)
    return {drop_id: tuple(names) for drop_id, names in found.items()}


def named(snapshots: list[Kept], asked: str) -> Kept | None:
    """The one of that id, or the newest that was there at the end of a civil day (YYYY-MM-DD); None when none was."""
    for one in snapshots:
        if one.id == asked:
            return one
    try:
        end = datetime.combine(date.fromisoformat(asked), time.max)
    except ValueError:
        return None
    return next((one for one in snapshots if one.built_at <= end), None)
