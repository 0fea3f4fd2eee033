"""One office against its own history: the XmR chart of its months, the signals named, and no limits where months are few."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.picture import Drill, Picture
from panorama.charts.strip import shown
from panorama.charts.tokens import BAND, BOLD, DATA, INK, LINE, MID, MUTED, PLAIN, axis, layout, note, rect, signed
from panorama.definitions.history import VERSION
from panorama.methods.control import ENOUGH, Limits, Signal, limits, signals
from panorama.methods.trend import trend
from panorama.text import Language, Text, either, many

RULE: Final = {
    "outside": Text("越限", "outside the limits"),
    "run": Text("连续 8 个月在均值同侧", "8 in a row on one side"),
    "trend": Text("连续 6 个月同向变化", "6 rising or falling"),
    "near": Text("3 个月中 2 个逼近限值", "2 of 3 near a limit"),
}


def series(frame: pl.DataFrame, language: Language) -> Picture:
    """XmR chart of one office. Frame of `saturation_series`. Under twelve months: the run, no limits, and it says so.

    A month that is a lower bound is drawn, and counts in no limit, signal or slope: nobody knows where it lies.
    """
    every = frame.drop_nulls("saturation").sort("period")
    # Months before a new version of the unit times are on another scale: the series begins anew.
    since = every.drop_nulls("versions")["year"].max()
    known = every if since is None else every.filter(pl.col("year") >= since)
    office = frame["office"][0] if frame.height else ""
    if known.is_empty():
        words = either(language, f"{office}没有按月的饱满度", f"{office}: no monthly saturation".lstrip(": "))
        return Picture(words, "", BLANK, words, known)
    firm = known.filter(~pl.col("lower_bound"))
    values, places = firm["saturation"].to_list(), known["lower_bound"].not_().arg_true().to_list()
    band = limits(values[:ENOUGH])
    found = [Signal(places[one.at], one.rule) for one in signals(values, band)] if band else []
    title = _title(office, known["period"].to_list(), firm.height, band, found, language)
    rules = {one.at: RULE[one.rule][language] for one in found}
    table = known.with_columns(
        pl.col("saturation").round(3),
        pl.Series("signal", [rules.get(at) for at in range(known.height)], dtype=pl.String),
        pl.when("lower_bound").then(pl.lit("≥")).alias("at_least_word"),
    )
    heads = {
        "period": either(language, "月份", "Month"),
        "at_least_word": either(language, "至少", "At least"),
        "saturation": either(language, "饱满度", "Saturation"),
        "signal": either(language, "信号", "Signal"),
    }
    drills = tuple(_drill(one) for one in known.iter_rows(named=True))
    return Picture(
        title,
        _note(known, firm, band, language) + _floors(known, language) + _cut(every, known, language),
        _figure(known, band, found, language),
        title,
        table,
        heads,
        drills,
        _drill,
    )


def _cut(every: pl.DataFrame, known: pl.DataFrame, language: Language) -> str:
    """How many months are left out, for they stand before a new version of the unit times."""
    left = every.height - known.height
    if not left:
        return ""
    versions = known["versions"].drop_nulls()[0]
    return either(
        language,
        f" · 标准工时自 {known['period'][0]} 换版（{versions}），之前 {left} 个月不是一把尺，不画",
        f" · unit times of a new version from {known['period'][0]} ({versions}): {many(left, 'month')} before are on another scale and not drawn",
    )


def _floors(known: pl.DataFrame, language: Language) -> str:
    """How many months are lower bounds: some of their work has no unit time, so that they may lie higher."""
    bare = known.filter("lower_bound").height
    if not bare:
        return ""
    return either(
        language,
        f" · 其中 {bare} 个月有工作量没有计入，为下限（≥），不参与控制限、信号和斜率",
        f" · {bare} of them lower bounds (≥), some work is not counted: in no limit, signal or slope",
    )


def _title(
    office: str, periods: list[str], firm: int, band: Limits | None, found: list[Signal], language: Language
) -> str:
    if band is None:
        sure = ("", "") if firm == len(periods) else ("（不含下限）", " without lower bounds")
        return either(
            language,
            f"{office}只有 {firm} 个月{sure[0]}：样本不足，不设控制限",
            f"{office}, {many(firm, 'month')}{sure[1]}: too few points, no control limits",
        )
    if not found:
        return either(language, f"{office}各月都在正常波动之内", f"{office}: every month within ordinary variation")
    # The newest are what a reader can still act on.
    newest = [f"{periods[one.at]}（{RULE[one.rule].zh}）" for one in found[-2:]]
    newest_en = [f"{periods[one.at]} ({RULE[one.rule].en})" for one in found[-2:]]
    return either(
        language,
        f"{office}有 {len(found)} 个月不像偶然波动，最近为 {'、'.join(newest)}",
        f"{office}: {len(found)} {'month does' if len(found) == 1 else 'months do'} not look like chance, latest {', '.join(newest_en)}",
    )


def _note(known: pl.DataFrame, firm: pl.DataFrame, band: Limits | None, language: Language) -> str:
    first, last = known["period"][0], known["period"][-1]
    n, span = known.height, _month(last) - _month(first) + 1
    absent, share = span - n, (span - n) / span
    if band is None:
        return either(
            language,
            f"月饱满度，{first} 至 {last} · 满 {ENOUGH} 个月才设控制限{_slope(firm, 'zh')} · n = {n} 个月，其间缺 {absent} 个（{share:.0%}）· 方法 {VERSION}",
            f"Monthly saturation, {first} to {last} · limits need {ENOUGH} months{_slope(firm, 'en')} · n = {many(n, 'month')}, {absent} between missing ({share:.0%}) · methods {VERSION}",
        )
    start, until = firm["period"][0], firm["period"][ENOUGH - 1]
    return either(
        language,
        f"XmR 图，月饱满度，{first} 至 {last} · 基线 {start} 至 {until}（{ENOUGH} 点），灰带为均值±2.66×平均移动极差 · 蓝点为信号，不表示好坏 · n = {n} 个月，其间缺 {absent} 个（{share:.0%}）· 方法 {VERSION}",
        f"XmR chart, monthly saturation, {first} to {last} · baseline {start} to {until} ({ENOUGH} points), band: mean ± 2.66 × mean moving range · blue: signal, neither good nor bad · n = {n} months, {absent} between missing ({share:.0%}) · methods {VERSION}",
    )


def _slope(known: pl.DataFrame, language: Language) -> str:
    """Which way few months go: Theil–Sen with its interval; nothing where they are too few for that."""
    found = trend([_month(period) for period in known["period"]], known["saturation"].to_list())
    if found is None:
        return ""
    span = f"{signed(found.slope, 3)}（{signed(found.low, 3)} ~ {signed(found.high, 3)}）"
    return either(
        language,
        f" · 每月 {span}，Theil–Sen，90% 区间",
        f" · a month {span.replace('（', ' (').replace('）', ')')}, Theil–Sen, 90 % interval",
    )


def _drill(one: dict[str, Any]) -> Drill:
    value = shown(one["saturation"], one["lower_bound"])
    working = (
        f"{one['required_staff']:.2f} ÷ {one['staff']:g} = {value}"
        if one["required_staff"] is not None and one["staff"]
        else ""
    )
    params = {"office_id": one["office_id"], "period": one["period"]}
    subject = f"{one['office']} · {one['period']}"
    return Drill("saturation", subject, value, "rows_saturation_office", params, working, owner=one.get("unit_id"))


def _month(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def _figure(known: pl.DataFrame, band: Limits | None, found: list[Signal], language: Language) -> dict[str, Any]:
    periods, values = known["period"].to_list(), known["saturation"].to_list()
    start = _month(periods[0])
    # By the calendar, so that a month without data leaves a gap.
    xs = [_month(period) - start for period in periods]
    named = {one.at: RULE[one.rule][language] for one in found}
    hover = [
        f"{BOLD}{period}{PLAIN}{LINE}{shown(value, floor)}" + (f"{LINE}{named[at]}" if at in named else "")
        for at, (period, value, floor) in enumerate(zip(periods, values, known["lower_bound"], strict=True))
    ]
    kept = {"marker": {"opacity": 1}}
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": values,
        "marker": {"size": 7, "color": [DATA if at in named else INK for at in range(len(xs))]},
        "customdata": list(range(len(xs))),
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": kept,
        "unselected": kept,
    }
    shapes, notes = _limits(band, xs[-1], language) if band else ([], [])
    notes += _named(periods, xs, values, [one.at for one in found])
    frame = layout(240, 40, 84, 24, 8, shapes=shapes, annotations=notes)
    step = max(-(-(xs[-1] + 1) // 7), 1)
    ticks = list(range(0, xs[-1] + 1, step))
    frame["xaxis"] = axis(range=[-0.7, xs[-1] + 0.7], tickvals=ticks, ticktext=[_name(start + at) for at in ticks])
    low = min([*values, *([max(band.low, 0.0)] if band else [])])
    high = max([*values, *([band.high] if band else [])])
    room = max(high - low, 0.1) * 0.14
    frame["yaxis"] = axis(tickformat=".2f", range=[low - room, high + room * 1.6], nticks=6)
    return {"data": [_line(xs, values), points], "layout": frame}


def _name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def _line(xs: list[int], values: list[float]) -> dict[str, Any]:
    by = dict(zip(xs, values, strict=True))
    every = list(range(xs[-1] + 1))
    line = {"width": 1.5, "color": MID}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": every,
        "y": [by.get(x) for x in every],
        "line": line,
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def _limits(band: Limits, last: int, language: Language) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    # A saturation is never below zero, whatever the limit says.
    low = max(band.low, 0.0)
    ends = {"x0": -0.7, "x1": last + 0.7}
    line = {"width": 1, "color": MID}
    shapes = [
        rect(ends["x0"], low, ends["x1"], band.high, BAND, layer="below"),
        {"type": "line", **ends, "y0": band.mean, "y1": band.mean, "line": line, "layer": "below"},
    ]
    words = (
        (band.high, either(language, "上限", "upper")),
        (band.mean, either(language, "均值", "mean")),
        (low, either(language, "下限", "lower")),
    )
    place = {"xref": "paper", "xanchor": "left", "xshift": 6, "font": {"size": 11, "color": MUTED}}
    return shapes, [note(1.0, y, f"{word} {y:.2f}", **place) for y, word in words]


def _named(periods: list[str], xs: list[int], values: list[float], found: list[int]) -> list[dict[str, Any]]:
    """The first month of each stretch of signals; the others are left to the hover, lest the words run together."""
    first = [at for at in found if at - 1 not in found]
    apart = [at for before, at in zip([None, *first], first, strict=False) if before is None or xs[at] - xs[before] > 2]
    return [note(xs[at], values[at], periods[at][2:], **_beside(values, at)) for at in apart]


def _beside(values: list[float], at: int) -> dict[str, Any]:
    """Above a point or below it, on the side that the line to its neighbours leaves free."""
    near = values[max(at - 1, 0) : at] + values[at + 1 : at + 2]
    below = bool(near) and values[at] < sum(near) / len(near)
    side = {"yanchor": "top", "yshift": -6} if below else {"yanchor": "bottom", "yshift": 6}
    return {**side, "font": {"size": 11, "color": INK}}
