"""A ledger that was read taken over: what is new in it registered, all in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import Refused
from panorama.issues.commands import Import
from panorama.issues.issue import Issue
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.commands import SERIES
from panorama.store.issues import keep_new
from panorama.store.ledger_reading import LedgerReading, Line, differing, here
from panorama.store.operations import append, changing


def take_over(reading: LedgerReading, settings: Settings, actor: Actor) -> int:
    """Register the new ones, all in one transaction; how many. Once more changes nothing: what is here by then is the same.

    Raises Refused for those who may not, or when somebody registered one of the numbers meanwhile.
    """
    demand("issue.import", settings, actor)
    with changing(settings) as session:
        kept = sum(_kept(session, line, reading, actor) for line in reading.of("new"))
        if kept or reading.of("refused"):
            append(session, actor, "ledger.import", _summary(reading, kept))
        return kept


def _kept(session: Session, line: Line, reading: LedgerReading, actor: Actor) -> bool:
    """Keep one issue, unless it is here by now."""
    issue = line.issue
    assert issue is not None
    for other in here(session, issue):
        if differing(Issue.model_validate(other), issue):
            raise Refused(
                f"问题 {line.name} 刚被他人登记，整份台账没有导入：请重新读取后再导入。",
                f"Somebody registered issue {line.name} just now; nothing was taken over. Read the ledger again.",
            )
        return False
    told = Import(file=reading.file, sheet=line.sheet, row=line.row, progress=tuple(map(_flat, line.progress)))
    keep_new(session, issue, told, f"import:{reading.sha256}:{line.sheet}:{line.row}", actor)
    for series, number in _numbers(issue):
        _reach(session, series, number)
    return True


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


def _numbers(issue: Issue) -> Iterator[tuple[str, int]]:
    """Numbers of this issue that our own series would come to one day: the series with its year, and how far it is."""
    written = {"issue": issue.issue_no, "close": issue.close_no, "reserve": issue.reserve_no}
    for name, text in written.items():
        found = _OWN[name].fullmatch(text or "")
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
