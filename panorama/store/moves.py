"""Which figures of the overview a drop moved, as they stood before it and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import duckdb
import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.door import Door, question_text
from panorama.store.rows import write_table

QUESTION: Final = "overview_figures"
_WHOLE: Final = {"unit_id": None, "first_year": None, "last_year": None}
COLUMNS: Final[Mapping[str, str]] = {
    "findings": "findings",
    "findings_open": "open",
    "findings_overdue": "overdue",
    "units_over": "units_over",
    "excess": "excess",
    "themes_multi": "multi",
}
"""Figure (panorama.definitions) → column of the question."""


class Move(NamedTuple):
    """One figure that a drop moved; before: None where there was no snapshot yet."""

    drop_id: int
    figure: str
    before: int | None
    after: int | None


def standing(settings: Settings) -> dict[str, int | None]:
    """The figures by the current snapshot; empty when there is none."""
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        return {} if snapshot is None else _figures(snapshot.ask(QUESTION, local_actor(), today=today(), **_WHOLE))
    finally:
        door.close()


def told(session: Session) -> list[Move]:
    """What earlier drops moved, by the event log."""
    events = session.scalars(select(tables.Event).where(tables.Event.kind == "drop.load").order_by(tables.Event.seq))
    return [Move(event.payload["drop"], *move) for event in events for move in event.payload.get("moves", ())]


def write_moves(
    con: duckdb.DuckDBPyConnection, known: Sequence[Move], newest: int | None, before: Mapping[str, Any]
) -> None:
    """meta.move: those known, and what drop `newest` moves against `before`. Asks the views of the snapshot itself."""
    moves = list(known)
    if newest is not None:
        con.execute("set variable everything = true")
        after = _figures(con.sql(question_text(QUESTION), params={"today": today(), **_WHOLE}).pl())
        con.execute("set variable everything = null")
        # Where nothing stood before, a nought is no move.
        moves += [
            Move(newest, figure, before.get(figure), value)
            for figure, value in after.items()
            if before.get(figure) != value and (value or before.get(figure) is not None)
        ]
    schema = {"drop_id": pl.Int32(), "figure": pl.String(), "before": pl.Int64(), "after": pl.Int64()}
    write_table(con, "meta.move", pl.DataFrame(moves, schema=schema, orient="row"))


def _figures(frame: pl.DataFrame) -> dict[str, int | None]:
    row = frame.row(0, named=True)
    return {figure: None if row[column] is None else int(row[column]) for figure, column in COLUMNS.items()}
