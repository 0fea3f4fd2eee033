"""Figures of the ledger of issues (methods §7)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

_ISSUES: Final = Text("件", "issues")
_REGISTERED: Final = Text("台账里登记的全部问题", "all issues registered in the ledger")
_OPEN: Final = Text("在办问题", "open issues")
_CLOSE: Final = "methods §7"

ISSUES: Final = (
    Figure(
        "issues_open",
        Text("台账在办问题", "Open issues"),
        _ISSUES,
        _REGISTERED,
        Text(
            "问题台账里已核定，还没有销号、没有终止，也没有转入政策储备的问题。草稿（登记了还没有核定）和政策储备另计。来源文件里的问题要登记之后才在台账里。",
            "Issues of the ledger that were triaged and are neither closed out nor ended nor put into the policy reserve. Drafts, registered and not triaged yet, and the reserve are counted apart. What files find is in the ledger once it is registered.",
        ),
        Text(
            "状态不是“草拟”“已销号”“终止”、没有储备编号的问题件数",
            "issues whose state is neither draft, closed out nor ended, without a number in the reserve",
        ),
        _CLOSE,
    ),
    Figure(
        "issues_drafts",
        Text("台账草稿", "Drafts in the ledger"),
        _ISSUES,
        _REGISTERED,
        Text(
            "已登记、还没有核定的问题：没有编号、分类和时限，不算在办。核定后才反馈、起算三个月。",
            "Registered and not triaged yet: no number, class or limit, and not among what is open. Only after triage is it fed back, "
            "and the three months run.",
        ),
        Text("状态为“草拟”的问题件数", "issues whose state is draft"),
        _CLOSE,
    ),
    Figure(
        "issues_overdue",
        Text("台账超期问题", "Overdue issues"),
        _ISSUES,
        _OPEN,
        Text(
            "今天（北京时间）已过时限而没有销号或终止的问题。时限为反馈起三个日历月或更短；延期的按延期后的时限。申请销号不停表。",
            "Today, by the civil date in Beijing, is past the limit, and the issue is not closed out or ended. The limit is three "
            "calendar months from feedback, or sooner; an extension moves it. Asking for close-out does not stop the clock.",
        ),
        Text(
            "今天晚于时限（有延期按延期）的在办问题件数",
            "open issues whose limit, extended or original, is before today",
        ),
        _CLOSE,
    ),
    Figure(
        "issues_soon",
        Text("30天内到期", "Due within 30 days"),
        _ISSUES,
        _OPEN,
        Text(
            "在办问题中，时限在今天起 30 天以内（含今天）的。已超期的不在内。",
            "Open issues whose limit lies within the 30 days from today, today included. Overdue ones are not among them.",
        ),
        Text("0 ≤ 时限 − 今天 ≤ 30 天的在办问题件数", "open issues with 0 to 30 days from today to the limit"),
        _CLOSE,
    ),
    Figure(
        "issues_closed",
        Text("台账已销号", "Issues closed out"),
        _ISSUES,
        _REGISTERED,
        Text(
            "有佐证、经责任人和本单位以外的人核验、有销号单号的问题。终止的不算。",
            "Issues with evidence, verified by somebody who is neither responsible nor from the unit, with a close-out number. "
            "Ended ones are not counted.",
        ),
        Text("状态为“已销号”的问题件数", "issues whose state is closed out"),
        _CLOSE,
    ),
)
