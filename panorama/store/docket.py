"""What applications there are, how the gate judges them today, and what became of them, within the asker's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, false, select, true
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.applications.application import Answer, Application, Item
from panorama.applications.gate import can_accept
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.applications import OPEN, asks_more, judged, near_units, overdue, subject_of
from panorama.store.caseload import Step
from panorama.store.clock import civil
from panorama.store.commands import looking

_TABLE = tables.Application


@dataclass(frozen=True)
class Filed:
    """An application as it is kept. version: whoever changes it says that this is the one he saw."""

    id: int
    version: int
    registered_by: str
    registered_at: datetime
    """Naive time in Asia/Shanghai."""
    application: Application
    answer: Answer
    """What the gate says today; of what is decided or withdrawn, what it said then."""


def filed(settings: Settings, actor: Actor, day: date, unit_id: int | None = None, size: int = 2_000) -> list[Filed]:
    """Applications within the scope: what is in hand first, the newest first. day: the one that they are judged on."""
    query = select(_TABLE).where(_scope(actor))
    query = query.where(_TABLE.unit_id == unit_id) if unit_id is not None else query
    query = query.order_by(case((OPEN, 0), else_=1), _TABLE.id.desc()).limit(size)
    with looking(settings) as session:
        return _told(session, session.scalars(query), settings, actor, day)


def application_at(application_id: int, settings: Settings, actor: Actor, day: date) -> Filed:
    """One application. Raises Refused outside the scope, PanoramaError when there is none."""
    with looking(settings) as session:
        return _told(session, [_within(session, application_id, actor)], settings, actor, day)[0]


def story(application_id: int, settings: Settings, actor: Actor) -> list[Step]:
    """What became of an application, the oldest first. Raises as `application_at`."""
    with looking(settings) as session:
        _within(session, application_id, actor)
        found = (
            select(tables.Event).where(tables.Event.subject == subject_of(application_id)).order_by(tables.Event.seq)
        )
        return [_step(one, actor) for one in session.scalars(found)]


def asked(unit_id: int, item: Item, settings: Settings, actor: Actor, day: date) -> Answer:
    """What the gate would say of an application that is not registered. Raises Refused outside the scope."""
    if not actor.everything and unit_id not in actor.units:
        raise Refused("这个单位不在您的权限范围之内。", "This unit is outside your scope.")
    near = near_units([unit_id], settings)[unit_id]
    with looking(settings) as session:
        return _seen(can_accept(item, near, overdue(session, day), day, more=asks_more(settings)), actor)


def _told(
    session: Session, rows: Iterable[tables.Application], settings: Settings, actor: Actor, day: date
) -> list[Filed]:
    kept = [(row, Application.model_validate(row)) for row in rows]
    open_ones = [one.unit_id for _, one in kept if one.open]
    late = overdue(session, day) if open_ones else []
    # Without anything overdue nothing is held, wherever a unit stands.
    near = near_units(open_ones, settings) if late else {unit: frozenset({unit}) for unit in open_ones}
    found = []
    for row, one in kept:
        answer = judged(one, near[one.unit_id], late, day, settings) if one.open else one.gate
        shown = one.model_copy(update={"gate": _seen(one.gate, actor)})
        found.append(
            Filed(row.id, row.version, row.registered_by, civil(row.registered_at), shown, _seen(answer, actor))
        )
    return found


def _seen(answer: Answer, actor: Actor) -> Answer:
    return answer if actor.everything else answer.within(actor.units)


def _step(one: tables.Event, actor: Actor) -> Step:
    changed = dict(one.payload["changed"])
    if "gate" in changed:
        changed["gate"] = _seen(Answer.model_validate(changed["gate"]), actor).model_dump(mode="json")
    return Step(one.seq, civil(one.at), one.actor, one.kind, one.payload["said"], changed)


def _scope(actor: Actor) -> ColumnElement[bool]:
    if actor.everything:
        return true()
    return _TABLE.unit_id.in_(sorted(actor.units)) if actor.units else false()


def _within(session: Session, application_id: int, actor: Actor) -> tables.Application:
    row = session.get(_TABLE, application_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {application_id} 的申请。", f"There is no application {application_id}.")
    if not actor.everything and row.unit_id not in actor.units:
        raise Refused("这件申请不在您的权限范围之内。", "This application is outside your scope.")
    return row
