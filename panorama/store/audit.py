"""The audit log: who looked behind a figure, took a table away, or was refused; when, of what, and never the content.

Looks are written in batches, so that no page waits for the disk; refusals at once. Commands stand in the event log, written
with what they change. Both are told together by `logged`.
"""

from __future__ import annotations

import atexit
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock, Timer
from typing import Any, Final, Literal, NamedTuple

import polars as pl
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from panorama.access import permission
from panorama.access.actor import Actor
from panorama.errors import NotDone, PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil, now, utc
from panorama.store.home import Home
from panorama.store.operations import GENESIS, Operations
from panorama.text import Text

Kind = Literal["rows", "original", "export", "upload", "forbidden", "undone", "sign-in", "sign-out"]
"""forbidden: who asked may not. undone: who asked may, and what was asked did not fit. Lines of before tell both as refused."""
COMMAND: Final = "command"
"""The kind under which commands of the event log are told."""

WAIT_SECONDS: Final = 2.0
"""A look is on the disk after so long."""
AT_MOST: Final = 200
"""So many wait at most: whoever adds the next one writes them."""

LOGGED: Final[dict[str, pl.DataType]] = {
    "at": pl.Datetime("us"),
    "actor": pl.String(),
    "role": pl.String(),
    "kind": pl.String(),
    "what": pl.String(),
    "unit_id": pl.Int64(),
    "object": pl.String(),
    "snapshot": pl.String(),
}

_UNIT_OF: Final[Mapping[str, type[Any]]] = {
    "issue": tables.Issue,
    "application": tables.Application,
    "nil": tables.NilReturn,
    "review": tables.ThemeReview,
}
"""What a line may be of, which tells its unit where the line itself does not."""

_OBJECTS: Final = (
    "drop", "drops", "review", "decision", "answer", "mapping", "note", "tick", "person", "session", "issue",
    "application", "nil",
)  # fmt: skip
"""Fields of an event that name what it is of; none holds what anybody wrote."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. what: a figure, a table's title, an action; object: row:4294967298, page:intake, issue:17."""

    actor: Actor
    kind: Kind
    what: str
    unit_id: int | None = None
    object: str | None = None
    snapshot: str | None = None
    at: datetime = field(default_factory=now)
    """Naive UTC."""


class _Line(NamedTuple):
    """A line as it is told. of: what its unit is known by where `unit_id` is null, as issue:17."""

    at: datetime
    actor: str
    role: str | None
    kind: str
    what: str
    unit_id: int | None
    object: str | None
    snapshot: str | None
    of: str | None


