"""What applications there are, how the gate judges them today, and what became of them, within the asker's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl
from sqlalchemy import ColumnElement, case, false, func, select, true
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.applications.application import Answer, Application, Item
from panorama.applications.gate import can_accept
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import caseload, tables
from panorama.store.applications import OPEN, Near, asks_more, judged, near_units, overdue, subject_of
from panorama.store.caseload import Step
from panorama.store.clock import civil
from panorama.store.operations import looking

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


def filed(settings: Settings, actor: Actor, day: date, unit_id: int | None = None) -> list[Filed]:
    """All applications within the scope, for figures count all of them: what is in hand first, the newest first. day: the one that they are judged on."""
    query = select(_TABLE).where(within(actor))
    query = query.where(_TABLE.unit_id == unit_id) if unit_id is not None else query
    query = query.order_by(case((OPEN, 0), else_=1), _TABLE.id.desc())
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


class Waiting:
    """What waits for somebody on one day, within a scope: read once and kept between commits. All of it: pages count it."""

    def __init__(self, settings: Settings, actor: Actor, day: date) -> None:
        late = caseload.listed(settings, actor, day, which="overdue", issue_class="A", size=None)
        drafts = caseload.listed(settings, actor, day, which="draft", size=None)
        self._overdue, self._drafts = late, drafts
        with looking(settings) as session:
            query = select(_TABLE).where(within(actor), OPEN).order_by(_TABLE.id.desc())
            found = _told(session, session.scalars(query), settings, actor, day)
            self.registered = session.scalar(select(func.count(_TABLE.id)).where(within(actor))) or 0
        self._held = [one for one in found if one.answer.result == "暂停受理"]

    def overdue(self, unit_id: int | None = None) -> pl.DataFrame:
        """Overdue issues of class A, the longest overdue first; columns of LISTED."""
        return self._overdue if unit_id is None else self._overdue.filter(pl.col("unit_id") == unit_id)

    def drafts(self, unit_id: int | None = None) -> pl.DataFrame:
        """Issues that wait for their class; columns of LISTED."""
        return self._drafts if unit_id is None else self._drafts.filter(pl.col("unit_id") == unit_id)

    def held(self, unit_id: int | None = None) -> list[Filed]:
        """Applications that are held."""
        return [one for one in self._held if unit_id in (None, one.application.unit_id)]


def asked(unit_id: int, item: Item, settings: Settings, actor: Actor, day: date) -> Answer:
    """What the gate would say of an application that is not registered. Raises Refused outside the scope."""
    if not actor.sees(unit_id):
        raise Refused("这个单位不在您的权限范围之内。", "This unit is outside your scope.")
    near = near_units([unit_id], settings)[unit_id]
    with looking(settings) as session:
        late = overdue(session, day)
        return _seen(can_accept(item, near.units, late, day, more=asks_more(settings), passed=near.passed), actor)


def _told(
    session: Session, rows: Iterable[tables.Application], settings: Settings, actor: Actor, day: date
) -> list[Filed]:
    kept = [
        Filed(row.id, row.version, row.registered_by, civil(row.registered_at), one, one.gate)
        for row, one in ((row, Application.model_validate(row)) for row in rows)
    ]
    units = [one.application.unit_id for one in kept if one.application.open]
    late = overdue(session, day) if units else []
    # Without anything overdue nothing is held, wherever a unit stands.
    near = near_units(units, settings) if late else {unit: Near.alone(unit) for unit in units}
    # One unit may have asked for many things: what holds them is looked up once.
    answers: dict[tuple[int, Item, tuple[int, ...], date | None], Answer] = {}
    told = []
    for one in kept:
        asked = one.application
        key = asked.unit_id, asked.item, asked.waived, asked.waived_on
        if asked.open and key not in answers:
            answers[key] = _seen(judged(asked, near[asked.unit_id], late, day, settings), actor)
        gate = _seen(asked.gate, actor)
        shown = asked if gate is asked.gate else asked.model_copy(update={"gate": gate})
        told.append(replace(one, application=shown, answer=answers[key] if asked.open else gate))
    return told


def _seen(answer: Answer, actor: Actor) -> Answer:
    return answer if actor.everything else answer.within(actor.units)


def _step(one: tables.Event, actor: Actor) -> Step:
    changed = dict(one.payload["changed"])
    if "gate" in changed:
        changed["gate"] = _seen(Answer.model_validate(changed["gate"]), actor).model_dump(mode="json")
    return Step(one.seq, civil(one.at), one.actor, one.kind, one.payload["said"], changed)


def within(actor: Actor) -> ColumnElement[bool]:
    """Which applications the actor may know of."""
    if actor.everything:
        return true()
    return _TABLE.unit_id.in_(sorted(actor.units)) if actor.units else false()


def _within(session: Session, application_id: int, actor: Actor) -> tables.Application:
    row = session.get(_TABLE, application_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {application_id} 的申请。", f"There is no application {application_id}.")
    if not actor.sees(row.unit_id):
        raise Refused("这件申请不在您的权限范围之内。", "This application is outside your scope.")
    return row
