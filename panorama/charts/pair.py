"""Any two units of a kind, index by index: how often one stands above the other, and what single weight would level them (methods §5)."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.indicators import INDICES, levelled, span
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.definitions.indicators import VERSION
from panorama.methods.ranks import FIRM, RUNS
from panorama.methods.scoring import FEWEST, Pair, pair
from panorama.sources.choices import label
from panorama.text import Language, Text, either

_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_LACKING: Final = {
    "none": Text("任何单个权重都不会", "no single weight would"),
    "apply": Text("两家适用的指标不同，算不出", "not the same indicators apply: can't be told"),
    "missing": Text("有一家的评分不全，算不出", "a score of one is missing: can't be told"),
}
_REFUSED: Final = {
    "few": Text(f"有评分的不足 {FEWEST} 个单位，不比", f"under {FEWEST} units scored: not compared"),
    "unscored": Text("有一家没有评分，不比", "one of the two is not scored: not compared"),
}


def ones(units: pl.DataFrame) -> pl.DataFrame:
    """Units to choose the first from, a row each, the one looked at first. Frame of `indicators_units`."""
    return units.unique("unit_id", maintain_order=True).sort("own", descending=True, maintain_order=True)


def others(units: pl.DataFrame, one: int) -> pl.DataFrame:
    """Those to set beside it."""
    return ones(units).filter(pl.col("unit_id") != one)


def compared(frame: pl.DataFrame, language: Language) -> Picture:
    """P(one above the other) on each index. Frame of `indicators_pair`."""
    first, second = (frame.filter(flag) for flag in ("is_one", "is_other"))
    if first.is_empty() or second.is_empty() or first["unit_id"][0] == second["unit_id"][0]:
        title = either(language, "请选两个有评分的不同单位", "Choose two different units that were scored")
        return Picture(title, "", BLANK, title, frame.clear())
    one, other = first["unit"][0], second["unit"][0]
    found = [_row(frame.filter(pl.col("index_name") == index), index, language) for index in INDICES]
    rows = [row for row in found if row is not None]
    title = _title(rows, one, other, language)
    if not rows:
        return Picture(title, "", BLANK, title, frame.clear())
    table = pl.DataFrame(rows, schema=_COLUMNS)
    drills = tuple(_drill(row, one) for row in rows)
    heads = _heads(one, other, language)
    figure = _figure(rows, one, language)
    return Picture(
        title, _note(frame, rows, one, language), figure, title, table, heads, drills, lambda row: _drill(row, one)
    )


_COLUMNS: Final[dict[str, Any]] = {
    "unit_id": pl.Int64, "round_name": pl.String, "index_name": pl.String, "index_word": pl.String, "share": pl.Float64, "n": pl.Int64, "runs": pl.Int64,
    "one_score": pl.String, "other_score": pl.String, "one_rank": pl.String, "other_rank": pl.String, "told": pl.String, "flip": pl.String,
}  # fmt: skip


def _row(frame: pl.DataFrame, index: str, language: Language) -> dict[str, Any] | None:
    """One index; without a share where it can't be compared. None where neither unit has it."""
    units = levelled(frame.unique("unit_id", maintain_order=True))
    one, other = units.filter("is_one"), units.filter("is_other")
    if one.is_empty() or other.is_empty():
        return None
    first, second = one.row(0, named=True), other.row(0, named=True)
    found = pair(frame, first["unit_id"], second["unit_id"])
    words = {
        "unit_id": first["unit_id"], "round_name": first["round_name"], "index_name": index, "index_word": label("index", index)[language],
        "runs": RUNS, "one_score": _score(first), "other_score": _score(second), "one_rank": _rank(first, language), "other_rank": _rank(second, language),
    }  # fmt: skip
    if not isinstance(found, Pair):
        return {**words, "share": None, "n": None, "told": _REFUSED[found][language], "flip": "—"}
    names = dict(frame.select("ind_code", "name").iter_rows())
    return {**words, "share": found.above, "n": found.compared, "told": _told(found.above, language), "flip": _flip(found, names, language)}  # fmt: skip


def _told(share: float, language: Language) -> str:
    if max(share, 1 - share) < FIRM:
        return either(language, "分不出高下", "can't be told apart")
    return either(language, "前者更高", "the first stands above") if share > 0.5 else either(language, "后者更高", "the second stands above")  # fmt: skip


def _flip(found: Pair, names: dict[str, str], language: Language) -> str:
    if found.flip is None or found.code is None:
        return _LACKING[found.lacking or "none"][language]
    before, then = found.flip.weight, found.flip.needed
    places = 0 if f"{before:.0%}" != f"{then:.0%}" else 1
    return f"{names.get(found.code, found.code)} {before:.{places}%} → {then:.{places}%}"


