"""What reviewers decide about the themes of a statement. Kept at once; the next snapshot knows it by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import func, select

from panorama.access.actor import Actor
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil, now
from panorama.store.home import Home
from panorama.store.operations import Operations, append
from panorama.themes import themes as register

READ_ONLY: Final = frozenset({"auditor", "leader", "unit"})
"""Roles that look and do not judge."""

REVIEW: Final[dict[str, pl.DataType]] = {
    "review_id": pl.Int64(),
    "statement_id": pl.String(),
    "unit_id": pl.Int64(),
    "kind": pl.String(),
    "themes": pl.List(pl.String()),
    "text": pl.String(),
    "reason": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us"),
}
"""A review that holds. Times in Asia/Shanghai."""


def may_review(actor: Actor) -> bool:
    """Whoever sees everything and is not there to look only: a theme counts for all units' figures."""
    return actor.everything and actor.role not in READ_ONLY


def review(
    statement_id: str,
    unit_id: int,
    text: str,
    themes: Sequence[str],
    proposed: Sequence[str],
    reason: str | None,
    settings: Settings,
    actor: Actor,
) -> int:
    """The statement is about these themes; none: it concerns staffing, and none of the themes fits. Returns the review's id.

    proposed: what file and rules said, as the reviewer saw it: the same set means accepted, another one changed.
    """
    unknown = sorted(set(themes) - set(register()["code"]))
    if unknown:
        raise PanoramaError(f"没有主题 {'、'.join(unknown)}。", f"There is no theme {', '.join(unknown)}.")
    kind = "accepted" if themes and set(themes) == set(proposed) else "changed"
    return _keep(statement_id, unit_id, text, kind, sorted(set(themes)), reason, settings, actor)


def reject(statement_id: str, unit_id: int, text: str, reason: str | None, settings: Settings, actor: Actor) -> int:
    """The statement does not concern staffing (不涉编). Returns the review's id."""
    return _keep(statement_id, unit_id, text, "rejected", [], reason, settings, actor)


def withdraw(review_id: int, settings: Settings, actor: Actor) -> None:
    """Take a review back: an earlier one of the statement holds again, else file and rules do."""
    _guard(actor)
    operations = Operations(Home(settings.home))
    try:
        with operations.changing() as session:
            found = session.get(tables.ThemeReview, review_id)
            if found is None or found.withdrawn_at is not None:
                raise PanoramaError(
                    f"没有编号为 {review_id} 的复核，或已经撤销。",
                    f"There is no review {review_id}, or it was taken back.",
                )
            found.withdrawn_at = now()
            append(session, actor, "theme.withdraw", {"review": review_id, "statement": found.statement})
    finally:
        operations.close()


def reviews(settings: Settings) -> pl.DataFrame:
    """Reviews that hold, one per statement: columns of REVIEW. Whether a snapshot knows them yet makes no difference."""
    home = Home(settings.home)
    if not home.exists():
        return pl.DataFrame(schema=REVIEW)
    held = tables.ThemeReview.withdrawn_at.is_(None)
    newest = select(func.max(tables.ThemeReview.id)).where(held).group_by(tables.ThemeReview.statement)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            found = session.scalars(select(tables.ThemeReview).where(tables.ThemeReview.id.in_(newest)))
            rows = [_row(row) for row in found.all()]
    finally:
        operations.close()
    return pl.DataFrame(rows, schema=REVIEW, orient="row")


def _row(row: tables.ThemeReview) -> tuple[Any, ...]:
    told = (row.kind, row.themes, row.text, row.reason, row.decided_by, civil(row.decided_at))
    return (row.id, row.statement, row.unit_id, *told)


def _keep(
    statement_id: str,
    unit_id: int,
    text: str,
    kind: str,
    themes: list[str],
    reason: str | None,
    settings: Settings,
    actor: Actor,
) -> int:
    _guard(actor)
    kept = tables.ThemeReview(
        statement=statement_id,
        unit_id=unit_id,
        kind=kind,
        themes=themes,
        text=text,
        reason=(reason or "").strip() or None,
        decided_by=actor.name,
        decided_at=now(),
        withdrawn_at=None,
    )
    operations = Operations(Home(settings.home))
    try:
        with operations.changing() as session:
            session.add(kept)
            session.flush()
            told = {"review": kept.id, "statement": statement_id, "unit_id": unit_id, "themes": themes}
            append(session, actor, f"theme.{kind}", {**told, "reason": kept.reason})
            return kept.id
    finally:
        operations.close()


def _guard(actor: Actor) -> None:
    if not may_review(actor):
        raise Refused(
            "你可以查看，不能复核主题：复核改变各单位的数字，由评估组负责。",
            "You may look and not review themes: a review changes figures of units, and is the evaluation team's.",
        )
