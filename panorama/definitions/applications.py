"""Figures of applications and of the policy reserve (methods §7)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

_APPLICATIONS: Final = Text("件", "applications")
_REGISTERED: Final = Text("登记的全部申请", "all applications registered")
_OPEN: Final = Text("在办申请", "applications in hand")
_KEPT: Final = Text("转入政策储备的 C 类问题", "problems of class C that were put into the reserve")
_GATE: Final = "methods §7"

APPLICATIONS: Final = (
    Figure(
        "applications_open",
        Text("在办申请", "Applications in hand"),
        _APPLICATIONS,
        _REGISTERED,
        Text(
            "登记后还没有办结、也没有撤回的机构编制申请，暂停受理的也算。",
            "Applications for organisation or staffing that are neither decided nor withdrawn, held ones too.",
        ),
        Text("办理结果为“办理中”且没有撤回的申请件数", "applications in hand and not withdrawn"),
        _GATE,
    ),
    Figure(
        "applications_held",
        Text("暂停受理", "Applications held"),
        _APPLICATIONS,
        _OPEN,
        Text(
            "今天（北京时间）申请单位或其下属单位有 A 类问题超期未销号的新设机构、增编、增职数、提规格、加挂牌子申请，且领导没有书面豁免。"
            "核减、撤并、更名从不暂停。最后一个超期问题销号，即自动恢复。",
            "Applications for something new or more of a unit that today, itself or below it, has an overdue issue of class A, and that "
            "no leader has waived in writing. What asks for less, a merger or a name is never held. Closing the last issue releases it.",
        ),
        Text(
            "在办的新增类申请中，本单位或下属单位有超期 A 类问题、且未豁免的件数",
            "applications for more in hand whose unit, or one below, has an overdue issue of class A that was not waived",
        ),
        _GATE,
    ),
    Figure(
        "applications_waived",
        Text("豁免受理", "Accepted by waiver"),
        _APPLICATIONS,
        _OPEN,
        Text(
            "仍有 A 类问题超期，由领导写明理由和文号豁免的在办申请。豁免只及于当时的问题：以后新超期的照样暂停。",
            "Applications in hand that overdue issues would hold and that a leader waived, with reason and document. A waiver is of the "
            "issues that stood then: one that becomes overdue later holds it anew.",
        ),
        Text("在办申请中，所有超期 A 类问题都已豁免的件数", "applications in hand whose overdue issues are all waived"),
        _GATE,
    ),
    Figure(
        "applications_decided",
        Text("已办结", "Decided"),
        _APPLICATIONS,
        _REGISTERED,
        Text("同意、部分同意、不同意或退回的申请。撤回的不算。", "Applications granted, granted in part, not granted or returned. Withdrawn ones are not counted."),
        Text("有办理结果的申请件数", "applications with a decision"),
        _GATE,
    ),
    Figure(
        "reserve_kept",
        Text("在库问题", "In the reserve"),
        Text("件", "problems"),
        _KEPT,
        Text(
            "有储备编号、还没有转化、出库或终止的 C 类问题：留待下一次机构改革或修订三定规定，不算在办。",
            "Problems of class C with a number in the reserve that are not put to use, taken out or ended: they wait for the next reform "
            "or revision of a mandate, and are not counted as open.",
        ),
        Text("储备状态为入库、研究中、已采纳、暂缓的件数", "those in the reserve, being studied, adopted or put off"),
        _GATE,
    ),
    Figure(
        "reserve_proposed",
        Text("建议入库的主题", "Themes proposed"),
        Text("个", "themes"),
        Text("在办问题和草稿涉及的主题", "themes of open issues and drafts"),
        Text(
            "同一主题在三个或更多单位有问题在办或草拟，却还没有一个进入政策储备：可能不是一家的事，由规则提出，由人决定。",
            "Themes with open issues in three units or more of which none is in the reserve: it may be no matter of one unit. Put by rule, "
            "decided by a person.",
        ),
        Text("有在办问题或草稿的单位数 ≥ 3 且没有在库问题的主题数", "themes with open issues or drafts in 3 units or more and nothing in the reserve"),
        _GATE,
    ),
    Figure(
        "reserve_used",
        Text("已转化", "Put to use"),
        Text("件", "problems"),
        _KEPT,
        Text("写入机构改革方案或修订的三定规定、写明去向的问题。", "Problems taken up by a reform or the revision of a mandate, which is named."),
        Text("储备状态为“已转化”的件数", "those whose state in the reserve is put to use"),
        _GATE,
    ),
)  # fmt: skip
