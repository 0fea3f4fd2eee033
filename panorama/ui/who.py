"""Who looks: the person at this machine, whom the proxy or the provider names, or a role tried on over made-up data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import streamlit as st
from cachetools import LRUCache

from panorama.access.actor import Actor
from panorama.access.roles import GIVEN, LOCAL, ROLES
from panorama.access.sign_in import SECRET_HEADER, Identity, of_claims, of_headers, unready
from panorama.settings import Settings
from panorama.store.audit import Entry, kept_at_once
from panorama.store.caseload import told_rows
from panorama.store.clock import now
from panorama.store.door import Door
from panorama.store.people import SYSTEM, actor_of, begin, hashed, sign_out, standing
from panorama.text import Text, as_said
from panorama.ui.download import TOKEN
from panorama.ui.language import language, say
from panorama.ui.secrets import cookie_secret

_AS: Final = "demo-as"
SEEN: Final[LRUCache[str, datetime]] = LRUCache(10_000)
"""Hash of a session's token → when it last ran a page of this server, naive UTC; gone when the server ends."""
_LOGIN = Text("登录", "Sign in")
_LOGOUT = Text("退出登录", "Sign out")
_PROXY = Text(
    "请从单位的统一入口打开本系统：没有经过入口的访问不知道是谁。",
    "Open this system by your organisation's entrance: whoever comes past it is unknown.",
)
_OIDC = Text("请登录后使用。", "Sign in to go on.")
_OVER = Text(
    "登录已到期或已被结束。请重新打开页面登录。", "Your session ran out or was ended. Open the page again to sign in."
)
_AGAIN = Text("登录已到期或已被结束，请重新登录。", "Your session ran out or was ended: sign in again.")
_NOT_LET_IN = Text(
    "您已登录（{login}），但不在人员名单上。请编办领导在“系统”页加入，或由服务器管理员运行 panorama people add。",
    "You are signed in ({login}) and nobody let you in yet. Ask a leader to do so on the System page, or the server's "
    "administrator by: panorama people add.",
)
_DEMO = Text("演示身份", "Shown as")
_SHOWN_AS = Text("演示身份：{role}", "Shown as: {role}")
_DEMO_NOTE = Text(
    "模拟数据演示：可换一个身份看各人看到什么。装入真实数据后这里消失。",
    "A demonstration over made-up data: try another role to see what it sees. Gone once real data are taken in.",
)
OFFICE: Final = "机构编制一处"
"""The office of the one who is tried on."""


def looked_for(door: Door, local: Callable[[], Actor]) -> Actor | Text:
    """Who it is; or why nobody is let in. local: the actor where nobody signs in."""
    way = door.settings.sign_in
    if way == "none":
        return local()
    if way == "demo":
        return _tried_on(door) or local()
    if told := unready(door.settings, cookie_secret()):
        return told
    who = _named(door.settings)
    return _let_in(door, who) if isinstance(who, Identity) else who


def _named(settings: Settings) -> Identity | Text:
    """Whom headers or claims name."""
    if settings.sign_in == "proxy":
        sent = st.context.headers
        names = (SECRET_HEADER, settings.proxy_user, settings.proxy_name)
        return of_headers({name.lower(): sent.get_all(name) for name in names}, settings) or _PROXY
    return of_claims(st.user.to_dict(), settings) or _OIDC


def _let_in(door: Door, who: Identity) -> Actor | Text:
    """The session is begun where there is none, and looked up where there is one: ended is ended at the next rerun."""
    settings = door.settings
    held = door.while_unchanged("people", lambda: standing(settings))
    if who.since is not None and _stale(who.since, settings, held.out.get(who.login)):
        return _AGAIN
    token, login = st.session_state.get(TOKEN, (None, who.login))
    if token is not None:
        running = held.sessions.get(hashed(token))
        if running is None or login != who.login or running.expires_at <= now():
            return _OVER
    found = actor_of(
        who,
        held,
        lambda unit_id: below(door, unit_id),
        lambda code: _unit_of(door, code),
        lambda unit_id: near(door, unit_id),
    )
    found = None if found is None else _told(door, _kept_off(door, found))
    if found is None:
        _refused_once(who, settings)
        return Text(*(words.format(login=as_said(who.login)) for words in (_NOT_LET_IN.zh, _NOT_LET_IN.en)))
    if token is None:
        token = begin(who, settings.sign_in, settings)
        st.session_state[TOKEN] = (token, who.login)
    SEEN[hashed(token)] = now()
    return found


def _stale(since: datetime, settings: Settings, ended: datetime | None) -> bool:
    """What the provider said is too old, or from before a session of this person was ended."""
    return since + timedelta(hours=settings.session_hours) <= now() or (ended is not None and since <= ended)


def _refused_once(who: Identity, settings: Settings) -> None:
    if not st.session_state.get("not-let-in"):
        st.session_state["not-let-in"] = True
        kept_at_once(Entry(Actor(who.name, "—", login=who.login), "forbidden", "sign-in"), settings)


def below(door: Door, unit_id: int) -> frozenset[int]:
    """A unit and those below it, as the newest register has them."""
    return door.while_unchanged(f"below-{unit_id}", lambda: _found(door, "unit_and_below", unit_ids=[unit_id]))


