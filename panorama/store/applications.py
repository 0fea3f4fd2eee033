"""The one door through which an application is changed, and the gate as the store answers it.

As with issues: a command, its key, the version that was seen, who does it; application and event are one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.applications.application import HIRING, MORE, Answer, Application, Item, Passed
from panorama.applications.commands import KIND, Register, Release
from panorama.applications.gate import can_accept, holds, still_waived
from panorama.applications.transitions import Moment, after, begun, forbidden
from panorama.calendar import today
from panorama.errors import PanoramaError
from panorama.issues.commands import Command
from panorama.issues.issue import OVER, Issue
from panorama.issues.transitions import refuse
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import refusals_kept
from panorama.store.clock import now
from panorama.store.commands import (
    changes,
    conflict,
    done_before,
    masked,
    number,
    subtrees,
    unit_name,
    write,
)
from panorama.store.door import asked_now
from panorama.store.operations import append, changing, looking

GATE: Final = Actor("gate", "gate", everything=True)
"""Who judges: an issue holds what is asked for whether or not the asker may see it. It changes nothing."""

OPEN: Final = and_(tables.Application.decision == "办理中", tables.Application.withdrawn_on.is_(None))


class Near(NamedTuple):
    """Whose issues hold a unit: its own, of those below it, and of what passed to any of them. passed: of these, how."""

    units: frozenset[int]
    passed: Mapping[int, Passed]

    @classmethod
    def alone(cls, unit_id: int) -> Near:
        return cls(frozenset({unit_id}), {})


def register(command: Register, key: str, settings: Settings, actor: Actor) -> int:
    """Keep a new application, judged by the gate; its id. key: this click's own; the same again changes nothing.

    Raises Refused with the reason, PanoramaError for a unit that the register does not hold.
    """
    command = masked(command)
    with refusals_kept(command.kind, settings, actor, command.unit_id):
        refuse(forbidden(Register, command.unit_id, actor))
    near = subtrees([command.unit_id], settings, GATE).get(command.unit_id, {})
    name = unit_name(command.unit_id, near)
    of = near_units([command.unit_id], settings)[command.unit_id]
    with refusals_kept(command.kind, settings, actor, command.unit_id), changing(settings) as session:
        done = done_before(session, key, command, actor, None)
        if done is not None:
            return int(done.payload["application"])
        day = today()
        late = overdue(session, day)
        gate = can_accept(command.item, of.units, late, day, more=asks_more(settings), passed=of.passed)
        moment = Moment(actor, day, gate, lambda: number(session, "application", day))
        return keep_new(session, begun(command, name, moment), command, key, actor)


def keep_new(session: Session, found: Application, command: Command, key: str, actor: Actor) -> int:
    """Write an application that was not here before, and its event, within the transaction; its id."""
    row = tables.Application(registered_at=now(), registered_by=actor.name, changed_at=now())
    write(row, found)
    session.add(row)
    session.flush()
    append(session, actor, command.kind, _told(row, command, found.model_dump(mode="json")), subject_of(row.id), key)
    return row.id


def perform(application_id: int, command: Command, version: int, key: str, settings: Settings, actor: Actor) -> int:
    """Do it, and answer the application's version after it. version: the one that the actor saw.

    Raises Refused with the reason, Conflict when somebody else, or a release, changed it meanwhile: then nothing is done.
    """
    command = masked(command)
    # Asked before the store is held: it opens the snapshot.
    with looking(settings) as session:
        unit_id = _row(session, application_id).unit_id
    near = near_units([unit_id], settings)[unit_id]
    kept = refusals_kept(command.kind, settings, actor, object=subject_of(application_id))
    with kept, changing(settings) as session:
        done = done_before(session, key, command, actor, subject_of(application_id))
        if done is not None:
            return int(done.payload["version"])
        row, day = _row(session, application_id), today()
        refuse(forbidden(type(command), row.unit_id, actor))
        if row.version != version:
            raise conflict(session, subject_of(row.id), command, KIND, f"办理结果现为“{row.decision}”")
        before = Application.model_validate(row)
        gate = judged(before, near, overdue(session, day), day, settings)
        _change(session, row, before, command, Moment(actor, day, gate, _no_number), key)
        return row.version


def release_freed(
    session: Session, before: Issue, found: Issue, key: str, settings: Settings, actor: Actor, day: date
) -> None:
    """Release what this issue held, now that it holds no more and nothing else does: in the transaction that freed it."""
    if not holds(before, day) or holds(found, day):
        return
    rows = [row for row in session.scalars(select(tables.Application).where(OPEN)) if row.gate["result"] == "暂停受理"]
    if not rows:
        return
    late = overdue(session, day)
    # Looked up while the store is held: only what ends an overdue comes here, and only while something waits for it.
    near = near_units([row.unit_id for row in rows], settings)
    for row in rows:
        held = Application.model_validate(row)
        gate = judged(held, near[row.unit_id], late, day, settings)
        if before.unit_id in near[row.unit_id].units and gate.result != "暂停受理":
            # Not by the officer's rights: whoever may close the issue out releases what it held.
            released = held.model_copy(update={"gate": gate})
            _keep(session, row, held, released, Release(), actor, f"{key}-release-{row.id}")


def judged(
    application: Application, near: Near, late: Sequence[tuple[int, Issue]], day: date, settings: Settings
) -> Answer:
    """What the gate says of an application on this day."""
    more, waived = asks_more(settings), still_waived(application.waived, application.waived_on, late)
    return can_accept(application.item, near.units, late, day, waived, more, near.passed)


def asks_more(settings: Settings) -> frozenset[Item]:
    """What asks for something new or more, as this office has it."""
    return MORE | {HIRING} if settings.hold_hiring else MORE


def near_units(unit_ids: Iterable[int], settings: Settings) -> dict[int, Near]:
    """Each of these units → whose issues hold it, by the current register and approvals, whoever asks."""
    asked = sorted(set(unit_ids))
    told = asked_now("unit_and_passed", settings, GATE, unit_ids=asked) if asked else None
    units: dict[int, set[int]] = {unit: {unit} for unit in asked}
    passed: dict[int, dict[int, Passed]] = {unit: {} for unit in asked}
    for row in () if told is None else told.iter_rows(named=True):
        units[row["root_id"]].add(row["unit_id"])
        if row["from_id"] is not None:
            how = Passed(unit_name=row["from_unit"], heirs=row["heirs"], on=row["passed_on"], doc_no=row["doc_no"])
            passed[row["root_id"]][row["unit_id"]] = how
    # One that has left the register still answers for itself.
    return {unit: Near(frozenset(units[unit]), passed[unit]) for unit in asked}


def overdue(session: Session, day: date) -> list[tuple[int, Issue]]:
    """Issues of class A that were open on this day and past their limit, with their ids, whoever asks."""
    limit = func.coalesce(tables.Issue.extended_to, tables.Issue.due)
    still = or_(tables.Issue.state.not_in(OVER), and_(tables.Issue.state == "已销号", tables.Issue.closed_on > day))
    query = select(tables.Issue).where(tables.Issue.issue_class == "A", still, limit < day).order_by(tables.Issue.id)
    return [(row.id, Issue.model_validate(row).on(day)) for row in session.scalars(query)]


def subject_of(application_id: int) -> str:
    """What the events of this application are of."""
    return f"application:{application_id}"


def _row(session: Session, application_id: int) -> tables.Application:
    row = session.get(tables.Application, application_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {application_id} 的申请。", f"There is no application {application_id}.")
    return row


def _change(
    session: Session, row: tables.Application, before: Application, command: Command, moment: Moment, key: str
) -> None:
    _keep(session, row, before, after(before, command, moment), command, moment.actor, key)


def _keep(
    session: Session, row: tables.Application, before: Application, found: Application, command: Command, actor: Actor, key: str
) -> None:  # fmt: skip
    write(row, found)
    row.changed_at = now()
    session.flush()
    append(session, actor, command.kind, _told(row, command, changes(before, found)), subject_of(row.id), key)


def _told(row: tables.Application, command: Command, changed: dict[str, Any]) -> dict[str, Any]:
    said = command.model_dump(mode="json")
    return {"application": row.id, "version": row.version, "said": said, "changed": changed}


def _no_number() -> str:
    raise AssertionError("it has its number")
