"""What reviewers decide about the themes of a statement. Kept at once; the next snapshot knows it by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from panorama.access import permission
from panorama.access.actor import Actor
from panorama.calendar import CIVIL
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.answers import already
from panorama.store.audit import demand, refusals_kept
from panorama.store.clock import civil, now
from panorama.store.door import asked_now
from panorama.store.operations import append, changing, looking
from panorama.themes import themes as register

UNSURE: Final = timedelta(minutes=10)
"""A snapshot is dated a moment after its answers were read: what is touched so shortly before it is asked for as well."""


@dataclass(frozen=True)
class Review:
    """A review that holds. decided_at: Asia/Shanghai."""

    id: int
    kind: str
    themes: tuple[str, ...]
    reason: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class Standing:
    """Reviews as they stand now, beside a snapshot. held: how many statements are reviewed.

    touched: one row per statement whose reviews changed since: statement_id, review_id (null when none holds any more).
    """

    held: int
    touched: pl.DataFrame


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

    proposed: what file and rules said, as the reviewer saw it: the same set means accepted, another one changed. Raises
    Refused, or PanoramaError for a theme that is none, or a statement that the current snapshot does not hold of this unit.
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
    demand("theme.review", settings, actor)
    with refusals_kept("theme.review", settings, actor), changing(settings) as session:
        found = session.get(tables.ThemeReview, review_id)
        if found is None or found.withdrawn_at is not None:
            raise PanoramaError(
                f"没有编号为 {review_id} 的复核，或已经撤销。",
                f"There is no review {review_id}, or it was taken back.",
            )
        permission.demand(actor, "theme.review", found.unit_id)
        found.withdrawn_at = now()
        append(session, actor, "theme.withdraw", {"review": review_id, "statement": found.statement})


def standing(settings: Settings, built_at: datetime) -> Standing:
    """What a snapshot built at this time (Asia/Shanghai) does not know yet, and how many reviews hold."""
    table = tables.ThemeReview
    holds = table.withdrawn_at.is_(None)
    since = built_at.replace(tzinfo=CIVIL).astimezone(UTC).replace(tzinfo=None) - UNSURE
    changed = select(table.statement).where(or_(table.decided_at >= since, table.withdrawn_at >= since))
    newest = select(table.statement, func.max(table.id).filter(holds)).where(table.statement.in_(changed))
    with _reading(settings) as session:
        rows = [tuple(row) for row in session.execute(newest.group_by(table.statement))]
        held = session.scalar(select(func.count(table.statement.distinct())).where(holds)) or 0
    schema = {"statement_id": pl.String(), "review_id": pl.Int64()}
    return Standing(held, pl.DataFrame(rows, schema=schema, orient="row"))


def review_of(statement_id: str, settings: Settings) -> Review | None:
    """The review of a statement that holds."""
    table = tables.ThemeReview
    held = select(table).where(table.statement == statement_id, table.withdrawn_at.is_(None))
    with _reading(settings) as session:
        row = session.scalars(held.order_by(table.id.desc()).limit(1)).first()
    if row is None:
        return None
    return Review(row.id, row.kind, tuple(row.themes), row.reason, row.decided_by, civil(row.decided_at))


def lessons(settings: Settings, most: int) -> tuple[list[str], list[list[str]]]:
    """What reviewers read, oldest first, at most the newest so many, and the themes they gave it."""
    table = tables.ThemeReview
    newest = select(func.max(table.id)).where(table.withdrawn_at.is_(None)).group_by(table.statement)
    held = select(table.text, table.themes).where(table.id.in_(newest)).order_by(table.id.desc()).limit(most)
    with _reading(settings) as session:
        rows = session.execute(held).all()
    return [row[0] for row in reversed(rows)], [row[1] for row in reversed(rows)]


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    with looking(settings) as session:
        yield session


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
    demand("theme.review", settings, actor, unit_id)
    _known(statement_id, unit_id, settings, actor)
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
    with changing(settings) as session:
        if (
            same := already(session, kept, ("statement",), ("kind", "themes", "text", "reason", "decided_by"))
        ) is not None:
            return same
        session.add(kept)
        session.flush()
        told = {"review": kept.id, "statement": statement_id, "unit_id": unit_id, "themes": themes}
        append(session, actor, f"theme.{kind}", {**told, "reason": kept.reason})
        return kept.id


def _known(statement_id: str, unit_id: int, settings: Settings, actor: Actor) -> None:
    found = asked_now("review_statement", settings, actor, statement_id=statement_id)
    if found is None or unit_id not in found["unit_id"]:
        raise PanoramaError(
            "这条问题已不在当前数据里：文件可能已更正或撤回。请刷新页面。",
            "This statement is no longer in the data: a file may have been mended or taken back. Refresh the page.",
        )
