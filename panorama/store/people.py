"""Who may come in, as what, and for how long: grants, and sessions that can be ended. Nothing is deleted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.access.roles import GIVEN, ROLES, UNIT
from panorama.access.sign_in import Identity, folded
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import Entry, demand, kept_at_once, refusals_kept
from panorama.store.clock import civil, now
from panorama.store.door import asked_now
from panorama.store.operations import append, changing, looking_if_begun

SYSTEM: Final = Actor("panorama", "system", everything=True)
"""The program itself, which looks up whose a scope is. It has no role, so it may do nothing."""
OF_A_UNIT: Final = (UNIT, "evaluator", "supervision")
"""Roles whose grant may name a unit: a contact's own, and of who judges the one that he or she comes from."""
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Person:
    """A grant. Times are naive, in Asia/Shanghai."""

    id: int
    login: str
    name: str
    role: str
    unit_id: int | None
    unit_name: str | None
    office: str | None
    given_by: str
    given_at: datetime
    ended_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    """A session that nobody ended. Times are naive UTC."""

    id: int
    login: str
    name: str
    way: str
    begun_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Standing:
    """What is checked at each rerun. people: login → who may come in; left: logins that once might; sessions: hash → session.

    out: login → when one of its sessions was last ended, naive UTC.
    """

    people: dict[str, Person]
    left: frozenset[str]
    sessions: dict[str, Running]
    out: dict[str, datetime]


def give(
    login: str, name: str, role: str, settings: Settings, actor: Actor, unit_id: int | None = None, office: str = ""
) -> int:
    """Let a person in, or give one who may come in another role or unit: the older grant ends. Returns the grant's id.

    unit_id: of a unit's contact, and of who judges, the unit that he or she comes from; office: of an office's. Raises Refused for whose role it is not and for oneself,
    PanoramaError for what does not fit together.
    """
    who, name, office = folded(login), " ".join(name.split()), " ".join(office.split())
    _allowed(who, settings, actor)
    _complete(who, name, role, unit_id, office)
    unit_id = unit_id if role in OF_A_UNIT else None
    unit_name = None if unit_id is None else _unit_name(unit_id, settings)
    given = tables.Person(
        login=who, name=name, role=role, unit_id=unit_id, unit_name=unit_name,
        office=office or None if role == "office" else None, given_by=actor.name, given_at=now(), ended_by=None, ended_at=None,
    )  # fmt: skip
    with changing(settings) as session:
        held = _held(session, who)
        if held is not None and _says(held) == _says(given):
            return held.id
        if held is not None:
            _end(held, actor)
        session.add(given)
        session.flush()
        told = {"person": given.id, "login": who, "role": role, "unit_id": given.unit_id, "office": given.office}
        append(session, actor, "person.give", {**told, "instead_of": held.id if held is not None else None})
        return given.id


def take(login: str, settings: Settings, actor: Actor) -> None:
    """A person may come in no more; sessions end at once. Raises Refused as `give`, PanoramaError for whom nobody let in."""
    who = folded(login)
    _allowed(who, settings, actor)
    with changing(settings) as session:
        held = _held(session, who)
        if held is None:
            raise PanoramaError(f"名单上没有“{login}”，或已经停用。", f"{login} is not let in, or not any more.")
        _end(held, actor)
        append(session, actor, "person.take", {"person": held.id, "login": who})
        _end_all(session, who, actor)


def end_sessions(login: str, settings: Settings, actor: Actor) -> int:
    """Have a person sign in again, wherever he or she is; how many sessions ended. Raises Refused for whose role it is not."""
    demand("people.change", settings, actor)
    with changing(settings) as session:
        return _end_all(session, folded(login), actor)


def end_session(session_id: int, settings: Settings, actor: Actor) -> None:
    """End one session, wherever it is. Raises Refused for whose role it is not, PanoramaError where it runs no more."""
    demand("session.end", settings, actor)
    with changing(settings) as session:
        row = session.get(tables.SignedIn, session_id)
        if row is None or row.ended_at is not None or row.expires_at <= now():
            raise PanoramaError(
                "这一处登录已经结束或到期。请刷新页面。", "This session has ended or run out already. Refresh the page."
            )
        row.ended_at, row.ended_by = now(), actor.name
        append(session, actor, "session.end", {"session": row.id, "login": row.login})


def sessions(settings: Settings, actor: Actor) -> dict[str, Running]:
    """Hash of the token → the session, of all that run, the newest first. Raises Refused for whose role it is not."""
    demand("sessions.read", settings, actor)
    running = standing(settings).sessions
    return dict(sorted(running.items(), key=lambda one: one[1].id, reverse=True))


def people(settings: Settings, actor: Actor, left: bool = False) -> list[Person]:
    """Who may come in, by login; with those who once might, where `left`. Raises Refused for whose role it is not."""
    demand("people.read", settings, actor)
    table = tables.Person
    query = select(table).order_by(table.ended_at.is_not(None), table.login, table.id.desc())
    with looking_if_begun(settings) as session:
        rows = session.scalars(query if left else query.where(table.ended_at.is_(None))) if session is not None else ()
        return [_told(row) for row in rows]


