"""Nil returns in the ledger's workbook, on a sheet of their own beside the issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.issues.commands import TakenOver
from panorama.issues.nil import Import, NilReturn
from panorama.issues.nil_records import NilRecord, lacking, nil_of
from panorama.settings import Settings
from panorama.sources.grammar import Source as Model
from panorama.store import tables
from panorama.store.ledger_kind import Around, Kind, Row, Said, Told, called
from panorama.store.nil import keep_new, nil_seen, standing
from panorama.store.register import Register
from panorama.text import Text


def _as_they_are(rows: Sequence[Row], settings: Settings) -> list[tuple[Row, list[Said]]]:
    return [(row, []) for row in rows]


def _told(row: Row, unit_id: int, unit_name: str, beside: Mapping[str, list[Row]], around: Around) -> Told:
    nil = nil_of(row, unit_id, unit_name)
    broken = [*lacking(nil)]
    held = standing(around.session, unit_id, (nil.first_year, nil.last_year)) if nil.stands else None
    if held is not None and (held.given_on, held.signed_by) != (nil.given_on, nil.signed_by):
        broken.append(("given_on", _held_already(held)))
    return Told(nil, tuple(broken))


def _held_already(held: tables.NilReturn) -> Text:
    return Text(
        f"这个单位这一轮已有零报告（{held.signed_by}，{held.given_on}）：先撤回再导入",
        f"This unit has a nil return for this round already ({held.signed_by}, {held.given_on}): withdraw it first",
    )


def _here(nil: NilReturn) -> ColumnElement[bool]:
    table = tables.NilReturn
    return and_(
        table.unit_id == nil.unit_id, table.first_year == nil.first_year, table.last_year == nil.last_year,
        table.given_on == nil.given_on, table.signed_by == nil.signed_by,
    )  # fmt: skip


def _keep(session: Session, nil: NilReturn, said: TakenOver, key: str, actor: Actor, day: date) -> None:
    keep_new(session, nil, said, key, actor)


def _single(nil: NilReturn) -> str | None:
    """What only one of may be: the nil return of a unit and round that stands."""
    return f"{nil.unit_id} {nil.first_year} {nil.last_year}" if nil.stands else None


def _rows(session: Session, actor: Actor, book: Register) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    table = tables.NilReturn
    for row in session.scalars(select(table).where(nil_seen(actor)).order_by(table.id)):
        nil = NilReturn.model_validate(row)
        yield NilRecord, {**nil.model_dump(), "unit_ref": called(book, nil.unit_id, nil.unit_name, nil.given_on)}


NIL: Final = Kind(
    name="nil",
    title=Text("零报告", "Nil returns"),
    sheets=(NilRecord,),
    action="issue.import",
    table=tables.NilReturn,
    thing=NilReturn,
    numbers={},
    name_of=lambda row: f"{row['unit_ref']} {row['given_on']}",
    ties=lambda row: [f"nil {row['unit_ref']} {row['given_on']}"],
    prepare=_as_they_are,
    told=_told,
    here=_here,
    keep=_keep,
    taken=Import,
    rows=_rows,
    place=Text("问题台账", "the page of issues"),
    single=_single,
)
