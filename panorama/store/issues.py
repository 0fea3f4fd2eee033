"""The one door through which an issue is changed: a command, its key, the version that was seen, and who does it.

Issue and event are one transaction. An event says who, when, what and why, and holds what changed, so that an issue can be
told from its events alone; `verify` does so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.errors import Conflict, PanoramaError, Refused
from panorama.intake.identity import mask_identity
from panorama.issues.commands import KIND, Command, Register, Verify
from panorama.issues.issue import Issue
from panorama.issues.transitions import Moment, after, begun, forbidden
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil, now
from panorama.store.door import asked_now
from panorama.store.home import Home
from panorama.store.operations import Operations, append

Given = TypeVar("Given", bound=Command)

SERIES: Final = {
    "issue": "{year}-{of}-{n:04}",
    "close": "XH{year}-{n:04}",
    "reserve": "CB{year}-{n:04}",
}
"""How a number is written: 2026-A-0007; close-out slips and the reserve have series of their own."""


def register(command: Register, key: str, settings: Settings, actor: Actor) -> int:
    """Keep a new issue as a draft; its id. key: this click's own; the same again changes nothing and answers alike.

    Raises Refused with the reason, PanoramaError for a unit that the register does not hold.
    """
    command = _masked(command)
    units = _unit_and_below(command.unit_id, settings, actor)
    moment = _moment(actor, frozenset(unit for unit, _ in units))
    draft = begun(command, _unit_name(command.unit_id, units), moment)
    with _changing(settings) as session:
        done = _done_before(session, key, command, actor, None)
        if done is not None:
            return _issue_of(done)
        return keep_new(session, draft, command, key, actor)


def keep_new(session: Session, issue: Issue, command: Command, key: str, actor: Actor) -> int:
    """Write an issue that was not here before, and its event, within the transaction; its id."""
    row = tables.Issue(registered_at=now(), registered_by=actor.name, changed_at=now())
    _write(row, issue)
    session.add(row)
    session.flush()
    append(session, actor, command.kind, _told(row, command, issue.model_dump(mode="json")), subject_of(row.id), key)
    return row.id


def perform(issue_id: int, command: Command, version: int, key: str, settings: Settings, actor: Actor) -> int:
    """Do it, and answer the issue's version after it. version: the one that the actor saw.

    Raises Refused with the reason, Conflict when somebody else changed the issue meanwhile: then nothing is done.
    """
    command = _masked(command)
    # Asked before the store is held: it opens the snapshot.
    near = _near(issue_id, settings, actor) if isinstance(command, Verify) else frozenset()
    with _changing(settings) as session:
        done = _done_before(session, key, command, actor, issue_id)
        if done is not None:
            return int(done.payload["version"])
        row = _row(session, issue_id)
        before = Issue.model_validate(row)
        moment = _moment(actor, near | {row.unit_id}, session)
        # Who may not do it at all is not told what others did.
        told = forbidden(type(command), row.unit_id, actor)
        if told is not None:
            raise Refused(told.zh, told.en)
        if row.version != version:
            raise _conflict(session, row, command)
        found = after(before, command, moment)
        changed = _changes(before, found)
        _write(row, found)
        row.changed_at = now()
        session.flush()
        append(session, actor, command.kind, _told(row, command, changed), subject_of(issue_id), key)
        return row.version


def replayed(story: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The issue as its events tell it, as JSON values. story: their payloads, the oldest first."""
    told: dict[str, Any] = {}
    for payload in story:
        told |= payload["changed"]
    return told


def _masked(command: Given) -> Given:
    """Numbers of persons do not stand in the ledger."""
    return type(command).model_validate({name: _hidden(value) for name, value in command})


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return mask_identity(value, strict=False)
    return tuple(map(_hidden, value)) if isinstance(value, tuple) else value


@contextmanager
def _changing(settings: Settings) -> Iterator[Session]:
    operations = Operations(Home.of(settings))
    try:
        with operations.changing() as session:
            yield session
    finally:
        operations.close()


