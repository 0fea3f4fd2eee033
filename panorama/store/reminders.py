"""Reminders of limits and milestones: computed from the issues by day and reader; what is stored is who ticked off which step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, select, true
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.access.roles import UNIT, granted
from panorama.calendar import today
from panorama.errors import PanoramaError
from panorama.issues.issue import OVER
from panorama.issues.reminders import OF_MILESTONE, PAST, STEPS, step_of
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.caseload import LISTED, frame_of, issues_seen, written
from panorama.store.clock import now
from panorama.store.operations import append, changing, looking

TICK: Final = "reminder.tick"
LISTED_AT_MOST: Final = 200

_ISSUE: Final = tables.Issue
_LIMIT: Final[ColumnElement[date | None]] = func.coalesce(_ISSUE.extended_to, _ISSUE.due)


@dataclass(frozen=True)
class Reminders:
    """What a reader is reminded of. counts: step → how many; units: of how many; found: the most pressing ones, columns of LISTED and

    step; falls: the day it is about, of the limit or a milestone; milestone: what is to be done by then, null where it is the limit alone.
    """

    counts: Mapping[int, int]
    units: int
    found: pl.DataFrame

    @property
    def n(self) -> int:
        return sum(self.counts.values())


def reminders(settings: Settings, actor: Actor, day: date, unit_id: int | None = None) -> Reminders:
    """What concerns this actor on this day and is not ticked off: of a unit's contact its issues of class A, of an office
    those put to it and its milestones, of the supervision all of class A and B. Nobody else is reminded.
    """
    asked = and_(_due(actor, day), _ISSUE.unit_id == unit_id if unit_id is not None else true())
    step = _step(day)
    query = select(step, func.count(_ISSUE.id)).where(asked).group_by(step)
    with looking(settings) as session:
        counts = Counter({int(at): int(n) for at, n in session.execute(query)})
        units = set(session.scalars(select(_ISSUE.unit_id).where(asked).distinct()))
        steps = _milestones(session, actor, day, _ISSUE.unit_id == unit_id if unit_id is not None else true())
    counts.update(steps["step"].to_list())
    found = _of_limits(frame_of(settings, asked, LISTED_AT_MOST), day)
    pressing = steps.sort("falls", "id").head(LISTED_AT_MOST)
    issues = frame_of(settings, _ISSUE.id.in_(pressing["id"].unique().to_list()), None)
    both = pl.concat([found, issues.join(pressing.drop("unit_id"), on="id").select(found.columns)])
    return Reminders(dict(counts), len(units | set(steps["unit_id"])), both.sort("falls", "id").head(LISTED_AT_MOST))


def _of_limits(found: pl.DataFrame, day: date) -> pl.DataFrame:
    """What is listed for its limit, with the milestone that falls on the same day: it is one reminder then."""
    steps = [step_of(limit, day) for limit in found["limit"]]
    words = [
        "、".join(one["words"] for one in every if one["due"] == f"{limit}" and one["done_on"] is None) or None
        for limit, every in found.select("limit", "milestones").iter_rows()
    ]
    return found.with_columns(
        pl.Series("step", steps, pl.Int64), falls="limit", milestone=pl.Series("milestone", words, pl.String)
    )


def _milestones(session: Session, actor: Actor, day: date, which: ColumnElement[bool]) -> pl.DataFrame:
    """Milestones of class B that are near or past, not reached and not ticked off, one row an issue and day: id, unit_id, falls, step, milestone."""
    kept = and_(
        _concerns(actor), _ISSUE.state.not_in(OVER), _ISSUE.issue_class == "B", written(_ISSUE.milestones) != "[]", which
    )  # fmt: skip
    rows = session.execute(select(_ISSUE.id, _ISSUE.unit_id, _LIMIT, written(_ISSUE.milestones)).where(kept)).all()
    schema = {"id": pl.Int64, "unit_id": pl.Int64, "limit": pl.Date, "milestones": pl.String}
    frame = pl.DataFrame(list(map(tuple, rows)), schema=schema, orient="row")
    each = (
        frame.with_columns(pl.col("milestones").str.json_decode(LISTED["milestones"]))
        .explode("milestones")
        .unnest("milestones")
    )
    each = each.with_columns(falls=pl.col("due").str.to_date()).filter(
        pl.col("done_on").is_null(), pl.col("falls") <= day + timedelta(days=OF_MILESTONE[0]), pl.col("falls").ne_missing(pl.col("limit")),
    )  # fmt: skip
    found = each.group_by("id", "unit_id", "falls", maintain_order=True).agg(milestone=pl.col("words").str.join("、"))
    steps = pl.Series("step", [step_of(falls, day, OF_MILESTONE) for falls in found["falls"]], pl.Int64)
    table = tables.ReminderTick
    query = select(table.issue_id, table.due, table.step).where(
        table.who == person(actor), table.issue_id.in_(select(_ISSUE.id).where(kept))
    )
    names = {"id": pl.Int64, "falls": pl.Date, "step": pl.Int64}
    ticked = pl.DataFrame(list(map(tuple, session.execute(query))), schema=names, orient="row")
    return found.with_columns(steps).join(ticked, on=list(names), how="anti")


def tick(issue_id: int, limit: date, step: int, settings: Settings, actor: Actor) -> int:
    """This person knows: not reminded of this step before this limit (or milestone) again; the number of the tick. Twice is once.

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
        if not _stands(session, issue_id, limit, step, actor):
            raise PanoramaError(
                "这条提醒已经变了：问题可能已销号、延期，节点可能已完成或取消，或到了下一个提醒日。请刷新页面。",
                "This reminder is not there any more: the issue was closed or extended, the milestone reached or struck, or it has come to its next step. Load the page again.",
            )
        row = table(issue_id=issue_id, due=limit, step=step, who=who, ticked_at=now())
        session.add(row)
        session.flush()
        append(session, actor, TICK, {"tick": row.id, "issue": issue_id, "due": limit.isoformat(), "step": step})
        return row.id


def _stands(session: Session, issue_id: int, falls: date, step: int, actor: Actor) -> bool:
    """Whether this actor is reminded of this step of this limit or milestone today."""
    query = select(_ISSUE.id).where(_due(actor, today()), _ISSUE.id == issue_id, _LIMIT.in_([falls]))
    if session.scalar(query) is not None and step_of(falls, today()) == step:
        return True
    found = _milestones(session, actor, today(), _ISSUE.id == issue_id)
    return not found.filter(falls=falls, step=step).is_empty()


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
