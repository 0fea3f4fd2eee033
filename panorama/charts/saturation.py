"""Who is idle, who drowns, and is it certain: offices by month, the year with and without contract staff, posts, activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK, Row, heat
from panorama.charts.picture import Drill, Facts, Message, Picture
from panorama.charts.strip import BANDS, Mark, strip
from panorama.charts.tokens import INK, MUTED, note
from panorama.text import Language, Text

MOST_ROWS: Final = 20
"""A picture draws at most this many offices, the busiest and the idlest; the table twin has them all."""
_ABSENT: Final = 3
"""Rows drawn for offices without a figure; the others are counted."""
_BAND_WORDS: Final = {band.zh: band for band in BANDS}
_EVIDENCE: Final = {
    0.10: Text("写实", "measured"),
    0.15: Text("系统日志", "system log"),
    0.20: Text("专家", "expert"),
    0.30: Text("申报", "declared"),
}
"""Kind of evidence of a unit time, by its coefficient of variation (methods §2)."""


def _t(language: Language, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def band_word(band: str | None, language: Language) -> str:
    """A band in the reader's language; 待判 says so."""
    if band is None:
        return "—"
    if band == "待判":
        return _t(language, "待判", "unsure")
    return _BAND_WORDS[band][language] if band in _BAND_WORDS else band


def _names(names: Sequence[str], language: Language) -> str:
    """At most three names, then how many there are."""
    shown = ("、" if language == "zh" else ", ").join(names[:3])
    if len(names) <= 3:
        return shown
    return shown + _t(language, f"等 {len(names)} 个处室", f" and {len(names) - 3} more")


def message(offices: pl.DataFrame, unit: str, year: int, language: Language) -> Message:
    """Frame of `saturation_offices`. Calls an office idle or overloaded only where its whole interval is in that band."""
    known = offices.filter(pl.col("saturation").is_not_null())
    high = known.filter(pl.col("low") > 1.15).sort("saturation", descending=True)["office"].to_list()
    low = known.filter(pl.col("high") < 0.60).sort("saturation")["office"].to_list()
    unsure = known.filter(pl.col("band") == "待判")["office"].to_list()
    calls = [_names(high, language) + _t(language, "超负荷", " overloaded")] if high else []
    calls += [_names(low, language) + _t(language, "明显不饱满", " clearly idle")] if low else []
    parts = [
        _t(language, "，", " and ").join(calls) + _t(language, "，区间支持这一判断", ", the interval bears it out")
    ]
    parts = parts if calls else []
    if unsure:
        parts.append(_names(unsure, language) + _t(language, "区间过宽，待判", ": interval too wide, undetermined"))
    if known.is_empty():
        title = _t(
            language,
            f"{unit} {year} 年没有可计算的工作饱满度：缺工作量、标准工时或在岗人数",
            f"{unit}, {year}: no saturation can be computed; workload, unit times or staff are missing",
        )
    elif not parts:
        title = _t(
            language,
            f"{unit} {year} 年没有处室可以断定为超负荷或明显不饱满",
            f"{unit}, {year}: no office can be called overloaded or clearly idle with confidence",
        )
    else:
        title = _t(language, "；", "; ").join(parts)
    return Message(title + _t(language, "。", "."), _honesty(offices, year, language))


def _honesty(offices: pl.DataFrame, year: int, language: Language) -> str:
    known = offices.drop_nulls("saturation").height
    unit: dict[str, Any] = offices.row(0, named=True) if offices.height else {}
    months, timed = _share(unit.get("unit_coverage")), _share(unit.get("unit_coverage_volume"))
    floor = bool(unit.get("unit_lower_bound"))
    if language == "zh":
        line = f"{year} 年 · 在岗编内口径（净工时） · {known}/{offices.height} 个处室可计算 · 月份覆盖 {months} · 有标准工时的业务量占 {timed}"
        line += "，其余未计入，饱满度为下限" if floor else ""
        return line + " · 全国没有统一阈值，分档为本轮设定"
    line = f"{year} · establishment staff at work, net hours · {known} of {offices.height} offices computed · months covered {months} · volume with a unit time {timed}"
    line += ", the rest is left out: a lower bound" if floor else ""
    return line + " · there is no national threshold; the bands are this round's"


