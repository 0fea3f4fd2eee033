"""Who is idle, who drowns, and is it certain: offices by month, the year with and without contract staff, one office's series."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import Row, heat
from panorama.charts.picture import Drill, Facts, Message, Picture
from panorama.charts.strip import BANDS, Mark, strip
from panorama.charts.tokens import BAND, DATA, INK, MID, MUTED, axis, layout, note, rect
from panorama.methods.control import ENOUGH, Limits, limits, signals
from panorama.text import Language

MOST_ROWS: Final = 20
_BAND_WORDS: Final = {band.zh: band for band in BANDS}


def _t(language: Language, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def band_word(band: str | None, language: Language) -> str:
    """A band in the reader's language; 待判 says so."""
    if band is None:
        return "—"
    if band == "待判":
        return _t(language, "待判", "unsure")
    return _BAND_WORDS[band][language] if band in _BAND_WORDS else band


def message(offices: pl.DataFrame, unit: str, year: int, language: Language) -> Message:
    """Frame of `saturation_offices`. Names only offices whose interval bears it out."""
    high = offices.filter(pl.col("low") > 1.15).sort("saturation", descending=True)["office"].to_list()
    low = offices.filter(pl.col("high") < 0.60).sort("saturation")["office"].to_list()
    unsure = offices.filter(pl.col("band") == "待判")["office"].to_list()
    known = offices.filter(pl.col("saturation").is_not_null())
    join = "、" if language == "zh" else ", "
    parts = []
    if high:
        parts.append(join.join(high[:3]) + _t(language, "超负荷", " overloaded"))
    if low:
        parts.append(join.join(low[:3]) + _t(language, "明显不饱满", " clearly idle"))
    parts = (
        [_t(language, "，", " and ").join(parts) + _t(language, "，区间支持这一判断", ", the interval bears it out")]
        if parts
        else []
    )
    if unsure:
        named = join.join(unsure[:3]) + (
            _t(language, f"等 {len(unsure)} 个处室", f" and {len(unsure) - 3} more") if len(unsure) > 3 else ""
        )
        parts.append(named + _t(language, "区间过宽，待判", ": interval too wide, undetermined"))
    if known.is_empty():
        title = _t(
            language,
            f"{unit} {year} 年没有可计算的工作饱满度：缺工作量、标准工时或在岗人数。",
            f"{unit}, {year}: no saturation can be computed; workload, unit times or staff are missing.",
        )
    elif not parts:
        title = _t(
            language,
            f"{unit} {year} 年没有处室可以断定超负荷或明显不饱满。",
            f"{unit}, {year}: no office can be called overloaded or clearly idle with confidence.",
        )
    else:
        title = _t(language, "；", "; ").join(parts) + _t(language, "。", ".")
    return Message(title, _honesty(known, offices.height, year, language))


def _honesty(known: pl.DataFrame, offices: int, year: int, language: Language) -> str:
    coverage = known["coverage"].mean() if known.height else None
    timed = known["coverage_volume"].mean() if known.height else None
    months = "—" if coverage is None else f"{float(str(coverage)):.0%}"
    share = "—" if timed is None else f"{float(str(timed)):.0%}"
    if language == "zh":
        line = f"{year} 年 · 在岗编内口径（净工时） · {known.height}/{offices} 个处室可计算 · 月份覆盖 {months} · 有标准工时的业务量占 {share}"
        line += "，其余未计入，饱满度为下限" if timed is not None and float(str(timed)) < 1 else ""
        return line + " · 全国没有统一阈值，分档为本轮设定"
    line = f"{year} · establishment staff at work, net hours · {known.height} of {offices} offices computed · months covered {months} · volume with a unit time {share}"
    line += ", the rest is left out: a lower bound" if timed is not None and float(str(timed)) < 1 else ""
    return line + " · there is no national threshold; the bands are this round's"


