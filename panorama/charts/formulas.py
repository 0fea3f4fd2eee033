"""Indicators that the system scores itself: by which formula, from which inputs, and what files say otherwise."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.picture import Drill, Facts, of_year
from panorama.charts.tokens import signed
from panorama.definitions.formulas import FORMULAS, Formula
from panorama.definitions.indicators import VERSION
from panorama.sources.choices import label
from panorama.text import Language, Text, either, many

APART: Final = 0.05
"""A score in a file that lies so far from the formula's is another one: scores are told to the tenth."""
LACKING: Final = {
    "year": Text("该年没有任何数据", "nothing is known of that year"),
    "input": Text("缺这一项数据", "this figure is not known"),
    "part": Text("有的类型或层级只报了核定或实有", "of some type or rank approved or actual is not told"),
    "bound": Text("有工作量没有标准工时，只知下限", "some work has no unit time: a lower bound alone"),
    "none": Text("分母为 0，没有可算的比例", "nothing to take a share of"),
}
_AIM: Final = {"正向": "↑", "逆向": "↓", "适度": "↔"}


def scored(frame: pl.DataFrame, language: Language) -> Facts:
    """Row by row: value, goalposts, score, and the score in a file where there is one. Frame of `indicators_system`."""
    every = list(frame.iter_rows(named=True))
    missing, apart = sum(row["score"] is None for row in every), sum(_apart(row) for row in every)
    zh = [f"公式计分：{len(every)} 项，算出 {len(every) - missing} 项"]
    en = [f"Scored by formula: {len(every) - missing} of {many(len(every), 'indicator')}"]
    if missing:
        zh.append(f"{missing} 项缺数据，不按 0 分")
        en.append(f"{missing} without data, which is no nought")
    if apart:
        zh.append(f"{apart} 项与文件里的系统评分不同")
        en.append(f"{apart} unlike the system score in a file")
    note = either(
        language,
        "按轮次所在年度的数据 · ↑ 越高越好，↓ 越低越好，↔ 在两者之间得满分 · 文件另有系统评分的以文件为准 · "
        f"n = {len(every)}，缺数据 {_share(missing, len(every))} · 方法 {VERSION}",
        "Data of the round's year · ↑ higher is better, ↓ lower, ↔ full marks between both · a system score in a file goes first · "
        f"n = {len(every)}, {_share(missing, len(every))} without data · methods {VERSION}",
    )
    table = frame.with_columns(
        *(
            pl.Series(name, [tell(row, language) for row in every], pl.String)
            for name, tell in (
                ("formula_word", _formula),
                ("inputs", inputs),
                ("goals", _goals),
                ("apart", _difference),
            )
        ),
        pl.Series("index_word", [label("index", row["index_name"])[language] for row in every], pl.String),
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "name": either(language, "指标", "Indicator"),
        "formula_word": either(language, "公式", "Formula"),
        "inputs": either(language, "算得", "Worked out"),
        "goals": either(language, "上下限", "Goalposts"),
        "score": either(language, "公式分", "By formula"),
        "weight": either(language, "权重", "Weight"),
        "dropped": either(language, "文件里的系统分", "In a file"),
        "apart": either(language, "差（文件 − 公式）", "File less formula"),
    }
    if frame["unit_id"].n_unique() <= 1:
        heads.pop("unit")
    between = either(language, "，", ", ").join(zh if language == "zh" else en)
    return Facts(between, note, table, heads, tuple(drill(row, language) for row in every))


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}（{part / whole:.0%}）" if whole else "0"


def _apart(row: dict[str, Any]) -> bool:
    return row["difference"] is not None and abs(row["difference"]) >= APART


def _formula(row: dict[str, Any], language: Language) -> str:
    return f"{FORMULAS[row['formula']].label[language]} {row['formula']}"


def inputs(row: dict[str, Any], language: Language) -> str:
    """What the value is made of, or why there is none."""
    formula, year = FORMULAS[row["formula"]], either(language, f"{row['year']} 年：", f"{row['year']}: ")
    if row["value"] is None:
        return f"{year}{either(language, '缺失，', 'missing, ')}{LACKING[row['lacking']][language]}"
    value = _value(formula, row["value"])
    if row["top"] is None or row["bottom"] is None or formula.name == "performance@1":
        return f"{year}{value}"
    if formula.share:
        return f"{year}{row['top']:g} ÷ {row['bottom']:g} = {value}"
    return f"{year}{row['top']:.2f} ÷ {row['bottom']:.1f} = {value}"


def _value(formula: Formula, value: float) -> str:
    return f"{value:.1%}" if formula.share else f"{value:.2f}"


def _goals(row: dict[str, Any], language: Language) -> str:
    formula = FORMULAS[row["formula"]]
    ends = [f"{end:.0%}" if formula.share else f"{end:g}" for end in (row["goal_lo"], row["goal_hi"])]
    whose = either(language, "指标", "indicator") if row["own_goals"] else either(language, "公式", "formula")
    return f"{_AIM[row['direction']]} {ends[0]}–{ends[1]}（{whose}）"


def _difference(row: dict[str, Any], language: Language) -> str:
    if row["dropped"] is None:
        return "—" if not row["dropped_n"] else either(language, "文件写明没有得分", "the file gives none")
    if row["difference"] is None:
        return either(language, "算不出，无从比较", "can not be worked out")
    return signed(row["difference"], 1) if _apart(row) else either(language, "相同", "the same")


def drill(row: dict[str, Any], language: Language) -> Drill:
    """The rows that the value is made of."""
    question, params = _rows(row["formula"], row["unit_id"], row["year"])
    value = either(language, "缺失", "missing") if row["score"] is None else f"{row['score']:.1f}"
    working = inputs(row, language)
    if row["score"] is not None:
        working += f" → {row['score']:.2f} / {row['weight']:g}"
    return Drill(
        "system_score", f"{row['unit']} · {row['name']}", value, question, params, working, owner=row["unit_id"]
    )


def _rows(formula: str, unit_id: int, year: int) -> tuple[str, dict[str, Any]]:
    """The question that lists what a formula of this name takes, and its parameters."""
    name = formula.partition("@")[0]
    if name == "excess":
        return "rows_staffing", {"unit_id": unit_id, "year": year, "estab_type": None}
    if name == "leaders_excess":
        return "rows_leader", {"unit_id": unit_id, "year": year, "scope": None, "rank": None}
    if name == "put_right":
        every = {"which": "all", "by": None, "value": None, "severity": None, "today": None}
        return "rows_findings", {"unit_id": unit_id, **every, **of_year(year)}
    if name in ("performance", "ranking"):
        family = "绩效考核" if name == "performance" else "行业排名"
        return "rows_unit_family", {"unit_id": unit_id, "family": family, **of_year(year)}
    return "rows_saturation_unit", {"unit_id": unit_id, "period": str(year)}
