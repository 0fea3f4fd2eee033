"""What every command on a ledger goes through, whatever it changes: its key, its number, the version that was seen, its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import Conflict, NotDone, PanoramaError
from panorama.intake.identity import mask_identity
from panorama.issues.commands import Command
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil
from panorama.store.door import asked_now

Given = TypeVar("Given", bound=Command)

SERIES: Final = {
    "issue": "{year}-{of}-{n:04}",
    "close": "XH{year}-{n:04}",
    "reserve": "CB{year}-{n:04}",
    "application": "SQ{year}-{n:04}",
}
"""How a number is written: 2026-A-0007; close-out slips, the reserve and applications have series of their own."""


def masked(command: Given) -> Given:
    """Numbers of persons do not stand in a ledger."""
    return type(command).model_validate({name: _hidden(value) for name, value in command})


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return mask_identity(value, strict=False)
    return tuple(map(_hidden, value)) if isinstance(value, tuple) else value


def write(row: Any, one: BaseModel) -> None:
    """Put what a model holds into the row of its table."""
    plain = one.model_dump(mode="json")
    for name, value in one.model_dump().items():
        setattr(row, name, plain[name] if isinstance(value, dict | tuple) else value)


def changes(before: BaseModel, found: BaseModel) -> dict[str, Any]:
    """What a command changed, as JSON values."""
    old, new = before.model_dump(mode="json"), found.model_dump(mode="json")
    return {name: value for name, value in new.items() if value != old[name]}


def replayed(story: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a row's events tell of it, as JSON values. story: their payloads, the oldest first."""
    told: dict[str, Any] = {}
    for payload in story:
        told |= payload["changed"]
    return told


def done_before(session: Session, key: str, command: Command, actor: Actor, subject: str | None) -> tables.Event | None:
    """The event that this very click made, if it came before; another command under the same key is refused.

    subject: what the command is of; None where it begins it.
    """
    if not key.strip():
        raise PanoramaError("缺少操作编号。", "The command has no key.")
    done = session.scalars(select(tables.Event).where(tables.Event.key == key)).first()
    if done is None:
        return None
    same = done.kind == command.kind and done.actor == actor.name
    same = same and done.payload["said"] == command.model_dump(mode="json")
    if not same or (subject is not None and done.subject != subject):
        raise NotDone(
            "这个操作编号已用于另一个操作，请刷新后再办。",
            "This key was used for another command. Load the page again.",
        )
    return done


def number(session: Session, series: str, day: date) -> str:
    """The next number of a series ("issue A", "close" …), taken within the transaction."""
    name, _, of = series.partition(" ")
    at = session.get(tables.Series, f"{series} {day.year}", with_for_update=True)
    if at is None:
        at = tables.Series(name=f"{series} {day.year}", last=0)
        session.add(at)
    at.last += 1
    return SERIES[name].format(year=day.year, of=of, n=at.last)


def conflict(
    session: Session, subject: str, command: Command, kinds: Mapping[str, type[Command]], stands: str
) -> Conflict:
    """Who did what meanwhile, and what was not done. stands: what it is now, in Chinese, with its name."""
    newest = select(tables.Event).where(tables.Event.subject == subject).order_by(tables.Event.seq.desc())
    last = session.scalars(newest.limit(1)).one()
    did, mine, when = kinds[last.kind].label, command.label, _clock(last.at)
    return Conflict(
        f"{last.actor} 已于 {when} 办理“{did.zh}”，{stands}；您的“{mine.zh}”没有执行。请看过最新情况再办。",
        f"{last.actor} did “{did.en}” at {when}: your “{mine.en}” was not done. Look at the newest state, then decide.",
    )


def _clock(at: datetime) -> str:
    return f"{civil(at):%Y-%m-%d %H:%M}"


def subtrees(unit_ids: Sequence[int], settings: Settings, actor: Actor) -> dict[int, dict[int, str]]:
    """Each of these units → ids and names of itself and all below it, by the current register within the actor's scope."""
    found: dict[int, dict[int, str]] = {}
    told = asked_now("unit_and_below", settings, actor, unit_ids=sorted(set(unit_ids))) if unit_ids else None
    for root, unit, name in () if told is None else told.select("root_id", "unit_id", "unit").iter_rows():
        found.setdefault(root, {})[unit] = name
    return found


def unit_name(unit_id: int, near: Mapping[int, str]) -> str:
    """A unit's name. Raises PanoramaError for one that the register does not hold, or that is outside the scope."""
    if unit_id not in near:
        raise PanoramaError(
            "名录里没有这个单位，或不在您的权限范围之内。",
            "The register has no such unit, or it is outside your scope.",
        )
    return near[unit_id]
