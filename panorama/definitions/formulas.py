"""Formulas by which the system itself scores an indicator: a figure of the unit and the round's year, against goalposts (methods §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from panorama.text import Text


@dataclass(frozen=True, slots=True)
class Formula:
    """name: with its version, as an indicator names it. value: what is measured. direction, low, high: the goalposts it has by
    itself, which hold where the indicator gives none; in the value's own unit.
    """

    name: str
    label: Text
    value: Text
    direction: str
    low: float
    high: float
    share: bool = True
    """The value is a share, told in percent."""


FORMULAS: Final[dict[str, Formula]] = {
    one.name: one
    for one in (
        Formula("excess@1", Text("超编率", "Excess"), Text("超编 ÷ 核定编制", "excess ÷ approved"), "逆向", 0, 0.10),
        Formula(
            "leaders_excess@1", Text("超职数率", "Leaders over number"), Text("超职数 ÷ 核定领导职数", "leaders over number ÷ approved leader posts"),
            "逆向", 0, 0.20,
        ),
        Formula(
            "saturation@1", Text("工作饱满度", "Saturation"), Text("所需人员 ÷ 有效人员", "required staff ÷ effective staff"),
            "适度", 0.80, 1.15, share=False,
        ),
        Formula(
            "imbalance@1", Text("忙闲不均系数", "Imbalance (Gini)"), Text("各处室饱满度的基尼系数", "Gini of saturation over offices"),
            "逆向", 0, 0.40, share=False,
        ),
        Formula(
            "performance@1", Text("考核位次百分位", "Performance percentile"), Text("1 −（位次 − 0.5）÷ 参评数", "1 − (rank − 0.5) ÷ number ranked"),
            "正向", 0, 1,
        ),
        Formula(
            "ranking@1", Text("行业排名百分位", "Ranking percentile"), Text("各项排名百分位的中位数", "median over the rankings' percentiles"),
            "正向", 0, 1,
        ),
        Formula(
            "put_right@1", Text("整改完成率", "Put right"), Text("已整改到位 ÷ 当年问题", "findings put right ÷ findings of the year"),
            "正向", 0, 1,
        ),
    )
}  # fmt: skip
"""Every formula by its name. What it takes from the marts stands in `sql/staging/formula_value.sql`, under the same name."""
