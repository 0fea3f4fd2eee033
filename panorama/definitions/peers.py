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
)
