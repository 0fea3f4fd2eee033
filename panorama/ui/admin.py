"""The parts of the admin page: the table of roles, people, sessions, the audit log, thresholds, and whether the server is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import streamlit as st

from panorama import __version__
from panorama.access.permission import may
from panorama.access.roles import GIVEN, ROLES, UNIT
from panorama.charts import admin, limits
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.audit import logged
from panorama.store.clock import civil
from panorama.store.health import health
from panorama.store.people import OF_A_UNIT, Person, end_session, end_sessions, give, people, sessions, take
from panorama.text import Text, as_said
from panorama.ui import show
from panorama.ui.contents import SCREEN
from panorama.ui.visit import Visit, door
from panorama.ui.who import SEEN

MOST: Final = 2_000
"""Lines of the log listed at a time."""
_TITLES: Final = {key: screen.title for key, screen in SCREEN.items()}
_DONE: Final = "people-done"
_FAULT: Final = "people-fault"
_ROLES = Text("角色与权限", "Roles")
_PEOPLE = Text("人员", "People")
_SESSIONS = Text("登录", "Sessions")
_LIMITS = Text("阈值与限额", "Limits")
_LOG = Text("审计记录", "Audit log")
_HEALTH = Text("运行状况", "Health")
_LEFT = Text("连同已停用的", "With those taken off")
_GIVE = Text("加入或更改", "Let in or change")
_GIVE_NOTE = Text(
    "登录名已在名单上的，改成这里写的角色和范围；原来的授权留在记录里",
    "Whoever is on the list already gets the role and scope written here; the older grant stays on record",
)
_LOGIN = Text("登录名（与统一入口或身份平台一致）", "Login (as the proxy or the provider says it)")
_NAME = Text("姓名", "Name")
_ROLE = Text("角色", "Role")
_UNIT = Text("单位（看得到它和下属单位）", "Unit (sees it and those below)")
_FROM_UNIT = Text(
    "来自单位（可空；不评判它和上下级单位）", "Comes from (may be empty; judges neither it nor those above or below)"
)
_OFFICE = Text("处室", "Office")
_KEEP = Text("保存", "Keep")
_KEPT = Text("已保存：{name}，{role}", "Kept: {name}, {role}")
_END = Text("停用或结束登录", "Take off, or end sessions")
_END_NOTE = Text(
    "停用：不能再进入，已打开的页面下一次操作时关闭 · 结束登录：要重新登录，授权不变",
    "Taken off: comes in no more, open pages close at their next step · Sessions ended: signs in again, the grant stays",
)
_CHOOSE = Text("请选择", "Choose")
_WHOM = Text("谁", "Whom")
_TAKE = Text("停用", "Take off")
_TAKEN = Text("已停用：{name}", "Taken off: {name}")
_END_SESSIONS = Text("结束登录", "End sessions")
_ENDED = Text("已结束 {n} 处登录：{name}", "Sessions ended: {n}, of {name}")
_WHICH = Text("哪一处登录", "Which session")
_END_ONE = Text("结束这一处登录", "End this session")
_END_ONE_NOTE = Text(
    "已打开的页面下一次操作时关闭，为它生成的文件不能再取 · 经身份平台登录的，同一人此前的其他登录也要重新登录",
    "Its pages close at their next step and its files are gone · by a provider: that person's earlier sessions sign in again too",
)
_ENDED_ONE = Text("已结束登录：{name}", "Session ended: {name}")
_KIND = Text("类别", "Kind")
_ALL_KINDS = Text("全部类别", "All kinds")
_WHO = Text("谁（姓名或登录名的一部分）", "Who (part of a name or login)")
_FROM = Text("自", "From")
_TO = Text("至", "To")
_NOTHING = Text("没有符合条件的记录。请放宽条件。", "No line fits. Ask for less.")
_WAYS: Final = {
    "none": Text("不登录：在本机的人可做一切", "none: whoever is at this machine may do everything"),
    "demo": Text("演示：可换身份，仅限模拟数据", "demonstration: roles can be tried on, over made-up data only"),
    "proxy": Text("统一入口（反向代理）", "a reverse proxy"),
    "oidc": Text("身份平台（OIDC）", "an identity provider (OIDC)"),
}


def views(visit: Visit) -> dict[str, Text]:
    """What this reader may look at, by its key in the address."""
    found = {"roles": _ROLES}
    if may(visit.actor, "people.read"):
        found["people"] = _PEOPLE
    if may(visit.actor, "sessions.read"):
        found["sessions"] = _SESSIONS
    if may(visit.actor, "audit.read"):
        found["log"] = _LOG
    return {**found, "limits": _LIMITS, "health": _HEALTH}


def roles(visit: Visit) -> None:
    """Who may do what."""
    show.facts(visit, admin.permissions(_TITLES, visit.language), "permissions")


def who(visit: Visit) -> None:
    """Who may come in; the forms to change it, for whose role it is."""
    if told := st.session_state.pop(_DONE, ""):
        st.success(told, icon=":material/check:")
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault, icon=":material/error:")
    left = st.toggle(visit.say(_LEFT), key="people-left")
    found = people(Settings(), visit.actor, left)
    show.facts(visit, admin.people(found, visit.language), "people")
    if visit.may("people.change"):
        one, other = st.columns([7, 6], gap="large")
        with one, st.container(border=True):
            _give(visit)
        with other, st.container(border=True):
            _end(visit, [person for person in found if person.ended_at is None])


def _give(visit: Visit) -> None:
    show.titled(visit.say(_GIVE), visit.say(_GIVE_NOTE))
    left, right = st.columns(2)
    left.text_input(show.required(visit.say(_LOGIN)), key="person-login")
    right.text_input(show.required(visit.say(_NAME)), key="person-name")
    role = left.selectbox(
        show.required(visit.say(_ROLE)),
        GIVEN,
        format_func=lambda one: ROLES[one].label[visit.language],
        key="person-role",
    )
    if role in OF_A_UNIT:
        names = {row["unit_id"]: row["name"] for row in visit.ask("units").iter_rows(named=True)}
        right.selectbox(
            show.required(visit.say(_UNIT)) if role == UNIT else visit.say(_FROM_UNIT),
            list(names),
            index=None,
            format_func=lambda one: names.get(one, ""),
            key="person-unit",
            placeholder=visit.say(_CHOOSE),
        )
    elif role == "office":
        right.text_input(show.required(visit.say(_OFFICE)), key="person-office")
    show.quiet(ROLES[role].does[visit.language])
    show.required_note(visit)
    st.button(visit.say(_KEEP), key="person-keep", type="primary", on_click=_keep, args=(visit,))


def _keep(visit: Visit) -> None:
    said = {name: st.session_state.get(f"person-{name}") for name in ("login", "name", "role", "unit", "office")}
    name, role = str(said["name"] or ""), str(said["role"])
    login, unit_id, office = str(said["login"] or ""), said["unit"], str(said["office"] or "")

    def work() -> int:
        return give(login, name, role, Settings(), visit.acting, unit_id, office)

    _done(visit, work, lambda _: visit.say(_KEPT).format(name=as_said(name), role=ROLES[role].label[visit.language]))


def _end(visit: Visit, found: list[Person]) -> None:
    show.titled(visit.say(_END), visit.say(_END_NOTE))
    names = {one.login: f"{one.name}（{one.login}）" for one in found}
    login = st.selectbox(
        visit.say(_WHOM),
        list(names),
        index=None,
        format_func=lambda one: names.get(one, one),
        key="person-whom",
        placeholder=visit.say(_CHOOSE),
    )
    with st.container(horizontal=True):
        none = login is None
        st.button(visit.say(_TAKE), key="person-take", disabled=none, on_click=_take, args=(visit, login, names))
        st.button(visit.say(_END_SESSIONS), key="person-out", disabled=none, on_click=_out, args=(visit, login, names))


def _take(visit: Visit, login: str, names: dict[str, str]) -> None:
    told = visit.say(_TAKEN).format(name=as_said(names[login]))
    _done(visit, lambda: take(login, Settings(), visit.acting), lambda _: told)


def _out(visit: Visit, login: str, names: dict[str, str]) -> None:
    def work() -> int:
        return end_sessions(login, Settings(), visit.acting)

    _done(visit, work, lambda n: visit.say(_ENDED).format(n=n, name=as_said(names[login])))


def _done(visit: Visit, work: Callable[[], Any], told: Callable[[Any], str]) -> None:
    try:
        st.session_state[_DONE] = told(work())
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.say(visit.language)


def log(visit: Visit) -> None:
    """What was done, looked at and refused, with filters and downloads."""
    kinds = {key: text[visit.language] for key, text in admin.KINDS.items()}
    a, b, c, d = st.columns([3, 3, 1.6, 1.6], vertical_alignment="bottom")
    chosen = a.multiselect(visit.say(_KIND), list(kinds), format_func=lambda one: kinds[one], key="log-kinds", placeholder=visit.say(_ALL_KINDS))  # fmt: skip
    name = b.text_input(visit.say(_WHO), key="log-who")
    first = c.date_input(visit.say(_FROM), value=None, key="log-from", format="YYYY-MM-DD")
    last = d.date_input(visit.say(_TO), value=None, key="log-to", format="YYYY-MM-DD")
    found = logged(
        Settings(), visit.actor, kinds=frozenset(chosen), who=(name or "").strip(), first=_begin_of(first),
        last=_begin_of(last + timedelta(days=1)) if last else None, size=MOST,
    )  # fmt: skip
    if found.is_empty():
        st.info(visit.say(_NOTHING), icon=":material/info:")
        return
    units = dict(visit.ask("units").select("unit_id", "unit").iter_rows())
    show.facts(visit, admin.log(found, units, _TITLES, MOST, visit.language), "audit")


def signed_in(visit: Visit) -> None:
    """Who is signed in, session by session; the form to end one, for whose role it is."""
    if told := st.session_state.pop(_DONE, ""):
        st.success(told, icon=":material/check:")
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault, icon=":material/error:")
    found = sessions(Settings(), visit.actor)
    show.facts(visit, admin.sessions(found, SEEN, visit.language), "sessions")
    if not found or not visit.may("session.end"):
        return
    with st.container(border=True):
        show.titled(visit.say(_END_ONE), visit.say(_END_ONE_NOTE))
        names = {one.id: f"{one.name}（{one.login}）· {civil(one.begun_at):%Y-%m-%d %H:%M}" for one in found.values()}
        chosen = st.selectbox(
            visit.say(_WHICH), list(names), index=None, format_func=lambda one: names.get(one, ""), key="session-which",
            placeholder=visit.say(_CHOOSE),
        )  # fmt: skip
        st.button(visit.say(_END_ONE), key="session-end", disabled=chosen is None, on_click=_end_one, args=(visit, chosen, names))  # fmt: skip


def _end_one(visit: Visit, session_id: int, names: dict[int, str]) -> None:
    told = visit.say(_ENDED_ONE).format(name=as_said(names[session_id]))
    _done(visit, lambda: end_session(session_id, Settings(), visit.acting), lambda _: told)


def bounds(visit: Visit) -> None:
    """Every threshold in force, where it comes from, and who changes it how."""
    show.facts(visit, limits.limits(Settings(), visit.language), "limits")


def _begin_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time())


def well(visit: Visit) -> None:
    """How the server stands."""
    show.facts(
        visit, admin.health(health(Settings()), _WAYS[door().settings.sign_in], __version__, visit.language), "health"
    )


PARTS: Final[dict[str, Callable[[Visit], None]]] = {
    "roles": roles,
    "people": who,
    "sessions": signed_in,
    "log": log,
    "limits": bounds,
    "health": well,
}
