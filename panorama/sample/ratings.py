"""Yearly performance ratings, and rankings of the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np

from panorama.sample import words
from panorama.sample.units import YEARS, Unit

FIELD: Final = {"PARTY": 18, "GOV": 46, "INST": 52, "DISTRICT": 16}
GROUP: Final = {"PARTY": "党群部门组", "GOV": "政府部门组", "INST": "事业单位组", "DISTRICT": "各区组"}
SCHEME: Final = "年度绩效考核（模拟）"
EXCELLENT: Final = {("市生态环境局", 2024)}
BUSINESS: Final = "营商环境评价"
INDICATORS: Final = {
    "教育": ("义务教育优质均衡指数", "教育质量监测达标率"),
    "生态环境": ("空气质量综合指数", "水环境质量达标率"),
    "市场监管": ("食品安全满意度", "质量工作考核"),
    "公共资源交易": ("公共资源交易全流程电子化率",),
    "区域综合": ("高质量发展综合评价", "政务服务好评率"),
    "社会治理": ("基层治理创新指数",),
}
GENERAL: Final = ("重点工作综合评价",)
LOWER_IS_BETTER: Final = "空气质量综合指数"


def ratings(units: Sequence[Unit], seed: int) -> list[dict[str, Any]]:
    """Rows of performance ratings: score, grade, rank in a group of known size."""
    found: list[dict[str, Any]] = []
    for year in YEARS:
        groups: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            if year in unit.years:
                groups[unit.template].append(unit)
        for template, members in groups.items():
            found += _group(template, members, year, seed)
    return found


def _group(template: str, members: Sequence[Unit], year: int, seed: int) -> list[dict[str, Any]]:
    count = max(FIELD[template], len(members))
    random = np.random.default_rng([seed, year, len(template), count])
    scores = np.sort(np.round(np.clip(random.normal(90.5, 3.4, count), 76, 99.2), 2))[::-1]
    ranks = _ranks(members, year, count, seed)
    found = []
    for unit in members:
        rank = ranks[unit.name]
        share = rank / count
        grade = "优秀" if share <= 0.25 else "良好" if share <= 0.8 else "一般" if share <= 0.96 else "较差"
        low = share > 0.5
        found.append(
            {
                "unit_ref": unit.name_in(year),
                "scheme": SCHEME,
                "year": year,
                "authority": "考核委员会办公室（模拟）",
                "category": GROUP[template],
                "score": Decimal(str(scores[rank - 1])),
                "score_max": Decimal(100),
                "bonus": Decimal(str(round(float(random.uniform(0, 2)), 1))),
                "grade_raw": grade,
                "rank": rank,
                "field_n": count,
                "deduct_items": str(random.choice(words.DEDUCTED)) if low else None,
                "quota": True,
            }
        )
    return found


def _ranks(members: Sequence[Unit], year: int, count: int, seed: int) -> dict[str, int]:
    """Each its own rank among `count`; a unit stays about where it stood the year before."""
    wished = {}
    for unit in members:
        usual = float(unit.random(seed, "merit").beta(2.4, 2.4))
        wish = usual + float(unit.random(seed, f"merit{year}").normal(0, 0.12))
        wished[unit.name] = 0.06 if (unit.name, year) in EXCELLENT else min(max(wish, 0.01), 0.99)
    ranks: dict[str, int] = {}
    last = 0
    ordered = sorted(wished, key=lambda name: wished[name])
    for at, name in enumerate(ordered):
        # As many places must be left as there are units to come.
        last = min(max(last + 1, int(np.ceil(wished[name] * count))), count - (len(ordered) - at - 1))
        ranks[name] = last
    return ranks


def rankings(units: Sequence[Unit], seed: int) -> list[dict[str, Any]]:
    """Rows of industry rankings: by year, and for districts and service units by quarter of the last two years."""
    found: list[dict[str, Any]] = []
    for unit in units:
        random = unit.random(seed, "ranking")
        standing = float(random.beta(2.2, 2.2))
        for indicator in INDICATORS.get(unit.sector, GENERAL):
            field = 16 if unit.kind == "区(县)" else 36
            scope = "全市" if unit.kind == "区(县)" or unit.admin == "区" else "同类城市"
            for year in unit.years:
                found.append(_ranked(unit, indicator, str(year), scope, field, standing, random))
        for period in [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in range(1, 5)]:
            if unit.kind == "区(县)" and int(period[:4]) in unit.years:
                found.append(_ranked(unit, "政务服务效率", period, "全市", 16, standing, random))
        for year in unit.years:
            if unit.pilot:
                found.append(_ranked(unit, BUSINESS, str(year), "全市", 60, standing, random) | _said(unit, year))
    return found


def _said(unit: Unit, year: int) -> dict[str, Any]:
    """Two of one year's ranks are no plain numbers: a tie, and a mere word."""
    if year == 2024 and unit.name == "市生态环境局":
        return {"tie": True}
    if year == 2024 and unit.name == "市公共资源交易中心":
        return {"rank": None, "tier_text": "前列"}
    return {}


def _ranked(
    unit: Unit, indicator: str, period: str, scope: str, field: int, standing: float, random: np.random.Generator
) -> dict[str, Any]:
    place = float(np.clip(standing + random.normal(0, 0.14), 0.01, 0.99))
    return {
        "unit_ref": unit.name_in(int(period[:4])),
        "system": unit.sector,
        "indicator": indicator,
        "period": period,
        "scope": scope,
        "rank": max(1, round(place * field)),
        "field_n": field,
        "value": Decimal(str(round(96 - 30 * place, 2))),
        "value_unit": "分",
        "direction": "逆向" if indicator == LOWER_IS_BETTER else "正向",
        "authority": "行业主管部门（模拟）",
        "tie": False,
    }
