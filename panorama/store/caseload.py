"""What issues there are, and what became of them, within the asker's scope: default deny, read as they stand now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import polars as pl
from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, false, func, not_, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError, Refused
from panorama.issues.issue import DRAFT, IN_HAND, LEFT, OVER, Issue
from panorama.issues.rebound import comes_back, watched_until
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import refusals_kept
from panorama.store.clock import civil
from panorama.store.issues import subject_of
from panorama.store.operations import looking

Which = Literal["open", "draft", "not_over", "reserve", "overdue", "closed", "all"]
"""not_over: what is open, and drafts. reserve: what waits in the policy reserve, which is neither."""

SOON: Final = 30
"""Days within which a limit is said to be near."""

LISTED: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "issue_no": pl.String(),
    "unit_id": pl.Int64(),
    "unit": pl.String(),
    "title": pl.String(),
    "themes": pl.List(pl.String()),
    "severity": pl.String(),
    "issue_class": pl.String(),
    "state": pl.String(),
    "found_on": pl.Date(),
    "feedback_on": pl.Date(),
    "limit": pl.Date(),
    "extended": pl.Boolean(),
    "owner": pl.String(),
    "lead_office": pl.String(),
    "closed_on": pl.Date(),
    "place": pl.String(),
    "milestones": pl.List(pl.Struct(dict.fromkeys(("due", "words", "done_on", "done_by"), pl.String()))),
    "sources": pl.List(pl.Struct({"row_id": pl.Int64(), "family": pl.String(), "text": pl.String()})),
}

COUNTED: Final[dict[str, pl.DataType]] = {
    "issue_class": pl.String(),
    "state": pl.String(),
    "place": pl.String(),
    "n": pl.Int64(),
    "overdue": pl.Int64(),
    "soon": pl.Int64(),
    "units": pl.Int64(),
}

RESERVED: Final[dict[str, pl.DataType]] = {
    **{name: LISTED[name] for name in ("id", "issue_no", "unit_id", "unit", "title", "themes", "state", "found_on")},
    "limit": pl.Date(),
    "reserve_no": pl.String(),
    "clause": pl.String(),
    "domain": pl.String(),
    "proposal": pl.String(),
    "reserve_state": pl.String(),
    "priority": pl.String(),
    "legal_basis": pl.String(),
    "used_in": pl.String(),
    "sources": LISTED["sources"],
}

_TABLE: Final = tables.Issue
_LIMIT: Final = func.coalesce(_TABLE.extended_to, _TABLE.due)
_NOT_OVER: Final = _TABLE.state.not_in(OVER)
_IN_RESERVE: Final = and_(_TABLE.reserve_no.is_not(None), _NOT_OVER)
_LEFT: Final = and_(_IN_RESERVE, _TABLE.reserve_state.in_(LEFT))
_PLACE: Final = case((_LEFT, _TABLE.reserve_state), (_IN_RESERVE, "在库"))
"""As `Issue.place`."""
OPEN: Final = and_(_TABLE.state.in_(IN_HAND), _TABLE.reserve_no.is_(None))
"""What is in hand: IN_HAND, and not put into the reserve."""
OPEN_ROWS: Final = pl.col("state").is_in(list(IN_HAND)) & pl.col("place").is_null()
"""The same, of frames with the columns of COUNTED or LISTED."""
_FED_BACK: Final = or_(_TABLE.feedback_on.is_not(None), _TABLE.clock_from.is_not(None))
"""The unit was told: what is still being drafted about it is not its own yet."""


@dataclass(frozen=True)
class Kept:
    """An issue as it is kept. version: whoever changes it says that this is the one he saw."""

    id: int
    version: int
    registered_by: str
    registered_at: datetime
    """Naive time in Asia/Shanghai, as all times here."""
    issue: Issue


@dataclass(frozen=True)
class Step:
    """One event of an issue's story. said: the fields of the command; changed: what became of the issue's."""

    seq: int
    at: datetime
    actor: str
    kind: str
    said: dict[str, Any]
    changed: dict[str, Any]


def issue_at(issue_id: int, settings: Settings, actor: Actor) -> Kept:
    """One issue. Raises Refused outside the scope, PanoramaError when there is none."""
    with refusals_kept("issue.read", settings, actor, object=subject_of(issue_id)), looking(settings) as session:
        row = _within(session, issue_id, actor)
        return _kept(row)


def story(issue_id: int, settings: Settings, actor: Actor) -> list[Step]:
    """What became of an issue, the oldest first. Raises as `issue_at`."""
    with looking(settings) as session:
        _within(session, issue_id, actor)
        found = select(tables.Event).where(tables.Event.subject == subject_of(issue_id)).order_by(tables.Event.seq)
        return [stepped(one) for one in session.scalars(found)]


def stepped(one: tables.Event) -> Step:
    """An event as a step of the story."""
    return Step(one.seq, civil(one.at), one.actor, one.kind, one.payload["said"], one.payload["changed"])


def listed(
    settings: Settings,
    actor: Actor,
    day: date,
    *,
    which: Which = "not_over",
    unit_id: int | None = None,
    issue_class: str | None = None,
    state: str | None = None,
    skip: int = 0,
    size: int | None = 2_000,
) -> pl.DataFrame:
    """Issues within the scope, what is due first; columns of LISTED. day: the one that overdue is held against. size: null for all."""
    return frame_of(settings, _chosen(issues_seen(actor), day, which, unit_id, issue_class, state), size, skip)


def frame_of(settings: Settings, asked: ColumnElement[bool], size: int | None, skip: int = 0) -> pl.DataFrame:
    """Issues that a condition holds for, what is due first; columns of LISTED. The condition says whose they may be."""
    columns: list[Any] = [
        _TABLE.id, _TABLE.issue_no, _TABLE.unit_id, _TABLE.unit_name, _TABLE.title, written(_TABLE.themes), _TABLE.severity,
        _TABLE.issue_class, _TABLE.state, _TABLE.found_on, _TABLE.feedback_on, _LIMIT, _TABLE.extended_to.is_not(None),
        _TABLE.owner, _TABLE.lead_office, _TABLE.closed_on, _PLACE, written(_TABLE.milestones), written(_TABLE.sources),
    ]  # fmt: skip
    query: Select[Any] = select(*columns).where(asked)
    query = query.order_by(case((_NOT_OVER, 0), else_=1), _LIMIT.is_(None), _LIMIT, _TABLE.id).limit(size).offset(skip)
    with looking(settings) as session:
        rows = session.execute(query).all()
    lists = {name: kind for name, kind in LISTED.items() if isinstance(kind, pl.List)}
    frame = pl.DataFrame(list(map(tuple, rows)), schema={**LISTED, **dict.fromkeys(lists, pl.String())}, orient="row")
    return frame.with_columns(pl.col(name).str.json_decode(kind) for name, kind in lists.items())


def first_of_each_state(
    settings: Settings, actor: Actor, size: int, unit_id: int | None = None, issue_class: str | None = None
) -> pl.DataFrame:
    """The first so many issues of each state within the scope; columns of LISTED. First is what is due first, or was closed out last."""
    asked = _chosen(issues_seen(actor), date.max, "all", unit_id, issue_class, None)
    closed = case((_TABLE.state == "已销号", _TABLE.closed_on))
    order = (closed.is_(None), closed.desc(), _LIMIT.is_(None), _LIMIT, _TABLE.id)
    place = func.row_number().over(partition_by=_TABLE.state, order_by=order).label("place")
    ranked = select(_TABLE.id, place).where(asked).subquery()
    return frame_of(settings, _TABLE.id.in_(select(ranked.c.id).where(ranked.c.place <= size)), None)


def written(column: Any) -> Any:
    """Lists as they are written: to decode them all together takes a fraction of what one by one does."""
    return type_coerce(cast(column, Text), Text)


def counted(settings: Settings, actor: Actor, day: date, unit_id: int | None = None) -> pl.DataFrame:
    """How many issues stand in each class, state and place of the reserve, overdue or due within SOON days; columns of COUNTED."""
    asked = _chosen(issues_seen(actor), day, "all", unit_id, None, None)
    late, place = func.count(case((_late(day), 1))), _PLACE.label("place")
    columns: list[Any] = [
        _TABLE.issue_class,
        _TABLE.state,
        place,
        func.count(_TABLE.id),
        late,
        func.count(case((and_(OPEN, _LIMIT.between(day, day + timedelta(days=SOON))), 1))),
        func.count(_TABLE.unit_id.distinct()),
    ]
    query: Select[Any] = select(*columns).where(asked).group_by(_TABLE.issue_class, _TABLE.state, place)
    with looking(settings) as session:
        rows = [tuple(row) for row in session.execute(query)]
    return pl.DataFrame(rows, schema=COUNTED, orient="row")


def by_unit(settings: Settings, actor: Actor) -> dict[int, tuple[int, int, int, int]]:
    """Unit → how many of its issues within the scope are in hand, drafts, in the reserve, closed out; units without any are left out."""
    states = (OPEN, _TABLE.state == DRAFT, and_(_IN_RESERVE, not_(_LEFT)), _TABLE.state == "已销号")
    columns: list[Any] = [_TABLE.unit_id, *(func.count(case((state, 1))) for state in states)]
    query: Select[Any] = select(*columns).where(issues_seen(actor)).group_by(_TABLE.unit_id)
    with looking(settings) as session:
        return {unit_id: (hand, drafts, kept, closed) for unit_id, hand, drafts, kept, closed in session.execute(query)}


def reserved(settings: Settings, actor: Actor, unit_id: int | None = None) -> pl.DataFrame:
    """All issues of class C within the scope, those in the reserve first; columns of RESERVED. reserve_no null: not there yet."""
    asked = _chosen(issues_seen(actor), date.max, "all", unit_id, "C", None)
    limit = _LIMIT.label("limit")
    columns = [
        getattr(_TABLE, {"unit": "unit_name"}.get(name, name)) if name != "limit" else limit for name in RESERVED
    ]
    query = select(*columns).where(asked).order_by(_TABLE.reserve_no.is_(None), _TABLE.reserve_no, _TABLE.id)
    with looking(settings) as session:
        rows = [tuple(row) for row in session.execute(query)]
    return pl.DataFrame(rows, schema=RESERVED, orient="row")


def alike(settings: Settings, actor: Actor, unit_id: int, themes: Collection[str]) -> list[Kept]:
    """Issues of the unit that are not over and share a theme, drafts too: it may be one of these."""
    query = select(_TABLE).where(issues_seen(actor), _TABLE.unit_id == unit_id, _NOT_OVER).order_by(_TABLE.id)
    with looking(settings) as session:
        return [_kept(row) for row in session.scalars(query) if not set(themes).isdisjoint(row.themes)]


def came_back(kept: Kept, settings: Settings, actor: Actor) -> list[Kept]:
    """Issues that are a rebound of this one, or say so, within the scope, the oldest first."""
    old = kept.issue
    parts = [_TABLE.reopen_of == old.issue_no] if old.issue_no else []
    if old.closed_on is not None:
        found = _TABLE.found_on.between(old.closed_on, watched_until(old.closed_on))
        parts.append(and_(_TABLE.unit_id == old.unit_id, found))
    return [one for one in _others(kept, or_(false(), *parts), settings, actor) if comes_back(old, one.issue)]


def came_from(kept: Kept, settings: Settings, actor: Actor) -> list[Kept]:
    """Issues that were closed out before and that this one is a rebound of, within the scope, the oldest first."""
    new = kept.issue
    parts = [_TABLE.issue_no == new.reopen_of] if new.reopen_of else []
    parts.append(and_(_TABLE.unit_id == new.unit_id, _TABLE.closed_on < new.found_on))
    return [one for one in _others(kept, or_(*parts), settings, actor) if comes_back(one.issue, new)]


def _others(kept: Kept, asked: ColumnElement[bool], settings: Settings, actor: Actor) -> list[Kept]:
    query = select(_TABLE).where(issues_seen(actor), _TABLE.id != kept.id, asked).order_by(_TABLE.id)
    with looking(settings) as session:
        return [_kept(row) for row in session.scalars(query)]


def _kept(row: tables.Issue) -> Kept:
    return Kept(row.id, row.version, row.registered_by, civil(row.registered_at), Issue.model_validate(row))


def told_rows(settings: Settings, units: Collection[int]) -> frozenset[int]:
    """Rows of files that issues rest on which were fed back to these units: their words are no secret to them any more."""
    query = select(_TABLE.sources).where(_TABLE.unit_id.in_(sorted(units)), _FED_BACK)
    with looking(settings) as session:
        return frozenset(one["row_id"] for sources in session.scalars(query) for one in sources if one.get("row_id"))


def _chosen(
    scope: ColumnElement[bool], day: date, which: Which, unit_id: int | None, issue_class: str | None, state: str | None
) -> ColumnElement[bool]:
    of: dict[Which, ColumnElement[bool]] = {
        "open": OPEN,
        "draft": _TABLE.state == DRAFT,
        "not_over": or_(OPEN, _TABLE.state == DRAFT),
        "reserve": _PLACE == "在库",
        "overdue": _late(day),
        "closed": _TABLE.state == "已销号",
        "all": true(),
    }
    parts = [scope, of[which]]
    parts += [_TABLE.unit_id == unit_id] if unit_id is not None else []
    parts += [_TABLE.issue_class == issue_class] if issue_class else []
    parts += [_TABLE.state == state] if state else []
    return and_(*parts)


def _late(day: date) -> ColumnElement[bool]:
    """Open and past its limit on this day, or closed out later than that. What is not open has no limit that presses."""
    return and_(or_(OPEN, and_(_TABLE.state == "已销号", _TABLE.closed_on > day)), day > _LIMIT)


def issues_seen(actor: Actor) -> ColumnElement[bool]:
    """Which issues the actor may know of: of a unit those that were fed back."""
    if actor.everything:
        return true()
    return and_(_TABLE.unit_id.in_(sorted(actor.units)), _FED_BACK) if actor.units else false()


def _within(session: Session, issue_id: int, actor: Actor) -> tables.Issue:
    row = session.get(tables.Issue, issue_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {issue_id} 的问题。", f"There is no issue {issue_id}.")
    if not actor.sees(row.unit_id) or not (actor.everything or row.feedback_on or row.clock_from):
        raise Refused("这个问题不在您的权限范围之内。", "This issue is outside your scope.")
    return row