def months(frame: pl.DataFrame, offices: pl.DataFrame, language: Language) -> Picture:
    """Office × month. Frames of `saturation_months` and `saturation_offices` (order, year's figure)."""
    known = offices.filter(pl.col("saturation").is_not_null()).head(MOST_ROWS)
    series = {
        key[0]: dict(part.drop_nulls("saturation").select("period", "saturation").iter_rows())
        for key, part in frame.group_by("office_id")
    }
    periods = sorted(frame["period"].unique().to_list())
    all_months = [
        f"{year}-{month:02d}" for year in sorted({period[:4] for period in periods}) for month in range(1, 13)
    ]
    drills: list[Drill] = []
    places: dict[tuple[int, int], int] = {}
    rows = []
    for at, one in enumerate(known.iter_rows(named=True)):
        here = series.get(one["office_id"], {})
        rows.append(
            Row(
                one["office"], here, f"{one['saturation']:.2f}", band_word(one["band"], language), one["band"] != "待判"
            )
        )
        for column, month in enumerate(all_months):
            if month in here:
                places[(at, column)] = len(drills)
                drills.append(
                    Drill(
                        "saturation",
                        f"{one['office']} · {month}",
                        f"{here[month]:.2f}",
                        "rows_saturation_office",
                        {"office_id": one["office_id"], "period": month},
                    )
                )
    if not rows:
        return _nothing(language, frame)
    figure = heat(rows, all_months, places, language)
    year = all_months[-1][:4]
    last = frame.filter(pl.col("year") == int(year))
    over = _always(last, pl.col("saturation") > 1.15)
    under = _always(last, pl.col("saturation") < 0.80)
    title = _month_title(over, under, year, language)
    left = offices.filter(pl.col("saturation").is_not_null()).height - known.height
    more = _t(language, f" · 另有 {left} 个处室见表格", f" · {left} more offices in the table") if left > 0 else ""
    quiet = _t(
        language,
        f"处室 × 月，按全年饱满度排列 · 月份按当月法定工作日（含调休）折算 · 灰格为无数据 · 右侧为 {year} 年{more}",
        f"Office × month, ordered by the year · a month by its statutory working days · grey: no data · right: {year}{more}",
    )
    heads = {
        "office": _t(language, "处室", "Office"),
        "period": _t(language, "月份", "Month"),
        "saturation": _t(language, "饱满度（编内）", "Saturation"),
        "saturation_with_external": _t(language, "含编外", "With contract staff"),
    }
    return Picture(title, quiet, figure, title, frame, heads, tuple(drills))


def _always(frame: pl.DataFrame, held: pl.Expr) -> list[str]:
    """Offices for which it held in every month reported, with six months or more."""
    return (
        frame.drop_nulls("saturation")
        .group_by("office")
        .agg(held.all().alias("held"), pl.len().alias("n"))
        .filter(pl.col("held") & (pl.col("n") >= 6))
        .sort("office")["office"]
        .to_list()
    )


def _month_title(over: list[str], under: list[str], year: str, language: Language) -> str:
    join = "、" if language == "zh" else ", "
    parts = []
    if over:
        parts.append(
            _t(
                language,
                f"{join.join(over[:3])} {year} 年各月都高于 1.15",
                f"{join.join(over[:3])}: above 1.15 in every month of {year}",
            )
        )
    if under:
        parts.append(
            _t(
                language,
                f"{join.join(under[:3])} {year} 年各月都低于 0.80",
                f"{join.join(under[:3])}: below 0.80 in every month of {year}",
            )
        )
    return _t(language, "；", "; ").join(parts) or _t(
        language, f"{year} 年没有处室月月偏高或月月偏低", f"No office is high or low in every month of {year}"
    )


def _nothing(language: Language, frame: pl.DataFrame) -> Picture:
    words = _t(language, "没有按月的工作量", "No monthly workload")
    return Picture(words, "", {"data": [], "layout": layout(40, 0)}, words, frame)


