"""The ledger over the years, and whether its statements agree with each other and with the approvals."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.picture import Drill, Facts, Matter, Matters, Picture
from panorama.charts.tokens import ALARM, BG, BOLD, INK, LINE, MID, MUTED, PLAIN, axis, layout, note
from panorama.definitions import CHECKS
from panorama.text import Language, Text, either, many

MOST_KINDS: Final = 4
MOST_MATTERS: Final = 6
_PANEL: Final = 96
MEASURE: Final = {"approved": Text("核定", "approved"), "actual": Text("实有", "actual")}


def _n(value: Any) -> str:
    return "—" if value is None else f"{value:,}"


def years(frame: pl.DataFrame, language: Language) -> Picture:
    """Approved and actual by year, a panel a type; a year without a ledger leaves a gap. Frame of `staffing_years`."""
    name = "type_zh" if language == "zh" else "type_en"
    kinds = (
        frame.group_by("estab_type", name)
        .agg(pl.col("approved").max())
        .sort(["approved", "estab_type"], descending=[True, False], nulls_last=True)
    )
    drawn = kinds.head(MOST_KINDS)
    span = list(range(int(str(frame["year"].min())), int(str(frame["year"].max())) + 1)) if frame.height else []
    figure, drills = _panels(frame, list(drawn.select("estab_type", name).iter_rows()), span, language)
    rest = kinds.height - drawn.height
    quiet = either(
        language,
        "每年最后一次台账，人 · 虚线核定、实线实有，各图纵轴不从零起 · 空心点为有单位未报（合计不含它们） · 没有台账的年份断开 · 合并的单位自合并起计入承接单位",
        "Last ledger of each year, people · dashed: approved, solid: actual, axes do not begin at zero · hollow: some unit did not report, the sum is of the others · a year without a ledger leaves a gap",
    ) + (either(language, f" · 另有 {rest} 类见表格", f" · {rest} more types in the table") if rest else "")
    heads = {
        "year": either(language, "年份", "Year"),
        name: either(language, "编制类型", "Type"),
        "approved": either(language, "核定", "Approved"),
        "actual": either(language, "实有", "Actual"),
        "excess": either(language, "超编", "Excess"),
        "vacancy": either(language, "空编", "Vacancy"),
        "units": either(language, "单位数", "Units"),
        "unknown": either(language, "未报单位", "Not reported"),
    }
    title = _years_title(frame, drawn, name, language)
    return Picture(
        title, quiet, figure, title, frame, heads, drills, lambda one: _year_drill(one, one["year"], one[name])
    )


def _years_title(frame: pl.DataFrame, drawn: pl.DataFrame, name: str, language: Language) -> str:
    """Which types' approved numbers have moved, between years for which every unit's is told: of others sums are no change."""
    if frame["approved"].drop_nulls().is_empty():
        return either(language, "没有可以比较的各年台账", "No ledgers of several years to compare")
    partly = frame.filter(pl.col("unknown") > 0)["year"].unique()
    whole = frame.filter(pl.col("approved").is_not_null() & ~pl.col("year").is_in(partly.to_list())).sort("year")
    left_out = _left_out(sorted(partly), language)
    if whole["year"].n_unique() < 2:
        told = either(language, "、", ", ").join(str(year) for year in whole["year"].unique().sort())
        only = either(language, f"只有 {told} 年的台账", f"Only {told} has a ledger")
        return (only if told else either(language, "各年台账都不齐", "No year's ledger is whole")) + left_out
    first, last = whole["year"][0], whole["year"][-1]
    moved = []
    for kind, label in drawn.select("estab_type", name).iter_rows():
        known = whole.filter(pl.col("estab_type") == kind)["approved"]
        if len(known) > 1 and known[0] != known[-1]:
            moved.append(f"{label} {known[0]:,}→{known[-1]:,}")
    if not moved:
        told = either(
            language, f"{first}–{last} 年各类核定数没有变化", f"{first}–{last}: no type's approved number has changed"
        )
        return told + left_out
    named = either(language, "、", ", ").join(moved[:2]) + (
        either(language, f"等 {len(moved)} 类有变化", f" and {len(moved) - 2} more") if len(moved) > 2 else ""
    )
    return either(language, f"{first}–{last} 年核定数：{named}", f"Approved {first}–{last}: {named}") + left_out


def _left_out(years: list[int], language: Language) -> str:
    if not years:
        return ""
    told = either(language, "、", ", ").join(map(str, years[-3:]))
    return either(language, f"；{told} 年有单位未报，不比", f"; not compared: {told}, some unit did not report")


def _panels(
    frame: pl.DataFrame, kinds: list[tuple[str, str]], span: list[int], language: Language
) -> tuple[dict[str, Any], tuple[Drill, ...]]:
    count = max(len(kinds), 1)
    frame_layout = layout(_PANEL * count + 24, 110 if language == "zh" else 160, 84, 22)
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    drills: list[Drill] = []
    for at, (kind, label) in enumerate(kinds):
        here = {one["year"]: one for one in frame.filter(pl.col("estab_type") == kind).iter_rows(named=True)}
        axis_name = "" if not at else str(at + 1)
        top, bottom = 1 - at / count - 0.02, 1 - (at + 1) / count + 0.05
        frame_layout[f"yaxis{axis_name}"] = axis(
            range=_range(here), domain=[round(bottom, 4), round(top, 4)], showticklabels=False
        )
        data += [
            _line(span, here, measure, axis_name, len(drills), language) for measure in ("approved", "actual") if span
        ]
        notes.append(_panel_name(label, (top + bottom) / 2))
        notes += _panel_ends(here, span, axis_name, language)
        drills += [
            _year_drill(here.get(year) or {"unit_id": frame["unit_id"][0], "estab_type": kind}, year, label)
            for year in span
        ]
    frame_layout["annotations"] = notes
    frame_layout["xaxis"] = axis(
        range=[span[0] - 0.25, span[-1] + 0.1] if span else [0, 1],
        tickvals=span,
        ticktext=[str(year) for year in span],
        anchor=f"y{len(kinds) if len(kinds) > 1 else ''}",
    )
    return {"data": data, "layout": frame_layout}, tuple(drills)


def _range(here: dict[int, dict[str, Any]]) -> list[float]:
    known = [one[key] for one in here.values() for key in ("approved", "actual") if one[key] is not None] or [0]
    room = max((max(known) - min(known)) * 0.35, 1.5)
    return [min(known) - room, max(known) + room]


def _line(
    span: list[int], here: dict[int, dict[str, Any]], measure: str, axis_name: str, first: int, language: Language
) -> dict[str, Any]:
    colour = MID if measure == "approved" else INK
    partly = [bool(here[year]["unknown"]) if year in here else False for year in span]
    # A line from a sum of all units to one of some would show a fall that nobody reported: a point of nothing parts them.
    parted = [at for at in range(1, len(span)) if partly[at - 1] != partly[at]]
    points: list[tuple[float, Any, int, str]] = [
        (
            year,
            here[year][measure] if year in here else None,
            first + at,
            _hover(here.get(year), year, language),
        )
        for at, year in enumerate(span)
    ]
    for at in reversed(parted):
        points.insert(at, (span[at] - 0.5, None, first + at, ""))
        partly.insert(at, False)
    x, y, places, hovers = (list(column) for column in zip(*points, strict=True))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "yaxis": f"y{axis_name}",
        "connectgaps": False,
        "customdata": places,
        "hovertext": hovers,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "line": {"width": 2, "color": colour, "dash": "dash" if measure == "approved" else "solid"},
        "marker": {
            "size": 7,
            "color": [BG if one else colour for one in partly],
            "line": {"width": 1.5, "color": colour},
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def _hover(one: dict[str, Any] | None, year: int, language: Language) -> str:
    if one is None:
        return f"{BOLD}{year}{PLAIN}"
    lines = [
        f"{BOLD}{year}{PLAIN}",
        f"{MEASURE['approved'][language]} {_n(one['approved'])}　{MEASURE['actual'][language]} {_n(one['actual'])}",
        either(
            language,
            f"超 {_n(one['excess'])}　空 {_n(one['vacancy'])}",
            f"over {_n(one['excess'])}, vacant {_n(one['vacancy'])}",
        ),
        either(language, f"{one['units']} 个单位", many(one["units"], "unit")),
    ]
    if one["unknown"]:
        lines[-1] += either(language, f"，{one['unknown']} 个未报", f", {one['unknown']} not reported")
    return LINE.join(lines)


def _panel_name(label: str, y: float) -> dict[str, Any]:
    words = label if len(label) < 24 else f"{label[: label.find(' ', 10)]}{LINE}{label[label.find(' ', 10) + 1 :]}"
    place = {"xref": "paper", "yref": "paper", "xanchor": "right", "xshift": -10}
    return note(0, y, words, font={"size": 12, "color": INK}, **place)


def _panel_ends(
    here: dict[int, dict[str, Any]], span: list[int], axis_name: str, language: Language
) -> list[dict[str, Any]]:
    """The last year's numbers at the right end, the larger above, so that they never touch."""
    last = here.get(span[-1]) if span else None
    if last is None:
        return []
    ends = sorted(
        ((last[measure], measure) for measure in MEASURE if last[measure] is not None),
        key=lambda end: (end[0], end[1] == "approved"),
    )
    shifts = [-8, 8] if len(ends) == 2 else [0] * len(ends)
    return [
        note(
            1,
            value,
            f"{MEASURE[measure][language]} {value:,}",
            xref="paper",
            yref=f"y{axis_name}",
            xanchor="left",
            xshift=8,
            yshift=shift,
            font={"size": 11, "color": _end_colour(measure, last)},
        )
        for (value, measure), shift in zip(ends, shifts, strict=True)
    ]