def _found(door: Door, question: str, **params: Any) -> frozenset[int]:
    snapshot = door.snapshot()
    found = None if snapshot is None else snapshot.ask(question, SYSTEM, **params)
    return frozenset() if found is None else frozenset(found["unit_id"])


def near(door: Door, unit_id: int) -> frozenset[int]:
    """A unit, those above it and those below it, as the newest register has them."""
    above = door.while_unchanged(f"above-{unit_id}", lambda: _found(door, "unit_and_above", unit_ids=[unit_id]))
    return above | below(door, unit_id) | {unit_id}


def _kept_off(door: Door, actor: Actor) -> Actor:
    """With the units that the register of evaluators keeps the actor off, beside the grant's own."""
    if not actor.everything:
        return actor
    return replace(
        actor, kept_off=actor.kept_off | door.while_unchanged(f"off-{actor.login}", lambda: _of_register(door, actor))
    )


def _of_register(door: Door, actor: Actor) -> frozenset[int]:
    snapshot = door.snapshot()
    names = [name for name in (actor.login, actor.name) if name]
    found = None if snapshot is None else snapshot.ask("evaluator_kept_off", SYSTEM, names=names)
    return frozenset() if found is None else frozenset(found["unit_id"])


def _told(door: Door, actor: Actor) -> Actor:
    """With the rows that were fed back to the actor's units; who sees everything reads all."""
    if actor.everything:
        return actor
    name = f"told-{actor.login}"
    return replace(actor, told=door.while_unchanged(name, lambda: told_rows(door.settings, actor.units)))


def _unit_of(door: Door, code: str) -> int | None:
    snapshot = door.snapshot()
    if snapshot is None or not code:
        return None
    units = snapshot.ask("units", SYSTEM)
    return next((row["unit_id"] for row in units.iter_rows(named=True) if row["unit_code"] == code), None)


def _tried_on(door: Door) -> Actor | None:
    """The role that is tried on; None for the person at this machine, and as soon as any of the data is not made up."""
    role = st.session_state.get(_AS)
    if role not in GIVEN or not made_up(door):
        return None
    name = f"{_DEMO.zh}：{ROLES[role].label.zh}"
    if ROLES[role].whole:
        return Actor(name, role, everything=True, office=OFFICE if role == "office" else "", login=f"demo-{role}")
    units = door.while_unchanged("demo-units", lambda: _first_unit(door))
    return _told(door, Actor(name, role, units=units, login=f"demo-{role}"))


def tries_on(door: Door) -> bool:
    """Whether other roles may be tried on here."""
    return door.settings.sign_in == "demo" and made_up(door)


def _first_unit(door: Door) -> frozenset[int]:
    snapshot = door.snapshot()
    units = None if snapshot is None else snapshot.ask("units", SYSTEM)
    if units is None or units.is_empty():
        return frozenset()
    return below(door, units["unit_id"][0])


def made_up(door: Door) -> bool:
    """Whether every file of the newest state is marked as made up."""
    return door.while_unchanged("made-up", lambda: _made_up(door))


def _made_up(door: Door) -> bool:
    snapshot = door.snapshot()
    if snapshot is None:
        return False
    files, marked = snapshot.ask("snapshot", SYSTEM).row(0)
    return bool(files) and files == marked


def turned_away(told: Text) -> None:
    """Says why nobody is let in, and what to do next."""
    st.title("全景评估 panorama", anchor=False)
    st.info(told[language()], icon=":material/lock:")
    if told in (_OIDC, _AGAIN):
        st.button(say(_LOGIN), key="login", type="primary", on_click=st.login)


def titled(door: Door, title: str, actor: Actor) -> None:
    """A page's title, and where people sign in beside it as whom one looks."""
    way = door.settings.sign_in
    if way == "none" or (way == "demo" and not made_up(door)):
        st.title(title, anchor=False)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content")
        _badge(way, door.settings, actor)


def _badge(way: str, settings: Settings, actor: Actor) -> None:
    """As whom one looks, and how to leave; over made-up data, how to try another role."""
    label = ROLES[actor.role].label[language()]
    if way == "demo":
        shown = f":red[{say(_SHOWN_AS).format(role=label)}]"
        with st.popover(shown, type="tertiary", icon=":material/theater_comedy:", key="demo"):
            st.markdown(f":red[{say(_DEMO_NOTE)}]")
            st.radio(
                say(_DEMO), (LOCAL, *GIVEN), format_func=_role, key=_AS, persist_state="session", label_visibility="collapsed",
            )  # fmt: skip
        return
    with st.popover(f"{as_said(actor.name)} · {label}", type="tertiary", icon=":material/person:", key="signed-in-as"):
        st.markdown(ROLES[actor.role].does[language()])
        if way == "oidc":
            st.button(say(_LOGOUT), key="logout", on_click=_leave, args=(settings, actor))


def _role(role: str) -> str:
    return f"**{ROLES[role].label[language()]}**　{ROLES[role].does[language()]}"


def _leave(settings: Settings, actor: Actor) -> None:
    token, _ = st.session_state.pop(TOKEN, (None, ""))
    if token is not None:
        sign_out(token, settings, actor)
    st.logout()