def offices(frame: pl.DataFrame, language: Language) -> Picture:
    """The year with and without contract staff, interval whiskers. Frame of `saturation_offices`."""
    known = frame.filter(pl.col("saturation").is_not_null())
    rows = pl.concat([known.head(MOST_ROWS), frame.filter(pl.col("saturation").is_null()).head(3)])
    marks = [_mark(one, language) for one in rows.iter_rows(named=True)]
    drills = tuple(_office_drill(one) for one in rows.iter_rows(named=True))
    lowered = known.filter((pl.col("saturation") > 1.15) & (pl.col("saturation_with_external") <= 1.15))[
        "office"
    ].to_list()
    join = "、" if language == "zh" else ", "
    if lowered:
        title = _t(
            language,
            f"计入编外后，{join.join(lowered[:3])}不再超负荷",
            f"With contract staff counted in, {join.join(lowered[:3])} no longer overloaded",
        )
    else:
        title = _t(
            language, "计入编外不改变哪个处室超负荷的判断", "Counting contract staff in changes no call of overload"
        )
    quiet = _t(
        language,
        f"实心点为编内，横线 90% 区间（标准工时误差与缺报月份） · ◇ 计入编外 · 空心为待判 · n = {known.height} 个处室",
        f"Dot: establishment staff, line: 90 % interval (unit times, missing months) · ◇ with contract staff · hollow: undetermined · n = {known.height}",
    )
    heads = {
        "office": _t(language, "处室", "Office"),
        "saturation": _t(language, "编内", "Establishment"),
        "saturation_with_external": _t(language, "含编外", "With contract staff"),
        "low": _t(language, "区间下限", "Low"),
        "high": _t(language, "区间上限", "High"),
        "band": _t(language, "分档", "Band"),
        "p_under": _t(language, "低于 0.80 的概率", "P(S < 0.80)"),
        "p_over": _t(language, "高于 1.15 的概率", "P(S > 1.15)"),
        "required_staff": _t(language, "应需人数", "Required"),
        "staff": _t(language, "在岗编内", "Staff"),
        "coverage": _t(language, "月份覆盖", "Months covered"),
    }
    return Picture(title, quiet, strip(marks, language, left=120, row_height=30), title, frame, heads, drills)


def _mark(one: dict[str, Any], language: Language) -> Mark:
    s, external = one["saturation"], one["saturation_with_external"]
    hover = (
        f"<b>{one['office']}</b><br>"
        + ("—" if s is None else f"{s:.2f}")
        + ("" if external is None else f"<br>◇ {external:.2f}")
    )
    absent = _t(language, "缺数据，不计算", "no data: not computed")
    return Mark(one["office"], s, external, one["low"], one["high"], one["band"] == "待判", hover, absent)


def _office_drill(one: dict[str, Any]) -> Drill:
    value = "—" if one["saturation"] is None else f"{one['saturation']:.2f}"
    working = (
        ""
        if one["required_staff"] is None or one["staff"] is None
        else f"{one['required_staff']:.2f} ÷ {one['staff']:.1f} = {value}"
    )
    params = {"office_id": one["office_id"], "period": str(one["year"])}
    return Drill("saturation", f"{one['office']} · {one['year']}", value, "rows_saturation_office", params, working)


def series(frame: pl.DataFrame, language: Language) -> Picture:
    """XmR chart of one office. Frame of `saturation_series`. Under twelve points no limits, and it says so."""
    known = frame.drop_nulls("saturation")
    if known.is_empty():
        return _nothing(language, frame)
    values = known["saturation"].to_list()
    office = known["office"][0]
    band = limits(values[:ENOUGH])
    found = signals(values, band) if band else []
    periods = known["period"].to_list()
    if band is None:
        title = _t(language, f"{office}：样本不足，不设控制限", f"{office}: too few points for limits")
    elif found:
        named = "、".join(periods[one.at] for one in found[:3])
        title = _t(
            language,
            f"{office} {len(found)} 个月不是偶然波动：{named}{'等' if len(found) > 3 else ''}",
            f"{office}: {len(found)} months are out of the ordinary: {named.replace('、', ', ')}{' …' if len(found) > 3 else ''}",
        )
    else:
        title = _t(language, f"{office} 各月都在正常波动之内", f"{office}: every month within ordinary variation")
    quiet = _t(
        language,
        f"XmR 图，月饱满度 · 基线为前 {ENOUGH} 个月，限为均值±2.66×平均移动极差 · n = {len(values)} 个月",
        f"XmR chart of monthly saturation · baseline: the first {ENOUGH} months, limits: mean ± 2.66 × mean moving range · n = {len(values)}",
    )
    heads = {"period": _t(language, "月份", "Month"), "saturation": _t(language, "饱满度", "Saturation")}
    return Picture(title, quiet, _xmr(periods, values, band, {one.at for one in found}, language), title, known, heads)


