"""Templates of indicators, one per kind of unit, and what the pilot's raters gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np

from panorama.sample.units import YEARS, Unit

Row = dict[str, Any]
ROUND: Final = "2025年评估试点（模拟）"
VERSION: Final = "2025"
PREFIX: Final = {"PARTY": "D", "GOV": "Z", "INST": "S", "DISTRICT": "Q"}
TREE: Final = (
    ("执行情况", "机构职能", 40, (("职责履行与三定一致", 20), ("内设机构按批复设置", 20))),
    ("执行情况", "编制职数", 60, (("编制不超核定", 30), ("领导职数不超核定", 20), ("编外用工有批文", 10))),
    ("使用效益", "忙闲均衡", 55, (("工作饱满度", 30), ("处室忙闲差异", 25))),
    ("使用效益", "工作成效", 45, (("考核等次", 25), ("行业排名", 20))),
)
"""Index, indicator, its weight, its parts with theirs: parts add up to their parent, parents of an index to 100."""
FORMULAS: Final = {
    "编制不超核定": "excess@1",
    "领导职数不超核定": "leaders_excess@1",
    "工作饱满度": "saturation@1",
    "处室忙闲差异": "imbalance@1",
    "考核等次": "performance@1",
    "行业排名": "ranking@1",
}
SEVERITY: Final = (-0.04, -0.02, 0.0, 0.02, 0.04)
"""How far each rater in turn lies off the mean, as a share of the weight."""


def evaluators(all_units: Sequence[Unit]) -> list[Row]:
    """Two from each unit of the pilot, none of whom evaluates the own one."""
    pilots = _pilots(all_units)
    return [
        {
            "ev_id": _rater(at, turn),
            "name": "示例",
            "home_ref": unit.name,
            "role": ("组长", "组员")[turn],
            "trained_on": date(YEARS[-1], 3, 20),
            "conflicts": [unit.name],
            "assigned": [pilots[(at + turn + 1) % len(pilots)].name],
        }
        for at, unit in enumerate(pilots)
        for turn in range(2)
    ]


def indicators() -> list[Row]:
    """The four templates: common indicators of two levels."""
    found: list[Row] = []
    for kind, prefix in PREFIX.items():
        for at, (index, name, weight, parts) in enumerate(TREE, start=1):
            head = {"index": index, "template_kind": kind, "common": "共性", "version": VERSION, "direction": "正向"}
            code = f"{prefix}{at}"
            found.append(head | _said(code, None, 1, name, weight))
            found += [
                head | _said(f"{code}.{n}", code, 2, part, share) | {"formula_ref": FORMULAS.get(part)}
                for n, (part, share) in enumerate(parts, start=1)
            ]
    return found


def _said(code: str, parent: str | None, level: int, name: str, weight: int) -> Row:
    return {
        "ind_code": code,
        "parent": parent,
        "level": level,
        "name": name,
        "weight": Decimal(weight),
        "scoring": "按实际情况在标准分内评分，扣分要写明理由（模拟）",
        "evidence_required": ["机构编制台账", "三定规定"] if level == 2 else None,
        "na_allowed": name == "行业排名",
    }


def scores(all_units: Sequence[Unit], seed: int) -> list[Row]:
    """Of each unit of the pilot: its own scores, and those of three raters from elsewhere."""
    pilots = _pilots(all_units)
    found: list[Row] = []
    for at, unit in enumerate(pilots):
        random = unit.random(seed, "scores")
        raters = [
            (_rater((at + step) % len(pilots), step % 2), SEVERITY[(at + step) % len(SEVERITY)]) for step in (1, 2, 3)
        ]
        merit = float(random.beta(7, 3))
        for code, name, weight in _leaves(unit):
            usual = float(np.clip(merit + random.normal(0, 0.08), 0.3, 1))
            base = {"unit_ref": unit.name, "ind_code": code, "round": ROUND}
            if name == "行业排名" and unit.template == "PARTY":
                found.append(base | {"rater_kind": "自评", "rater": unit.name, "na": True, "na_reason": "没有行业排名"})
                continue
            found.append(base | {"rater_kind": "自评", "rater": unit.name} | _given(min(usual + 0.04, 1), weight))
            for rater, off in raters:
                given = float(np.clip(usual + off + random.normal(0, 0.02), 0, 1))
                found.append(base | {"rater_kind": "评估组", "rater": rater} | _given(given, weight))
    return found


def _given(share: float, weight: int) -> Row:
    score = Decimal(str(round(share * weight, 1)))
    lost = score < weight
    return {"score": score, "evidence_refs": ["卷1", "卷3"], "comment": "见佐证（模拟）" if lost else None}


def _leaves(unit: Unit) -> list[tuple[str, str, int]]:
    prefix = PREFIX[unit.template]
    return [
        (f"{prefix}{at}.{n}", part, share)
        for at, (_, _, _, parts) in enumerate(TREE, start=1)
        for n, (part, share) in enumerate(parts, start=1)
    ]


def _pilots(all_units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in all_units if unit.pilot and unit.ended is None]


def _rater(at: int, turn: int) -> str:
    return f"模评{2 * at + turn + 1:02d}"
