"""Figures of the evaluation's indicators (methods §5)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

VERSION: Final = "2026.11"
"""Of the methods of scoring: told under each picture, so that figures of two versions are never set side by side."""

INDICATORS: Final = (
    Figure(
        "index_score",
        Text("指数得分", "Index score"),
        Text("分（百分制）", "points of 100"),
        Text("适用指标的权重之和", "weights of the indicators that apply, added up"),
        Text(
            "执行情况和使用效益分开计分，从不相加。得分取最终认定，没有认定的依次取评估组、系统、互评的平均；自评从不计分。"
            "不适用的指标不计，其权重由其余指标分摊；缺失或无人评分的指标按 0 分至满分给出区间，不取平均。",
            "Compliance and benefit are scored apart and never added up. An agreed score counts, else the mean of the evaluation "
            "team, the system, or other units; a self score never. What does not apply leaves its weight to the others; what is "
            "missing or was not scored makes an interval from nought to full marks, never an average.",
        ),
        Text("计分之和 ÷ 适用权重之和 × 100", "points ÷ weights that apply × 100"),
        "methods §5; OECD/JRC 2008",
    ),
    Figure(
        "index_rank",
        Text("可能的名次", "Possible ranks"),
        Text("名", "rank"),
        Text("同类型有评分的单位数", "units of the kind that were scored"),
        Text(
            "权重上下浮动 25%、三种归一化、两种汇总，固定种子算 1000 次，取名次的 5%–95% 区间。区间重叠、前者胜出不到 95% 的算一组，"
            "组内不分高下。只比共性指标；不足 3 个单位不排。",
            "1,000 seeded runs over weights ± 25 %, three normalisations and two aggregations; ranks from the 5th to the 95th percentile. "
            "Units that the first of a group does not beat in 95 % of the runs are one group, in no order. Common indicators only; "
            "none under 3 units.",
        ),
        Text("1000 次名次的 5%–95% 区间", "5–95 % of the ranks of 1,000 runs"),
        "methods §5; OECD/JRC 2008",
    ),
    Figure(
        "system_score",
        Text("公式计分", "Score by formula"),
        Text("分", "points"),
        Text("指标权重", "the indicator's weight"),
        Text(
            "指标写明公式的，由系统按轮次所在年度的台账、工作量、考核、排名或问题数据算分：数值在上下限之间按比例得分，"
            "指标自己写了上下限的用指标的，否则用公式的。缺数据就是缺失，不按 0 分。文件里另有系统评分的，以文件为准，两者的差照列。",
            "Where an indicator names a formula the system scores it from ledger, workload, ratings, rankings or findings of the round's "
            "year: points in proportion between the goalposts, the indicator's where it gives both, else the formula's. Without data it is "
            "missing, never nought. Where a file gives a system score that one counts, and the difference is listed.",
        ),
        Text("权重 × 数值在上下限之间的位置", "weight × how far the value lies between the goalposts"),
        "methods §5",
    ),
    Figure(
        "self_gap",
        Text("自评与评分之差", "Own score less the score"),
        Text("分（百分制）", "points of 100"),
        Text("双方都有分的指标权重之和", "weights of the indicators that both scored"),
        Text(
            "同一批指标上，自评分减去计入的评分。正数是自评更高；是线索，不是结论。",
            "Over the same indicators, the unit's own score less the one that counts. Positive: the unit scored itself higher. "
            "A lead, never a verdict.",
        ),
        Text("（自评分之和 − 评分之和）÷ 权重之和 × 100", "(own points − points) ÷ weights × 100"),
        "methods §5",
    ),
    Figure(
        "indicator_weight",
        Text("指标权重", "Weight of an indicator"),
        Text("分", "points"),
        Text("所属指数的全部权重", "all weights of its index"),
        Text(
            "模板规定的标准分。下级之和必须等于上级，不等的拒收。",
            "Full marks by the template. Parts must add up to the one above; where they do not they are refused.",
        ),
        Text("按指标模板", "as the template says"),
        "methods §5",
    ),
    Figure(
        "rater_severity",
        Text("评分人宽严", "Severity of a rater"),
        Text("占权重的百分比", "percent of the weight"),
        Text("可互相比较的评分人的平均", "the mean of the raters that can be compared"),
        Text(
            "扣除单位和指标的差别后，这名评分人比平均高多少（正为宽、负为严），附 90% 区间。区间含 0 的与平均分不开。",
            "How far this rater scores above (lenient) or below (severe) the mean, units and indicators allowed for, with a 90 % "
            "interval. One that holds 0 can not be told from the mean.",
        ),
        Text(
            "评分 = 单位 + 指标 + 评分人 + 误差，最小二乘",
            "score = unit + indicator + rater + error, by least squares",
        ),
        "methods §5; Searle 1971",
    ),
)
