"""Answers about the evidence come into force by themselves: a snapshot with them follows once people pause."""

from __future__ import annotations

import time
from collections.abc import Callable
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
    # A snapshot made before there were answers, or this kind of them, knows none.
    told = current.manifest.get("answers", {})
    known = {name: tuple(told.get(name, (0, 0))) for name in found}
    return None if known == found else found


def settle(settings: Settings, actor: Actor) -> str | None:
    """Publish a snapshot with all answers given so far; its id, None when the current one knows them already."""
    home = Home.of(settings)
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
    look = _Look(settings)
    try:
        while not stop.wait(LOOK_SECONDS):
            try:
                if look.rested(time.monotonic()):
                    settle(settings, actor)
            except PanoramaError as fault:
                tell(fault)
                stop.wait(RETRY_SECONDS)
    finally:
        look.close()


class _Look:
    """Whether answers wait, asked again only where something was committed since: it is looked at day and night."""

    def __init__(self, settings: Settings) -> None:
        self._home = Home.of(settings)
        self._operations: Operations | None = None
        self._version: object = None
        self._found: dict[str, tuple[int, int]] | None = None
        self._since = 0.0

    def rested(self, now: float) -> bool:
        """Whether there are answers to publish and nobody has given one for a while. now: seconds, monotonic."""
        if self._operations is None:
            if not self._home.exists():
                return False
            self._operations = Operations(self._home)
        version = self._operations.version()
        if version != self._version:
            found = unsettled(self._operations)
            if found != self._found:
                self._found, self._since = found, now
            self._version = version
        return self._found is not None and now - self._since >= PAUSE_SECONDS

    def close(self) -> None:
        if self._operations is not None:
            self._operations.close()
