"""What issues there are, and what became of them, within the asker's scope: default deny, read as they stand now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, case, false, func, select, true
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError, Refused
from panorama.issues.issue import OVER, Issue
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil
from panorama.store.home import Home
from panorama.store.issues import subject_of
from panorama.store.operations import Operations

Which = Literal["open", "overdue", "closed", "all"]

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
    "sources": pl.List(pl.Struct({"row_id": pl.Int64(), "family": pl.String(), "text": pl.String()})),
}

COUNTED: Final[dict[str, pl.DataType]] = {
    "issue_class": pl.String(),
    "state": pl.String(),
    "n": pl.Int64(),
    "overdue": pl.Int64(),
    "units": pl.Int64(),
}

_TABLE: Final = tables.Issue
_LIMIT: Final = func.coalesce(_TABLE.extended_to, _TABLE.due)
_OPEN: Final = _TABLE.state.not_in(OVER)


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
    with _reading(settings) as session:
        row = _within(session, issue_id, actor)
        return Kept(row.id, row.version, row.registered_by, civil(row.registered_at), Issue.model_validate(row))


def story(issue_id: int, settings: Settings, actor: Actor) -> list[Step]:
    """What became of an issue, the oldest first. Raises as `issue_at`."""
    with _reading(settings) as session:
        _within(session, issue_id, actor)
        found = select(tables.Event).where(tables.Event.subject == subject_of(issue_id)).order_by(tables.Event.seq)
        return [
            Step(one.seq, civil(one.at), one.actor, one.kind, one.payload["said"], one.payload["changed"])
            for one in session.scalars(found)
        ]


def listed(
    settings: Settings,
    actor: Actor,
    day: date,
    *,
    which: Which = "open",
    unit_id: int | None = None,
    issue_class: str | None = None,
    state: str | None = None,
    skip: int = 0,
    size: int = 2_000,
) -> pl.DataFrame:
    """Issues within the scope, what is due first; columns of LISTED. day: the one that overdue is held against."""
    asked = _chosen(_scope(actor), day, which, unit_id, issue_class, state)
    columns: list[Any] = [
        _TABLE.id, _TABLE.issue_no, _TABLE.unit_id, _TABLE.unit_name, _TABLE.title, _TABLE.themes, _TABLE.severity,
        _TABLE.issue_class, _TABLE.state, _TABLE.found_on, _TABLE.feedback_on, _LIMIT, _TABLE.extended_to.is_not(None),
        _TABLE.owner, _TABLE.lead_office, _TABLE.closed_on, _TABLE.sources,
    ]  # fmt: skip
    query: Select[Any] = select(*columns).where(asked)
    query = query.order_by(case((_OPEN, 0), else_=1), _LIMIT.is_(None), _LIMIT, _TABLE.id).limit(size).offset(skip)
    with _reading(settings) as session:
        rows = [tuple(row) for row in session.execute(query)]
    return pl.DataFrame(rows, schema=LISTED, orient="row")


def counted(settings: Settings, actor: Actor, day: date, unit_id: int | None = None) -> pl.DataFrame:
    """How many issues stand in each class and state, and how many of them are overdue; columns of COUNTED."""
    asked = _chosen(_scope(actor), day, "all", unit_id, None, None)
    late = func.count(case((_late(day), 1)))
    columns: list[Any] = [
        _TABLE.issue_class,
        _TABLE.state,
        func.count(_TABLE.id),
        late,
        func.count(_TABLE.unit_id.distinct()),
    ]
    query: Select[Any] = select(*columns).where(asked).group_by(_TABLE.issue_class, _TABLE.state)
    with _reading(settings) as session:
        rows = [tuple(row) for row in session.execute(query)]
    return pl.DataFrame(rows, schema=COUNTED, orient="row")


def alike(settings: Settings, actor: Actor, unit_id: int, themes: Collection[str]) -> list[Kept]:
    """Open issues of the unit that share a theme: it may be one of these."""
    query = select(_TABLE).where(_scope(actor), _TABLE.unit_id == unit_id, _OPEN).order_by(_TABLE.id)
    with _reading(settings) as session:
        return [
            Kept(row.id, row.version, row.registered_by, civil(row.registered_at), Issue.model_validate(row))
            for row in session.scalars(query)
            if not set(themes).isdisjoint(row.themes)
        ]


def _chosen(
    scope: ColumnElement[bool], day: date, which: Which, unit_id: int | None, issue_class: str | None, state: str | None
) -> ColumnElement[bool]:
    of: dict[Which, ColumnElement[bool]] = {
        "open": _OPEN,
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
    return and_(_OPEN, day > _LIMIT)


def _scope(actor: Actor) -> ColumnElement[bool]:
    if actor.everything:
        return true()
    return _TABLE.unit_id.in_(sorted(actor.units)) if actor.units else false()


def _within(session: Session, issue_id: int, actor: Actor) -> tables.Issue:
    row = session.get(tables.Issue, issue_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {issue_id} 的问题。", f"There is no issue {issue_id}.")
    if not actor.everything and row.unit_id not in actor.units:
        raise Refused("这个问题不在您的权限范围之内。", "This issue is outside your scope.")
    return row


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    operations = Operations(Home.of(settings))
    try:
        with operations.reading() as session:
            yield session
    finally:
        operations.close()
