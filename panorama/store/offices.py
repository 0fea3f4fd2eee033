"""Issues of class B by the office of the staffing office that they were put to: who has them, who is asked, who said no."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.issues.commands import Decline, Feedback, Route
from panorama.issues.issue import IN_HAND
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.caseload import LISTED, frame_of, issues_seen
from panorama.store.clock import civil
from panorama.store.issues import subject_of
from panorama.store.operations import looking

DECLINED: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "declined_by": pl.String(),
    "declined_on": pl.Date(),
    "declined_why": pl.String(),
}
"""Of an issue that no office has since one declined it: which, when and why."""

TASKS: Final[dict[str, pl.DataType]] = {**LISTED, **{name: kind for name, kind in DECLINED.items() if name != "id"}}


def tasks(settings: Settings, actor: Actor, unit_id: int | None = None, size: int = 2_000) -> pl.DataFrame:
    """Open issues of class B that were triaged, within the scope, what is due first; columns of TASKS."""
    table = tables.Issue
    asked = issues_seen(actor) & (table.issue_class == "B") & table.state.in_(IN_HAND)
    if unit_id is not None:
        asked &= table.unit_id == unit_id
    found = frame_of(settings, asked, size)
    without = found.filter(pl.col("lead_office").is_null())["id"].to_list()
    with looking(settings) as session:
        declined = pl.DataFrame(_declined(session, without), schema=DECLINED, orient="row")
    return found.join(declined, on="id", how="left", maintain_order="left").select(TASKS.keys())


def _declined(session: Session, ids: list[int]) -> list[tuple[Any, ...]]:
    """By the story of each: whoever it was put to last, where that office's last word was no."""
    event = tables.Event
    of = {subject_of(id_): id_ for id_ in ids}
    kinds = (Feedback.kind, Route.kind, Decline.kind)
    query = select(event).where(event.subject.in_(of), event.kind.in_(kinds)).order_by(event.seq)
    asked: dict[str, str | None] = {}
    found: dict[str, tuple[Any, ...]] = {}
    for one in session.scalars(query):
        subject = str(one.subject)
        if one.kind == Decline.kind:
            found[subject] = (of[subject], asked.get(subject), civil(one.at).date(), one.payload["said"]["reason"])
        else:
            asked[subject] = one.payload["changed"].get("lead_office", asked.get(subject))
            found.pop(subject, None)
    return list(found.values())