def standing(settings: Settings) -> Standing:
    """Grants and sessions as they stand. Sessions that ran out are left out."""
    person, signed = tables.Person, tables.SignedIn
    with looking_if_begun(settings) as session:
        if session is None:
            return Standing({}, frozenset(), {}, {})
        every = [_told(row) for row in session.scalars(select(person))]
        open_ones = select(signed).where(signed.ended_at.is_(None), signed.expires_at > now())
        sessions = {
            row.token_sha256: Running(row.id, row.login, row.name, row.way, row.begun_at, row.expires_at)
            for row in session.scalars(open_ones)
        }
        ended = (
            select(signed.login, func.max(signed.ended_at)).where(signed.ended_at.is_not(None)).group_by(signed.login)
        )
        out = {login: at for login, at in session.execute(ended) if at is not None}
    return Standing(
        {one.login: one for one in every if one.ended_at is None}, frozenset(one.login for one in every), sessions, out
    )


def begin(who: Identity, way: str, settings: Settings) -> str:
    """A session for somebody who signed in; its token, which is kept nowhere but in the session itself."""
    token, at = secrets.token_urlsafe(32), now()
    row = tables.SignedIn(
        token_sha256=hashed(token), login=who.login, name=who.name, way=way, begun_at=at,
        expires_at=(who.since or at) + timedelta(hours=settings.session_hours), ended_by=None, ended_at=None,
    )  # fmt: skip
    with changing(settings) as session:
        session.add(row)
    kept_at_once(Entry(Actor(who.name, who.role or "—", login=who.login), "sign-in", way), settings)
    return token


def sign_out(token: str, settings: Settings, actor: Actor) -> None:
    """End one's own session."""
    table = tables.SignedIn
    mine = table.token_sha256 == hashed(token), table.ended_at.is_(None)
    with changing(settings) as session:
        session.execute(update(table).where(*mine).values(ended_at=now(), ended_by=actor.name))
    kept_at_once(Entry(actor, "sign-out", "session"), settings)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(
    who: Identity,
    held: Standing,
    below: Callable[[int], frozenset[int]],
    unit_of: Callable[[str], int | None],
    near: Callable[[int], frozenset[int]],
) -> Actor | None:
    """The actor that a person is: by the grant, else by the provider's claims; None for whom nobody let in.

    Whose grant was taken back is not let in by claims. below: a unit → it and those under it; near: those above too.
    unit_of: a unit's code → it.
    """
    person = held.people.get(who.login)
    if person is None and who.login in held.left:
        return None
    role, office = (person.role, person.office or "") if person is not None else (who.role, who.office)
    if role not in GIVEN:
        return None
    name = person.name if person is not None else who.name
    called = name if folded(name) == who.login else f"{name}（{who.login}）"
    actor = Actor(
        called, role, everything=ROLES[role].whole, office=office if role == "office" else "", login=who.login
    )
    if ROLES[role].whole:
        return actor if person is None or person.unit_id is None else replace(actor, kept_off=near(person.unit_id))
    unit_id = person.unit_id if person is not None else unit_of(who.unit_code)
    return None if unit_id is None else replace(actor, units=below(unit_id) | {unit_id})


def _allowed(who: str, settings: Settings, actor: Actor) -> None:
    demand("people.change", settings, actor)
    with refusals_kept("people.change", settings, actor):
        if actor.login and actor.login == who:
            raise Refused(
                "不能改自己的权限：请另一位有权的人办理。", "Nobody changes his or her own grant: ask another who may."
            )


def _complete(who: str, name: str, role: str, unit_id: int | None, office: str) -> None:
    if not 0 < len(who) <= _LONGEST or not 0 < len(name) <= _LONGEST:
        raise PanoramaError("请填写登录名和姓名。", "Give the login and the name.")
    if role not in GIVEN:
        raise PanoramaError(
            f"没有角色“{role}”。可用的是：{'、'.join(GIVEN)}。",
            f"There is no role {role}. There are: {', '.join(GIVEN)}.",
        )
    if role == UNIT and unit_id is None:
        raise PanoramaError("单位联络员要指定单位。", "A unit's contact needs a unit.")
    if role == "office" and not office:
        raise PanoramaError("业务处室的人要写明处室。", "Somebody of an office needs its name.")


def _unit_name(unit_id: int, settings: Settings) -> str:
    found = asked_now("unit_and_below", settings, SYSTEM, unit_ids=[unit_id])
    if found is None or found.is_empty():
        raise PanoramaError("名录里没有这个单位。", "The register has no such unit.")
    return str(found["unit"][0])


def _held(session: Session, who: str) -> tables.Person | None:
    table = tables.Person
    return session.scalars(select(table).where(table.login == who, table.ended_at.is_(None))).first()


def _says(row: tables.Person) -> tuple[object, ...]:
    return row.login, row.name, row.role, row.unit_id, row.office


def _end(row: tables.Person, actor: Actor) -> None:
    row.ended_at, row.ended_by = now(), actor.name


def _end_all(session: Session, who: str, actor: Actor) -> int:
    table = tables.SignedIn
    running = select(table).where(table.login == who, table.ended_at.is_(None), table.expires_at > now())
    found = session.scalars(running).all()
    for row in found:
        row.ended_at, row.ended_by = now(), actor.name
        append(session, actor, "session.end", {"session": row.id, "login": who})
        session.flush()
    return len(found)


def _told(row: tables.Person) -> Person:
    return Person(
        row.id, row.login, row.name, row.role, row.unit_id, row.unit_name, row.office, row.given_by, civil(row.given_at),
        row.ended_by, civil(row.ended_at) if row.ended_at else None,
    )  # fmt: skip
