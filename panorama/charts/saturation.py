"""Who is idle, who drowns, and is it certain: offices by month, the year with and without contract staff, posts, activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK, Row, heat
from panorama.charts.picture import Drill, Facts, Message, Picture
from panorama.charts.strip import Mark, band_word, crossed, shown, strip, with_band_words
from panorama.charts.tokens import BOLD, INK, LINE, MUTED, PLAIN, note
from panorama.definitions.history import VERSION
from panorama.text import Language, Text, either, many

VIEWS: Final = {
    "year": Text("这一年", "The year"),
    "history": Text("历年与变化", "Over the years"),
    "moves": Text("编内调剂试算", "Moving posts"),
    "times": Text("标准工时反查", "Unit times checked"),
}
"""Views of one unit; each is computed when it is chosen."""
MOST_ROWS: Final = 20
"""A picture draws at most this many offices, the busiest and the idlest; the table twin has them all."""
_ABSENT: Final = 3
"""Rows drawn for offices without a figure; the others are counted."""
_LACKING: Final = {
    "core": Text("没有核心工作的业务量，不计算", "no volume of core work"),
    "unit_time": Text("业务量都没有标准工时，不计算", "no unit time for its volume"),
    "shares": Text("支持性占比合计达到 100%，不计算", "support work takes all of people's time"),
    "staff": Text("缺在岗人数，不计算", "staff not known"),
}
_UNREPORTED: Final = Text("没有报工作量，不计算", "no workload reported")


def _beyond(known: pl.DataFrame, language: Language) -> str:
    """How many stand above 1.15 and below 0.80, and of how many the whole interval does. A lower bound is not below."""
    over = known.filter(pl.col("saturation") > 1.15)
    under = known.filter((pl.col("saturation") < 0.80) & ~pl.col("lower_bound"))
    sure = over.filter(pl.col("low") > 1.15).height, under.filter(pl.col("high") < 0.80).height
    return either(
        language,
        f"{over.height} 个高于 1.15（可断定 {sure[0]} 个），{under.height} 个低于 0.80（可断定 {sure[1]} 个）",
        f"{over.height} above 1.15 ({sure[0]} for certain), {under.height} below 0.80 ({sure[1]} for certain)",
    )


def _lacking(one: dict[str, Any], language: Language) -> str | None:
    """Why a place has no figure; None where it has one."""
    if one["saturation"] is not None:
        return None
    return _LACKING.get(one["lacking"], _UNREPORTED)[language]


def _names(names: Sequence[str], language: Language) -> str:
    """At most three names, then how many there are."""
    shown = ("、" if language == "zh" else ", ").join(names[:3])
    if len(names) <= 3:
        return shown
    return shown + either(language, f"等 {len(names)} 个处室", f" and {len(names) - 3} more")


def message(offices: pl.DataFrame, whole: pl.DataFrame, unit: str, year: int, language: Language) -> Message:
    """Frames of `saturation_offices` and `saturation_unit` (one row, or none).

    Calls an office idle or overloaded only where its whole interval is in that band.
    """
    row: dict[str, Any] = whole.row(0, named=True) if whole.height else {}
    title = _calls(offices.drop_nulls("saturation"), language) or _no_call(offices, row, unit, year, language)
    return Message(title + either(language, "。", "."), _honesty(offices, row, year, language))


def _calls(known: pl.DataFrame, language: Language) -> str:
    """What can be said of offices by name, the certain first; empty if nothing."""
    sure = pl.col("band") != "待判"
    high, low = pl.col("low") > 1.15, pl.col("high") < 0.60
    busy, idle = known.sort("saturation", descending=True), known.sort("saturation")
    told = (
        (busy.filter(high), "超负荷，区间支持这一判断", " overloaded, the interval bears it out"),
        (idle.filter(sure & low), "明显不饱满，区间支持这一判断", " clearly idle, the interval bears it out"),
        (
            busy.filter(sure & ~high & (pl.col("saturation") > 1.15)),
            "高于 1.15，但尚不能断定",
            " above 1.15, not certain",
        ),
        (
            idle.filter(sure & ~low & (pl.col("saturation") < 0.80)),
            "低于 0.80，但尚不能断定",
            " below 0.80, not certain",
        ),
    )
    parts = [
        _names(held["office"].to_list(), language) + either(language, zh, en) for held, zh, en in told if held.height
    ]
    # Named only where nothing else is: what is not known comes last.
    unsure = known.filter(~sure)
    wide = [len(crossed(low, high)) > 1 for low, high in unsure.select("low", "high").iter_rows()]
    of_width = pl.Series(wide, dtype=pl.Boolean)
    for held, zh, en in (
        (unsure.filter(of_width), "区间过宽，待判", ": interval too wide, undetermined"),
        (unsure.filter(~of_width), "只知下限，待判", ": a lower bound alone, undetermined"),
    ):
        if held.height:
            more = either(language, f"另有 {held.height} 个处室", f"{many(held.height, 'more office')}")
            parts.append((more if parts else _names(held["office"].to_list(), language)) + either(language, zh, en))
    return either(language, "；", "; ").join(parts)


def _no_call(offices: pl.DataFrame, row: dict[str, Any], unit: str, year: int, language: Language) -> str:
    if offices["saturation"].count():
        return either(
            language,
            f"{unit} {year} 年没有处室可以断定为超负荷或明显不饱满",
            f"{unit}, {year}: no office can be called overloaded or clearly idle with confidence",
        )
    if row.get("saturation") is not None:
        return either(
            language,
            f"{unit} {year} 年只有单位整体的饱满度 {shown(row['saturation'])}：工作量没有报到处室，或处室人数不明",
            f"{unit}, {year}: only the whole unit has a saturation, {shown(row['saturation'])}; no workload or staff by office",
        )
    return either(
        language,
        f"{unit} {year} 年没有可计算的工作饱满度：缺工作量、标准工时或在岗人数",
        f"{unit}, {year}: no saturation can be computed; workload, unit times or staff are missing",
    )


def _honesty(offices: pl.DataFrame, row: dict[str, Any], year: int, language: Language) -> str:
    known, every = offices["saturation"].count(), offices.height
    months, timed = _share(row.get("coverage")), _share(row.get("coverage_volume"))
    zh, en = [f"{year} 年"], [str(year)]
    if row.get("saturation") is not None and row.get("low") is not None:
        value = shown(row["saturation"], row.get("lower_bound"))
        reach = f"{row['low']:.2f}–{row['high']:.2f}"
        zh.append(f"单位整体 {value}（90% 区间 {reach}）")
        en.append(f"unit as a whole {value} (90 % interval {reach})")
    rest = (row.get("coverage_volume") or 1) < 1
    zh += ["在岗编内口径（净工时）", f"{known}/{every} 个处室可计算", f"月份覆盖 {months}"]
    zh.append(f"有标准工时的业务量占 {timed}" + ("，其余未计入，饱满度为下限" if rest else ""))
    en += ["establishment staff at work, net hours", f"{known} of {every} offices computed", f"months covered {months}"]
    en.append(f"volume with a unit time {timed}" + (", the rest is left out: a lower bound" if rest else ""))
    if row.get("partial"):
        zh.append("只有一部分处室或岗位报了工作量，人数却是全部的，饱满度为下限")
        en.append("work of some offices or posts only, over the people of all: a lower bound")
    zh.append("全国没有统一阈值，分档为本轮设定")
    en.append("there is no national threshold; the bands are this round's")
    return " · ".join(zh if language == "zh" else en)


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


def _counted(known: int, every: int, what: Text, year: int | str, language: Language) -> str:
    """How many are behind the picture, of which year, how many are missing, by which methods."""
    absent = every - known
    share = absent / every if every else 0
    return either(
        language,
        f" · n = {known} {what.zh}，{year} 年，缺 {absent}（{share:.0%}）· 方法 {VERSION}",
        f" · n = {many(known, what.en)}, {year}, {absent} missing ({share:.0%}) · methods {VERSION}",
    )


def _more(left: int, language: Language) -> str:
    return either(language, f" · 另有 {left} 个见表格", f" · {left} more in the table") if left else ""


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
    unstaffed, floors = _unstaffed(frame), _floors(reported)
    moved = _moved(reported, offices, int(year))
    years = sorted({*(period[:4] for period in reported["period"]), year})
    columns = [f"{one}-{month:02d}" for one in years for month in range(1, 13)]
    drills: list[Drill] = []
    places: dict[tuple[int, int], int] = {}
    drawn: list[Row] = []
    for at, one in enumerate(rows.iter_rows(named=True)):
        here = series.get(one["office_id"], {})
        number = "—" if one["saturation"] is None else shown(one["saturation"], one["lower_bound"])
        number += "†" if one["office_id"] in moved else ""
        sure = one["band"] not in ("待判", None)
        without = unstaffed.get(one["office_id"], frozenset())
        bare = floors.get(one["office_id"], frozenset())
        drawn.append(
            Row(one["office"], here, number, band_word(one["band"], language), sure, unstaffed=without, floors=bare)
        )
        for column, month in enumerate(columns):
            if month in here:
                places[(at, column)] = len(drills)
                drills.append(_month_drill(one, month, here[month], month in bare))
    of_year = reported.filter(pl.col("year") == int(year))
    over = _always(of_year, pl.col("saturation") > 1.15)
    under = _always(of_year, (pl.col("saturation") < 0.80) & ~pl.col("lower_bound"))
    title = _month_title(over, under, year, language)
    quiet = either(
        language,
        f"处室 × 月，按全年饱满度排列 · 每月按当月可用工时（含调休）、人数取各期末前最近台账，年内增减人时全年与各月不同 · 无色为饱满，灰格“无”为没有数据 · 右侧为 {year} 年，灰色待判",
        f"Office × month, ordered by the year · hours and staff as of each period's end, so that year and months differ where staff changed · no fill: full, grey: no data · right: {year}, grey is undetermined",
    )
    heads = {
        "office": either(language, "处室", "Office"),
        "period": either(language, "月份", "Month"),
        "at_least_word": either(language, "至少", "At least"),
        "saturation": either(language, "饱满度（编内）", "Saturation"),
        "saturation_with_external": either(language, "含编外", "With contract staff"),
    }
    if unstaffed:
        quiet += either(
            language, " · 缺人数：有工作量，但没有这么早的台账", " · staff?: workload, but no ledger is as old"
        )
    quiet += either(language, " · † 年内增减过人", " · † staff changed in the year") if moved else ""
    quiet += (
        either(language, " · ≥ 有工作量没有计入，为下限", " · ≥ a lower bound, some work is not counted")
        if floors
        else ""
    )
    # Of months up to the last that any office told: those still to come are not missing.
    expected = offices.height * int(of_year["month"].max() or 0)  # type: ignore[arg-type]
    quiet += _counted(of_year.height, expected, Text("个处室月", "office-month"), year, language)
    figure = heat(drawn, columns, places, language)
    return Picture(
        title,
        quiet + _more(left, language),
        figure,
        title,
        _with_floors(_rounded(frame)),
        heads,
        tuple(drills),
        _of_month,
    )


def _moved(reported: pl.DataFrame, offices: pl.DataFrame, year: int) -> set[Any]:
    """Offices that had other numbers of staff in some month: their year, on staff as of its end, may lie off its months."""
    ends = dict(offices.select("office_id", "staff").iter_rows())
    months = reported.filter(pl.col("year") == year).select("office_id", "staff").drop_nulls().iter_rows()
    return {office for office, staff in months if ends.get(office) is not None and abs(ends[office] - staff) > 0.005}


def _unstaffed(frame: pl.DataFrame) -> dict[Any, frozenset[str]]:
    """Months by office that have workload and no number of staff to divide it by."""
    without = frame.filter(pl.col("saturation").is_null() & pl.col("required_staff").is_not_null())
    return {key[0]: frozenset(part["period"]) for key, part in without.group_by("office_id")}


def _floors(reported: pl.DataFrame) -> dict[Any, frozenset[str]]:
    """Months by office whose figure is a lower bound."""
    bare = reported.filter("lower_bound")
    return {key[0]: frozenset(part["period"]) for key, part in bare.group_by("office_id")}


def _month_drill(one: dict[str, Any], month: str, value: float, floor: bool) -> Drill:
    params = {"office_id": one["office_id"], "period": month}
    subject = f"{one['office']} · {month}"
    return Drill("saturation", subject, shown(value, floor), "rows_saturation_office", params, owner=one.get("unit_id"))


def _of_month(one: dict[str, Any]) -> Drill | None:
    """The month of a row of the table; one without staff or workload has no figure."""
    return (
        None
        if one["saturation"] is None
        else _month_drill(one, one["period"], one["saturation"], bool(one["lower_bound"]))
    )


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
        parts.append(either(language, zh, f"{_names(over, 'en')}: above 1.15 in every month reported in {year}"))
    if under:
        zh = f"{_names(under, 'zh')} {year} 年填报的各月都低于 0.80"
        parts.append(either(language, zh, f"{_names(under, 'en')}: below 0.80 in every month reported in {year}"))
    return either(language, "；", "; ").join(parts) or either(
        language,
        f"{year} 年没有处室月月高于 1.15 或月月低于 0.80",
        f"No office stands above 1.15 or below 0.80 in every month of {year}",
    )


def _nothing(frame: pl.DataFrame, language: Language) -> Picture:
    words = either(language, "没有按月的工作量", "No monthly workload")
    return Picture(words, "", BLANK, words, frame)


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers as a reader wants them in a table."""
    return frame.with_columns(pl.selectors.float().round(2))


