"""Could fewer people do an office's work, if it worked as the best of its like do? One office at a time, never a league table (methods §4)."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.offices import named
from panorama.charts.picture import Drill, Picture
from panorama.charts.strip import shown
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.definitions.peers import VERSION
from panorama.methods.efficiency import FEWEST
from panorama.text import Language, either, many

_TICKS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def efficiency(frame: pl.DataFrame, language: Language) -> Picture:
    """Efficiency of one office with its interval, and the offices it is measured by. Frame of `peers_offices`."""
    own = frame.filter(pl.col("own")).row(0, named=True)
    compared = frame["compared"].drop_nulls()
    if own["efficiency"] is None:
        title, note = _refused(own, int(compared[0]) if len(compared) else 0, language)
        return Picture(title, note, BLANK, title, frame.clear())
    shares = dict(zip(own["models"], own["shares"], strict=True))
    rows = [own, *(one for one in frame.iter_rows(named=True) if one["office_id"] in shares and not one["own"])]
    title = _title(own, language)
    table = pl.DataFrame([_row(one, own, shares, language) for one in rows], schema=_COLUMNS)
    drills = tuple(_drill(one) for one in rows)
    heads = _heads(own, language)
    return Picture(
        title, _note(frame, own, language), _figure(rows, own, shares, language), title, table, heads, drills,
        lambda row: next(one for one in drills if one.params["office_id"] == row["office_id"]),
    )  # fmt: skip


def _refused(own: dict[str, Any], compared: int, language: Language) -> tuple[str, str]:
    """Under 30 offices, or an office without what it takes: why there is no figure."""
    title = either(
        language, f"前沿效率（DEA）：不给{own['office']}的结果", f"Efficiency (DEA): none for {own['office']}"
    )
    if compared >= FEWEST:
        return title, either(
            language,
            f"{own['year']} 年没有它的完整数据（在岗人数、工作量、标准工时缺一不可）· 同类处室 {compared} 个有数据",
            f"its data of {own['year']} are not whole: people at work, volumes and unit times are all needed · {many(compared, 'like office')} with data",
        )
    return title, either(
        language,
        f"{own['year']} 年有完整数据的同类处室 {compared} 个，不足 {FEWEST} 个，不计算：只有 7 个单位、2 项投入 2 项产出时，53%–80% 的单位都会显示为“有效”，说明不了什么 · 方法 {VERSION}",
        f"{many(compared, 'like office')} with whole data of {own['year']}, under {FEWEST}: with 7 units and 2 + 2 factors 53–80 % would come out “efficient”, which tells nothing · methods {VERSION}",
    )


def _title(own: dict[str, Any], language: Language) -> str:
    theta, name, span = own["efficiency"], own["office"], _span(own)
    if theta >= 1:
        return either(
            language,
            f"{name}在前沿上：{own['compared']} 个同类处室中没有人均产出更高的做法（区间 {span}）",
            f"{name} is on the frontier: none of {own['compared']} like offices does more with as many people (interval {span})",
        )
    return either(
        language,
        f"{name}的工作，照同类最高产出的做法约需现有人数的 {theta:.0%}（区间 {span}）",
        f"The work of {name} would take about {theta:.0%} of its people, done as the most productive of its like do (interval {span})",
    )


def _span(one: dict[str, Any]) -> str:
    return "—" if one["efficiency_low"] is None else f"{one['efficiency_low']:.0%}–{one['efficiency_high']:.0%}"


def _note(frame: pl.DataFrame, own: dict[str, Any], language: Language) -> str:
    known = frame.drop_nulls("efficiency")
    absent = frame.height - known.height
    top = known.filter(pl.col("efficiency") >= 1).height
    share = absent / frame.height
    people = either(language, "编内加编外在岗人数", "establishment and contract staff at work") if own["with_external"] else either(language, "编内在岗人数", "establishment staff at work")  # fmt: skip
    return either(
        language,
        f"数据包络（DEA，CCR，投入导向）· 投入：{people}；产出：“{own['main_activity']}”标准工时、其余事项标准工时 · 横线名义 90% 区间（平滑自助法，总在点的左侧，模拟检验约八成命中）· "
        f"n = {known.height}，{top} 个在前沿上，{own['year']} 年，缺数据 {absent} 个（{share:.0%}）· 前沿可能是超负荷或工时报高，不是应有的样子；是线索，不是结论 · 方法 {VERSION}",
        f"Data envelopment (DEA, CCR, input-oriented) · input: {people}; outputs: standard hours of {own['main_activity']}, and of all else · line: nominal 90 % interval "
        f"(smoothed bootstrap, always left of the point; about eight of ten hold in trials) · n = {known.height}, {top} on the frontier, {own['year']}, {absent} without data ({share:.0%}) · the frontier may be "
        f"overload or unit times set high, and is no norm; a lead, never a verdict · methods {VERSION}",
    )


def _figure(rows: list[dict[str, Any]], own: dict[str, Any], shares: dict[int, float], language: Language) -> dict[str, Any]:  # fmt: skip
    rungs = [
        Rung(
            named(one, own), one["efficiency"], _hover(one, own, language), one["efficiency_low"], one["efficiency_high"],
            ends=(_share(one, shares), "—" if one["saturation"] is None else shown(one["saturation"], one["lower_bound"]), f"{one['efficiency']:.0%}"),
            own=one["own"],
        )
        for one in rows
    ]  # fmt: skip
    heads = (
        either(language, "标杆权重", "Weight"),
        either(language, "饱满度", "Saturation"),
        either(language, "效率", "Efficiency"),
    )
    return ladder(rungs, Scale(0, 1.06, _TICKS, [f"{at:.0%}" for at in _TICKS]), heads, wide=72)


def _share(one: dict[str, Any], shares: dict[int, float]) -> str:
    share = shares.get(one["office_id"])
    return "—" if share is None else f"{share:.2f}"


def _hover(one: dict[str, Any], own: dict[str, Any], language: Language) -> str:
    hours = either(language, f"{one['people']:g} 人，{one['hours_main']:,.0f} + {one['hours_other']:,.0f} 小时", f"{one['people']:g} people, {one['hours_main']:,.0f} + {one['hours_other']:,.0f} hours")  # fmt: skip
    return f"{BOLD}{named(one, own)}{PLAIN}{LINE}{one['efficiency']:.0%} ({_span(one)}){LINE}{hours}"


_COLUMNS: Final[dict[str, Any]] = {
    "office_id": pl.Int64, "unit": pl.String, "office": pl.String, "efficiency": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "weight": pl.Float64, "people": pl.Float64, "enough": pl.Float64, "hours_main": pl.Float64, "hours_other": pl.Float64,
    "more_main": pl.Float64, "more_other": pl.Float64, "saturation": pl.String,
}  # fmt: skip


def _row(one: dict[str, Any], own: dict[str, Any], shares: dict[int, float], language: Language) -> dict[str, Any]:
    """Of the models their share; of the office itself what they would need and do beside."""
    same = {
        name: one[name] for name in ("office_id", "unit", "office", "efficiency", "people", "hours_main", "hours_other")
    }
    return {
        **same, "low": one["efficiency_low"], "high": one["efficiency_high"], "weight": shares.get(one["office_id"]),
        "enough": one["people"] * one["efficiency"], "more_main": one["more_main"], "more_other": one["more_other"],
        "saturation": either(language, "无", "none") if one["saturation"] is None else shown(one["saturation"], one["lower_bound"]),
    }  # fmt: skip


def _heads(own: dict[str, Any], language: Language) -> dict[str, str]:
    main = own["main_activity"]
    return {
        "unit": either(language, "单位", "Unit"),
        "office": either(language, "处室", "Office"),
        "efficiency": either(language, "效率", "Efficiency"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "weight": either(language, "标杆权重 λ", "Weight λ"),
        "people": either(language, "在岗人数", "People"),
        "enough": either(language, "照标杆约需人数", "People by the models"),
        "hours_main": either(language, f"{main}工时", f"Hours, {main}"),
        "hours_other": either(language, "其余工时", "Hours, all else"),
        "more_main": either(language, f"{main}松弛（还可多做工时）", f"Slack, {main} (hours more)"),
        "more_other": either(language, "其余松弛（还可多做工时）", "Slack, all else (hours more)"),
        "saturation": either(language, "饱满度", "Saturation"),
    }


def _drill(one: dict[str, Any]) -> Drill:
    params = {"office_id": one["office_id"], "period": str(one["year"])}
    working = f"{one['hours_main']:,.0f} h + {one['hours_other']:,.0f} h, {one['people']:g}"
    value = f"{one['efficiency']:.0%}"
    return Drill("efficiency", f"{one['unit']} {one['office']}", value, "rows_saturation_office", params, working, owner=one["unit_id"])  # fmt: skip