def _end_colour(measure: str, last: dict[str, Any]) -> str:
    if measure == "approved":
        return MUTED
    return ALARM if last["approved"] is not None and last["actual"] > last["approved"] else INK


def _year_drill(one: dict[str, Any], year: int, label: str) -> Drill:
    """one: a row of `staffing_years`, without numbers for a year that has no ledger."""
    params = {"unit_id": one["unit_id"], "year": year, "estab_type": one["estab_type"]}
    value = f"{_n(one['approved'])} / {_n(one['actual'])}" if "approved" in one else "—"
    return Drill("approved", f"{label} · {year}", value, "rows_staffing", params)


def questions(frame: pl.DataFrame, language: Language, units: int) -> Matters:
    """Statements that do not agree, the widest apart first, each a question. Frame of `staffing_checks`; units: how many have a ledger."""
    items = tuple(_matter(one, language) for one in frame.head(MOST_MATTERS).iter_rows(named=True))
    rest = frame.height - len(items)
    if frame.is_empty():
        title = (
            either(language, "没有可以核对的台账", "No ledger to check")
            if not units
            else either(language, "台账前后、上下都对得上", "The ledgers agree with each other")
        )
    else:
        title = either(
            language,
            f"{frame.height} 处台账对不上，请核对",
            f"{frame.height} ledger statements do not agree: please check",
        )
    quiet = either(
        language,
        "台账与台账、整单位与处室、台账与批文 · 历年 · 规则只提问题，不下结论",
        "Ledger against ledger, unit against offices, ledger against approvals · all years · rules ask, they do not judge",
    ) + (either(language, f" · 另有 {rest} 处见下表", f" · {rest} more in the table below") if rest else "")
    return Matters(title, quiet, items)


