"""What a ledger that is kept as a workbook is made of: its sheets, what a row tells, where it is kept. One description a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.applications.application import Application
from panorama.issues.commands import TakenOver
from panorama.issues.issue import Issue
from panorama.issues.nil import NilReturn
from panorama.settings import Settings
from panorama.sources.grammar import Source as Model
from panorama.store.offices import Known
from panorama.store.register import Register
from panorama.text import Text

Row = Mapping[str, Any]
Thing = Issue | Application | NilReturn
Said = tuple[str, Text]
"""A field of the main sheet, and what is to be said of it."""


@dataclass(frozen=True)
class Around:
    """What a row is read within: the ledger here, today in Asia/Shanghai, who takes it over, and the offices there are."""

    session: Session
    settings: Settings
    day: date
    actor: Actor
    offices: Known


@dataclass(frozen=True)
class Told:
    """What a row tells. broken: why it cannot be taken over. unsaid: fields that the row leaves open and the thing fills in.

    remarks: what is to be looked at, though it is taken over.
    """

    thing: Thing
    broken: tuple[Said, ...] = ()
    progress: tuple[Row, ...] = ()
    unsaid: frozenset[str] = frozenset()
    remarks: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of ledger. sheets: the main one first; rows of the others are tied to its rows by what `ties` says.

    action: who may take one over. numbers: field → series, of numbers that are borne once. prepare: rows of the main sheet
    as they are read, with what was filled in. here: which rows of `table` are this thing. lead: the header of a row's number.
    """

    name: str
    title: Text
    sheets: tuple[type[Model], ...]
    action: str
    table: type[Any]
    thing: type[Thing]
    numbers: Mapping[str, str]
    name_of: Callable[[Row], str]
    ties: Callable[[Row], list[str]]
    prepare: Callable[[Sequence[Row], Settings], list[tuple[Row, list[Said]]]]
    told: Callable[[Row, int, str, Mapping[str, list[Row]], Around], Told]
    here: Callable[[Any], ColumnElement[bool]]
    keep: Callable[[Session, Any, TakenOver, str, Actor, date], None]
    taken: type[TakenOver]
    rows: Callable[[Session, Actor, Register], Iterator[tuple[type[Model], dict[str, Any]]]]
    place: Text
    """Where what is here is changed."""
    single: Callable[[Any], str | None] = lambda _: None
    """What only one thing may be; null where it is nothing of the sort."""
    along: tuple[Kind, ...] = ()
    """Kinds that are kept in the same workbook."""

    @property
    def all(self) -> tuple[Kind, ...]:
        return (self, *self.along)

    @property
    def main(self) -> type[Model]:
        return self.sheets[0]

    def label(self, name: str) -> Text:
        """What a field of the thing is called on its sheet."""
        columns = self.main.columns()
        names = {
            "title": "title_",
            "unit_id": "unit_ref",
            "sources": "source",
            "milestones": "claimed_on",
            "gate": "gate_result",
            "waived": "waived_issues",
        }
        return columns[names.get(name, name)].label


def called(book: Register, unit_id: int, unit_name: str, day: date) -> str:
    """What a unit is written as: the name by which it is found on the day; where that is another's too, its code."""
    unit = book.units.get(unit_id)
    if unit is None:
        return unit_name
    plain = [unit.name, *filter(None, (unit.unit_code, unit.uscc))]
    return next((name for name in plain if book.find(name, day.isoformat()).unit_id == unit_id), unit_name)
