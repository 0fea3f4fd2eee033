"""Checks across files: what is wrong and what to do (mart.check_remark). Warnings, never refusals."""

from __future__ import annotations

from typing import Final

from panorama.text import Text

CHECKS: Final[dict[str, Text]] = {
    "V-LED-2": Text(
        "整单位行与各处室之和不一致：请核对台账，系统以整单位行为准",
        "The whole-unit row and the sum over offices differ: check the ledger; the whole-unit row is used",
    ),
    "V-LED-3": Text(
        "两次台账的核定数之差与其间的编制变动不一致：请补充或更正批文",
        "The change of approved posts between two ledgers is not what the approvals say: add or mend the approvals",
    ),
    "V-LED-5": Text(
        "两次台账之间变动超过20%且超过5人，而没有编制变动批文：请核对",
        "More than 20 % and more than 5 people changed between two ledgers without an approval: please check",
    ),
    "V-LED-6": Text(
        "上次台账有的编制类型，这次台账没有，也没有批文：没有不等于零，请核实是撤销还是漏报",
        "A type that the last ledger states is not in this one, and no approval took it away: not stated is not zero. Was it abolished, or left out?",
    ),
    "V-WL-1": Text(
        "有工作量而没有适用的标准工时：请补充标准，饱满度目前是下限",
        "Volume without a standard time that fits: add the standard; saturation is a lower bound until then",
    ),
    "V-WL-2": Text(
        "同一事项在同一年内按年、季、月重复填报：系统只计较粗的一种",
        "One activity is reported by year, quarter and month at once: only the coarser is counted",
    ),
    "V-WL-3": Text(
        "实际工时与标准工时相差5倍以上：请核对工作量、工时或标准",
        "Hours reported are more than five times off the standard: check volume, hours or standard",
    ),
    "V-CAS": Text(
        "支持性工作占用时间合计达到60%以上（100%及以上无法计算饱满度）：请核对占比",
        "Support work takes 60 % of time or more (at 100 % there is no saturation): check the shares",
    ),
    "V-ENUM": Text(
        "考核等次不在已知等次表中：原文保留，不计次序",
        "The grade stands in no known scale: kept as written, without an order",
    ),
    "V-B01": Text(
        "单位登记不全：须有名称、简称、规格，以及行政、参公、事业编制至少一项",
        "The unit's register is incomplete: name, short name, level, and posts of at least one main type are needed",
    ),
}
"""By rule."""
