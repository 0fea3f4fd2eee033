"""Nil returns in the store, through the same door as issues; and which units of the register the ledger speaks of at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, and_, case, false, func, select, true
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.errors import NotDone, PanoramaError
from panorama.issues.commands import Command
from panorama.issues.issue import OVER
from panorama.issues.nil import KIND, GiveNil, NilReturn, WithdrawNil, forbidden, given, withdrawn
from panorama.issues.transitions import refuse
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.applications import GATE, near_units
from panorama.store.audit import refusals_kept
from panorama.store.caseload import issues_seen
from panorama.store.clock import now
from panorama.store.commands import changes, conflict, done_before, masked, subtrees, unit_name, write
from panorama.store.door import asked_now
from panorama.store.operations import append, changing, looking

_TABLE: Final = tables.NilReturn

COUNTED: Final[dict[str, pl.DataType]] = {"unit_id": pl.Int64(), "open": pl.Int64(), "over": pl.Int64()}
"""How many issues of a unit are open, and how many found in the round are closed out or ended."""


@dataclass(frozen=True)
class Kept:
    """A nil return as it is kept. version: whoever changes it says that this is the one he saw."""

    id: int
    version: int
    registered_by: str
    nil: NilReturn


@dataclass(frozen=True)
class Spoken:
    """Of which units the ledger speaks, within a scope. years: of the round; issues: COUNTED; nil: those that stand, by unit."""

    years: tuple[int, int]
    issues: pl.DataFrame
    nil: dict[int, Kept]
    near: dict[int, frozenset[int]]
    """Unit of a nil return → it, the units below it and those that passed to any of them: all that the nil return is of."""


def give(command: GiveNil, key: str, settings: Settings, actor: Actor) -> int:
    """Record that a unit has no issue in the present round; the number of the record. key: this click's own.

    Raises Refused with the reason: open issues, one that stands already, not this actor's to say.
    """
    command = masked(command)
    with refusals_kept(command.kind, settings, actor, command.unit_id):
        refuse(forbidden(GiveNil, command.unit_id, actor))
        near = subtrees([command.unit_id], settings, GATE).get(command.unit_id, {})
        name, years = unit_name(command.unit_id, near), current_round(settings)
        of = near_units([command.unit_id], settings)[command.unit_id]
        ended = _ended(command.unit_id, settings)
        with changing(settings) as session:
            done = done_before(session, key, command, actor, None)
            if done is not None:
                return int(done.payload["nil"])
            held = standing(session, command.unit_id, years)
            if held is not None:
                raise NotDone(
                    f"{name} 在 {years[0]}–{years[1]} 轮次已有零报告（{held.signed_by}，{held.given_on}）。",
                    f"{name} has a nil return for the round {years[0]}–{years[1]} already ({held.signed_by}, {held.given_on}).",
                )
            found = given(command, name, years, today(), _open_issues(session, of.units), actor, ended)
            return keep_new(session, found, command, key, actor)


def keep_new(session: Session, found: NilReturn, command: Command, key: str, actor: Actor) -> int:
    """Write a nil return that was not here before, and its event, within the transaction; its number."""
    row = _TABLE(registered_at=now(), registered_by=actor.name)
    write(row, found)
    session.add(row)
    session.flush()
    append(session, actor, command.kind, _told(row, command, found.model_dump(mode="json")), subject_of(row.id), key)
    return row.id


def withdraw(nil_id: int, command: WithdrawNil, version: int, key: str, settings: Settings, actor: Actor) -> int:
    """Take it back; its version afterwards. Raises Refused, Conflict when somebody else did so meanwhile."""
    command = masked(command)
    of = subject_of(nil_id)
    with refusals_kept(command.kind, settings, actor, object=of), changing(settings) as session:
        done = done_before(session, key, command, actor, of)
        if done is not None:
            return int(done.payload["version"])
        row = session.get(_TABLE, nil_id)
        if row is None:
            raise PanoramaError(f"没有编号为 {nil_id} 的零报告。", f"There is no nil return {nil_id}.")
        refuse(forbidden(WithdrawNil, row.unit_id, actor))
        if row.version != version:
            raise conflict(session, of, command, KIND, "零报告已变动")
        before = NilReturn.model_validate(row)
        found = withdrawn(before, command, today(), actor)
        write(row, found)
        session.flush()
        append(session, actor, command.kind, _told(row, command, changes(before, found)), of, key)
        return row.version


def spoken(settings: Settings, actor: Actor) -> Spoken:
    """What the ledger says of each unit within the scope: issues, or a nil return for the present round."""
    years = current_round(settings)
    issue = tables.Issue
    still = func.count(case((issue.state.not_in(OVER), 1)))
    of_round = issue.found_on.between(date(years[0], 1, 1), date(years[1], 12, 31))
    over = func.count(case((and_(issue.state.in_(OVER), of_round), 1)))
    query = select(issue.unit_id, still, over).where(issues_seen(actor)).group_by(issue.unit_id)
    with looking(settings) as session:
        counts = [tuple(row) for row in session.execute(query)]
        rows = session.scalars(select(_TABLE).where(nil_seen(actor), _of(years)).order_by(_TABLE.id)).all()
    nil = {row.unit_id: Kept(row.id, row.version, row.registered_by, NilReturn.model_validate(row)) for row in rows}
    # Of what is not within the scope no issue is counted.
    near = {unit: of.units for unit, of in near_units(list(nil), settings).items()}
    return Spoken(years, pl.DataFrame(counts, schema=COUNTED, orient="row"), nil, near)


def current_round(settings: Settings) -> tuple[int, int]:
    """First and last year of the present round. Raises PanoramaError before anything was taken in."""
    found = asked_now("round", settings, GATE)
    if found is None or found.is_empty():
        raise PanoramaError(
            "还没有装入数据，不知道是哪一轮评估。请先装入名录。",
            "Nothing is taken in yet, so it is not known which round this is. Load the register first.",
        )
    first, last = found.row(0)
    # A register alone speaks of no year: then the five that end with this one.
    day = today()
    return (int(first), int(last)) if first is not None else (day.year - 4, day.year)


def _ended(unit_id: int, settings: Settings) -> bool:
    """Whether the unit stands no more, by the current register."""
    units = asked_now("units", settings, GATE)
    return units is not None and not units.filter(unit_id=unit_id, ended=True).is_empty()


def subject_of(nil_id: int) -> str:
    """What the events of this nil return are of."""
    return f"nil:{nil_id}"


def standing(session: Session, unit_id: int, years: tuple[int, int]) -> tables.NilReturn | None:
    """The nil return of a unit for a round that was not withdrawn."""
    return session.scalars(select(_TABLE).where(_TABLE.unit_id == unit_id, _of(years))).first()


def _of(years: tuple[int, int]) -> ColumnElement[bool]:
    return and_(_TABLE.first_year == years[0], _TABLE.last_year == years[1], _TABLE.withdrawn_on.is_(None))


def _open_issues(session: Session, units: frozenset[int]) -> int:
    issue = tables.Issue
    return (
        session.scalar(select(func.count(issue.id)).where(issue.unit_id.in_(sorted(units)), issue.state.not_in(OVER)))
        or 0
    )


def nil_seen(actor: Actor) -> ColumnElement[bool]:
    """Which nil returns the actor may know of: of a unit its own, and those of units below it."""
    if actor.everything:
        return true()
    return _TABLE.unit_id.in_(sorted(actor.units)) if actor.units else false()


def _told(row: tables.NilReturn, command: Any, changed: dict[str, Any]) -> dict[str, Any]:
    return {"nil": row.id, "version": row.version, "said": command.model_dump(mode="json"), "changed": changed}
