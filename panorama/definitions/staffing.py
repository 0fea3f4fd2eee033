"""Figures of the staffing ledger (methods §1)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

_PEOPLE: Final = Text("人", "people")
_POSTS: Final = Text("名", "posts")
_OVER: Final = Text("名", "people")
_SHARE: Final = Text("%", "%")
_UNITS: Final = Text("个单位", "units")
_NONE: Final = Text("无，为绝对数", "none: a count")
_STAFFING: Final = "methods §1"

STAFFING: Final = (
    Figure(
        "approved",
        Text("核定编制", "Approved"),
        _POSTS,
        _NONE,
        Text(
            "台账中最近统计日期的核定编制数，各类型相加，单列不计。有整单位行的以其为准，否则为各处室之和，二者从不相加。",
            "Approved posts at the newest ledger date, added up over types, separately listed ones left out. "
            "The whole-unit row where there is one, else the sum over offices; never both.",
        ),
        Text("各类型核定数之和", "sum of approved over the types"),
        _STAFFING,
    ),
    Figure(
        "actual",
        Text("实有人数", "Actual"),
        _PEOPLE,
        _NONE,
        Text(
            "同一统计日期的实有人数，单列人员不计（另列）。空白不是零：没有填报的类型不计入。",
            "People on the establishment at the same date, separately listed ones apart. Empty is not zero: "
            "a type without a figure adds nothing.",
        ),
        Text("各类型实有数之和", "sum of actual over the types"),
        _STAFFING,
    ),
    Figure(
        "excess",
        Text("超编", "Excess"),
        _OVER,
        _NONE,
        Text(
            "按编制类型分别计算后相加。一种类型的空编从不抵消另一种类型的超编：行政核定10实有12、事业核定20实有15，即超编2名并空编5名。",
            "Worked out type by type, then added up. A vacancy of one type never offsets an excess of another: "
            "10 approved with 12 actual beside 20 with 15 is an excess of 2 and a vacancy of 5.",
        ),
        Text("Σ max(0, 实有 − 核定)，逐类型", "Σ max(0, actual − approved), type by type"),
        _STAFFING,
    ),
    Figure(
        "vacancy",
        Text("空编", "Vacancy"),
        _POSTS,
        _NONE,
        Text(
            "按编制类型分别计算后相加，从不与超编相抵。",
            "Worked out type by type, then added up; never netted against an excess.",
        ),
        Text("Σ max(0, 核定 − 实有)，逐类型", "Σ max(0, approved − actual), type by type"),
        _STAFFING,
    ),
    Figure(
        "use_rate",
        Text("编制使用率", "Use of posts"),
        _SHARE,
        Text("核定编制（核定与实有均已填报的类型）", "approved posts of the types with both figures"),
        Text(
            "实有人数占核定编制的比例。超过100%不等于没有空编：请与超编、空编并看。",
            "Actual people out of approved posts. Over 100 % does not mean that nothing is vacant: "
            "read it beside excess and vacancy.",
        ),
        Text("实有 ÷ 核定", "actual ÷ approved"),
        _STAFFING,
    ),
    Figure(
        "vacancy_rate",
        Text("空编率", "Vacancy rate"),
        _SHARE,
        Text("核定编制（核定与实有均已填报的类型）", "approved posts of the types with both figures"),
        Text(
            "各类型空编之和占核定编制的比例；超过15%作为“空编率高”（T12）的台账证据。",
            "Vacancies of all types out of approved posts; above 15 % it is ledger evidence of theme T12.",
        ),
        Text("空编 ÷ 核定；空编逐类型计算", "vacancy ÷ approved; vacancy type by type"),
        _STAFFING,
    ),
    Figure(
        "external",
        Text("编外人数", "Non-establishment staff"),
        _PEOPLE,
        _NONE,
        Text("合同制、劳务派遣、购买服务等不占编制的人员。", "Contract, agency and bought-in staff who hold no post."),
        Text("编外人数之和", "sum of contract staff"),
        _STAFFING,
    ),
    Figure(
        "external_share",
        Text("编外比", "Non-establishment share"),
        _SHARE,
        Text("实有人数与编外人数之和", "actual plus non-establishment staff"),
        Text("编外人员占全部在岗力量的比例。", "Non-establishment staff out of all who work there."),
        Text("编外 ÷（实有 + 编外）", "contract staff ÷ (actual + contract staff)"),
        _STAFFING,
    ),
    Figure(
        "single_listed",
        Text("单列人数", "Separately listed"),
        _PEOPLE,
        _NONE,
        Text(
            "单列管理的人员，不计入实有人数，另行列示。",
            "People listed separately: kept out of actual, shown on their own.",
        ),
        Text("单列人员实有数之和", "sum of actual of those listed apart"),
        _STAFFING,
    ),
    Figure(
        "leaders_approved",
        Text("核定领导职数", "Approved leader posts"),
        _POSTS,
        _NONE,
        Text("领导职数之和；非领导职务与职级不计。", "Leader posts added up; non-leading posts and grades left out."),
        Text("各层级核定职数之和", "sum of approved posts over the ranks"),
        _STAFFING,
    ),
    Figure(
        "leaders_actual",
        Text("实配领导", "Leaders in post"),
        _PEOPLE,
        _NONE,
        Text("占用领导职数的人员。", "People who hold leader posts."),
        Text("各层级实配之和", "sum of leaders in post over the ranks"),
        _STAFFING,
    ),
    Figure(
        "leaders_excess",
        Text("超职数", "Leaders over number"),
        _OVER,
        _NONE,
        Text(
            "按职务层级分别计算后相加：正职的空缺从不抵消副职的超配。",
            "Worked out rank by rank, then added up: an empty head's post never offsets a deputy too many.",
        ),
        Text("Σ max(0, 实配 − 核定)，逐层级", "Σ max(0, actual − approved), rank by rank"),
        _STAFFING,
    ),
    Figure(
        "units_over",
        Text("超编单位", "Units over establishment"),
        _UNITS,
        Text("有台账的在册单位", "registered units with a ledger"),
        Text(
            "最近统计日期至少一种编制类型超编的单位数。",
            "Units with an excess in at least one staffing type at their newest ledger date.",
        ),
        Text("超编（逐类型）大于 0 的单位个数", "units whose excess, type by type, is above 0"),
        _STAFFING,
    ),
)
