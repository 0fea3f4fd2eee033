"""What people decided about names. A decision is remembered, and the next snapshot is built with it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources.unit_alias import GENERIC_NAMES
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.clock import civil, now
from panorama.store.door import Door
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.publish import publish, state_of, sweep

DECISION: dict[str, pl.DataType] = {
    "id": pl.Int64(),
    "ref": pl.String(),
    "unit_id": pl.Int64(),
    "unit": pl.String(),
    "kind": pl.String(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us"),
}


def confirm_name(
    ref: str,
    unit_id: int,
    settings: Settings,
    actor: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> str | None:
    """`ref` means this unit (from, to: inclusive). Rows that waited for it come alive; returns the new snapshot's id."""
    _refuse_generic(ref)
    _refuse_backwards(valid_from, valid_to)
    return _decide(ref, unit_id, "confirmed", settings, actor, valid_from, valid_to)


def confirm_names(units: Mapping[str, int], settings: Settings, actor: Actor) -> str | None:
    """Several names at once, ref → unit: one snapshot knows them all. Returns its id."""
    for ref in units:
        _refuse_generic(ref)
    added = [_decision(ref, unit_id, "confirmed", settings, actor, None, None) for ref, unit_id in units.items()]
    return _published(settings, actor, "name.confirmed", partial(_add_all, added))


def change_days(
    decision_id: int, valid_from: date | None, valid_to: date | None, settings: Settings, actor: Actor
) -> str | None:
    """Give a confirmed name other days (inclusive; None = open): the older answer is taken back, this one takes its place."""
    _refuse_backwards(valid_from, valid_to)
    return _published(settings, actor, "name.days", partial(_replace, decision_id, valid_from, valid_to, actor.name))


def _refuse_backwards(valid_from: date | None, valid_to: date | None) -> None:
    if valid_from and valid_to and valid_to < valid_from:
        raise PanoramaError("停用日期早于启用日期。", "The name ends before it begins.")


def _refuse_generic(ref: str) -> None:
    if ref.strip() in GENERIC_NAMES:
        raise PanoramaError(
            f"“{ref}”是通用词，不能作为单位名称：否则所有单位的行都会归到一处。请在文件里写出全称。",
            f'"{ref}" is a general word and cannot name one unit. Write the full name in the file.',
        )


def reject_name(ref: str, unit_id: int, settings: Settings, actor: Actor) -> str | None:
    """`ref` is not this unit: it is not proposed again."""
    return _decide(ref, unit_id, "rejected", settings, actor, None, None)


def dismiss_name(ref: str, settings: Settings, actor: Actor) -> str | None:
    """`ref` is no unit at all (an average, a note): its rows stay refused with that reason, and nobody is asked again."""
    return _decide(ref, None, "nobody", settings, actor, None, None)


def withdraw_decision(decision_id: int, settings: Settings, actor: Actor) -> str | None:
    """Take an answer back; rows that lived by it wait again."""
    return _published(settings, actor, "name.withdraw", partial(_withdraw, decision_id))


def decisions(settings: Settings) -> pl.DataFrame:
    """Answers that hold, newest first; columns of DECISION, times in Asia/Shanghai."""
    home = Home.of(settings)
    if not home.exists():
        return pl.DataFrame(schema=DECISION)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            held = select(tables.NameDecision).where(tables.NameDecision.withdrawn_at.is_(None))
            rows = [
                (
                    row.id, row.ref, row.unit_id, row.unit_name, row.kind, row.valid_from, row.valid_to, row.decided_by,
                    civil(row.decided_at),
                )
                for row in session.scalars(held.order_by(tables.NameDecision.id.desc()))
            ]  # fmt: skip
    finally:
        operations.close()
    return pl.DataFrame(rows, schema=DECISION, orient="row")


def _decide(
    ref: str,
    unit_id: int | None,
    kind: str,
    settings: Settings,
    actor: Actor,
    valid_from: date | None,
    valid_to: date | None,
) -> str | None:
    decision = _decision(ref, unit_id, kind, settings, actor, valid_from, valid_to)
    return _published(settings, actor, f"name.{kind}", partial(_add, decision))


def _decision(
    ref: str,
    unit_id: int | None,
    kind: str,
    settings: Settings,
    actor: Actor,
    valid_from: date | None,
    valid_to: date | None,
) -> tables.NameDecision:
    demand("name.answer", settings, actor)
    return tables.NameDecision(
        ref=ref,
        unit_id=unit_id or 0,
        unit_name="" if unit_id is None else _unit_name(unit_id, settings, actor),
        kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
        decided_by=actor.name,
        decided_at=now(),
        withdrawn_at=None,
    )


def _published(settings: Settings, actor: Actor, kind: str, change: partial[dict[str, object]]) -> str | None:
    """Apply a change to the decisions and publish a snapshot that knows it."""
    demand("name.answer", settings, actor)
    home = Home.of(settings)
    operations = Operations(home)
    try:
        with home.lock():
            sweep(home, operations, actor)
            with operations.trying() as session:
                change(session)
                session.flush()
                # The state as it will be.
                state = state_of(session, home)
            return publish(home, operations, settings, actor, state, kind, change)
    finally:
        operations.close()


def _add(decision: tables.NameDecision, session: Session) -> dict[str, object]:
    fields = (
        "ref",
        "unit_id",
        "unit_name",
        "kind",
        "valid_from",
        "valid_to",
        "decided_by",
        "decided_at",
        "withdrawn_at",
    )
    session.add(tables.NameDecision(**{name: getattr(decision, name) for name in fields}))
    return {"ref": decision.ref, "unit_id": decision.unit_id, "unit": decision.unit_name}


def _add_all(added: Sequence[tables.NameDecision], session: Session) -> dict[str, object]:
    names = [_add(one, session) for one in added]
    return {"names": names, "ref": "、".join(str(name["ref"]) for name in names)}


def _replace(
    decision_id: int, valid_from: date | None, valid_to: date | None, who: str, session: Session
) -> dict[str, object]:
    told = _withdraw(decision_id, session)
    held = session.get_one(tables.NameDecision, decision_id)
    days = {"valid_from": valid_from, "valid_to": valid_to}
    same = {name: getattr(held, name) for name in ("ref", "unit_id", "unit_name", "kind")}
    session.add(tables.NameDecision(**same, **days, decided_by=who, decided_at=now(), withdrawn_at=None))
    return {**told, **{name: str(day) if day else None for name, day in days.items()}}


def _withdraw(decision_id: int, session: Session) -> dict[str, object]:
    found = session.get(tables.NameDecision, decision_id)
    if found is None or found.withdrawn_at is not None:
        raise PanoramaError(
            f"没有编号为 {decision_id} 的名称确认。用 panorama names list 查看。",
            f"There is no decision {decision_id}. See panorama names list.",
        )
    found.withdrawn_at = now()
    return {"decision": decision_id, "ref": found.ref, "unit_id": found.unit_id}


def _unit_name(unit_id: int, settings: Settings, actor: Actor) -> str:
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        rows = (
            []
            if snapshot is None
            else snapshot.ask_sql(f"select name from mart.unit where unit_id = {int(unit_id)}", actor).rows()
        )
    finally:
        door.close()
    if not rows:
        raise PanoramaError(
            f"名录里没有编号为 {unit_id} 的单位。请先装入单位名录。",
            f"The register has no unit {unit_id}. Load the register of units first.",
        )
    return str(rows[0][0])
