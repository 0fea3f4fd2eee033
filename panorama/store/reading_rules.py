"""Rules of contradiction that compare the snapshot with issues and applications: asked when they are read, within the scope."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.applications.application import GRANTED
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.applications import OPEN, asks_more, near_units
from panorama.store.door import Snapshot
from panorama.store.operations import looking
from panorama.store.rules import asked_at_reading

_APPLICATION: Final = tables.Application
_ISSUE: Final = tables.Issue
_ANSWER: Final = tables.ContradictionReview
_MATTER: Final = ("rule", "unit_id", "matter")
_ANSWERED: Final[dict[str, pl.DataType]] = {
    "rule": pl.String(),
    "unit_id": pl.Int64(),
    "matter": pl.String(),
    "answer": pl.Int64(),
    "verdict": pl.String(),
    "reason": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us"),
}


def spoken_now(snapshot: Snapshot, settings: Settings, actor: Actor, unit_id: int | None = None) -> pl.DataFrame | None:
    """What X06 and X14 say now; None where the scope holds no application at all: then they have nothing to compare.

    One row a contradiction, unanswered first, what does not hold last: rule, unit_id, unit, theme, year, matter, both statements
    in both languages, the numbers of the application and the issue, and the answer in force (answer, verdict, reason, decided_by,
    decided_at). matter: the application with the year or the issue, the same at each reading.
    """
    with looking(settings) as session:
        if not session.scalar(select(func.count(_APPLICATION.id)).where(_scope(_APPLICATION, actor, None))):
            return None
        mine = _scope(_APPLICATION, actor, unit_id)
        asked = list(session.scalars(select(_APPLICATION).where(mine, OPEN, _APPLICATION.item == "增编")))
        more = _APPLICATION.item.in_(sorted(asks_more(settings)))
        decided = _APPLICATION.decision.in_(sorted(GRANTED)), _APPLICATION.withdrawn_on.is_(None)
        granted = [
            one
            for one in session.scalars(select(_APPLICATION).where(mine, more, *decided))
            if not one.waived and one.waiver_doc is None and one.decided_on is not None
        ]
        late = _ISSUE.issue_class == "A", _ISSUE.state != "终止"
        issues = list(session.scalars(select(_ISSUE).where(_scope(_ISSUE, actor, None), *late))) if granted else []
        answers = _answers(session)
    of_x06 = _listed(asked, [one.applied_on for one in asked]) | {"quantities": [one.quantity for one in asked]}
    of_x14 = _listed(granted, [one.decided_on for one in granted]) | _of_issues(issues)
    of_x14["items"] = [one.item for one in granted]
    of_x14 |= _near(granted, settings)
    found = [
        snapshot.ask_rule(rule, actor, **params).select(pl.lit(rule).alias("rule"), pl.all())
        for rule, params in (("X06", of_x06), ("X14", of_x14))
    ]
    spoken = pl.concat(found).join(answers, on=_MATTER, how="left", maintain_order="left")
    weight = pl.col("verdict").replace_strict({"pursued": 1, "dismissed": 2}, default=0)
    return spoken.sort(weight, maintain_order=True)


def _answers(session: Session) -> pl.DataFrame:
    """The newest answer to each matter of these rules that was not taken back."""
    columns = (*(getattr(_ANSWER, name) for name in _MATTER), _ANSWER.id, _ANSWER.verdict, _ANSWER.reason)
    given = select(*columns, _ANSWER.decided_by, _ANSWER.decided_at).where(
        _ANSWER.withdrawn_at.is_(None), _ANSWER.rule.in_(asked_at_reading())
    )
    rows = [tuple(row) for row in session.execute(given.order_by(_ANSWER.id))]
    return pl.DataFrame(rows, schema=_ANSWERED, orient="row").unique(_MATTER, keep="last", maintain_order=True)


def _listed(rows: list[tables.Application], dates: list[date | None]) -> dict[str, Any]:
    return {
        "application_ids": [one.id for one in rows],
        "unit_ids": [one.unit_id for one in rows],
        "numbers": [one.app_no for one in rows],
        "dates": dates,
    }


def _near(granted: list[tables.Application], settings: Settings) -> dict[str, Any]:
    """Whose issues hold what a unit asks for, as the gate has it; since when, where they passed to it."""
    near = near_units([one.unit_id for one in granted], settings)
    pairs = [(root, unit, of.passed.get(unit)) for root, of in near.items() for unit in sorted(of.units)]
    return {
        "near_roots": [root for root, _, _ in pairs],
        "near_units": [unit for _, unit, _ in pairs],
        "near_since": [None if how is None else how.on for _, _, how in pairs],
    }


def _of_issues(rows: list[tables.Issue]) -> dict[str, Any]:
    """Those with a limit."""
    kept = [(one, limit) for one in rows if (limit := one.extended_to or one.due) is not None]
    return {
        "issue_ids": [one.id for one, _ in kept],
        "issue_units": [one.unit_id for one, _ in kept],
        "issue_numbers": [one.issue_no for one, _ in kept],
        "limits": [limit for _, limit in kept],
        "closed": [one.closed_on for one, _ in kept],
    }


def _scope(table: Any, actor: Actor, unit_id: int | None) -> ColumnElement[bool]:
    units = None if actor.everything else actor.units
    if unit_id is not None:
        units = frozenset({unit_id}) if units is None or unit_id in units else frozenset()
    if units is None:
        return true()
    found: ColumnElement[bool] = table.unit_id.in_(sorted(units))
    return found if units else false()
