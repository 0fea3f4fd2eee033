"""Is approved staffing kept to: per type and rank, unit by unit, over the years. Excess and vacancy are never netted."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.bullets import Bullet, bullets
from panorama.charts.picture import Card, Drill, Facts, Message, Picture
from panorama.charts.tokens import ALARM, DATA, INK, MID, MUTED, axis, clicks, layout, note, rect, rows_axis
from panorama.definitions import CHECKS
from panorama.text import Language, Text

MOST_ROWS: Final = 20
SCOPE: Final = {
    "单位领导": Text("单位领导", "Unit leaders"),
    "内设机构领导": Text("内设机构领导", "Office heads"),
    "纪检监察": Text("纪检监察", "Discipline"),
}
RANK: Final = {"正职": Text("正职", "head"), "副职": Text("副职", "deputy")}


def _t(language: Language, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def _n(value: Any) -> str:
    return "—" if value is None else f"{value:,}"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _sum(frame: pl.DataFrame, column: str) -> int | None:
    """The sum of what is known; null, not zero, when nothing is."""
    known = frame[column].drop_nulls().to_list()
    return sum(known) if known else None


def message(units: pl.DataFrame, types: pl.DataFrame, language: Language) -> Message:
    """Frames of `staffing_units` and `staffing_types` of all units."""
    over = units.filter(pl.col("excess") > 0)
    posts = int(over["excess"].sum() or 0)
    vacant = int(units["vacancy"].sum() or 0)
    leaders = units.filter(pl.col("leaders_excess") > 0).height
    day = max((str(one) for one in units["ledger_date"] if one is not None), default="—")
    if language == "zh":
        title = f":red[{over.height} 个单位超编 {posts} 名]" if over.height else "没有单位超编"
        title += f"，同时各单位共空编 {vacant:,} 名，不能相抵"
        title += f"；:red[{leaders} 个单位领导职数超配]。" if leaders else "；领导职数没有超配。"
        line = f"台账截至 {day} · {units.height} 个单位 · 按编制类型分别计算，单列人员不计 · 超编是线索，有批文的除外"
    else:
        title = f":red[{over.height} units are {posts} over]" if over.height else "No unit is over its approved staff"
        title += f"; {vacant:,} posts are vacant elsewhere and do not offset it"
        title += (
            f"; :red[{leaders} units have more leaders than approved]."
            if leaders
            else "; no rank has more leaders than approved."
        )
        line = f"Ledger as of {day} · {units.height} units · counted per staffing type, separately listed people apart · a lead, unless an approval exists"
    return Message(title, line)


def cards(units: pl.DataFrame, types: pl.DataFrame, language: Language, year: int, unit_id: int | None) -> list[Card]:
    """Approved, actual, excess, vacancy, share of contract staff. A ratio of sums, not a mean of ratios."""
    where = _t(language, f"{year} 年", str(year))
    params = {"unit_id": unit_id, "year": year, "estab_type": None}
    approved, actual = _sum(types, "approved"), _sum(types, "actual")
    excess, vacancy = _sum(types, "excess"), _sum(types, "vacancy")
    external = _sum(units, "external")
    known = units.filter(pl.col("external").is_not_null())
    people = _sum(known, "actual") or 0
    share = None if external is None or not (people + external) else external / (people + external)
    missing = int(types["unknown"].sum() or 0)

    def one(key: str, value: Any, context: str, alarm: bool = False) -> Card:
        return Card(key, _n(value), context, alarm, Drill(key, where, _n(value), "rows_staffing", params))

    return [
        one("approved", approved, _t(language, f"{units.height} 个单位", f"{units.height} units")),
        one("actual", actual, _t(language, f"{missing} 处未报", f"{missing} not reported") if missing else ""),
        one(
            "excess",
            excess,
            _t(
                language,
                f"涉及 {int((units['excess'] > 0).sum())} 个单位",
                f"in {int((units['excess'] > 0).sum())} units",
            ),
            bool(excess),
        ),
        one("vacancy", vacancy, _t(language, "与超编不相抵", "does not offset excess")),
        Card(
            "external_share",
            _share(share),
            _t(
                language,
                f"编外 {_n(external)} 人，{known.height}/{units.height} 个单位已报",
                f"{_n(external)} people, {known.height} of {units.height} units reported",
            ),
        ),
    ]


def types(frame: pl.DataFrame, language: Language) -> Picture:
    """Approved and actual per type. Frame of `staffing_types`."""
    name = "type_zh" if language == "zh" else "type_en"
    rows, drills = [], []
    for one in frame.iter_rows(named=True):
        hover = f"<b>{one[name]}</b><br>{_t(language, '核定', 'approved')} {_n(one['approved'])}　{_t(language, '实有', 'actual')} {_n(one['actual'])}"
        rows.append(
            Bullet(one[name], one["approved"], one["actual"], hover, excess=one["excess"], vacancy=one["vacancy"])
        )
        params = {"unit_id": one["unit_id"], "year": one["year"], "estab_type": one["estab_type"]}
        drills.append(Drill("excess", one[name], _n(one["excess"]), "rows_staffing", params, unit_id=one["unit_id"]))
    over = frame.filter(pl.col("excess") > 0)
    vacant = frame.filter(pl.col("vacancy") > 0)
    title = _types_title(over, vacant, name, language)
    day = max((str(one) for one in frame["ledger_date"]), default="—")
    units = max(frame["units"].to_list(), default=0)
    quiet = _t(
        language,
        f"核定与实有，{day} · 竖线为核定数，深色条为实有，红褐色为超出 · n = {units} 个单位，超编按单位逐个相加",
        f"Approved and actual, {day} · line: approved, dark: actual, vermilion: beyond · n = {units} units, excess added up unit by unit",
    )
    heads = {
        name: _t(language, "编制类型", "Type"),
        "approved": _t(language, "核定", "Approved"),
        "actual": _t(language, "实有", "Actual"),
        "excess": _t(language, "超编", "Excess"),
        "vacancy": _t(language, "空编", "Vacancy"),
        "units_over": _t(language, "超编单位", "Units over"),
    }
    return Picture(title, quiet, bullets(rows, language), title, frame, heads, tuple(drills))


def _types_title(over: pl.DataFrame, vacant: pl.DataFrame, name: str, language: Language) -> str:
    join = "、" if language == "zh" else ", "
    vacancies = join.join(
        f"{one[name]}{_t(language, '空', ' vacant ')} {one['vacancy']}" for one in vacant.head(3).iter_rows(named=True)
    )
    if over.is_empty():
        return _t(
            language,
            f"各类编制都没有超编；{vacancies or '也没有空编'}",
            f"No type is over; {vacancies or 'none vacant'}",
        )
    excess = join.join(
        f"{one[name]}{_t(language, '超', ' over ')} {one['excess']}" for one in over.head(3).iter_rows(named=True)
    )
    return (
        _t(language, f"{excess}；{vacancies}，不抵超编", f"{excess}; {vacancies}, which do not offset it")
        if vacancies
        else excess
    )


def leaders(frame: pl.DataFrame, language: Language) -> Picture:
    """Leader posts per scope and rank. Frame of `staffing_leaders`."""
    rows, drills = [], []
    for one in frame.iter_rows(named=True):
        name = _rank_name(one, language)
        rows.append(
            Bullet(name, one["approved"], one["actual"], f"<b>{name}</b>", excess=one["excess"], vacancy=one["vacancy"])
        )
        params = {"unit_id": one["unit_id"], "year": one["year"], "scope": one["scope"], "rank": one["rank"]}
        drills.append(Drill("leaders_excess", name, _n(one["excess"]), "rows_leader", params, unit_id=one["unit_id"]))
    over = frame.filter(pl.col("excess") > 0)
    named = _t(language, "、", ", ").join(
        f"{_rank_name(one, language)}{_t(language, '超', ' over ')} {one['excess']}"
        for one in over.iter_rows(named=True)
    )
    title = named or _t(
        language,
        "领导职数没有超配" if frame.height else "没有领导职数台账",
        "No rank is over" if frame.height else "No ledger of leader posts",
    )
    quiet = _t(
        language,
        "领导职数按层级分别计算，一个层级的空缺不抵另一个层级的超配",
        "Counted rank by rank: a vacancy of one never offsets another's excess",
    )
    heads = {
        "scope": _t(language, "职数类别", "Scope"),
        "rank": _t(language, "层级", "Rank"),
        "approved": _t(language, "核定", "Approved"),
        "actual": _t(language, "实配", "Actual"),
        "excess": _t(language, "超配", "Excess"),
        "vacancy": _t(language, "空缺", "Vacancy"),
        "units_over": _t(language, "超配单位", "Units over"),
    }
    return Picture(title, quiet, bullets(rows, language, left=150), title, frame, heads, tuple(drills))


def _rank_name(one: dict[str, Any], language: Language) -> str:
    scope = SCOPE[one["scope"]][language] if one["scope"] in SCOPE else str(one["scope"] or "")
    rank = RANK[one["rank"]][language] if one["rank"] in RANK else str(one["rank"])
    return f"{scope}{rank}" if language == "zh" else f"{scope}: {rank}"


def units(frame: pl.DataFrame, language: Language) -> Picture:
    """Excess to the right, vacancy to the left, unit by unit. Frame of `staffing_units`, sorted."""
    drawn = frame.head(MOST_ROWS)
    most = max([*(n for n in (*drawn["excess"], *drawn["vacancy"]) if n is not None), 1])
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for at, one in enumerate(drawn.iter_rows(named=True)):
        excess, vacancy = one["excess"] or 0, one["vacancy"] or 0
        shapes += [rect(0, -at - 0.26, excess, -at + 0.26, ALARM), rect(-vacancy, -at - 0.26, 0, -at + 0.26, DATA)]
        if excess:
            notes.append(
                note(
                    excess,
                    -at,
                    f"<b>{_t(language, '超', 'over')} {excess}</b>",
                    xanchor="left",
                    xshift=4,
                    font={"size": 12, "color": ALARM},
                )
            )
        notes.append(
            note(
                -vacancy,
                -at,
                f"{_t(language, '空', 'vacant')} {vacancy}" if one["vacancy"] is not None else "—",
                xanchor="right",
                xshift=-4,
                font={"size": 12, "color": MUTED},
            )
        )
    drills = tuple(_unit_drill(one) for one in drawn.iter_rows(named=True))
    hover = [
        f"<b>{one['unit']}</b><br>{_n(one['approved'])} → {_n(one['actual'])}" for one in drawn.iter_rows(named=True)
    ]
    data = [
        clicks([0.0] * drawn.height, [-at for at in range(drawn.height)], list(range(drawn.height)), hover, size=26)
    ]
    shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0.5, "y1": -drawn.height + 0.5, "line": {"width": 1, "color": INK}}
    )
    frame_layout = layout(max(28 * drawn.height + 20, 60), 130, 8, shapes=shapes, annotations=notes)
    frame_layout["xaxis"] = axis(range=[-most * 1.5, most * 1.5], showticklabels=False)
    frame_layout["yaxis"] = rows_axis(
        range=[-drawn.height + 0.4, 0.7], tickvals=[-at for at in range(drawn.height)], ticktext=drawn["unit"].to_list()
    )
    over = frame.filter(pl.col("excess") > 0)
    both = over.filter(pl.col("vacancy") > 0)
    if over.is_empty():
        title = _t(language, f"{frame.height} 个单位都没有超编", f"None of {frame.height} units is over")
    else:
        title = _t(
            language,
            f"{over.height} 个单位超编，其中 {both.height} 个同时有别的类型空编",
            f"{over.height} units are over, {both.height} of them with vacancies of another type",
        )
    rest = frame.height - drawn.height
    quiet = _t(
        language,
        "右为超编、左为空编，按编制类型分别计算后相加 · 名",
        "Right: excess, left: vacancy, counted per type and added up · people",
    ) + (_t(language, f" · 其余 {rest} 个单位见表格", f" · {rest} more units in the table") if rest > 0 else "")
    heads = {
        "unit": _t(language, "单位", "Unit"),
        "approved": _t(language, "核定", "Approved"),
        "actual": _t(language, "实有", "Actual"),
        "excess": _t(language, "超编", "Excess"),
        "vacancy": _t(language, "空编", "Vacancy"),
        "use_rate": _t(language, "使用率", "Use rate"),
        "vacancy_rate": _t(language, "空编率", "Vacancy rate"),
        "external": _t(language, "编外", "Contract staff"),
        "external_share": _t(language, "编外比", "Contract share"),
        "leaders_excess": _t(language, "职数超配", "Leaders over"),
        "ledger_date": _t(language, "台账日期", "Ledger date"),
    }
    return Picture(title, quiet, {"data": data, "layout": frame_layout}, title, frame, heads, drills)


def _unit_drill(one: dict[str, Any]) -> Drill:
    params = {"unit_id": one["unit_id"], "year": one["year"], "estab_type": None}
    return Drill("excess", one["unit"], _n(one["excess"]), "rows_staffing", params, unit_id=one["unit_id"])


def years(frame: pl.DataFrame, language: Language) -> Picture:
    """Approved and actual by year, a panel a type; a year without a ledger leaves a gap. Frame of `staffing_years`."""
    name = "type_zh" if language == "zh" else "type_en"
    kinds = frame.group_by("estab_type", name).agg(pl.col("approved").max()).sort("approved", descending=True).head(4)
    span = list(range(int(str(frame["year"].min())), int(str(frame["year"].max())) + 1)) if frame.height else []
    data: list[dict[str, Any]] = []
    frame_layout = layout(max(110 * kinds.height + 20, 60), 104, 90, 22)
    notes: list[dict[str, Any]] = []
    step = 1 / max(kinds.height, 1)
    moved = []
    for at, (kind, label, _) in enumerate(kinds.iter_rows()):
        here = {one["year"]: one for one in frame.filter(pl.col("estab_type") == kind).iter_rows(named=True)}
        suffix = "" if not at else str(at + 1)
        approved = [here[year]["approved"] if year in here else None for year in span]
        actual = [here[year]["actual"] if year in here else None for year in span]
        data += [_line(span, approved, MID, "dash", suffix), _line(span, actual, INK, "solid", suffix)]
        low = min([v for v in approved + actual if v is not None] + [0.0 if not here else 10**9])
        high = max([v for v in approved + actual if v is not None] + [1])
        room = max((high - low) * 0.4, 1)
        frame_layout[f"yaxis{suffix}"] = axis(
            range=[low - room, high + room],
            domain=[1 - (at + 1) * step + 0.04, 1 - at * step - 0.02],
            showticklabels=False,
        )
        notes.append(
            note(
                0,
                1 - (at + 0.5) * step,
                label,
                xref="paper",
                yref="paper",
                xanchor="right",
                xshift=-10,
                font={"size": 12, "color": INK},
            )
        )
        for values, word, colour in (
            (approved, _t(language, "核定", "approved"), MUTED),
            (actual, _t(language, "实有", "actual"), INK),
        ):
            if values and values[-1] is not None:
                shift = 9 if (word in ("核定", "approved")) == ((approved[-1] or 0) >= (actual[-1] or 0)) else -9
                notes.append(
                    note(
                        1,
                        values[-1],
                        f"{word} {values[-1]}",
                        xref="paper",
                        yref=f"y{suffix}",
                        xanchor="left",
                        xshift=8,
                        yshift=shift,
                        font={"size": 11, "color": colour},
                    )
                )
        first, last = next((v for v in approved if v is not None), None), approved[-1] if approved else None
        if first is not None and last is not None and first != last:
            moved.append(f"{label} {first}→{last}")
    frame_layout["annotations"] = notes
    frame_layout["xaxis"] = axis(
        range=[span[0] - 0.2, span[-1] + 0.1] if span else [0, 1], tickvals=span, ticktext=[str(year) for year in span]
    )
    title = (
        (_t(language, "核定数变化：", "Approved: ") + _t(language, "、", ", ").join(moved[:3]))
        if moved
        else _t(language, "五年来各类核定数没有变化", "No type's approved number has changed")
    )
    quiet = _t(
        language,
        "每年最后一次台账 · 虚线核定、实线实有 · 没有台账的年份断开 · 并入的单位自并入后计入承接单位",
        "Last ledger of each year · dashed: approved, solid: actual · a year without a ledger leaves a gap",
    )
    heads = {
        "year": _t(language, "年份", "Year"),
        name: _t(language, "编制类型", "Type"),
        "approved": _t(language, "核定", "Approved"),
        "actual": _t(language, "实有", "Actual"),
        "units": _t(language, "单位数", "Units"),
    }
    return Picture(title, quiet, {"data": data, "layout": frame_layout}, title, frame, heads)


def _line(xs: list[int], ys: list[Any], colour: str, dash: str, suffix: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": xs,
        "y": ys,
        "yaxis": f"y{suffix}",
        "connectgaps": False,
        "line": {"width": 2, "color": colour, "dash": dash},
        "marker": {"size": 5, "color": colour},
        "hovertemplate": "<b>%{x}</b><br>%{y}<extra></extra>",
    }


def checks(frame: pl.DataFrame, language: Language) -> Facts:
    """Ledger statements that do not agree, as questions. Frame of `staffing_checks`."""
    shown = frame.with_columns(
        pl.col("rule")
        .map_elements(lambda rule: CHECKS[rule][language] if rule in CHECKS else rule, return_dtype=pl.String)
        .alias("question"),
        pl.col("matter" if language == "zh" else "matter_en").alias("matter_text"),
    )
    title = (
        _t(language, f"{frame.height} 处台账对不上，请核对", f"{frame.height} ledger statements do not agree")
        if frame.height
        else _t(language, "台账前后、上下都对得上", "The ledgers agree")
    )
    heads = {
        "unit": _t(language, "单位", "Unit"),
        "office": _t(language, "处室", "Office"),
        "period": _t(language, "时间", "When"),
        "matter_text": _t(language, "编制类型", "Type"),
        "stated": _t(language, "一处为", "One says"),
        "found": _t(language, "另一处为", "The other says"),
        "question": _t(language, "请核对", "Please check"),
        "rule": _t(language, "规则", "Rule"),
    }
    return Facts(title, _t(language, "规则只提问题，不下结论", "Rules ask, they do not judge"), shown, heads)


def of_unit(units: pl.DataFrame, unit_id: int | None) -> pl.DataFrame:
    """The row of one unit of `staffing_units`; all rows when none is meant."""
    return units if unit_id is None else units.filter(pl.col("unit_id") == unit_id)
