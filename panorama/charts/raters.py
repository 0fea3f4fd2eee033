"""How severe each rater is, and how far they agree (methods §5)."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN, signed
from panorama.definitions.indicators import VERSION
from panorama.text import Language, Text, either, many

NAMED: Final = 3
MOST_DRAWN: Final = 40
ENOUGH: Final = 0.667
"""Krippendorff's own line: below it conclusions should not be drawn."""
GOOD: Final = 0.8
_LACKING: Final = {
    "apart": Text("与其他评分人没有共同评过的单位和指标，比不了", "nothing in common with the others, no comparison"),
    "few": Text("评分太少，分不出宽严", "too few scores to tell"),
}


def severities(frame: pl.DataFrame, language: Language) -> Picture:
    """Severity of each rater with its interval, the mean as a line. Frame of `indicators_raters`."""
    if frame.is_empty():
        words = either(language, "这一轮没有评估组或互评的评分", "No scores by the team or other units in this round")
        return Picture(words, "", BLANK, words, frame)
    rows = frame.sort("severity", "rater", descending=[True, False], nulls_last=True)
    title = _title(rows, language)
    drawn = list(rows.head(MOST_DRAWN).iter_rows(named=True))
    told = [_told(row, language) for row in rows.iter_rows(named=True)]
    table = rows.with_columns(
        pl.Series("told", told, pl.String), *((pl.col(name) * 100).alias(f"{name}_of_100") for name in ("severity", "low", "high"))
    )  # fmt: skip
    heads = {
        "rater": either(language, "评分人", "Rater"),
        "units": either(language, "评过的单位", "Units"),
        "n": either(language, "评分数", "Scores"),
        "severity_of_100": either(language, "比平均高（占权重 %）", "Above the mean (% of weight)"),
        "low_of_100": either(language, "区间下限", "Low"),
        "high_of_100": either(language, "区间上限", "High"),
        "told": either(language, "判断", "Judged"),
    }
    drills = tuple(_drill(row) for row in drawn)
    return Picture(title, _note(rows, language), _figure(drawn, language), title, table, heads, drills, _drill)


def _sure(row: dict[str, Any]) -> int:
    """1: surely lenient, -1: surely severe, 0: can't be told from the mean."""
    if row["low"] is None:
        return 0
    return int(row["low"] > 0) - int(row["high"] < 0)


def _title(rows: pl.DataFrame, language: Language) -> str:
    every = list(rows.iter_rows(named=True))
    lenient = [row["rater"] for row in every if _sure(row) > 0]
    severe = [row["rater"] for row in every if _sure(row) < 0]
    known = sum(row["severity"] is not None for row in every)
    if not known:
        return either(
            language,
            f"{len(every)} 名评分人的宽严比不了",
            f"{many(len(every), 'rater')}: no comparison of their severity",
        )
    zh = [f"{_some(names, 'zh')}明显偏{word}" for names, word in ((lenient, "宽"), (severe, "严")) if names]
    en = [f"{_some(names, 'en')} clearly {word}" for names, word in ((lenient, "lenient"), (severe, "severe")) if names]
    if not zh:
        zh, en = ["没有人明显偏宽或偏严"], ["nobody clearly lenient or severe"]
    return either(language, f"{known} 名评分人中{'，'.join(zh)}", f"Of {many(known, 'rater')}: {', '.join(en)}")


def _some(names: list[str], language: Language) -> str:
    shown = either(language, "、", ", ").join(names[:NAMED])
    if len(names) > NAMED:
        shown += either(language, f"等 {len(names)} 人", f" and {len(names) - NAMED} more")
    return shown


def _note(rows: pl.DataFrame, language: Language) -> str:
    one = rows.row(0, named=True)
    scores, strangers = int(rows["n"].sum()), rows.filter(~pl.col("registered")).height
    absent = rows["severity"].null_count()
    zh = [
        "比平均高多少，占指标权重的百分比，已扣除单位和指标的差别，横线 90% 区间，含 0 的与平均分不开",
        _agreement(one, "zh"),
    ]
    en = [
        "all kinds of unit together; above the mean, % of an indicator's weight, units and indicators allowed for; line: 90 % interval",
        _agreement(one, "en"),
    ]
    if strangers:
        zh.append(f"{strangers} 人不在评估人员名单")
        en.append(f"{strangers} not in the register of evaluators")
    zh.append(
        f"n = {scores} 条评分、{rows.height} 人，比不了 {absent} 人（{absent / rows.height:.0%}），{one['round_name']} · 方法 {VERSION}"
    )
    en.append(
        f"n = {many(scores, 'score')} by {many(rows.height, 'rater')}, {absent} not compared ({absent / rows.height:.0%}), "
        f"{one['round_name']} · methods {VERSION}"
    )
    return " · ".join(zh if language == "zh" else en)


def _agreement(one: dict[str, Any], language: Language) -> str:
    """α of the round in words."""
    alpha, items = one["alpha"], one["items"]
    if alpha is None:
        return either(
            language, "没有两人以上评过的指标，一致性算不出", "no indicator scored by two, so no agreement to tell"
        )
    zh, en = ("一致", "agreement") if alpha >= GOOD else ("勉强一致", "tentative agreement") if alpha >= ENOUGH else ("不一致", "no agreement")  # fmt: skip
    return either(
        language,
        f"Krippendorff α = {alpha:.2f}（{zh}；{items} 项有两人以上评分）",
        f"Krippendorff's α = {alpha:.2f} ({en}; {many(items, 'item')} scored by two or more)",
    )


def _told(row: dict[str, Any], language: Language) -> str:
    if row["lacking"] is not None:
        return _LACKING[row["lacking"]][language]
    words = {
        1: ("明显偏宽", "clearly lenient"),
        -1: ("明显偏严", "clearly severe"),
        0: ("与平均分不开", "not to be told from the mean"),
    }
    return either(language, *words[_sure(row)])


def _figure(rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    ends = [abs(row[name]) * 100 for row in rows for name in ("low", "high") if row[name] is not None]
    reach = max([5.0, *ends]) * 1.08
    step = next(step for step in (2, 5, 10, 25, 50, 100) if reach / step <= 4.5)
    ticks = [at * step for at in range(-int(reach // step), int(reach // step) + 1)]
    scale = Scale(-reach, reach, ticks, [f"{at:+d}%".replace("-", "−") if at else "0" for at in ticks], zero=0)
    rungs = [
        Rung(
            row["rater"],
            None if row["severity"] is None else row["severity"] * 100,
            f"{BOLD}{row['rater']}{PLAIN}{LINE}{_told(row, language)}{LINE}n = {row['n']}",
            None if row["low"] is None else row["low"] * 100,
            None if row["high"] is None else row["high"] * 100,
            ends=(str(row["n"]), "—" if row["severity"] is None else f"{signed(row['severity'] * 100)}%"),
            quiet=not _sure(row),
            absent="" if row["lacking"] is None else _LACKING[row["lacking"]][language],
        )
        for row in rows
    ]
    return ladder(rungs, scale, (either(language, "评分数", "Scores"), either(language, "比平均", "To the mean")))


def _drill(row: dict[str, Any]) -> Drill:
    value = "—" if row["severity"] is None else f"{signed(row['severity'] * 100)}%"
    params = {
        "round_name": row["round_name"],
        "rater": row["rater"],
        "unit_id": None,
        "index_name": None,
        "ind_code": None,
    }
    return Drill("rater_severity", f"{row['rater']} · {row['round_name']}", value, "rows_scores", params)
