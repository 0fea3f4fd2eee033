"""Answers about the evidence come into force by themselves: a snapshot with them follows once people pause."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from sqlalchemy import select

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.answers import mark
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.publish import publish, state_of, sweep

PAUSE_SECONDS: Final = 2.0
"""Nobody has answered for this long: a reviewer's run of answers makes one snapshot, not twenty."""
LOOK_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 60.0


def unsettled(operations: Operations) -> dict[str, tuple[int, int]] | None:
    """The mark of the answers, when the current snapshot knows others; None when it knows them all, or there is none."""
    with operations.reading() as session:
        current = session.scalars(select(tables.Snapshot).where(tables.Snapshot.current.is_(True))).first()
        found = mark(session)
    if current is None:
        return None
    # A snapshot made before there were answers knows none.
    none: dict[str, list[int]] = {name: [0, 0] for name in found}
    known = {name: tuple(count) for name, count in current.manifest.get("answers", none).items()}
    return None if known == found else found


def settle(settings: Settings, actor: Actor) -> str | None:
    """Publish a snapshot with all answers given so far; its id, None when the current one knows them already."""
    home = Home(settings.home)
    operations = Operations(home)
    try:
        with home.lock():
            if unsettled(operations) is None:
                return None
            sweep(home, operations, actor)
            with operations.reading() as session:
                state = state_of(session, home)
            told = {name: list(count) for name, count in state.answers.mark.items()}
            return publish(home, operations, settings, actor, state, "answers.settle", lambda _: {"answers": told})
    finally:
        operations.close()


def settling(settings: Settings, actor: Actor, stop: Event, tell: Callable[[PanoramaError], None]) -> None:
    """Look again and again whether there are answers to publish, until `stop` is set."""
    seen: tuple[object, float] = (None, 0.0)
    looked: list[tuple[int, int]] = []
    while not stop.wait(LOOK_SECONDS):
        try:
            # Asked again only where something was written since: it is looked at day and night.
            files = written(Home(settings.home).operations)
            if files == looked and seen[0] is None:
                continue
            found = _look(settings)
            looked = files
            now = time.monotonic()
            seen = seen if seen[0] == found else (found, now)
            if found is not None and now - seen[1] >= PAUSE_SECONDS:
                settle(settings, actor)
        except PanoramaError as fault:
            tell(fault)
            stop.wait(RETRY_SECONDS)


def written(store: Path) -> list[tuple[int, int]]:
    """When the store and its log were last written to, and their sizes; empty while there is none."""
    files = (store, store.with_name(f"{store.name}-wal"))
    return [(stat.st_mtime_ns, stat.st_size) for file in files if file.exists() and (stat := file.stat())]


def _look(settings: Settings) -> dict[str, tuple[int, int]] | None:
    home = Home(settings.home)
    if not home.exists():
        return None
    operations = Operations(home)
    try:
        return unsettled(operations)
    finally:
        operations.close()
