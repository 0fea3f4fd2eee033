"""What a unit gave itself beside what it was given, over the same indicators (methods §5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN, signed
from panorama.definitions.indicators import VERSION
from panorama.sources.choices import label
from panorama.text import Language, either, many

FAR: Final = 15.0
"""Points of 100 beyond which a self score is a lead (X10)."""
MOST_DRAWN: Final = 40
_TICKS: Final = (0, 25, 50, 75, 100)


def _units(index: str, frame: pl.DataFrame, language: Language) -> Picture:
    """Units of a kind, over the indicators that both scored. Frame of `indicators_units`."""
    rows = frame.filter(pl.col("index_name") == index).select(
        "unit_id", "unit", "round_name", "index_name", "version", "own_n", "applicable",
        name=pl.col("unit"), own="own_score", others="others_score", ind_code=pl.lit(None, pl.String),
    )  # fmt: skip
    return _picture(index, rows, language, ("个单位", "unit"))


def _leaves(index: str, frame: pl.DataFrame, language: Language) -> Picture:
    """Indicators of one unit, each out of 100 of its weight. Frame of `indicators_leaves`."""
    share = {
        name: pl.when((pl.col("weight") > 0) & (pl.col("state") == "scored")).then(
            pl.col(name) / pl.col("weight") * 100
        )
        for name in ("own_score", "score")
    }
    rows = frame.filter((pl.col("index_name") == index) & (pl.col("state") != "na")).select(
        "unit_id", "unit", "round_name", "index_name", "version", "name", "ind_code", own_n=pl.lit(1), applicable=pl.lit(1),
        own=share["own_score"], others=share["score"],
    )  # fmt: skip
    return _picture(index, rows, language, ("项指标", "indicator"))


def units_compliance(frame: pl.DataFrame, language: Language) -> Picture:
    """执行情况, unit by unit."""
    return _units("执行情况", frame, language)


def units_benefit(frame: pl.DataFrame, language: Language) -> Picture:
    """使用效益, unit by unit."""
    return _units("使用效益", frame, language)


def leaves_compliance(frame: pl.DataFrame, language: Language) -> Picture:
    """执行情况, indicator by indicator."""
    return _leaves("执行情况", frame, language)


def leaves_benefit(frame: pl.DataFrame, language: Language) -> Picture:
    """使用效益, indicator by indicator."""
    return _leaves("使用效益", frame, language)


Draw = Callable[[pl.DataFrame, Language], Picture]
UNITS: Final[dict[str, Draw]] = {"执行情况": units_compliance, "使用效益": units_benefit}
LEAVES: Final[dict[str, Draw]] = {"执行情况": leaves_compliance, "使用效益": leaves_benefit}


def _picture(index: str, rows: pl.DataFrame, language: Language, noun: tuple[str, str]) -> Picture:
    known = rows.drop_nulls(["own", "others"]).with_columns(gap=(pl.col("own") - pl.col("others")).round(9))
    known = known.sort("gap", "name", descending=[True, False])
    title = _title(label("index", index)[language], known, language, noun)
    if known.is_empty():
        return Picture(title, "", BLANK, title, known)
    drawn = list(known.head(MOST_DRAWN).iter_rows(named=True))
    figure = ladder(
        [_rung(row) for row in drawn], Scale(-2, 102, _TICKS, [str(at) for at in _TICKS]), _columns(language)
    )
    drill = partial(_drill, language=language)
    heads = {
        "name": either(language, "单位" if noun[1] == "unit" else "指标", noun[1].capitalize()),
        "own": either(language, "自评（百分制）", "Own, of 100"),
        "others": either(language, "评分（百分制）", "Score, of 100"),
        "gap": either(language, "自评 − 评分", "Own − score"),
        "own_n": either(language, "双方都评的指标", "Indicators of both"),
    }
    drills = tuple(drill(row) for row in drawn)
    return Picture(title, _note(rows, known, language, noun), figure, title, known, heads, drills, drill)


def _title(index: str, known: pl.DataFrame, language: Language, noun: tuple[str, str]) -> str:
    if known.is_empty():
        return either(language, f"{index}：没有自评可比", f"{index}: no own score to compare")
    above = known.filter(pl.col("gap") > 0)
    if above.is_empty():
        return either(
            language,
            f"{index}：{known.height} {noun[0]}的自评都没有高出评分",
            f"{index}: no own score above the score in {many(known.height, noun[1])}",
        )
    most = above.row(0, named=True)
    return either(
        language,
        f"{index}：{known.height} {noun[0]}中 {above.height} 个自评更高，最多的是{most['name']}（+{most['gap']:.1f}）",
        f"{index}: own score higher in {above.height} of {many(known.height, noun[1])}, most in {most['name']} (+{most['gap']:.1f})",
    )


def _note(rows: pl.DataFrame, known: pl.DataFrame, language: Language, noun: tuple[str, str]) -> str:
    absent = rows.height - known.height
    share = absent / rows.height if rows.height else 0
    versions = "、".join(rows["version"].drop_nulls().unique().sort()) or "—"
    return either(
        language,
        f"圆点为计入的评分，◇ 为自评，同一批指标，百分制 · 差过 {FAR:g} 分是线索（X10），不是结论 · "
        f"n = {known.height} {noun[0]}，缺 {absent}（{share:.0%}），{rows['round_name'][0]}，指标版本 {versions} · 方法 {VERSION}",
        f"point: the score that counts, ◇ own score, same indicators, of 100 · more than {FAR:g} apart is a lead (X10), no verdict · "
        f"n = {many(known.height, noun[1])}, {absent} missing ({share:.0%}), {rows['round_name'][0]}, version {versions} · methods {VERSION}",
    )


def _columns(language: Language) -> tuple[str, str]:
    return either(language, "差", "Gap"), either(language, "评分", "Score")


def _rung(row: dict[str, Any]) -> Rung:
    gap = signed(row["gap"])
    hover = f"{BOLD}{row['name']}{PLAIN}{LINE}● {row['others']:.1f}　◇ {row['own']:.1f}　{gap}"
    ends = (f"{BOLD}{gap}{PLAIN}" if row["gap"] > FAR else gap, f"{row['others']:.1f}")
    return Rung(row["name"], row["others"], hover, other=row["own"], ends=ends)


def _drill(row: dict[str, Any], language: Language) -> Drill:
    value = signed(row["gap"])
    params = {name: row[name] for name in ("unit_id", "round_name", "index_name", "ind_code")} | {"rater": None}
    subject = row["unit"] if row["ind_code"] is None else f"{row['unit']} · {row['name']}"
    working = f"{row['own']:.1f} − {row['others']:.1f} = {value}"
    coverage = either(
        language, f"双方都评的指标 {row['own_n']} 项", f"{many(row['own_n'], 'indicator')} that both scored"
    )
    return Drill("self_gap", f"{subject} · {label('index', row['index_name'])[language]}", value, "rows_scores", params, working, owner=row["unit_id"], coverage=coverage)  # fmt: skip