def _xmr(
    periods: list[str], values: list[float], band: Limits | None, named: set[int], language: Language
) -> dict[str, Any]:
    xs = list(range(len(values)))
    colours = [DATA if at in named else INK for at in xs]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": values,
        "line": {"width": 1.5, "color": MID},
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": values,
        "marker": {"size": 7, "color": colours},
        "text": periods,
        "hovertemplate": "<b>%{text}</b><br>%{y:.2f}<extra></extra>",
    }
    shapes, notes = [], []
    if band is not None:
        shapes.append(rect(-0.5, band.low, len(xs) - 0.5, band.high, BAND, layer="below"))
        shapes.append(
            {
                "type": "line",
                "x0": -0.5,
                "x1": len(xs) - 0.5,
                "y0": band.mean,
                "y1": band.mean,
                "line": {"width": 1, "color": MID},
                "layer": "below",
            }
        )
        for y, word in (
            (band.high, _t(language, "上限", "upper")),
            (band.mean, _t(language, "均值", "mean")),
            (band.low, _t(language, "下限", "lower")),
        ):
            notes.append(
                note(
                    1.0, y, f"{word} {y:.2f}", xref="paper", xanchor="left", xshift=6, font={"size": 11, "color": MUTED}
                )
            )
    step = max(len(xs) // 6, 1)
    frame = layout(230, 40, 76, 24, 8, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[-0.5, len(xs) - 0.5], tickvals=xs[::step], ticktext=periods[::step])
    frame["yaxis"] = axis(tickformat=".1f")
    return {"data": [line, points], "layout": frame}


def posts(frame: pl.DataFrame, language: Language) -> Facts:
    """Posts of one office in one year. Frame of `saturation_posts`."""
    shown = frame.with_columns(
        pl.col("band").map_elements(lambda band: band_word(band, language), return_dtype=pl.String, skip_nulls=False)
    )
    title = _t(language, f"{frame.height} 个岗位", f"{frame.height} posts")
    heads = {
        "post": _t(language, "岗位", "Post"),
        "required_staff": _t(language, "应需人数", "Required"),
        "staff": _t(language, "实有人数", "Staff"),
        "saturation": _t(language, "饱满度", "Saturation"),
        "saturation_with_external": _t(language, "含编外", "With contract staff"),
        "low": _t(language, "区间下限", "Low"),
        "high": _t(language, "区间上限", "High"),
        "band": _t(language, "分档", "Band"),
    }
    return Facts(
        title,
        _t(language, "岗位的人数一律取自岗位表的实有人数", "People of a post are always its own actual number"),
        shown,
        heads,
    )


def activities(frame: pl.DataFrame, language: Language) -> Facts:
    """Activities of one office in one year. Frame of `saturation_activities`."""
    total = float(frame["hours"].sum() or 0)
    shown = frame.with_columns(
        (pl.col("hours") / total).alias("share") if total else pl.lit(None, pl.Float64).alias("share")
    )
    title = _t(
        language,
        f"{frame.height} 个事项，合计 {total:,.0f} 小时",
        f"{frame.height} activities, {total:,.0f} hours in all",
    )
    heads = {
        "activity": _t(language, "事项", "Activity"),
        "unit_of_work": _t(language, "计量单位", "Unit"),
        "volume": _t(language, "工作量", "Volume"),
        "std_hours": _t(language, "标准工时（小时）", "Unit time (h)"),
        "hours": _t(language, "所需工时", "Hours"),
        "share": _t(language, "占比", "Share"),
        "hours_actual": _t(language, "填报工时", "Reported hours"),
        "cv": _t(language, "标准工时离散系数", "Spread of the unit time"),
    }
    return Facts(
        title,
        _t(
            language,
            "没有标准工时的事项不计入所需工时，也不当作零",
            "An activity without a unit time is left out, never taken for zero",
        ),
        shown,
        heads,
    )


def gaps(frame: pl.DataFrame, language: Language) -> Facts:
    """Volumes without a unit time. Frame of `saturation_gaps`."""
    title = (
        _t(
            language,
            f"{frame.height} 项业务量没有标准工时，饱满度为下限",
            f"{frame.height} volumes have no unit time: saturation is a lower bound",
        )
        if frame.height
        else _t(language, "所有业务量都有标准工时", "Every volume has a unit time")
    )
    heads = {
        "office": _t(language, "处室", "Office"),
        "activity": _t(language, "事项", "Activity"),
        "volume": _t(language, "工作量", "Volume"),
        "hours_actual": _t(language, "填报工时", "Reported hours"),
        "n": _t(language, "记录数", "Rows"),
    }
    return Facts(
        title,
        _t(language, "请在工作事项标准表中补上标准工时", "Add their unit times to the activity standards"),
        frame,
        heads,
    )