def _score(row: dict[str, Any]) -> str:
    if row["score_all"] is not None:
        return f"{row['score_all']:.1f}"
    return "—" if row["low"] is None else f"{row['low']:.1f}–{row['high']:.1f}"


def _rank(row: dict[str, Any], language: Language) -> str:
    return "—" if row["compared"] is None else f"{span(row, language)} / {row['compared']}"


def _title(rows: list[dict[str, Any]], one: str, other: str, language: Language) -> str:
    said = [
        f"{row['index_word']} " + (row["told"] if row["share"] is None else f"{row['share']:.0%}（{row['told']}）" if language == "zh" else f"{row['share']:.0%} ({row['told']})")
        for row in rows
    ]  # fmt: skip
    if not said:
        return either(language, f"{one}与{other}没有可比的指数", f"{one} and {other}: no index to compare")
    return either(language, f"换权重和算法，{one}高于{other}的次数占比：{'；'.join(said)}", f"Share of weights and methods under which {one} stands above {other}: {'; '.join(said)}")  # fmt: skip


def _note(frame: pl.DataFrame, rows: list[dict[str, Any]], one: str, language: Language) -> str:
    both = frame.filter(pl.col("is_one") | pl.col("is_other"))
    applicable = both.filter(pl.col("state") != "na").height
    short = both.filter(pl.col("state").is_in(["missing", "unscored"])).height
    share = short / applicable if applicable else 0.0
    versions = "、".join(both["version"].drop_nulls().unique().sort()) or "—"
    level = "；".join(f"{row['index_word']} {row['flip']}" for row in rows)
    return either(
        language,
        f"权重要变多少才持平：{level} · 同一组 {RUNS} 次（权重 ±25%、三种归一化、两种汇总，固定种子）里{one}更高的次数，平分各算一半，只含权重和算法的不确定，不含评分人的 · 超过 {FIRM:.0%} 才算分得出 · 只比共性指标 · "
        f"n = {RUNS} 次、2 个单位，缺评 {short}/{applicable} 项（{share:.0%}），{frame['round_name'][0]}，指标版本 {versions} · 方法 {VERSION}",
        f"What single weight would level them: {level} · how often {one} is higher in the same {RUNS:,} runs (weights ± 25 %, three normalisations, two aggregations, one seed), ties half; of weights and methods alone, what raters are unsure of is not in it · told apart from {FIRM:.0%} on · "
        f"common indicators · n = {RUNS:,} runs, 2 units, {short} of {applicable} not scored ({share:.0%}), {frame['round_name'][0]}, version {versions} · methods {VERSION}",
    )


def _figure(rows: list[dict[str, Any]], one: str, language: Language) -> dict[str, Any]:
    rungs = [
        Rung(
            row["index_word"], row["share"], f"{BOLD}{row['index_word']}{PLAIN}{LINE}{_percent(row)}{LINE}{row['told']}",
            None if row["share"] is None else min(0.5, row["share"]), None if row["share"] is None else max(0.5, row["share"]),
            ends=(_percent(row), row["one_score"], row["other_score"]), quiet=row["share"] is None or max(row["share"], 1 - row["share"]) < FIRM,
            absent=row["told"],
        )
        for row in rows
    ]  # fmt: skip
    heads = (
        either(language, "更高的把握", "Chance"),
        either(language, "前者得分", "First"),
        either(language, "后者得分", "Second"),
    )
    return ladder(rungs, Scale(-0.03, 1.03, _TICKS, [f"{at:.0%}" for at in _TICKS], zero=0.5), heads, wide=96)


def _percent(row: dict[str, Any]) -> str:
    return "—" if row["share"] is None else f"{row['share']:.0%}"


def _heads(one: str, other: str, language: Language) -> dict[str, str]:
    return {
        "index_word": either(language, "指数", "Index"),
        "share": either(language, f"{one}更高的把握", f"Chance {one} is above"),
        "told": either(language, "判断", "Told"),
        "runs": either(language, "次数", "Runs"),
        "n": either(language, "一起归一化的单位", "Units normalised together"),
        "one_score": either(language, f"{one}得分", f"Score, {one}"),
        "other_score": either(language, f"{other}得分", f"Score, {other}"),
        "one_rank": either(language, f"{one}可能的名次", f"Ranks, {one}"),
        "other_rank": either(language, f"{other}可能的名次", f"Ranks, {other}"),
        "flip": either(language, "多少权重变化会持平", "What would level them"),
    }


def _drill(row: dict[str, Any], one: str) -> Drill:
    params = {name: row[name] for name in ("unit_id", "round_name", "index_name")} | {"ind_code": None, "rater": None}
    return Drill("index_rank", f"{one} · {row['index_name']}", _percent(row), "rows_scores", params, owner=row["unit_id"])  # fmt: skip
