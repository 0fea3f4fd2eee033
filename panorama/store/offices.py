"""Offices of the staffing office: which there are, and the issues of class B put to each: who has them, who is asked, who said no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.issues.commands import Decline, Feedback, Route
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.caseload import LISTED, OPEN, frame_of, issues_seen
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


@dataclass(frozen=True)
class Known:
    """The offices that are known. members: office → how many people of it may come in, none where the ledger alone names it."""

    members: Mapping[str, int]
    listed: bool
    """Whether it is known who is of an office: where nobody signs in, and no list is kept, it is not."""

    def unmanned(self, office: str) -> bool:
        """Nobody belongs to it, as far as is known: what is put to it is nobody's."""
        return self.listed and not self.members.get(office)


def known(session: Session, settings: Settings) -> Known:
    """Offices that people are of, and those that the ledger names, in the order of their names."""
    person, issue = tables.Person, tables.Issue
    running = person.ended_at.is_(None), person.office.is_not(None)
    counts = session.execute(select(person.office, func.count()).where(*running).group_by(person.office))
    manned = {str(office): n for office, n in counts}
    named = session.scalars(select(issue.lead_office).where(issue.lead_office.is_not(None)).distinct())
    members = dict.fromkeys(map(str, named), 0) | manned
    return Known(dict(sorted(members.items())), bool(manned) or settings.sign_in == "proxy")


def known_now(settings: Settings) -> Known:
    """Likewise, for a look."""
    with looking(settings) as session:
        return known(session, settings)


def like(office: str, names: Iterable[str]) -> str | None:
    """The one of these offices that a name may be a slip of; null where none is near."""
    return next(iter(get_close_matches(office, list(names), 1)), None)


def tasks(settings: Settings, actor: Actor, unit_id: int | None = None, size: int = 2_000) -> pl.DataFrame:
    """Open issues of class B that were triaged, within the scope, what is due first; columns of TASKS."""
    table = tables.Issue
    asked = issues_seen(actor) & (table.issue_class == "B") & OPEN
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
