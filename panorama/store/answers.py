"""What people said of the evidence, as tables for the build: themes reviewed, links and contradictions answered, scores entered, nil returns given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from panorama.store import tables
from panorama.store.rules import asked_at_reading

_DECIDED: Final[dict[str, pl.DataType]] = {
    "reason": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us"),
}

ANSWERED: Final[dict[str, tuple[type[Any], dict[str, pl.DataType]]]] = {
    "theme_review": (
        tables.ThemeReview,
        {
            "id": pl.Int64(),
            "statement": pl.String(),
            "unit_id": pl.Int64(),
            "kind": pl.String(),
            "themes": pl.List(pl.String()),
            "text": pl.String(),
            **_DECIDED,
        },
    ),
    "link_decision": (
        tables.LinkDecision,
        {
            "id": pl.Int64(),
            "one": pl.String(),
            "other": pl.String(),
            "unit_id": pl.Int64(),
            "kind": pl.String(),
            **_DECIDED,
        },
    ),
    "contradiction_review": (
        tables.ContradictionReview,
        {
            "id": pl.Int64(),
            "rule": pl.String(),
            "unit_id": pl.Int64(),
            "matter": pl.String(),
            "verdict": pl.String(),
            **_DECIDED,
        },
    ),
    "score_entry": (
        tables.ScoreEntry,
        {
            "id": pl.Int64(),
            "unit_id": pl.Int64(),
            "round_name": pl.String(),
            "ind_code": pl.String(),
            "rater": pl.String(),
            "score": pl.Float64(),
            "na": pl.Boolean(),
            "na_reason": pl.String(),
            "missing": pl.Boolean(),
            "evidence_refs": pl.List(pl.String()),
            "comment": pl.String(),
            "after_drop": pl.Int32(),
            **_DECIDED,
        },
    ),
    "nil_return": (
        tables.NilReturn,
        {
            "id": pl.Int64(),
            "unit_id": pl.Int64(),
            "first_year": pl.Int32(),
            "last_year": pl.Int32(),
            "given_on": pl.Date(),
        },
    ),
}
"""Table of the operations store → the columns that the build reads as raw.<table>. Times are naive UTC."""


@dataclass(frozen=True)
class Answers:
    """held: raw.<table> → every answer that is not withdrawn. mark: how many were given and withdrawn, by table."""

    held: Mapping[str, pl.DataFrame] = field(default_factory=lambda: {name: _none(name) for name in ANSWERED})
    mark: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def answers(session: Session) -> Answers:
    """As they stand in the operations store."""
    return Answers({name: _held(session, name) for name in ANSWERED}, mark(session))


def mark(session: Session) -> dict[str, tuple[int, int]]:
    """What grows with each answer and each withdrawal: two snapshots with one mark know the same answers."""
    counts = {}
    for name, (table, _) in ANSWERED.items():
        given, withdrawn = session.execute(
            select(func.count(table.id), func.count(_withdrawn(table))).where(_built_in(table))
        ).one()
        counts[name] = (int(given), int(withdrawn))
    return counts


def already(session: Session, given: Any, about: Sequence[str], says: Sequence[str]) -> int | None:
    """The id of the answer in force on the same matter, where the same person said the same: a click that arrives twice is one.

    about, says: the columns that name the matter, and what is said of it by whom.
    """
    table = type(given)
    same_matter = (getattr(table, name) == getattr(given, name) for name in about)
    held = select(table).where(table.withdrawn_at.is_(None), *same_matter).order_by(table.id.desc()).limit(1)
    row = session.scalars(held).first()
    if row is None or any(getattr(row, name) != getattr(given, name) for name in says):
        return None
    return int(row.id)


def _withdrawn(table: type[Any]) -> Any:
    """When it was taken back: null while it holds. Of a nil return that is a civil day."""
    return table.withdrawn_on if table is tables.NilReturn else table.withdrawn_at


def _built_in(table: type[Any]) -> ColumnElement[bool]:
    """Whether snapshots know of it: what rules say at reading is answered there as well, and none is built for that."""
    return true() if table is not tables.ContradictionReview else table.rule.not_in(asked_at_reading())


def _held(session: Session, name: str) -> pl.DataFrame:
    table, schema = ANSWERED[name]
    columns = [getattr(table, column) for column in schema]
    rows = session.execute(
        select(*columns).where(_withdrawn(table).is_(None), _built_in(table)).order_by(table.id)
    ).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row") if rows else _none(name)


def _none(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=ANSWERED[name][1])
