"""Figures of fair comparison (methods §4)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

VERSION: Final = "2026.11"
"""Of the methods of comparison: told under each picture, so that figures of two versions are never set side by side."""

PEERS: Final = (
    Figure(
        "findings_rate",
        Text("每百人·年问题数", "Findings per 100 staff-years"),
        Text("条/百人·年", "findings per 100 staff-years"),
        Text("本轮各年末实有人数之和", "people in post, added up over the year ends of the round"),
        Text(
            "本轮巡视巡察和审计的问题数除以人·年。查得多的单位问题也多：它是线索，不是结论。没有被巡视审计过的单位没有这个数。",
            "Findings of inspection and audit in the round, over staff-years. Who is looked at more often has more findings: "
            "a lead, never a verdict. A unit that neither looked at has no such figure.",
        ),
        Text("问题数 ÷ Σ 各年末实有人数 × 100", "findings ÷ Σ people at year ends × 100"),
        "methods §4; Spiegelhalter 2005, Statistics in Medicine 24",
    ),
    Figure(
        "efficiency",
        Text("前沿效率", "Efficiency"),
        Text("%", "%"),
        Text(
            "同标签、同类型、同规格有完整数据的处室，至少 30 个",
            "offices of one tag, kind and level with whole data, at least 30",
        ),
        Text(
            "照同类处室中人均产出最高的做法，做完同样的工作约需现有人数的多少（数据包络分析，CCR，投入导向）。投入是在岗人数，产出是两组标准工时。"
            "前沿上的处室可能超负荷，也可能工时报高：它是线索，不是结论。",
            "How much of its people an office's work would take, done as those of its like do that achieve most a person (data envelopment, CCR, "
            "input-oriented). Input: people at work; outputs: two groups of standard hours. Offices on the frontier may be overloaded, or their "
            "unit times set high: a lead, never a verdict.",
        ),
        Text(
            "能用同类处室的组合做完同样工作的最小人数 ÷ 现有人数",
            "the fewest people with which a mix of like offices does the same work ÷ its people",
        ),
        "methods §4; Charnes, Cooper and Rhodes 1978",
    ),
)
