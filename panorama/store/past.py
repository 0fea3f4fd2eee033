"""The ledger as it stood at the end of an earlier day, told from its events alone; within the asker's scope, read-only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError, Refused
from panorama.issues.issue import OVER, Issue
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import refusals_kept
from panorama.store.caseload import COUNTED, LISTED, OPEN_ROWS, SOON, Kept, Step, stepped
from panorama.store.clock import civil, end_of
from panorama.store.issues import subject_of
from panorama.store.operations import looking


def listed_then(settings: Settings, actor: Actor, day: date, unit_id: int | None = None) -> pl.DataFrame:
    """All issues of that day's end, what was due first; columns of LISTED. What came from another ledger is there from its taking over."""
    with looking(settings) as session:
        found = [(id_, issue) for id_, issue in _told(session, day) if _seen(issue, actor)]
    rows = [_row(id_, issue) for id_, issue in found if unit_id in (None, issue.unit_id)]
    frame = pl.DataFrame(rows, schema=LISTED, orient="row")
    return frame.sort(pl.col("state").is_in(list(OVER)), "limit", "id", nulls_last=True)


def counted_then(found: pl.DataFrame, day: date) -> pl.DataFrame:
    """How many stood in each class, state and place of the reserve that day; columns of COUNTED. Frame of `listed_then`."""
    late = (pl.col("limit") < day).fill_null(False)
    soon = pl.col("limit").is_between(day, day + timedelta(days=SOON)).fill_null(False)
    counts = found.group_by("issue_class", "state", "place", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n"), (OPEN_ROWS & late).sum().cast(pl.Int64).alias("overdue"),
        (OPEN_ROWS & soon).sum().cast(pl.Int64).alias("soon"), pl.col("unit_id").n_unique().cast(pl.Int64).alias("units"),
    )  # fmt: skip
    return counts.select(COUNTED.keys())


def issue_then(issue_id: int, settings: Settings, actor: Actor, day: date) -> tuple[Kept, list[Step]]:
    """One issue and its story up to that day's end. Raises Refused outside the scope, PanoramaError when it was not there yet."""
    of = subject_of(issue_id)
    with refusals_kept("issue.read", settings, actor, object=of), looking(settings) as session:
        query = select(tables.Event).where(tables.Event.subject == of, tables.Event.at < end_of(day))
        events = session.scalars(query.order_by(tables.Event.seq)).all()
        if not events:
            raise PanoramaError(f"{day} 还没有编号为 {issue_id} 的问题。", f"There was no issue {issue_id} on {day}.")
        changed: dict[str, Any] = {}
        for event in events:
            changed |= event.payload["changed"]
        issue = Issue.model_validate(changed)
        if not _seen(issue, actor):
            raise Refused("这个问题不在您的权限范围之内。", "This issue is outside your scope.")
        first = events[0]
        kept = Kept(issue_id, len(events), first.actor, civil(first.at), issue)
        return kept, [stepped(event) for event in events]


def _told(session: Session, day: date) -> Iterator[tuple[int, Issue]]:
    """Every issue that there was, as its events up to then tell it."""
    event, told = tables.Event, dict[int, dict[str, Any]]()
    ours = event.kind.startswith("issue."), event.at < end_of(day)
    query = select(event.payload).where(*ours).order_by(event.seq)
    for payload in session.scalars(query.execution_options(yield_per=1_000)):
        told.setdefault(payload["issue"], {}).update(payload["changed"])
    yield from ((id_, Issue.model_validate(changed)) for id_, changed in told.items())


def _seen(issue: Issue, actor: Actor) -> bool:
    """As `caseload.issues_seen`: of a unit what had been fed back by then."""
    if actor.everything:
        return True
    return actor.sees(issue.unit_id) and (issue.feedback_on is not None or issue.clock_from is not None)


def _row(id_: int, issue: Issue) -> tuple[Any, ...]:
    plain = issue.model_dump(mode="json")
    values = {
        **{name: getattr(issue, name, None) for name in LISTED},
        "id": id_,
        "unit": issue.unit_name,
        "themes": list(issue.themes),
        "extended": issue.extended_to is not None,
        "milestones": plain["milestones"],
        "sources": [{name: one[name] for name in ("row_id", "family", "text")} for one in plain["sources"]],
    }
    return tuple(values[name] for name in LISTED)