def _matter(one: dict[str, Any], language: Language) -> Matter:
    kind = one["type_zh" if language == "zh" else "type_en"] or ""
    measure = MEASURE[one["measure"]][language] if one["measure"] in MEASURE else one["measure"]
    days = str(one["period"]).split("/")
    subject = f"{one['unit']} {kind}" if language == "zh" else f"{one['unit']}, {kind}"
    stated, found = _n(one["stated"]), _n(one["found"])
    if one["rule"] == "V-LED-2":
        question = either(
            language,
            f"{subject}{measure}：整单位填 {stated}，各处室合计 {found}，哪个对？",
            f"{subject}: {measure} {stated} for the whole unit, {found} over its offices. Which is right?",
        )
    elif one["rule"] == "V-LED-3":
        question = either(
            language,
            f"{subject}核定数两次台账相差 {stated}，批文合计 {found}，缺哪份批文？",
            f"{subject}: approved changed by {stated}, approvals say {found}. Which approval is missing?",
        )
    elif one["rule"] == "V-LED-6":
        question = either(
            language,
            f"{subject}原{measure} {stated}，这次台账没有这一类，是撤销还是漏报？",
            f"{subject}: {measure} {stated} before, not in this ledger. Abolished, or left out?",
        )
    else:
        question = either(
            language,
            f"{subject}{measure}由 {stated} 变为 {found}，期间没有批文，是否属实？",
            f"{subject}: {measure} went from {stated} to {found} without an approval. Is it so?",
        )
    rule = CHECKS[one["rule"]][language] if one["rule"] in CHECKS else one["rule"]
    reason = f"{either(language, ' 至 ', ' to ').join(days)} · {rule}"
    return Matter(days[-1][:7], question, reason, _check_drill(one, subject))


def _check_drill(one: dict[str, Any], subject: str) -> Drill:
    params = {"row_ids": one["row_ids"], "estab_type": one["matter"]}
    figure = one["measure"] if one["measure"] in MEASURE else "approved"
    value = f"{_n(one['stated'])} / {_n(one['found'])}"
    return Drill(figure, subject, value, "rows_staffing_check", params, unit_id=one["unit_id"])


def checks(frame: pl.DataFrame, language: Language) -> Facts:
    """All of them as a table, with where their rows stand. Frame of `staffing_checks`."""
    shown = frame.with_columns(
        pl.Series(
            "question",
            [CHECKS[rule][language] if rule in CHECKS else rule for rule in frame["rule"]],
            dtype=pl.String,
        ),
        pl.Series(
            "measure_text",
            [MEASURE[one][language] if one in MEASURE else one for one in frame["measure"]],
            dtype=pl.String,
        ),
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "period": either(language, "时间", "When"),
        either(language, "type_zh", "type_en"): either(language, "编制类型", "Type"),
        "measure_text": either(language, "数字", "Figure"),
        "stated": either(language, "一处为", "One says"),
        "found": either(language, "另一处为", "The other says"),
        "question": either(language, "请核对", "Please check"),
        "rows_where": either(language, "文件 · 工作表 · 行", "File · sheet · rows"),
    }
    title = either(language, f"台账核对 {frame.height} 处", f"{frame.height} checks of the ledgers")
    kind = either(language, "type_zh", "type_en")
    drills = tuple(_check_drill(one, f"{one['unit']} {one[kind] or ''}") for one in frame.iter_rows(named=True))
    return Facts(title, either(language, "相差大的在前", "The widest apart first"), shown, heads, drills)