def out_of_range(frame: pl.DataFrame, units: pl.DataFrame, language: Language) -> Facts:
    """Offices of all units that stand above 1.15 or below 0.80. Frames of `saturation_out_of_range`, `saturation_units`."""
    if units["saturation"].drop_nulls().is_empty():
        return Facts(either(language, "没有处室可以计算饱满度", "No office has a saturation"), "", frame, {})
    title = (
        either(language, "处室：", "Offices: ") + _beyond(frame, language)
        if frame.height
        else either(language, "没有处室高于 1.15 或低于 0.80", "No office stands above 1.15 or below 0.80")
    )
    quiet = either(
        language,
        "离 1 远的在前 · 90% 区间跨线的尚不能断定 · 在上方选一个单位，看各处室按月、岗位和没有标准工时的业务量",
        "The farthest from 1 first · not certain where the interval crosses a line · choose a unit above for its offices by month, its posts, and volumes without a unit time",
    )
    heads = {"unit": either(language, "单位", "Unit"), "office": either(language, "处室", "Office"), **_heads(language)}
    drills = tuple(_drill(one, "office", language) for one in frame.iter_rows(named=True))
    return Facts(title, quiet, _table(frame, language), heads, drills)


def offices(frame: pl.DataFrame, language: Language) -> Picture:
    """The year with and without contract staff, interval whiskers. Frame of `saturation_offices`."""
    rows, left = _drawn(frame)
    known = frame.drop_nulls("saturation")
    title = _external_title(known, language)
    quiet = either(
        language,
        "实心点为编内，横线 90% 区间（标准工时误差与缺报月份） · ◇ 计入编外 · 空心为待判（区间跨两条以上界线，或只知下限，见表格）",
        "Dot: establishment staff, line: 90 % interval (unit times, missing months) · ◇ with contract staff · hollow: undetermined (interval over two edges or more, or a lower bound: see the table)",
    )
    if frame.height:
        quiet += _counted(known.height, frame.height, Text("个处室", "office"), frame["year"][0], language)
    heads = {"office": either(language, "处室", "Office"), **_heads(language)}
    drills = tuple(_drill(one, "office", language) for one in rows.iter_rows(named=True))
    figure = _dumbbell(rows, "office", language)
    quiet += _more(left, language)
    table = _table(frame, language)
    return Picture(title, quiet, figure, title, table, heads, drills, lambda one: _drill(one, "office", language))


