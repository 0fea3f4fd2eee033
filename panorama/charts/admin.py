"""The admin page's tables: who may do what, who may come in, and what was done, looked at and refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from panorama.access.roles import COMMANDS, LOOKS, PAGES, ROLES, UNIT, WHAT
from panorama.applications.commands import KIND as APPLICATION
from panorama.charts.picture import Facts
from panorama.definitions import FIGURES
from panorama.issues.commands import KIND as ISSUE
from panorama.store.clock import civil
from panorama.store.health import Health
from panorama.store.people import Person, Running
from panorama.text import Language, Text

KINDS: Final[Mapping[str, Text]] = {
    "command": Text("办理", "Command"),
    "rows": Text("看依据行", "Rows opened"),
    "original": Text("看原件", "Original opened"),
    "export": Text("下载", "Download"),
    "upload": Text("上传", "Upload"),
    "forbidden": Text("被拒绝（无权）", "Refused (no right)"),
    "undone": Text("未执行（填写或条件不符）", "Not done (did not fit)"),
    "refused": Text("被拒绝（早先，未分）", "Refused (older, not told apart)"),
    "sign-in": Text("登录", "Signed in"),
    "sign-out": Text("退出", "Signed out"),
}

EVENTS: Final[Mapping[str, Text]] = {
    "drop.load": Text("装入批次", "Drop taken in"),
    "drop.undo": Text("撤回批次", "Drop taken back"),
    "drop.failed": Text("装入失败", "Drop failed"),
    "build": Text("重新生成快照", "Snapshot built anew"),
    "answers.settle": Text("复核结果生效", "Answers in force"),
    "name.confirmed": Text("确认名称", "Name confirmed"),
    "name.nobody": Text("确认不是单位", "Said to be no unit"),
    "name.rejected": Text("否定名称", "Name rejected"),
    "name.days": Text("改名称有效期", "Days of a name changed"),
    "name.withdraw": Text("收回名称回答", "Answer on a name taken back"),
    "mapping.save": Text("保存对应关系", "Mapping saved"),
    "mapping.remove": Text("停用对应关系", "Mapping ended"),
    "unread.tick": Text("了结未读文件", "Unread file ticked off"),
    "unread.untick": Text("放回未读清单", "Unread file put back"),
    "theme.accepted": Text("采纳主题", "Themes accepted"),
    "theme.changed": Text("改判主题", "Themes changed"),
    "theme.rejected": Text("判为不涉编", "Not about staffing"),
    "theme.withdraw": Text("撤回复核", "Review taken back"),
    "link.confirmed": Text("判为同一事项", "One matter"),
    "link.rejected": Text("判为不同事项", "Not one matter"),
    "link.withdraw": Text("撤回同一事项判断", "Answer on a link taken back"),
    "contradiction.dismissed": Text("矛盾不成立", "Contradiction dismissed"),
    "contradiction.pursued": Text("矛盾待查", "Contradiction pursued"),
    "contradiction.withdraw": Text("撤回矛盾答复", "Answer on a contradiction taken back"),
    "ledger.import": Text("导入台账", "Ledger taken over"),
    "reminder.tick": Text("勾销提醒", "Reminder ticked off"),
    "nil.give": Text("登记零报告", "Nil return recorded"),
    "nil.import": Text("由台账导入零报告", "Nil return taken over"),
    "nil.withdraw": Text("撤回零报告", "Nil return withdrawn"),
    "note.write": Text("写批注", "Note written"),
    "note.withdraw": Text("撤回批注", "Note withdrawn"),
    "person.give": Text("加入或更改人员", "Person let in or changed"),
    "person.take": Text("停用人员", "Person taken off"),
    "session.end": Text("结束登录", "Session ended"),
    "sign-in": Text("登录", "Sign in"),
    "session": Text("登录", "Session"),
    "proxy": Text("经统一入口", "By the proxy"),
    "oidc": Text("经身份平台", "By the provider"),
    "original": Text("看原件", "Open an original"),
    "original.whole": Text("整份原件", "Whole original"),
    "media": Text("取别人的文件", "Fetch a file made for another"),
    "issue.read": Text("看问题", "Read an issue"),
}
"""What the log calls things → what a reader does; commands on issues and actions of the table are named where they are defined."""

_OBJECTS: Final[Mapping[str, Text]] = {
    "row": Text("行", "row"),
    "drop": Text("批次", "drop"),
    "issue": Text("问题", "issue"),
    "application": Text("申请", "application"),
    "nil": Text("零报告", "nil return"),
    "review": Text("复核", "review"),
    "decision": Text("判断", "answer"),
    "answer": Text("答复", "answer"),
    "mapping": Text("对应关系", "mapping"),
    "note": Text("批注", "note"),
    "tick": Text("了结", "tick"),
    "person": Text("授权", "grant"),
    "session": Text("登录", "session"),
}
_WHO_MAY = Text("谁可以做什么", "Who may do what")
_WHO_MAY_NOTE = Text(
    "● 可以 · ◐ 限本单位及下属单位 · 空白：不可以。页面上没有的，直接调用也被拒绝",
    "● may · ◐ its own unit and those below · empty: may not. What a page does not show is refused when called past it",
)
_ACTION = Text("事项", "Action")
_OPEN = Text("打开“{page}”", "Open {page}")
_PEOPLE = Text("人员名单", "Who may come in")
_NOBODY = Text("名单上还没有人", "Nobody is let in yet")
_PEOPLE_NOTE = Text("{n} 人可以登录", "{n} may sign in")
_PERSON_HEADS: Final = {
    "login": Text("登录名", "Login"),
    "name": Text("姓名", "Name"),
    "role": Text("角色", "Role"),
    "scope": Text("范围", "Scope"),
    "given_by": Text("由谁加入", "By"),
    "given_at": Text("何时", "When"),
    "ended": Text("停用", "Ended"),
}
_ALL_UNITS = Text("全部单位", "All units")
_COMES_FROM = Text("来自{unit}，不评判它", "comes from {unit}, does not judge it")
_BELOW = Text("{unit}及下属单位", "{unit} and those below")
_SESSIONS = Text("现有登录", "Sessions now")
_SESSIONS_NOTE = Text(
    "{n} 处登录，最新的在前 · “最近活动”只记本服务器这次启动以来的，之前的为空",
    "{n} sessions, the newest first · last seen: since this server was started, empty before",
)
_NO_SESSIONS = Text("现在没有人登录", "Nobody is signed in now")
_SESSION_HEADS: Final = {
    "name": Text("姓名", "Name"),
    "login": Text("登录名", "Login"),
    "way": Text("登录方式", "Sign-in"),
    "begun": Text("登录时间", "Since"),
    "seen": Text("最近活动", "Last seen"),
    "expires": Text("到期", "Expires"),
}
WAYS: Final[Mapping[str, Text]] = {
    "proxy": Text("统一入口", "Proxy"),
    "oidc": Text("身份平台", "Provider"),
}
_LOG = Text("审计记录", "Audit log")
_LOG_NOTE = Text(
    "{n} 条，最新的在前 · 只记谁、何时、何事、哪个单位，不记内容 · 由 panorama verify 校验",
    "{n} lines, the newest first · who, when, what, which unit; never the content · checked by panorama verify",
)
_OF_THE_SERVER: Final = "Of people and the server, not of what files say."
_MB: Final = 1 << 20
_HEALTH = Text("运行状况", "Health")
_HEALTH_NOTE = Text(
    "逐项核对数据、快照和两份记录的完整：在服务器上运行 panorama verify",
    "To hold data, snapshots and both logs against their hashes: run panorama verify on the server",
)
_ITEM = Text("项目", "Item")
_VALUE = Text("现状", "As it is")
_WAY = Text("登录方式", "Sign-in")
_SERVED = Text("当前快照", "Snapshot served")
_KEPT = Text("保留的快照", "Snapshots kept")
_EVENTS = Text("办理记录（条）", "Events on record")
_LINES = Text("审计记录（条）", "Lines of the audit log")
_MAY_COME = Text("名单上的人", "People let in")
_IN = Text("现有登录", "Sessions now")
_SIZE = Text("数据占用", "Size of the store")
_FREE = Text("磁盘剩余", "Free on the disk")
_PROGRAM = Text("程序 · 数据库版本", "Program · schema")
_FIRST = Text("（只列前 {n} 条，请缩小范围）", " (the first {n}: narrow it down)")
_NO_ROLE = Text(" · 较早的办理没有记下角色", " · commands of earlier days have no role on record")
_LOG_HEADS: Final = {
    "at": Text("时间", "When"),
    "actor": Text("谁", "Who"),
    "role_name": Text("角色", "Role"),
    "kind_name": Text("类别", "Kind"),
    "what_name": Text("事项", "What"),
    "unit": Text("单位", "Unit"),
    "object_name": Text("对象", "Object"),
    "snapshot": Text("快照", "Snapshot"),
}


def permissions(titles: Mapping[str, Text], language: Language) -> Facts:
    """The table of roles: one row an action, one column a role. titles: page → its title; a page without one is not there yet."""
    shown = list(ROLES)
    rows = [(_OPEN[language].format(page=titles[page][language]), who) for page, who in PAGES.items() if page in titles]
    rows += [(_named(action)[language], who) for table in (LOOKS, COMMANDS) for action, who in table.items()]
    table = {"action": [name for name, _ in rows]}
    for role in shown:
        mark = "●" if ROLES[role].whole else "◐"
        table[role] = [mark if role in who else "" for _, who in rows]
    heads = {"action": _ACTION[language], **{role: ROLES[role].label[language] for role in shown}}
    return Facts(_WHO_MAY[language], _WHO_MAY_NOTE[language], pl.DataFrame(table), heads, bare=_OF_THE_SERVER)


def people(found: Sequence[Person], language: Language) -> Facts:
    """Who may come in, and who once might."""
    rows = [
        (
            one.login, one.name, ROLES[one.role].label[language] if one.role in ROLES else one.role, _scope(one, language),
            one.given_by, one.given_at, _ended(one),
        )
        for one in found
    ]  # fmt: skip
    schema: dict[str, Any] = dict.fromkeys(_PERSON_HEADS, pl.String) | {"given_at": pl.Datetime("us")}
    running = sum(one.ended_at is None for one in found)
    note = _PEOPLE_NOTE[language].format(n=running) if running else _NOBODY[language]
    heads = {name: text[language] for name, text in _PERSON_HEADS.items()}
    if all(one.ended_at is None for one in found):
        del heads["ended"]
    return Facts(_PEOPLE[language], note, pl.DataFrame(rows, schema=schema, orient="row"), heads, bare=_OF_THE_SERVER)


def sessions(found: Mapping[str, Running], seen: Mapping[str, datetime], language: Language) -> Facts:
    """Who is signed in now, one line a session. seen: hash of the token → when it last ran a page, naive UTC."""
    rows = [
        (one.name, one.login, WAYS[one.way][language] if one.way in WAYS else one.way, civil(one.begun_at), at and civil(at),
         civil(one.expires_at))
        for token, one in found.items()
        for at in (seen.get(token),)
    ]  # fmt: skip
    times = ("begun", "seen", "expires")
    schema: dict[str, Any] = {name: pl.Datetime("us") if name in times else pl.String() for name in _SESSION_HEADS}
    note = (_SESSIONS_NOTE if found else _NO_SESSIONS)[language].format(n=len(found))
    heads = {name: text[language] for name, text in _SESSION_HEADS.items()}
    return Facts(_SESSIONS[language], note, pl.DataFrame(rows, schema=schema, orient="row"), heads, bare=_OF_THE_SERVER)


def log(
    found: pl.DataFrame, units: Mapping[int, str], titles: Mapping[str, Text], most: int, language: Language
) -> Facts:
    """The log in words. Frame of `audit.logged`; units, titles: of units and pages; most: where the list was cut off."""
    table = found.with_columns(
        _mapped("role", "role_name", lambda role: ROLES[role].label[language] if role in ROLES else role),
        _mapped("kind", "kind_name", lambda kind: KINDS[kind][language] if kind in KINDS else kind),
        _mapped("what", "what_name", lambda what: what_name(what, titles, language)),
        _mapped("object", "object_name", lambda named: _object(named, titles, language)),
        pl.col("unit_id").replace_strict(units, default=None, return_dtype=pl.String).alias("unit"),
    )
    more = _FIRST[language].format(n=most) if found.height >= most else ""
    more += _NO_ROLE[language] if found["role"].null_count() else ""
    heads = {name: text[language] for name, text in _LOG_HEADS.items()}
    return Facts(_LOG[language], _LOG_NOTE[language].format(n=found.height) + more, table, heads, bare=_OF_THE_SERVER)


def health(found: Health, way: Text, version: str, language: Language) -> Facts:
    """How the server stands. way: of signing in; version: of the program."""
    served = f"{found.snapshot} · {found.built_at:%Y-%m-%d %H:%M}" if found.built_at else "—"
    rows = [
        (text[language], value)
        for text, value in (
            (_WAY, way[language]),
            (_SERVED, served),
            (_KEPT, f"{found.snapshots:,}"),
            (_EVENTS, f"{found.events:,}"),
            (_LINES, f"{found.lines:,}"),
            (_MAY_COME, f"{found.people:,}"),
            (_IN, f"{found.sessions:,}"),
            (_SIZE, f"{found.size / _MB:,.0f} MB"),
            (_FREE, f"{found.free / _MB:,.0f} MB"),
            (_PROGRAM, f"{version} · {found.schema}"),
        )
    ]
    heads = {"what": _ITEM[language], "value": _VALUE[language]}
    table = pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")
    return Facts(_HEALTH[language], _HEALTH_NOTE[language], table, heads, bare=_OF_THE_SERVER)


def what_name(what: str, titles: Mapping[str, Text], language: Language) -> str:
    """A figure, page, action or event as a reader calls it."""
    page = what.removeprefix("page.")
    if page != what:
        return titles.get(page, Text(page, page))[language]
    if what in FIGURES:
        return FIGURES[what].label[language]
    if what in EVENTS:
        return EVENTS[what][language]
    return _named(what)[language]


def _named(action: str) -> Text:
    named = {**ISSUE, **APPLICATION}.get(action)
    return named.label if named else WHAT.get(action, Text(action, action))


def _object(named: str, titles: Mapping[str, Text], language: Language) -> str:
    kind, _, number = named.partition(":")
    if kind == "row" and number.isdigit():
        part, row = divmod(int(number), 1 << 32)
        return f"{part} · {_OBJECTS[kind][language]} {row}"
    if kind == "page" and number in titles:
        return titles[number][language]
    return f"{_OBJECTS[kind][language]} {number}" if kind in _OBJECTS else named


def _mapped(column: str, alias: str, say: Any) -> pl.Expr:
    return pl.col(column).map_elements(say, return_dtype=pl.String).alias(alias)


def _scope(one: Person, language: Language) -> str:
    if one.role == UNIT:
        return _BELOW[language].format(unit=one.unit_name or one.unit_id)
    home = None if one.unit_id is None else _COMES_FROM[language].format(unit=one.unit_name or one.unit_id)
    return " · ".join(filter(None, (_ALL_UNITS[language], one.office, home)))


def _ended(one: Person) -> str | None:
    return None if one.ended_at is None else f"{one.ended_at:%Y-%m-%d %H:%M} · {one.ended_by}"
