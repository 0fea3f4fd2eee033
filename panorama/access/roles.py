"""Roles: the one table of who may open and do what. What does not stand here may nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from panorama.text import Text

LOCAL: Final = "local"
"""The person at the server itself, by the command line or where no sign-in is set up."""
UNIT: Final = "unit"
"""The one role that sees a unit and what is below it alone."""


@dataclass(frozen=True, slots=True)
class Role:
    """label: what it is called. does: what it is there for. whole: sees all units; else its own and those below alone."""

    label: Text
    does: Text
    whole: bool = True


ROLES: Final[Mapping[str, Role]] = {
    "leader": Role(
        Text("领导", "Leader"),
        Text("看全局，定事项，管人员名单", "looks at the whole, decides, and says who may come in"),
    ),
    "supervision": Role(
        Text("监督检查", "Supervision"),
        Text("办理问题台账，从核定到销号", "keeps the ledger of issues, from triage to close-out"),
    ),
    "office": Role(
        Text("业务处室", "Office"),
        Text("认领转给本处室的问题，提出意见", "claims what is put to it, and gives its opinion"),
    ),
    "evaluator": Role(
        Text("评估组", "Evaluator"),
        Text("看依据，复核主题与矛盾，登记问题", "reads the evidence, reviews it, registers issues"),
    ),
    "steward": Role(
        Text("数据管理员", "Data steward"),
        Text("装入、修正、撤回文件，确认名称", "takes files in, mends them, takes them back, answers names"),
    ),
    UNIT: Role(
        Text("单位联络员", "Unit"),
        Text("看本单位及下属单位，报进展，申请销号", "sees its own unit and those below, reports, asks for close-out"),
        whole=False,
    ),
    "auditor": Role(
        Text("审计员", "Auditor"),
        Text("什么都能看，什么都不能改，看审计记录", "reads everything, changes nothing, sees the audit log"),
    ),
    LOCAL: Role(
        Text("本机管理员", "Server administrator"),
        Text("在服务器上直接操作，不受限制", "works at the server itself, without limits"),
    ),
}

GIVEN: Final = tuple(role for role in ROLES if role != LOCAL)
"""Roles that a person may be given."""

_ALL: Final = frozenset(ROLES)
_WHOLE: Final = _ALL - {UNIT}
_JUDGES: Final = frozenset({"leader", "supervision", "office", "evaluator", "auditor", LOCAL})
"""Who works with what is found, and not only with files."""
_SUPERVISION: Final = frozenset({"supervision", LOCAL})
_EVALUATOR: Final = frozenset({"evaluator", LOCAL})
_STEWARD: Final = frozenset({"steward", LOCAL})
_OFFICE: Final = frozenset({"office", LOCAL})
_LEADER: Final = frozenset({"leader", LOCAL})
_AUDITOR: Final = frozenset({"auditor", LOCAL})

PAGES: Final[Mapping[str, frozenset[str]]] = {
    "overview": _WHOLE,
    "unit": _ALL,
    "evidence": _JUDGES,
    "review": _EVALUATOR | _AUDITOR,
    "saturation": _ALL,
    "staffing": _ALL,
    "peers": _JUDGES,
    "indicators": _JUDGES | {UNIT},
    "changes": _WHOLE,
    "issues": _JUDGES | {UNIT},
    "applications": _JUDGES - {"evaluator"},
    "reserve": _JUDGES,
    "intake": _STEWARD | _AUDITOR,
    "methods": _ALL,
    "admin": _LEADER | _AUDITOR,
}
"""Page → who may open it."""

LOOKS: Final[Mapping[str, frozenset[str]]] = {
    "original.file": _WHOLE,
    "rejects.read": _STEWARD | _AUDITOR,
    "evidence.read": _JUDGES | {UNIT},
    "people.read": _LEADER | _AUDITOR,
    "sessions.read": _LEADER | _AUDITOR,
    "audit.read": _AUDITOR,
}
"""What is looked at or taken away, and changes nothing → who may."""

COMMANDS: Final[Mapping[str, frozenset[str]]] = {
    # Files, and what is said of them.
    "drop.check": _STEWARD,
    "drop.load": _STEWARD,
    "drop.undo": _STEWARD,
    "drop.build": _STEWARD,
    "name.answer": _STEWARD,
    "mapping.keep": _STEWARD,
    "unread.tick": _STEWARD,
    # Evidence.
    "theme.review": _EVALUATOR,
    "link.answer": _EVALUATOR,
    "contradiction.answer": _EVALUATOR | _SUPERVISION,
    "score.enter": _EVALUATOR,
    "score.withdraw": _EVALUATOR,
    "note.write": _ALL - {"auditor"},
    "note.withdraw": _LEADER | _SUPERVISION,
    # Issues, as in panorama/issues/commands.py.
    "issue.register": _SUPERVISION | _EVALUATOR,
    "issue.amend": _SUPERVISION | _EVALUATOR,
    "issue.sources": _SUPERVISION | _EVALUATOR,
    "issue.triage": _SUPERVISION,
    "issue.feedback": _SUPERVISION,
    "issue.claim": _SUPERVISION | {"office"},
    "issue.decline": _SUPERVISION | {"office"},
    "issue.route": _SUPERVISION,
    "issue.plan": _SUPERVISION | {"office"},
    "issue.reach": _SUPERVISION | {"office"},
    "issue.strike": _SUPERVISION | {"office"},
    "issue.begin": _SUPERVISION,
    "issue.report": _SUPERVISION | {"office", UNIT},
    "issue.extend": _SUPERVISION,
    "issue.apply": _SUPERVISION | {"office", UNIT},
    "issue.verify": _SUPERVISION,
    "issue.close": _SUPERVISION,
    "issue.return": _SUPERVISION,
    "issue.reopen": _SUPERVISION,
    "issue.reclassify": _SUPERVISION,
    "issue.reserve": _SUPERVISION,
    "issue.advance": _SUPERVISION,
    "issue.end": _SUPERVISION,
    "issue.import": _SUPERVISION,
    # Nil returns, as in panorama/issues/nil.py, and reminders.
    "nil.give": _SUPERVISION | {UNIT},
    "nil.withdraw": _SUPERVISION | {UNIT},
    "reminder.tick": _SUPERVISION | {"office", UNIT},
    # Applications, as in panorama/applications/commands.py.
    "application.register": _OFFICE,
    "application.import": _OFFICE,
    "application.decide": _OFFICE,
    "application.withdraw": _OFFICE,
    "application.release": _OFFICE,
    "application.waive": _LEADER,
    # People.
    "people.change": _LEADER,
    "session.end": _LEADER,
}
"""What changes something → who may."""

JUDGES: Final = frozenset({
    "theme.review", "link.answer", "contradiction.answer", "score.enter", "score.withdraw", "issue.register", "issue.amend",
    "issue.sources", "issue.triage", "issue.extend", "issue.verify", "issue.close", "issue.return", "issue.reopen",
    "issue.reclassify", "issue.end", "issue.import",
})  # fmt: skip
"""What judges a unit: nobody does so to the own one, nor to one above or below it."""

WHAT: Final[Mapping[str, Text]] = {
    "original.file": Text("下载整份原件", "download whole originals"),
    "rejects.read": Text("看拒收的行", "read refused rows"),
    "evidence.read": Text("下载佐证文件", "download evidence files"),
    "people.read": Text("看人员名单", "see who may come in"),
    "sessions.read": Text("看现有登录", "see who is signed in"),
    "audit.read": Text("看审计记录", "read the audit log"),
    "drop.check": Text("试装文件", "try files"),
    "drop.load": Text("装入和修正文件", "take files in and mend them"),
    "drop.undo": Text("撤回批次", "take a drop back"),
    "drop.build": Text("重新生成快照", "build the snapshot anew"),
    "name.answer": Text("确认单位名称", "answer unit names"),
    "mapping.keep": Text("维护列的对应关系", "keep mappings of columns"),
    "unread.tick": Text("了结没有读入的文件和拒收的行", "tick off files that were not read, and refused rows"),
    "theme.review": Text("复核主题", "review themes"),
    "link.answer": Text("判断是否同一事项", "say whether findings are one matter"),
    "contradiction.answer": Text("答复矛盾", "answer contradictions"),
    "score.enter": Text("录入评分", "enter scores"),
    "score.withdraw": Text("撤回评分", "take scores back"),
    "note.write": Text("写批注", "write notes"),
    "note.withdraw": Text("撤回别人的批注", "withdraw others' notes"),
    "nil.give": Text("登记零报告", "record nil returns"),
    "nil.withdraw": Text("撤回零报告", "withdraw nil returns"),
    "reminder.tick": Text("勾销到期提醒", "tick off reminders"),
    "people.change": Text("改人员名单", "change who may come in"),
    "session.end": Text("结束别处的登录", "end sessions"),
}
"""Everything but pages and commands on issues and applications, which are named where they are defined."""


def granted(role: str, action: str) -> bool:
    """Whether the table grants an action, or a page as page.<key>, to a role. Unknown roles and actions: no."""
    page = action.removeprefix("page.")
    table = PAGES if page != action else LOOKS if action in LOOKS else COMMANDS
    return role in table.get(page, ())