def _external_title(known: pl.DataFrame, language: Language) -> str:
    both = known.drop_nulls("saturation_with_external")
    if known.is_empty():
        return either(language, "没有处室可以计算饱满度", "No office has a saturation")
    if both.is_empty():
        return either(
            language,
            "编外人数未报，只有编内口径：由编外承担的工作会使饱满度偏高",
            "Contract staff not reported, one figure only: work that they carry makes it look higher",
        )
    lowered = both.filter((pl.col("saturation") > 1.15) & (pl.col("saturation_with_external") <= 1.15))
    if lowered.is_empty():
        above = both.filter(pl.col("saturation") > 1.15).sort("saturation", descending=True)
        names = _names(above["office"].to_list(), language) if above.height else ""
        return either(
            language,
            f"计入编外后，{names}仍高于 1.15" if names else "没有处室高于 1.15",
            f"Still above 1.15 with contract staff counted in: {names}" if names else "No office is above 1.15",
        )
    names = _names(lowered["office"].to_list(), language)
    return either(
        language, f"计入编外后，{names}不再高于 1.15", f"With contract staff counted in, no longer above 1.15: {names}"
    )


def _heads(language: Language) -> dict[str, str]:
    return {
        "required_staff": either(language, "应需人数", "Required"),
        "staff": either(language, "在岗编内", "Staff"),
        "at_least_word": either(language, "至少", "At least"),
        "saturation": either(language, "编内饱满度", "Saturation"),
        "saturation_with_external": either(language, "含编外", "With contract staff"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "band_word": either(language, "分档", "Band"),
        "p_under": either(language, "低于 0.80 的概率", "P(S < 0.80)"),
        "p_over": either(language, "高于 1.15 的概率", "P(S > 1.15)"),
        "coverage": either(language, "月份覆盖", "Months covered"),
        "lacking_word": either(language, "没有饱满度的原因", "Why no saturation"),
        "source_word": either(language, "人数来源", "Staff from"),
    }


def _table(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    table = _rounded(with_band_words(frame, language))
    if "lower_bound" in frame.columns:
        table = _with_floors(table)
    if "lacking" in frame.columns:
        why = [_lacking(one, language) for one in frame.iter_rows(named=True)]
        table = table.with_columns(pl.Series("lacking_word", why, dtype=pl.String))
    if "staff_source" not in frame.columns:
        return table
    source = {"ledger": either(language, "台账", "ledger"), "posts": either(language, "岗位", "posts")}
    named = pl.col("staff_source").replace_strict(source, default=None, return_dtype=pl.String)
    return table.with_columns(named.alias("source_word"))


def _with_floors(table: pl.DataFrame) -> pl.DataFrame:
    """No number of its own: that it is a lower bound belongs beside the number."""
    return table.with_columns(pl.when("lower_bound").then(pl.lit("≥")).alias("at_least_word"))


def _dumbbell(rows: pl.DataFrame, name: str, language: Language) -> dict[str, Any]:
    """A strip with both figures as columns at the right."""
    marks = [_mark(one, name, language) for one in rows.iter_rows(named=True)]
    figure = strip(marks, language, left=120, row_height=30)
    frame = dict(figure["layout"])
    # The strip's own numbers stand at the right of the paper; columns with heads take their place.
    kept = [one for one in frame["annotations"] if one.get("xref") != "paper"]
    both = any(mark.with_external is not None for mark in marks)
    frame["annotations"] = [*kept, *_columns(marks, both, language)]
    frame["margin"] = {**frame["margin"], "r": 142 if both else 94}
    return {"data": figure["data"], "layout": frame}


def _columns(marks: Sequence[Mark], both: bool, language: Language) -> list[dict[str, Any]]:
    """The numbers at the right; the second figure only where it is known for any row."""
    head = {"xref": "paper", "xanchor": "right", "font": {"size": 11, "color": MUTED}}
    notes = [note(1.0, 0.72, either(language, "编内", "Estab."), xshift=42, **head)]
    notes += [note(1.0, 0.72, either(language, "含编外", "All"), xshift=90, **head)] if both else []
    for at, mark in enumerate(marks):
        if mark.saturation is None:
            continue
        font = {"size": 12, "color": MUTED if mark.undetermined else INK}
        number = shown(mark.saturation, mark.at_least)
        first = number if mark.undetermined else f"{BOLD}{number}{PLAIN}"
        second = "—" if mark.with_external is None else shown(mark.with_external, mark.at_least)
        place = {"xref": "paper", "xanchor": "right", "font": font}
        notes.append(note(1.0, -at, first, xshift=42, **place))
        notes += [note(1.0, -at, second, xshift=90, **place)] if both else []
        if mark.undetermined:
            unsure = {"xref": "paper", "xanchor": "left", "xshift": 98 if both else 50, "font": font}
            notes.append(note(1.0, -at, band_word("待判", language), **unsure))
    return notes


def _mark(one: dict[str, Any], name: str, language: Language) -> Mark:
    s, external = one["saturation"], one["saturation_with_external"]
    floor = bool(one.get("lower_bound"))
    hover = f"{BOLD}{one[name]}{PLAIN}{LINE}" + (
        "—" if s is None else f"{shown(s, floor)}　{band_word(one['band'], language)}"
    )
    if one["low"] is not None:
        hover += f"{LINE}90%: {one['low']:.2f}–{one['high']:.2f}"
    hover += "" if external is None else f"{LINE}◇ {shown(external, floor)}"
    return Mark(
        one[name],
        s,
        external,
        one["low"],
        one["high"],
        one["band"] == "待判",
        hover,
        _lacking(one, language) or "",
        at_least=floor,
    )


def _drill(one: dict[str, Any], name: str, language: Language) -> Drill:
    value = "—" if one["saturation"] is None else shown(one["saturation"], one.get("lower_bound"))
    working = ""
    if one["required_staff"] is not None and one["staff"]:
        working = f"{one['required_staff']:.2f} ÷ {one['staff']:g} = {value}"
    if one["low"] is not None:
        working += either(language, "；90% 区间 ", "; 90 % interval ") + f"{one['low']:.2f}–{one['high']:.2f}"
    params = {f"{name}_id": one[f"{name}_id"], "period": str(one["year"])}
    return Drill(
        "saturation",
        f"{one[name]} · {one['year']}",
        value,
        f"rows_saturation_{name}",
        params,
        working,
        owner=one.get("unit_id"),
        coverage=_covered(one, language),
    )


def _covered(one: dict[str, Any], language: Language) -> str:
    """How many of the months asked for came, and how much of the volume has a unit time."""
    parts = []
    if one.get("coverage") is not None:
        months = _share(one["coverage"])
        parts.append(either(language, f"月份覆盖 {months}", f"months covered {months}"))
    if one.get("coverage_volume") is not None:
        timed = _share(one["coverage_volume"])
        parts.append(either(language, f"有标准工时的业务量 {timed}", f"volume with a unit time {timed}"))
    return " · ".join(parts)


def posts(frame: pl.DataFrame, language: Language) -> Picture:
    """Posts of one office in one year, both figures, to their rows. Frame of `saturation_posts`."""
    if frame.is_empty():
        words = either(language, "没有岗位数据：到“数据接入”装入岗位表", "No posts: load the posts on the Intake page")
        return Picture(words, "", BLANK, words, frame)
    known = frame.drop_nulls("saturation")
    rows, left = _drawn(frame)
    title = either(
        language,
        f"{frame.height} 个岗位：{_beyond(known, language)}，{frame.height - known.height} 个不计算",
        f"{many(frame.height, 'post')}: {_beyond(known, language)}, {frame.height - known.height} not computed",
    )
    required, staff = float(known["required_staff"].sum() or 0), float(known["staff"].sum() or 0)
    quiet = either(
        language,
        f"可计算的岗位应需 {required:.1f} 人、实有 {staff:g} 人 · 岗位人数一律取岗位表，处室人数先取台账：两者不同时，岗位合起来不等于处室",
        f"Posts computed: required {required:.1f}, staff {staff:g} · a post's people are its own number, an office's are the ledger's: where they differ, posts do not add up to the office",
    )
    quiet += _counted(known.height, frame.height, Text("个岗位", "post"), frame["year"][0], language)
    heads = {"post": either(language, "岗位", "Post"), **_heads(language)}
    drills = tuple(_drill(one, "post", language) for one in rows.iter_rows(named=True))
    figure = _dumbbell(rows, "post", language)
    quiet += _more(left, language)
    table = _table(frame, language)
    return Picture(title, quiet, figure, title, table, heads, drills, lambda one: _drill(one, "post", language))
