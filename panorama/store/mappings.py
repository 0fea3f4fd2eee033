"""Saved mappings: kept with who and when, used by every later file with the same headers, shared as TOML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.intake.mapping import SavedMapping, read_mapping
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.clock import civil, now
from panorama.store.home import Home
from panorama.store.operations import Operations, append


@dataclass(frozen=True)
class Kept:
    """A mapping in force. saved_at: civil time."""

    id: int
    mapping: SavedMapping
    saved_by: str
    saved_at: datetime


def kept_mappings(settings: Settings) -> list[Kept]:
    """The mappings in force, the newest first."""
    home = Home.of(settings)
    if not home.exists():
        return []
    operations = Operations(home)
    try:
        with operations.reading() as session:
            held = select(tables.Mapping).where(tables.Mapping.removed_at.is_(None)).order_by(tables.Mapping.id.desc())
            return [
                Kept(row.id, read_mapping(row.toml), row.saved_by, civil(row.saved_at)) for row in session.scalars(held)
            ]
    finally:
        operations.close()


def save_mapping(mapping: SavedMapping, settings: Settings, actor: Actor) -> None:
    """Keep a mapping; it takes the place of one for the same headers. What was taken in before stays as it is."""
    row = tables.Mapping(
        fingerprint=mapping.fingerprint, toml=mapping.to_toml(), saved_by=actor.name, saved_at=now(), removed_at=None
    )
    with _changing(settings, actor) as session:
        _end(session, tables.Mapping.fingerprint == mapping.fingerprint)
        session.add(row)
        append(session, actor, "mapping.save", {"fingerprint": mapping.fingerprint, "title": mapping.title})


def remove_mapping(mapping_id: int, settings: Settings, actor: Actor) -> None:
    """Use a mapping no more; it stays on record. Raises PanoramaError when it is not in force."""
    with _changing(settings, actor) as session:
        if not _end(session, tables.Mapping.id == mapping_id):
            raise PanoramaError(
                f"没有编号为 {mapping_id} 的对应关系。用 panorama mappings list 查看。",
                f"There is no mapping {mapping_id}. See panorama mappings list.",
            )
        append(session, actor, "mapping.remove", {"mapping": mapping_id})


@contextmanager
def _changing(settings: Settings, actor: Actor) -> Iterator[Session]:
    demand("mapping.keep", settings, actor)
    home = Home.of(settings)
    home.prepare()
    operations = Operations(home)
    try:
        with operations.changing() as session:
            yield session
    finally:
        operations.close()


def _end(session: Session, which: ColumnElement[bool]) -> int:
    """How many in force ended."""
    ended = update(tables.Mapping).where(which, tables.Mapping.removed_at.is_(None)).values(removed_at=now())
    return int(session.execute(ended).rowcount)  # type: ignore[attr-defined]
