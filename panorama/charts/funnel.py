"""Which units have more findings, or fewer, than chance gives a unit of their size: the funnel plot (methods §4)."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import BOLD, DATA, INK, LINE, MID, MUTED, PLAIN, axis, layout, note
from panorama.definitions.peers import VERSION
from panorama.methods.funnel import FEWEST
from panorama.text import Language, either, many

NAMED: Final = 5
"""Units outside the limits that the title names; the picture names the outermost."""


def findings(frame: pl.DataFrame, language: Language) -> Picture:
    """Findings per 100 staff-years against size. Frame of `peers_funnel`."""
    known = frame.drop_nulls("rate").sort("size")
    if known.is_empty():
        words = either(language, "没有巡视审计的问题数可比", "No findings to compare")
        return Picture(words, "", BLANK, words, known)
    title = _title(known, language)
    drills = tuple(_drill(one) for one in known.iter_rows(named=True))
    table = known.sort("rate", descending=True).with_columns(
        [(pl.col(name) * 100).round(2) for name in ("rate", "low_95", "high_95", "low_998", "high_998")]
    )
    table = table.with_columns(
        pl.Series("told", [_verdict(one, language) for one in table["verdict"]], pl.String), pl.col("size").round(1)
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "events": either(language, "问题", "Findings"),
        "size": either(language, "人·年", "Staff-years"),
        "rate": either(language, "每百人·年", "Per 100 staff-years"),
        "low_95": either(language, "95% 下限", "95 % low"),
        "high_95": either(language, "95% 上限", "95 % high"),
        "low_998": either(language, "99.8% 下限", "99.8 % low"),
        "high_998": either(language, "99.8% 上限", "99.8 % high"),
        "told": either(language, "判断", "Judged"),
    }
    return Picture(
        title, _note(frame, known, language), _figure(known, language), title, table, heads, drills, _table_drill
    )


def _title(known: pl.DataFrame, language: Language) -> str:
    if known["verdict"].null_count():
        few = known.height < FEWEST
        return either(
            language,
            f"同类型单位只有 {known.height} 个有数据：不足 {FEWEST} 个，不设界限" if few else "同类型单位都没有问题",
            f"Only {many(known.height, 'unit')} of this kind with data: under {FEWEST}, no limits"
            if few
            else "No findings in any unit of this kind",
        )
    high, low = known.filter(pl.col("verdict") == 2), known.filter(pl.col("verdict") == -2)
    if high.is_empty() and low.is_empty():
        return either(
            language,
            f"按人数看，{known.height} 个单位的问题数都在 99.8% 界限之内",
            f"For their size, all {known.height} units lie within the 99.8 % limits",
        )
    zh, en = [], []
    for held, more, en_more in ((high, "多于", "more"), (low, "少于", "fewer")):
        if held.height:
            names = held.sort("rate", descending=True)["unit"].to_list()
            cut_zh, cut_en = (
                (f"等 {len(names)} 个单位", f" and {len(names) - NAMED} more") if len(names) > NAMED else ("", "")
            )
            zh.append(f"{'、'.join(names[:NAMED])}{cut_zh}的问题{more}同等人数的偶然波动")
            en.append(f"{', '.join(names[:NAMED])}{cut_en}: {en_more} findings than chance gives that size")
    return "；".join(zh) if language == "zh" else "; ".join(en)


def _note(frame: pl.DataFrame, known: pl.DataFrame, language: Language) -> str:
    one = known.row(0, named=True)
    n, absent = known.height, frame.height - known.height
    span = f"{one['first_year']}–{one['last_year']}"
    zh = [f"巡视巡察和审计问题 ÷ 各年末人数之和，同模板类别单位，{span}"]
    en = [f"Findings of inspection and audit ÷ staff-years, units of one template kind, {span}"]
    if one["verdict"] is not None:
        wide = one["tau"] > 0
        zh.append("实线 95%、虚线 99.8% 界限" + ("，含单位间差异（过度离散）" if wide else "，精确泊松"))
        en.append(
            "solid: 95 %, dotted: 99.8 % limits" + (", over-dispersion counted in" if wide else ", exact Poisson")
        )
    zh.append(
        f"n = {n}，缺 {absent} 个（{absent / frame.height:.0%}）· 查得多的问题也多，是线索不是结论 · 方法 {VERSION}"
    )
    en.append(
        f"n = {n}, {absent} missing ({absent / frame.height:.0%}) · who is looked at more has more: leads, not verdicts · methods {VERSION}"
    )
    return " · ".join(zh if language == "zh" else en)


def _verdict(verdict: int | None, language: Language) -> str:
    words = {
        None: ("不设界限", "no limits"),
        0: ("在 95% 界限内", "within 95 %"),
        1: ("高于 95% 界限", "above 95 %"),
        2: ("高于 99.8% 界限", "above 99.8 %"),
        -1: ("低于 95% 界限", "below 95 %"),
        -2: ("低于 99.8% 界限", "below 99.8 %"),
    }
    return either(language, *words[verdict])


def _table_drill(one: dict[str, Any]) -> Drill:
    """The row of the table has its rate per hundred already."""
    return _drill(one | {"rate": one["rate"] / 100})


def _drill(one: dict[str, Any]) -> Drill:
    value = f"{one['rate'] * 100:.1f}"
    params = {
        "which": "all",
        "unit_id": one["unit_id"],
        "by": None,
        "value": None,
        "severity": None,
        "today": one["today"],
    }
    params |= {"first_year": one["first_year"], "last_year": one["last_year"]}
    working = f"{one['events']} ÷ {one['size']:g} × 100 = {value}"
    unit_id = None if one["own"] else one["unit_id"]
    return Drill("findings_rate", one["unit"], value, "rows_findings", params, working, unit_id, one["unit_id"])


def _figure(known: pl.DataFrame, language: Language) -> dict[str, Any]:
    data = [*_limits(known), _points(known, language)]
    sizes = known["size"]
    rates = pl.concat([known["rate"], known["high_998"].drop_nulls(), known["centre"].drop_nulls()])
    top = min(float(rates.max() or 1), float(known["rate"].max() or 1) * 1.6) * 100  # type: ignore[arg-type]
    first, last = float(sizes.min()), float(sizes.max())  # type: ignore[arg-type]
    room = max((last - first) * 0.06, last * 0.04)
    frame = layout(340, 44, 16, 40, 26, annotations=[_unit(language), *_names(known)])
    words = {"text": either(language, "人·年", "staff-years"), "font": {"size": 11, "color": MUTED}, "standoff": 4}
    frame["xaxis"] = axis(range=[max(first - room, 0), last + room], nticks=6, title=words)
    frame["yaxis"] = axis(range=[0, top * 1.12], nticks=6, rangemode="tozero")
    return {"data": data, "layout": frame}


def _unit(language: Language) -> dict[str, Any]:
    """What the upright axis counts, above it."""
    words = either(language, "每百人·年问题数", "findings per 100 staff-years")
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "xshift": -34, "yshift": 6}
    return note(0, 1, words, font={"size": 11, "color": MUTED}, **place)


def _limits(known: pl.DataFrame) -> list[dict[str, Any]]:
    judged = known.drop_nulls("low_95")
    if judged.is_empty():
        return []
    lines = [("centre", "solid", INK), ("low_95", "solid", MID), ("high_95", "solid", MID)]
    lines += [("low_998", "dot", MID), ("high_998", "dot", MID)]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": judged["size"].to_list(),
            "y": (judged[column] * 100).to_list(),
            "line": {"width": 1, "color": colour, "dash": dash},
            "hoverinfo": "skip",
        }
        for column, dash, colour in lines
    ]


def _points(known: pl.DataFrame, language: Language) -> dict[str, Any]:
    rows = list(known.iter_rows(named=True))
    out = [abs(one["verdict"] or 0) == 2 for one in rows]
    kept = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [one["size"] for one in rows],
        "y": [one["rate"] * 100 for one in rows],
        "customdata": list(range(len(rows))),
        "hovertext": [
            f"{BOLD}{one['unit']}{PLAIN}{LINE}{one['events']} ÷ {one['size']:g} × 100 = {one['rate'] * 100:.1f}"
            f"{LINE}{_verdict(one['verdict'], language)}"
            for one in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": [13 if one["own"] else 8 for one in rows],
            "symbol": [
                "diamond" if one["own"] else "circle" if far else "circle-open"
                for one, far in zip(rows, out, strict=True)
            ],
            "color": [DATA if far or one["own"] else MID for one, far in zip(rows, out, strict=True)],
            "line": {"width": 1.5},
        },
        "selected": kept,
        "unselected": kept,
    }


def _names(known: pl.DataFrame) -> list[dict[str, Any]]:
    """The unit, and those farthest outside; names that would lie on each other are left to the hover."""
    rows = known.filter(pl.col("own") | (pl.col("verdict").abs() == 2))
    rows = rows.sort("own", (pl.col("rate") - pl.col("centre").fill_null(0)).abs(), descending=True)
    widest = float(known["size"].max() or 1)  # type: ignore[arg-type]
    tallest = float(known["rate"].max() or 1)  # type: ignore[arg-type]
    placed: list[tuple[float, float]] = []
    notes = []
    for one in rows.iter_rows(named=True):
        at = (one["size"] / widest, one["rate"] / tallest)
        if any(abs(at[0] - x) < 0.25 and abs(at[1] - y) < 0.08 for x, y in placed):
            continue
        placed.append(at)
        side = {"xanchor": "right", "xshift": -9} if at[0] > 0.6 else {"xanchor": "left", "xshift": 9}
        name = f"{BOLD}{one['unit']}{PLAIN}" if one["own"] else one["unit"]
        notes.append(note(one["size"], one["rate"] * 100, name, font={"size": 11, "color": INK}, **side))
    return notes