def _share(value: float | None) -> str:
    """Rounded down, so that only the whole is called 100 %."""
    return "—" if value is None else f"{int(value * 100 + 1e-9)}%"


def _drawn(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows that a picture draws, highest first, and how many it leaves to the table."""
    known = frame.filter(pl.col("saturation").is_not_null()).sort("saturation", descending=True)
    if known.height > MOST_ROWS:
        known = pl.concat([known.head(MOST_ROWS // 2), known.tail(MOST_ROWS // 2)])
    rows = pl.concat([known, frame.filter(pl.col("saturation").is_null()).head(_ABSENT)])
    return rows, frame.height - rows.height


def _more(left: int, language: Language) -> str:
    return _t(language, f" · 另有 {left} 个见表格", f" · {left} more in the table") if left else ""


def months(frame: pl.DataFrame, offices: pl.DataFrame, language: Language) -> Picture:
    """Office × month. Frames of `saturation_months` and `saturation_offices` (order, the year's figure)."""
    reported = frame.drop_nulls("saturation")
    if reported.is_empty():
        return _nothing(frame, language)
    rows, left = _drawn(offices)
    series: dict[Any, dict[str, float]] = {
        key[0]: dict(part.select("period", "saturation").iter_rows()) for key, part in reported.group_by("office_id")
    }
    year = str(offices["year"][0])
    years = sorted({*(period[:4] for period in reported["period"]), year})
    columns = [f"{one}-{month:02d}" for one in years for month in range(1, 13)]
    drills: list[Drill] = []
    places: dict[tuple[int, int], int] = {}
    drawn: list[Row] = []
    for at, one in enumerate(rows.iter_rows(named=True)):
        here = series.get(one["office_id"], {})
        number = "—" if one["saturation"] is None else f"{one['saturation']:.2f}"
        sure = one["band"] not in ("待判", None)
        drawn.append(Row(one["office"], here, number, band_word(one["band"], language), sure))
        for column, month in enumerate(columns):
            if month in here:
                places[(at, column)] = len(drills)
                drills.append(_month_drill(one, month, here[month]))
    of_year = reported.filter(pl.col("year") == int(year))
    over, under = _always(of_year, pl.col("saturation") > 1.15), _always(of_year, pl.col("saturation") < 0.80)
    title = _month_title(over, under, year, language)
    quiet = _t(
        language,
        f"处室 × 月，按全年饱满度排列 · 每月按当月可用工时折算（含调休） · 无色为饱满，灰格“无”为没有数据 · 右侧为 {year} 年，灰色待判",
        f"Office × month, ordered by the year · each month on its own available hours · no fill: full, grey: no data · right: {year}, grey is undetermined",
    )
    heads = {
        "office": _t(language, "处室", "Office"),
        "period": _t(language, "月份", "Month"),
        "saturation": _t(language, "饱满度（编内）", "Saturation"),
        "saturation_with_external": _t(language, "含编外", "With contract staff"),
    }
    figure = heat(drawn, columns, places, language)
    return Picture(title, quiet + _more(left, language), figure, title, _rounded(frame), heads, tuple(drills))


def _month_drill(one: dict[str, Any], month: str, value: float) -> Drill:
    params = {"office_id": one["office_id"], "period": month}
    return Drill("saturation", f"{one['office']} · {month}", f"{value:.2f}", "rows_saturation_office", params)


def _always(frame: pl.DataFrame, held: pl.Expr) -> list[str]:
    """Offices for which it held in every month reported, with six months or more."""
    return (
        frame.group_by("office")
        .agg(held.all().alias("held"), pl.len().alias("n"))
        .filter(pl.col("held") & (pl.col("n") >= 6))
        .sort("office")["office"]
        .to_list()
    )


def _month_title(over: list[str], under: list[str], year: str, language: Language) -> str:
    parts = []
    if over:
        zh = f"{_names(over, 'zh')} {year} 年填报的各月都高于 1.15"
        parts.append(_t(language, zh, f"{_names(over, 'en')}: above 1.15 in every month reported in {year}"))
    if under:
        zh = f"{_names(under, 'zh')} {year} 年填报的各月都低于 0.80"
        parts.append(_t(language, zh, f"{_names(under, 'en')}: below 0.80 in every month reported in {year}"))
    return _t(language, "；", "; ").join(parts) or _t(
        language,
        f"{year} 年没有处室月月高于 1.15 或月月低于 0.80",
        f"No office stands above 1.15 or below 0.80 in every month of {year}",
    )


def _nothing(frame: pl.DataFrame, language: Language) -> Picture:
    words = _t(language, "没有按月的工作量", "No monthly workload")
    return Picture(words, "", BLANK, words, frame)


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers as a reader wants them in a table."""
    return frame.with_columns(pl.selectors.float().round(2))


def offices(frame: pl.DataFrame, language: Language) -> Picture:
    """The year with and without contract staff, interval whiskers. Frame of `saturation_offices`."""
    rows, left = _drawn(frame)
    known = frame.drop_nulls("saturation")
    title = _external_title(known, language)
    quiet = _t(
        language,
        f"实心点为编内，横线 90% 区间（标准工时误差与缺报月份） · ◇ 计入编外 · 空心为待判 · n = {known.height} 个处室",
        f"Dot: establishment staff, line: 90 % interval (unit times, missing months) · ◇ with contract staff · hollow: undetermined · n = {known.height}",
    )
    heads = {"office": _t(language, "处室", "Office"), **_heads(language)}
    drills = tuple(_drill(one, "office", language) for one in rows.iter_rows(named=True))
    figure = _dumbbell(rows, "office", language)
    return Picture(title, quiet + _more(left, language), figure, title, _table(frame, language), heads, drills)


def _external_title(known: pl.DataFrame, language: Language) -> str:
    both = known.drop_nulls("saturation_with_external")
    if known.is_empty():
        return _t(language, "没有处室可以计算饱满度", "No office has a saturation")
    if both.is_empty():
        return _t(
            language,
            "编外人数未报，只有编内口径：由编外承担的工作会使饱满度偏高",
            "Contract staff not reported, one figure only: work that they carry makes it look higher",
        )
    lowered = both.filter((pl.col("saturation") > 1.15) & (pl.col("saturation_with_external") <= 1.15))
    if lowered.is_empty():
        return _t(
            language,
            "计入编外，没有处室从超负荷降下来",
            "Counting contract staff in takes no office out of overload",
        )
    names = _names(lowered["office"].to_list(), language)
    return _t(
        language, f"计入编外后，{names}不再高于 1.15", f"With contract staff counted in, no longer above 1.15: {names}"
    )


def _heads(language: Language) -> dict[str, str]:
    return {
        "required_staff": _t(language, "应需人数", "Required"),
        "staff": _t(language, "在岗编内", "Staff"),
        "saturation": _t(language, "编内饱满度", "Saturation"),
        "saturation_with_external": _t(language, "含编外", "With contract staff"),
        "low": _t(language, "区间下限", "Low"),
        "high": _t(language, "区间上限", "High"),
        "band_word": _t(language, "分档", "Band"),
        "p_under": _t(language, "低于 0.80 的概率", "P(S < 0.80)"),
        "p_over": _t(language, "高于 1.15 的概率", "P(S > 1.15)"),
        "coverage": _t(language, "月份覆盖", "Months covered"),
        "source_word": _t(language, "人数来源", "Staff from"),
    }


def _table(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    words = [band_word(band, language) for band in frame["band"]]
    table = _rounded(frame).with_columns(pl.Series("band_word", words, dtype=pl.String))
    if "staff_source" not in frame.columns:
        return table
    source = {"ledger": _t(language, "台账", "ledger"), "posts": _t(language, "岗位", "posts")}
    named = pl.col("staff_source").replace_strict(source, default=None, return_dtype=pl.String)
    return table.with_columns(named.alias("source_word"))


def _dumbbell(rows: pl.DataFrame, name: str, language: Language) -> dict[str, Any]:
    """A strip with both figures as columns at the right."""
    marks = [_mark(one, name, language) for one in rows.iter_rows(named=True)]
    figure = strip(marks, language, left=120, row_height=30)
    frame = dict(figure["layout"])
    # The strip's own numbers stand at the right of the paper; two columns take their place.
    kept = [one for one in frame["annotations"] if one.get("xref") != "paper"]
    font = {"size": 12, "color": INK}
    columns = [
        note(1.0, 0.72, word, xref="paper", xanchor="right", xshift=shift, font={"size": 11, "color": MUTED})
        for word, shift in ((_t(language, "编内", "Estab."), 42), (_t(language, "含编外", "All"), 90))
    ]
    for at, mark in enumerate(marks):
        if mark.saturation is None:
            continue
        colour = MUTED if mark.undetermined else INK
        first = f"{mark.saturation:.2f}" if mark.undetermined else f"<b>{mark.saturation:.2f}</b>"
        second = "—" if mark.with_external is None else f"{mark.with_external:.2f}"
        place = {"xref": "paper", "xanchor": "right", "font": {**font, "color": colour}}
        columns += [note(1.0, -at, first, xshift=42, **place), note(1.0, -at, second, xshift=90, **place)]
        if mark.undetermined:
            unsure = {"xref": "paper", "xanchor": "left", "xshift": 98, "font": {"size": 12, "color": MUTED}}
            columns.append(note(1.0, -at, band_word("待判", language), **unsure))
    frame["annotations"] = [*kept, *columns]
    frame["margin"] = {**frame["margin"], "r": 142}
    return {"data": figure["data"], "layout": frame}


def _mark(one: dict[str, Any], name: str, language: Language) -> Mark:
    s, external = one["saturation"], one["saturation_with_external"]
    hover = f"<b>{one[name]}</b><br>" + ("—" if s is None else f"{s:.2f}　{band_word(one['band'], language)}")
    if one["low"] is not None:
        hover += f"<br>90%: {one['low']:.2f}–{one['high']:.2f}"
    hover += "" if external is None else f"<br>◇ {external:.2f}"
    absent = _t(language, "缺工作量、标准或人数，不计算", "workload, standard or staff missing")
    return Mark(one[name], s, external, one["low"], one["high"], one["band"] == "待判", hover, absent)


def _drill(one: dict[str, Any], name: str, language: Language) -> Drill:
    value = "—" if one["saturation"] is None else f"{one['saturation']:.2f}"
    working = ""
    if one["required_staff"] is not None and one["staff"]:
        working = f"{one['required_staff']:.2f} ÷ {one['staff']:g} = {value}"
    if one["low"] is not None:
        working += _t(language, "；90% 区间 ", "; 90 % interval ") + f"{one['low']:.2f}–{one['high']:.2f}"
    params = {f"{name}_id": one[f"{name}_id"], "period": str(one["year"])}
    return Drill("saturation", f"{one[name]} · {one['year']}", value, f"rows_saturation_{name}", params, working)


def posts(frame: pl.DataFrame, language: Language) -> Picture:
    """Posts of one office in one year, both figures, to their rows. Frame of `saturation_posts`."""
    if frame.is_empty():
        words = _t(language, "没有岗位数据：到“数据接入”装入岗位表", "No posts: load the posts on the Intake page")
        return Picture(words, "", BLANK, words, frame)
    known = frame.drop_nulls("saturation")
    rows, left = _drawn(frame)
    over, under = known.filter(pl.col("saturation") > 1.15).height, known.filter(pl.col("saturation") < 0.80).height
    title = _t(
        language,
        f"{frame.height} 个岗位：{over} 个高于 1.15，{under} 个低于 0.80，{frame.height - known.height} 个不计算",
        f"{frame.height} posts: {over} above 1.15, {under} below 0.80, {frame.height - known.height} not computed",
    )
    required, staff = float(known["required_staff"].sum() or 0), float(known["staff"].sum() or 0)
    quiet = _t(
        language,
        f"可计算的岗位应需 {required:.1f} 人、实有 {staff:g} 人 · 岗位人数一律取岗位表",
        f"Posts computed: required {required:.1f}, staff {staff:g} · a post's people are its own number",
    )
    heads = {"post": _t(language, "岗位", "Post"), **_heads(language)}
    drills = tuple(_drill(one, "post", language) for one in rows.iter_rows(named=True))
    figure = _dumbbell(rows, "post", language)
    return Picture(title, quiet + _more(left, language), figure, title, _table(frame, language), heads, drills)


def activities(frame: pl.DataFrame, language: Language) -> Facts:
    """Activities of one office in one year. Frame of `saturation_activities`."""
    total = float(frame["hours"].sum() or 0)
    untimed = frame.filter(pl.col("std_hours").is_null() & ~pl.col("shared")).height
    shown = _rounded(frame.drop("share", "cv")).with_columns(
        frame["share"].round(3),
        pl.Series("evidence", [_evidence(one, language) for one in frame.iter_rows(named=True)], dtype=pl.String),
    )
    title = _t(
        language,
        f"{frame.height} 个事项，核心工作合计 {total:,.0f} 小时" + (f"，{untimed} 个没有标准工时" if untimed else ""),
        f"{frame.height} activities, {total:,.0f} hours of core work"
        + (f", {untimed} without a unit time" if untimed else ""),
    )
    heads = {
        "activity": _t(language, "事项", "Activity"),
        "unit_of_work": _t(language, "计量单位", "Unit"),
        "volume": _t(language, "工作量", "Volume"),
        "std_hours": _t(language, "标准工时（小时）", "Unit time (h)"),
        "evidence": _t(language, "标准依据", "Evidence"),
        "hours": _t(language, "所需工时", "Hours"),
        "share": _t(language, "占比", "Share"),
        "hours_actual": _t(language, "填报工时", "Reported hours"),
    }
    quiet = _t(
        language,
        "支持和附加工作按标准折算，不按工作量；没有标准工时的事项不计入所需工时，也不当作零",
        "Support and extra work count by their standard, not by volume; what has no unit time is left out, never taken for zero",
    )
    return Facts(title, quiet, shown, heads)


def _evidence(one: dict[str, Any], language: Language) -> str:
    if one["shared"]:
        return _t(language, "支持或附加", "support or extra")
    if one["std_hours"] is None:
        return _t(language, "没有标准工时", "no unit time")
    known = None if one["cv"] is None else _EVIDENCE.get(round(float(one["cv"]), 2))
    return _t(language, "未说明", "not stated") if known is None else known[language]


def gaps(frame: pl.DataFrame, language: Language) -> Facts:
    """Volumes without a unit time. Frame of `saturation_gaps`."""
    heads = {
        "office": _t(language, "处室", "Office"),
        "activity": _t(language, "事项", "Activity"),
        "volume": _t(language, "工作量", "Volume"),
        "hours_actual": _t(language, "填报工时", "Reported hours"),
        "n": _t(language, "记录数", "Rows"),
    }
    if frame.is_empty():
        return Facts(_t(language, "所有业务量都有标准工时", "Every volume has a unit time"), "", frame, heads)
    title = _t(
        language,
        f"{frame.height} 项业务量没有标准工时，饱满度是下限",
        f"{frame.height} {'volume has' if frame.height == 1 else 'volumes have'} no unit time: saturation is a lower bound",
    )
    quiet = _t(
        language,
        "在工作事项标准表中补上标准工时后重新装入",
        "Add their unit times to the activity standards and load again",
    )
    return Facts(title, quiet, frame, heads)