def _row(session: Session, issue_id: int) -> tables.Issue:
    row = session.get(tables.Issue, issue_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {issue_id} 的问题。", f"There is no issue {issue_id}.")
    return row


def _write(row: tables.Issue, issue: Issue) -> None:
    for name, value in issue.model_dump().items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)


def _changes(before: Issue, found: Issue) -> dict[str, Any]:
    old, new = before.model_dump(mode="json"), found.model_dump(mode="json")
    return {name: value for name, value in new.items() if value != old[name]}


def _told(row: tables.Issue, command: Command, changed: dict[str, Any]) -> dict[str, Any]:
    said = command.model_dump(mode="json")
    return {"issue": row.id, "version": row.version, "state": row.state, "said": said, "changed": changed}


def subject_of(issue_id: int) -> str:
    """What the events of this issue are of."""
    return f"issue:{issue_id}"


def _done_before(
    session: Session, key: str, command: Command, actor: Actor, issue_id: int | None
) -> tables.Event | None:
    """The event that this very click made, if it came before; another command under the same key is refused."""
    if not key.strip():
        raise PanoramaError("缺少操作编号。", "The command has no key.")
    done = session.scalars(select(tables.Event).where(tables.Event.key == key)).first()
    if done is None:
        return None
    same = done.kind == command.kind and done.actor == actor.name
    same = same and done.payload["said"] == command.model_dump(mode="json")
    if not same or (issue_id is not None and _issue_of(done) != issue_id):
        raise Refused(
            "这个操作编号已用于另一个操作，请刷新后再办。",
            "This key was used for another command. Load the page again.",
        )
    return done


def _issue_of(event: tables.Event) -> int:
    return int(event.payload["issue"])


def _moment(actor: Actor, near: frozenset[int], session: Session | None = None) -> Moment:
    day = today()

    def number(series: str) -> str:
        if session is None:
            raise AssertionError("a draft has no number")
        name, _, of = series.partition(" ")
        at = session.get(tables.Series, f"{series} {day.year}", with_for_update=True)
        if at is None:
            at = tables.Series(name=f"{series} {day.year}", last=0)
            session.add(at)
        at.last += 1
        return SERIES[name].format(year=day.year, of=of, n=at.last)

    return Moment(actor, day, near, number)


def _near(issue_id: int, settings: Settings, actor: Actor) -> frozenset[int]:
    operations = Operations(Home.of(settings))
    try:
        with operations.reading() as session:
            unit_id = _row(session, issue_id).unit_id
    finally:
        operations.close()
    return frozenset(unit for unit, _ in _unit_and_below(unit_id, settings, actor))


def _unit_and_below(unit_id: int, settings: Settings, actor: Actor) -> list[tuple[int, str]]:
    found = asked_now("unit_and_below", settings, actor, unit_id=unit_id)
    return [] if found is None else [(unit, name) for unit, name, _ in found.iter_rows()]


def _unit_name(unit_id: int, units: Sequence[tuple[int, str]]) -> str:
    for unit, name in units:
        if unit == unit_id:
            return name
    raise PanoramaError(
        "名录里没有这个单位，或不在您的权限范围之内。", "The register has no such unit, or it is outside your scope."
    )


def _conflict(session: Session, row: tables.Issue, command: Command) -> Conflict:
    """Who did what meanwhile, and what was not done."""
    newest = select(tables.Event).where(tables.Event.subject == subject_of(row.id)).order_by(tables.Event.seq.desc())
    last = session.scalars(newest.limit(1)).one()
    did, mine, when = KIND[last.kind].label, command.label, _clock(last.at)
    return Conflict(
        f"{last.actor} 已于 {when} 办理“{did.zh}”，问题现为“{row.state}”；您的“{mine.zh}”没有执行。请看过最新情况再办。",
        f"{last.actor} did “{did.en}” at {when}: your “{mine.en}” was not done. Look at the newest state, then decide.",
    )


def _clock(at: datetime) -> str:
    return f"{civil(at):%Y-%m-%d %H:%M}"
