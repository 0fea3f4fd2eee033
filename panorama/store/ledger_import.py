"""A ledger that was read taken over: what is new in it registered, all in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.errors import Refused
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.commands import SERIES
from panorama.store.ledger_reading import CHANGED_SINCE, LedgerReading, Line, differing, here, key_of, taken_before
from panorama.store.operations import append, changing


def take_over(reading: LedgerReading, settings: Settings, actor: Actor) -> int:
    """Register the new ones, all in one transaction; how many. Once more changes nothing: what is here by then is the same.

    Raises Refused for those who may not, or when somebody registered one of the numbers meanwhile.
    """
    for action in reading.actions:
        demand(action, settings, actor)
    # Units that the actor is kept off came out as refused when it was read; it may have been somebody else who read it.
    for action, unit_id in sorted({(line.kind.action, line.thing.unit_id) for line in reading.of("new") if line.thing}):
        demand(action, settings, actor, unit_id)
    with changing(settings) as session:
        lines = [line for line in reading.of("new") if not _by_now(session, line, reading)]
        # All of them first: what gets a number of ours gets none that stands in a later row.
        for line in lines:
            for series, number in _numbers(line):
                _reach(session, series, number)
        for line in lines:
            _keep(session, line, reading, actor)
        if lines or reading.of("refused"):
            append(session, actor, "ledger.import", _summary(reading, len(lines)))
        return len(lines)


def _by_now(session: Session, line: Line, reading: LedgerReading) -> bool:
    """Whether it is here by now, and the same."""
    assert line.thing is not None
    for other in here(session, line.kind, line.thing):
        if differing(line.kind.thing.model_validate(other), line.thing, line.unsaid):
            raise Refused(
                f"{line.name} 刚被他人登记，整份台账没有导入：请重新读取后再导入。",
                f"Somebody registered {line.name} just now; nothing was taken over. Read the ledger again.",
            )
        return True
    if taken_before(session, line, reading.sha256):
        raise Refused(f"{line.name}：{CHANGED_SINCE.zh}。", f"{line.name}: {CHANGED_SINCE.en}.")
    return False


def _keep(session: Session, line: Line, reading: LedgerReading, actor: Actor) -> None:
    told = line.kind.taken(file=reading.file, sheet=line.sheet, row=line.row, progress=tuple(map(_flat, line.progress)))
    line.kind.keep(session, line.thing, told, key_of(line, reading.sha256), actor, today())


def _flat(one: Mapping[str, str | None]) -> tuple[str, str, str]:
    return one["at"] or "", one["by"] or "", one["said"] or ""


def _summary(reading: LedgerReading, kept: int) -> dict[str, Any]:
    refused = [
        {"sheet": line.sheet, "row": line.row, "name": line.name, "why": [one.text.zh for one in line.reasons]}
        for line in reading.of("refused")
    ]
    return {
        "file": reading.file, "sha256": reading.sha256, "taken": kept, "same": len(reading.of("same")), "refused": refused,
    }  # fmt: skip


def _numbers(line: Line) -> Iterator[tuple[str, int]]:
    """Numbers of it that our own series would come to one day: the series with its year, and how far it is."""
    for field, name in line.kind.numbers.items():
        found = _OWN[name].fullmatch(getattr(line.thing, field) or "")
        if found:
            of = f" {found['of']}" if "of" in _OWN[name].groupindex else ""
            yield f"{name}{of} {found['year']}", int(found["n"])


def _pattern(written: str) -> re.Pattern[str]:
    parts = {"{year}": r"(?P<year>\d{4})", "{of}": "(?P<of>[ABC])", "{n:04}": r"(?P<n>\d{4,9})"}
    for part, sign in parts.items():
        written = written.replace(part, sign)
    return re.compile(written)


_OWN: Final = {name: _pattern(written) for name, written in SERIES.items()}


def _reach(session: Session, series: str, number: int) -> None:
    """No number up to this one is given any more."""
    row = session.get(tables.Series, series, with_for_update=True)
    if row is None:
        session.add(tables.Series(name=series, last=number))
    elif row.last < number:
        row.last = number
    session.flush()
