"""Figures of a saturation against its own past, and of what moving posts would change (methods §3, §8)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

VERSION: Final = "2026.11"
"""Of the methods of saturation, its history and reallocation: told under each picture."""

HISTORY: Final = (
    Figure(
        "saturation_trend",
        Text("饱满度每年变化", "Change of saturation a year"),
        Text("每年", "a year"),
        Text("有饱满度的年份", "years with a saturation"),
        Text(
            "各年饱满度两两之间斜率的中位数，附 90% 区间；不足 4 年不给。区间含 0 的看不出升降。下限年份不计。",
            "The median of the slopes between all pairs of years, with a 90 % interval; none under 4 years. An interval that holds 0 "
            "tells no direction. Years with a lower bound alone are left out.",
        ),
        Text("两两斜率的中位数（Theil–Sen）", "median of the slopes of all pairs (Theil–Sen)"),
        "methods §3; Sen 1968",
    ),
    Figure(
        "saturation_change",
        Text("饱满度变化的来源", "Why a saturation changed"),
        Text("饱满度", "saturation"),
        Text("两年都有数据的单位或处室", "units or offices with both years"),
        Text(
            "与上年之差按业务量、工时结构、人数、可用工时规定四项精确分解（Shapley 值），四项之和等于变化。",
            "The difference to the year before, split exactly into volume, mix and unit time, people, and the rule on available time "
            "(Shapley values): the four add up to the change.",
        ),
        Text("四项之和 = 今年 − 上年", "the four add up to this year less the year before"),
        "methods §3; Shapley 1953",
    ),
    Figure(
        "reallocation",
        Text("编内调剂试算", "Moving posts, a simulation"),
        Text("饱满度", "saturation"),
        Text("有饱满度、有分类型在岗人数的处室", "offices with a saturation and people by type"),
        Text(
            "在本单位内、同一编制类型内整岗移动，领导职数不动，处室保留最少人数，使最忙处室的饱满度最低、移动最少。是试算，不是命令。",
            "Whole posts moved within the unit and their staffing type, leaders staying, each office keeping a least number, so that the "
            "busiest office is least busy by the fewest moves. A simulation, never an order.",
        ),
        Text(
            "最忙处室饱满度最小，移动数最少，再由当时最闲的先出",
            "the least largest saturation, then the fewest moves, then the idlest gives first",
        ),
        "methods §8; Huangfu and Hall 2018",
    ),
    Figure(
        "unit_time_check",
        Text("标准工时反查", "Reverse check of unit times"),
        Text("小时/件", "hours a piece"),
        Text("同一标签、同一年有数据的处室", "offices of one tag with data of the year"),
        Text(
            "用同类处室的业务量反推每件要多少工时，与申报的标准工时相比，整体忙闲先扣除。处室太少、业务量同涨同落或解释不了一半的，不给结果。",
            "Hours a piece that the volumes of like offices imply, beside those declared, how busy all are taken out first. None where offices "
            "are few, volumes rise and fall together, or explain less than half.",
        ),
        Text(
            "人员工时 = Σ 业务量 × 每件工时，非负最小二乘",
            "hours of people = Σ volume × hours a piece, by non-negative least squares",
        ),
        "methods §2; Lawson and Hanson 1974",
    ),
)
