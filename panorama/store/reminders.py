"""Reminders of limits: computed from the issues by day and reader; what is stored is who ticked off which step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, select, true

from panorama.access.actor import Actor
from panorama.access.roles import UNIT, granted
from panorama.calendar import today
from panorama.errors import PanoramaError
from panorama.issues.issue import OVER
from panorama.issues.reminders import PAST, STEPS, step_of
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.caseload import frame_of, issues_seen
from panorama.store.clock import now
from panorama.store.operations import append, changing, looking

TICK: Final = "reminder.tick"
LISTED_AT_MOST: Final = 200

_ISSUE: Final = tables.Issue
_LIMIT: Final[ColumnElement[date | None]] = func.coalesce(_ISSUE.extended_to, _ISSUE.due)


@dataclass(frozen=True)
class Reminders:
    """What a reader is reminded of. counts: step → how many; units: of how many; found: the most pressing ones, columns of LISTED and step."""

    counts: Mapping[int, int]
    units: int
    found: pl.DataFrame

    @property
    def n(self) -> int:
        return sum(self.counts.values())


def reminders(settings: Settings, actor: Actor, day: date, unit_id: int | None = None) -> Reminders:
    """What concerns this actor on this day and is not ticked off: of a unit's contact its issues of class A, of an office
    those put to it, of the supervision all of class A and B. Nobody else is reminded.
    """
    asked = and_(_due(actor, day), _ISSUE.unit_id == unit_id if unit_id is not None else true())
    step = _step(day)
    query = select(step, func.count(_ISSUE.id)).where(asked).group_by(step)
    with looking(settings) as session:
        counts = {int(at): int(n) for at, n in session.execute(query)}
        units = session.scalar(select(func.count(_ISSUE.unit_id.distinct())).where(asked)) or 0
    found = frame_of(settings, asked, LISTED_AT_MOST)
    steps = pl.Series("step", [step_of(limit, day) for limit in found["limit"]], pl.Int64)
    return Reminders(counts, units, found.with_columns(steps))


def tick(issue_id: int, limit: date, step: int, settings: Settings, actor: Actor) -> int:
    """This person knows: not reminded of this step before this limit again; the number of the tick. Twice is once.

    Raises Refused for whose role or scope it is not, PanoramaError where there is no such reminder to this person today.
    """
    with looking(settings) as session:
        unit_id = session.scalar(select(_ISSUE.unit_id).where(_ISSUE.id == issue_id))
    demand(TICK, settings, actor, unit_id)
    with changing(settings) as session:
        table, who = tables.ReminderTick, person(actor)
        mine = (table.issue_id == issue_id, table.due == limit, table.step == step, table.who == who)
        there = session.scalar(select(table.id).where(*mine))
        if there is not None:
            return int(there)
        stands = select(_ISSUE.id).where(_due(actor, today()), _ISSUE.id == issue_id, _LIMIT.in_([limit]))
        if session.scalar(stands) is None or step_of(limit, today()) != step:
            raise PanoramaError(
                "这条提醒已经变了：问题可能已销号、延期，或到了下一个提醒日。请刷新页面。",
                "This reminder is not there any more: the issue was closed, extended, or has come to its next step. Load the page again.",
            )
        row = table(issue_id=issue_id, due=limit, step=step, who=who, ticked_at=now())
        session.add(row)
        session.flush()
        append(session, actor, TICK, {"tick": row.id, "issue": issue_id, "due": limit.isoformat(), "step": step})
        return row.id


def person(actor: Actor) -> str:
    """Who ticks: the login, where people sign in."""
    return actor.login or actor.name


def _due(actor: Actor, day: date) -> ColumnElement[bool]:
    """Open issues that this actor is reminded of on this day."""
    table = tables.ReminderTick
    ticked = exists().where(
        table.issue_id == _ISSUE.id, table.due == _LIMIT, table.step == _step(day), table.who == person(actor)
    )  # fmt: skip
    near = day + timedelta(days=STEPS[0]) >= _LIMIT
    return and_(_concerns(actor), _ISSUE.state.not_in(OVER), near, ~ticked)


def _concerns(actor: Actor) -> ColumnElement[bool]:
    if not granted(actor.role, TICK):
        return false()
    if actor.role == UNIT:
        return and_(issues_seen(actor), _ISSUE.issue_class == "A")
    if actor.role == "office":
        mine = _ISSUE.lead_office == actor.office if actor.office else false()
        return and_(issues_seen(actor), _ISSUE.issue_class == "B", mine)
    return and_(issues_seen(actor), _ISSUE.issue_class.in_(("A", "B")))


def _step(day: date) -> ColumnElement[Any]:
    """`step_of`, of a limit that is no further off than the first step."""
    first, *rest = sorted(STEPS, reverse=True)
    whens = [(day > _LIMIT, literal(PAST))]
    whens += [(day + timedelta(days=step) >= _LIMIT, literal(step)) for step in sorted(rest)]
    return case(*whens, else_=literal(first))