class _Waiting:
    """Lines of one store that are not on the disk yet. Nothing is let go of before it is there."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lines: list[Entry] = []
        self._adding = Lock()
        self._writing = Lock()
        self._timer: Timer | None = None

    def add(self, entry: Entry) -> None:
        with self._adding:
            self._lines.append(entry)
            full = len(self._lines) >= AT_MOST
            if self._timer is None:
                self._wait()
        if full:
            self.write()

    def write(self) -> None:
        """Have all of them on the disk. Raises StoreError where that is not possible: they go on waiting."""
        with self._writing:
            with self._adding:
                lines = list(self._lines)
            # A store that has gone meanwhile is not made anew to say who looked at it.
            if lines and self._home.exists():
                _write(self._home, lines)
            with self._adding:
                del self._lines[: len(lines)]

    def _wait(self) -> None:
        """The caller holds the lock."""
        self._timer = Timer(WAIT_SECONDS, self._later)
        self._timer.daemon = True
        self._timer.start()

    def _later(self) -> None:
        with self._adding:
            self._timer = None
        try:
            self.write()
        except PanoramaError:
            # A full disk may be cleared: tried again until it is.
            with self._adding:
                if self._timer is None:
                    self._wait()


_waiting: Final[dict[Home, _Waiting]] = {}
_lock: Final = Lock()


def looked(entry: Entry, settings: Settings) -> None:
    """Keep what somebody looked at or took away; on the disk within seconds, and before the program ends."""
    home = _home(settings)
    with _lock:
        waiting = _waiting.setdefault(home, _Waiting(home))
    waiting.add(entry)


def _home(settings: Settings) -> Home:
    return replace(Home.of(settings), root=settings.home.resolve())


def write_waiting(home: Home | None = None) -> None:
    """Have everything on the disk that waits, of one store before its log is read, of all at the end of the program.

    Raises StoreError where one cannot be written, after all others were.
    """
    with _lock:
        every = [one for of, one in _waiting.items() if home in (None, of)]
    faults: list[PanoramaError] = []
    for one in every:
        try:
            one.write()
        except PanoramaError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


@atexit.register
def _at_the_end() -> None:
    with suppress(PanoramaError):
        write_waiting()


def kept_at_once(entry: Entry, settings: Settings) -> None:
    """Keep a refusal or a sign-in: on the disk when this returns."""
    home = Home.of(settings)
    if home.exists():
        _write(home, [entry])


def demand(action: str, settings: Settings, actor: Actor, unit_id: int | None = None) -> None:
    """As permission.demand, and a refusal stands in the log."""
    with refusals_kept(action, settings, actor, unit_id):
        permission.demand(actor, action, unit_id)


@contextmanager
def refusals_kept(
    action: str, settings: Settings, actor: Actor, unit_id: int | None = None, object: str | None = None
) -> Iterator[None]:
    """Whatever is refused within stands in the log as a refusal of this action, or as one that was not done."""
    try:
        yield
    except Refused as fault:
        kind: Kind = "undone" if isinstance(fault, NotDone) else "forbidden"
        kept_at_once(Entry(actor, kind, action, unit_id, object), settings)
        raise


def logged(
    settings: Settings,
    actor: Actor,
    *,
    kinds: frozenset[str] = frozenset(),
    who: str = "",
    first: datetime | None = None,
    last: datetime | None = None,
    size: int = 2_000,
) -> pl.DataFrame:
    """What was done, looked at and refused, the newest first; columns of LOGGED, times in Asia/Shanghai.

    kinds: those alone, all where none is named; who: part of a name; first, last: moments in Asia/Shanghai, both within.
    Raises Refused for whom the log is not for.
    """
    demand("audit.read", settings, actor)
    home = Home.of(settings)
    if not home.exists():
        return pl.DataFrame(schema=LOGGED)
    write_waiting(_home(settings))
    operations = Operations(home)
    try:
        with operations.reading() as session:
            found = [
                *_looks(session, kinds, who, first, last, size),
                *_commands(session, kinds, who, first, last, size),
            ]
            lines = sorted(found, key=lambda one: (one.at, one.kind == COMMAND), reverse=True)[:size]
            rows = _with_units(session, lines)
    finally:
        operations.close()
    return pl.DataFrame(rows, schema=LOGGED, orient="row")


def broken(session: Session) -> Iterator[Text | None]:
    """Each line of the log held against its hash and the line before; the last one tells of the first break."""
    before, expected = GENESIS, 1
    for line in session.scalars(select(tables.Audit).order_by(tables.Audit.seq)):
        if line.seq != expected:
            yield Text(f"审计记录第{expected}条缺失", f"line {expected} of the audit log is missing")
            return
        if line.prev_hash != before or line.hash != _hash(line):
            yield Text(f"审计记录第{line.seq}条被改动过", f"line {line.seq} of the audit log was altered")
            return
        before, expected = line.hash, expected + 1
        yield None


def _write(home: Home, lines: list[Entry]) -> None:
    operations = Operations(home)
    try:
        with operations.changing() as session:
            last = session.scalars(select(tables.Audit).order_by(tables.Audit.seq.desc()).limit(1)).first()
            seq, before = (last.seq, last.hash) if last else (0, GENESIS)
            for at, one in enumerate(lines, seq + 1):
                kept = tables.Audit(
                    seq=at, at=one.at, actor=one.actor.name, role=one.actor.role, kind=one.kind, what=one.what,
                    unit_id=one.unit_id, object=one.object, snapshot=one.snapshot, prev_hash=before,
                )  # fmt: skip
                kept.hash = before = _hash(kept)
                session.add(kept)
    finally:
        operations.close()


def _hash(line: tables.Audit) -> str:
    """sha256 over the line in one canonical writing, the hash of the line before included."""
    written = [
        line.seq, line.at.isoformat(timespec="microseconds"), line.actor, line.role, line.kind, line.what, line.unit_id,
        line.object, line.snapshot, line.prev_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()


def _with_units(session: Session, lines: list[_Line]) -> Iterator[tuple[Any, ...]]:
    """Columns of LOGGED: each with its own unit, else the one of what it is of."""
    asked: dict[str, set[int]] = {name: set() for name in _UNIT_OF}
    for line in lines:
        name, _, number = (line.of or "").partition(":")
        if line.unit_id is None and name in asked and number.isdecimal():
            asked[name].add(int(number))
    units: dict[str | None, int] = {}
    for name, ids in asked.items():
        table = _UNIT_OF[name]
        found = session.execute(select(table.id, table.unit_id).where(table.id.in_(sorted(ids)))) if ids else ()
        units |= {f"{name}:{id_}": unit_id for id_, unit_id in found}
    for line in lines:
        yield line._replace(unit_id=units.get(line.of) if line.unit_id is None else line.unit_id)[:-1]


def _looks(
    session: Session, kinds: frozenset[str], who: str, first: datetime | None, last: datetime | None, size: int
) -> Iterator[_Line]:
    table = tables.Audit
    query = select(table).where(*_within(table, who, first, last)).order_by(table.seq.desc()).limit(size)
    if kinds:
        query = query.where(table.kind.in_(sorted(kinds)))
    for row in session.scalars(query):
        told = civil(row.at), row.actor, row.role, row.kind, row.what, row.unit_id, row.object, row.snapshot
        yield _Line(*told, of=row.object)


def _commands(
    session: Session, kinds: frozenset[str], who: str, first: datetime | None, last: datetime | None, size: int
) -> Iterator[_Line]:
    """Events, without what they say."""
    if kinds and COMMAND not in kinds:
        return
    table = tables.Event
    query = select(table).where(*_within(table, who, first, last)).order_by(table.seq.desc()).limit(size)
    for row in session.scalars(query):
        told, issue = row.subject or _object(row.payload), _number(row.payload, "issue")
        yield _Line(
            civil(row.at), row.actor, row.role, COMMAND, row.kind, _number(row.payload, "unit_id"), told,
            row.payload.get("snapshot"), of=told if issue is None else f"issue:{issue}",
        )  # fmt: skip


def _within(table: Any, who: str, first: datetime | None, last: datetime | None) -> Iterator[ColumnElement[bool]]:
    if who:
        yield table.actor.contains(who, autoescape=True)
    if first is not None:
        yield table.at >= utc(first)
    if last is not None:
        yield table.at <= utc(last)


def _object(payload: Mapping[str, Any]) -> str | None:
    for name in _OBJECTS:
        value = payload.get(name)
        if isinstance(value, list):
            return f"{name.removesuffix('s')}:{','.join(str(one) for one in value if isinstance(one, int))}"
        if isinstance(value, int):
            return f"{name}:{value}"
    return None


def _number(payload: Mapping[str, Any], name: str) -> int | None:
    value = payload.get(name)
    return value if isinstance(value, int) else None
