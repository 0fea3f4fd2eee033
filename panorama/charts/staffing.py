"""Is approved staffing kept to: per type and rank, unit by unit. Excess and vacancy are never netted."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.bullets import Bullet, bullets
from panorama.charts.picture import Card, Drill, Message, Picture
from panorama.charts.tokens import (
    ALARM,
    BOLD,
    DATA,
    INK,
    LINE,
    MUTED,
    PLAIN,
    axis,
    clicks,
    layout,
    note,
    rect,
    rows_axis,
)
from panorama.text import Language, either, many

MOST_ROWS: Final = 20


def _n(value: Any) -> str:
    return "—" if value is None else f"{value:,}"


def _units(n: int, language: Language) -> str:
    return either(language, f"{n} 个单位", f"{n} {'unit' if n == 1 else 'units'}")


def _row_name(name: str) -> str:
    """A long English name in two lines, broken at the space nearest its middle."""
    if len(name) < 26 or " " not in name:
        return name
    middle = min((at for at, letter in enumerate(name) if letter == " "), key=lambda at: abs(at - len(name) / 2))
    return f"{name[:middle]}{LINE}{name[middle + 1 :]}"


def _sum(frame: pl.DataFrame, column: str) -> int | None:
    """The sum of what is known; null, not zero, when nothing is."""
    known = frame[column].drop_nulls().to_list()
    return sum(known) if known else None


def message(units: pl.DataFrame, types: pl.DataFrame, language: Language, year: int) -> Message:
    """Frames of `staffing_units` (all, or the one unit looked at) and `staffing_types` of the same."""
    if units.is_empty():
        return Message(either(language, f"{year} 年没有编制台账。", f"There is no staffing ledger for {year}."), "")
    parts = [_excess_words(units, language)]
    vacant = _sum(units, "vacancy")
    over = int((units["excess"] > 0).sum() or 0)
    if vacant and over:
        parts.append(
            either(
                language, f"同时空编 {vacant:,} 名，不能相抵", f"{many(vacant, 'vacant post')} beside it, not offset"
            )
        )
    elif vacant:
        parts.append(either(language, f"空编 {vacant:,} 名", many(vacant, "vacant post")))
    parts.append(_leader_words(units, language))
    unknown = int(types["unknown"].sum() or 0)
    if unknown:
        parts.append(
            either(language, f"{unknown} 处未报，不计入", f"{many(unknown, 'figure')} not reported and left out")
        )
    day = max((str(one) for one in units["ledger_date"] if one is not None), default="—")
    line = either(
        language,
        f"{year} 年最后一次台账，截至 {day} · {units.height} 个单位 · 按编制类型分别计算，单列人员不计 · 超编是线索，有批文的除外",
        f"Last ledger of {year}, as of {day} · {units.height} {'unit' if units.height == 1 else 'units'} · counted per staffing type, separately listed people apart · a lead, unless an approval exists",
    )
    return Message(either(language, "；", "; ").join(parts) + either(language, "。", "."), line)


def _excess_words(units: pl.DataFrame, language: Language) -> str:
    posts, over = _sum(units, "excess"), units.filter(pl.col("excess") > 0)
    one = units.height == 1
    if posts is None:
        return either(
            language, "核定或实有未报，无法判断是否超编", "Approved or actual is not reported: no excess can be told"
        )
    if not posts:
        unit = units["unit"][0]
        return either(
            language,
            f"{unit}没有超编" if one else f"{units.height} 个单位都没有超编",
            f"{unit} is not over its approved staff"
            if one
            else f"None of {units.height} units is over its approved staff",
        )
    if over.height == 1:
        return either(language, f":red[{over['unit'][0]}超编 {posts} 名]", f":red[{over['unit'][0]} is {posts} over]")
    return either(
        language,
        f":red[{over.height} 个单位超编 {posts} 名]",
        f":red[{many(over.height, 'unit')} over, by {posts} in all]",
    )


def _leader_words(units: pl.DataFrame, language: Language) -> str:
    leaders = _sum(units, "leaders_excess")
    if leaders is None:
        return either(language, "领导职数没有台账", "no ledger of leader posts")
    if not leaders:
        return either(language, "领导职数没有超配", "no rank has more leaders than approved")
    where = units.filter(pl.col("leaders_excess") > 0).height
    named = "" if units.height == 1 else either(language, f"{where} 个单位", f" in {many(where, 'unit')}")
    return either(
        language, f":red[{named}领导职数超配 {leaders} 名]", f":red[{many(leaders, 'leader')} over number{named}]"
    )


def cards(units: pl.DataFrame, types: pl.DataFrame, language: Language, year: int, unit_id: int | None) -> list[Card]:
    """Actual of approved, excess, vacancy, leaders over number, share of contract staff: a ratio of sums, no mean of ratios."""
    where = units["unit"][0] if unit_id is not None and units.height else either(language, "全部单位", "all units")
    where = f"{where} · {year}"
    params = {"unit_id": unit_id, "year": year, "estab_type": None}
    approved, actual = _sum(types, "approved"), _sum(types, "actual")
    excess, leaders = _sum(types, "excess"), _sum(units, "leaders_excess")
    over, leaders_over = int((units["excess"] > 0).sum() or 0), int((units["leaders_excess"] > 0).sum() or 0)
    unknown = int(types["unknown"].sum() or 0)
    context = either(language, f"核定 {_n(approved)}", f"approved {_n(approved)}")
    context += either(language, f"，{unknown} 处未报", f", {unknown} not reported") if unknown else ""

    def one(key: str, value: int | None, context: str, alarm: bool = False) -> Card:
        return Card(key, _n(value), context, alarm, Drill(key, where, _n(value), "rows_staffing", params))

    ranks = {"unit_id": unit_id, "year": year, "scope": None, "rank": None}
    return [
        one("actual", actual, context),
        one("excess", excess, either(language, "涉及 ", "in ") + _units(over, language), bool(excess)),
        one("vacancy", _sum(types, "vacancy"), either(language, "与超编不相抵", "does not offset excess")),
        Card(
            "leaders_excess",
            _n(leaders),
            either(language, "没有领导职数数据", "no data on leader posts")
            if leaders is None
            else either(language, "涉及 ", "in ")
            + _units(leaders_over, language)
            + either(language, "，按层级不相抵", ", rank by rank"),
            bool(leaders),
            Drill("leaders_excess", where, _n(leaders), "rows_leader", ranks),
        ),
        _external_card(units, language, year, unit_id, where),
    ]


def _external_card(units: pl.DataFrame, language: Language, year: int, unit_id: int | None, where: str) -> Card:
    # Only units that gave both numbers: a missing one must not make the share larger or smaller.
    known = units.filter(pl.col("external").is_not_null() & pl.col("actual").is_not_null())
    external, people = _sum(known, "external"), _sum(known, "actual")
    share = None if external is None or people is None or not people + external else external / (people + external)
    value = "—" if share is None else f"{share:.1%}"
    context = either(
        language,
        f"编外 {_n(external)} 人，{known.height}/{units.height} 单位报",
        f"{_n(external)} people, {known.height} of {many(units.height, 'unit')}",
    )
    working = "" if share is None else f"{external} ÷ ({people} + {external}) = {value}"
    drill = Drill("external_share", where, value, "rows_staffing_external", {"unit_id": unit_id, "year": year}, working)
    return Card("external_share", value, context, drill=drill)


def types(frame: pl.DataFrame, language: Language) -> Picture:
    """Approved and actual per type. Frame of `staffing_types`."""
    name = "type_zh" if language == "zh" else "type_en"
    rows, drills = [], []
    for one in frame.iter_rows(named=True):
        hover = f"{BOLD}{one[name]}{PLAIN}{LINE}{either(language, '核定', 'approved')} {_n(one['approved'])}　{either(language, '实有', 'actual')} {_n(one['actual'])}{LINE}{either(language, '超', 'over')} {_n(one['excess'])}　{either(language, '空', 'vacant')} {_n(one['vacancy'])}"
        rows.append(
            Bullet(
                _row_name(one[name]),
                one["approved"],
                one["actual"],
                hover,
                excess=one["excess"],
                vacancy=one["vacancy"],
            )
        )
        drills.append(_type_drill(one, name))
    title = _types_title(frame, name, language)
    day = max((str(one) for one in frame["ledger_date"].drop_nulls()), default="—")
    units = max(frame["units"].to_list(), default=0)
    unknown = int(str(frame["unknown"].sum()))
    quiet = either(
        language,
        f"核定与实有，人，{day} · 竖线为核定数，深色条为实有，红褐色为超出",
        f"Approved and actual, people, {day} · line: approved, dark: actual, vermilion: beyond",
    )
    if units > 1:
        quiet += either(
            language, f" · n = {units} 个单位，超编按单位逐个相加", f" · n = {units}, excess added up unit by unit"
        )
    if unknown:
        quiet += either(
            language, f" · {unknown} 处未报，不计入", f" · {many(unknown, 'figure')} not reported, left out"
        )
    heads = {
        name: either(language, "编制类型", "Type"),
        "approved": either(language, "核定", "Approved"),
        "actual": either(language, "实有", "Actual"),
        "excess": either(language, "超编", "Excess"),
        "vacancy": either(language, "空编", "Vacancy"),
        "units_over": either(language, "超编单位", "Units over"),
    }
    figure = bullets(rows, language, left=120 if language == "zh" else 150)
    return Picture(title, quiet, figure, title, frame, heads, tuple(drills), lambda one: _type_drill(one, name))


def _type_drill(one: dict[str, Any], name: str) -> Drill:
    params = {"unit_id": one["unit_id"], "year": one["year"], "estab_type": one["estab_type"]}
    return Drill("excess", one[name], _n(one["excess"]), "rows_staffing", params, _beyond(one), one["unit_id"])


def _beyond(one: dict[str, Any]) -> str:
    """Excess with its numbers filled in; of several units it is added up unit by unit, and stands with its rows."""
    if one["unit_id"] is None or one["approved"] is None or one["actual"] is None:
        return ""
    return f"max(0, {one['actual']} − {one['approved']}) = {_n(one['excess'])}"


def _types_title(frame: pl.DataFrame, name: str, language: Language) -> str:
    if frame["excess"].drop_nulls().is_empty():
        return either(language, "没有可以比较核定与实有的台账", "No ledger to compare approved and actual")
    over, vacant = frame.filter(pl.col("excess") > 0), frame.filter(pl.col("vacancy") > 0)
    unknown = int(str(frame["unknown"].sum()))
    reported = "已报的各类编制" if unknown else "各类编制都"
    join = "、" if language == "zh" else ", "
    vacancies = join.join(
        f"{one[name]}{either(language, '空', ' vacant ')} {one['vacancy']}"
        for one in vacant.head(3).iter_rows(named=True)
    )
    if over.is_empty():
        return either(
            language,
            f"{reported}没有超编；{vacancies or '也没有空编'}",
            f"No {'reported ' if unknown else ''}type is over; {vacancies or 'none vacant'}",
        )
    excess = join.join(
        f"{one[name]}{either(language, '超', ' over ')} {one['excess']}" for one in over.head(3).iter_rows(named=True)
    )
    return (
        either(language, f"{excess}；{vacancies}，不抵超编", f"{excess}; {vacancies}, which do not offset it")
        if vacancies
        else excess
    )


def leaders(frame: pl.DataFrame, language: Language) -> Picture:
    """Leader posts per scope and rank. Frame of `staffing_leaders`."""
    rows, drills = [], []
    for one in frame.iter_rows(named=True):
        name = _rank_name(one, language)
        hover = f"{BOLD}{name}{PLAIN}{LINE}{either(language, '核定', 'approved')} {_n(one['approved'])}　{either(language, '实配', 'actual')} {_n(one['actual'])}"
        rows.append(Bullet(name, one["approved"], one["actual"], hover, excess=one["excess"], vacancy=one["vacancy"]))
        drills.append(_leader_drill(one, language))
    over = frame.filter(pl.col("excess") > 0)
    named = either(language, "、", ", ").join(
        f"{_rank_name(one, language)}{either(language, '超', ' over ')} {one['excess']}"
        for one in over.iter_rows(named=True)
    )
    known = frame["excess"].drop_nulls().len()
    title = named or either(
        language,
        "领导职数没有超配" if known else "没有领导职数台账",
        "No rank has more leaders than approved" if known else "No ledger of leader posts",
    )
    day = max((str(one) for one in frame["ledger_date"]), default="—")
    quiet = either(
        language,
        f"领导职数，名，{day} · 按层级分别计算，一个层级的空缺不抵另一个层级的超配",
        f"Leader posts, {day} · counted rank by rank: a vacancy of one never offsets another's excess",
    )
    heads = {
        either(language, "scope", "scope_en"): either(language, "职数类别", "Scope"),
        either(language, "rank", "rank_en"): either(language, "层级", "Rank"),
        "approved": either(language, "核定", "Approved"),
        "actual": either(language, "实配", "Actual"),
        "excess": either(language, "超配", "Excess"),
        "vacancy": either(language, "空缺", "Vacancy"),
        "units_over": either(language, "超配单位", "Units over"),
    }
    figure = bullets(rows, language, left=150 if language == "zh" else 190)
    return Picture(title, quiet, figure, title, frame, heads, tuple(drills), lambda one: _leader_drill(one, language))


def _leader_drill(one: dict[str, Any], language: Language) -> Drill:
    params = {"unit_id": one["unit_id"], "year": one["year"], "scope": one["scope"], "rank": one["rank"]}
    name = _rank_name(one, language)
    return Drill("leaders_excess", name, _n(one["excess"]), "rows_leader", params, _beyond(one), one["unit_id"])


def _rank_name(one: dict[str, Any], language: Language) -> str:
    if language == "zh":
        return f"{one['scope'] or ''}{one['rank']}"
    return f"{one['scope_en'] or one['scope'] or ''}: {str(one['rank_en'] or one['rank']).lower()}"


def units(frame: pl.DataFrame, language: Language) -> Picture:
    """Excess to the right, vacancy to the left, unit by unit. Frame of `staffing_units`, sorted."""
    drawn = frame.head(MOST_ROWS)
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
                    f"{BOLD}{either(language, '超', 'over')} {excess}{PLAIN}",
                    xanchor="left",
                    xshift=4,
                    font={"size": 12, "color": ALARM},
                )
            )
        notes.append(
            note(
                -vacancy,
                -at,
                f"{either(language, '空', 'vacant')} {vacancy}" if one["vacancy"] is not None else "—",
                xanchor="right",
                xshift=-4,
                font={"size": 12, "color": MUTED},
            )
        )
    drills = tuple(_unit_drill(one) for one in drawn.iter_rows(named=True))
    hover = [
        f"{BOLD}{one['unit']}{PLAIN}{LINE}{either(language, '核定', 'approved')} {_n(one['approved'])}　{either(language, '实有', 'actual')} {_n(one['actual'])}"
        for one in drawn.iter_rows(named=True)
    ]
    data = [
        clicks([0.0] * drawn.height, [-at for at in range(drawn.height)], list(range(drawn.height)), hover, size=26)
    ]
    shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0.5, "y1": -drawn.height + 0.5, "line": {"width": 1, "color": INK}}
    )
    frame_layout = layout(max(28 * drawn.height + 20, 60), 130, 8, shapes=shapes, annotations=notes)
    # Each side as wide as its own largest bar and label need.
    widest = max((one for one in drawn["vacancy"] if one is not None), default=0) or 1
    furthest = max((one for one in drawn["excess"] if one is not None), default=0)
    room = (widest + furthest) * 0.16
    frame_layout["xaxis"] = axis(range=[-widest - room, furthest + room], showticklabels=False)
    frame_layout["yaxis"] = rows_axis(
        range=[-drawn.height + 0.4, 0.7], tickvals=[-at for at in range(drawn.height)], ticktext=drawn["unit"].to_list()
    )
    over = frame.filter(pl.col("excess") > 0)
    both = over.filter(pl.col("vacancy") > 0)
    known = frame["excess"].drop_nulls().len()
    if not known:
        title = either(language, "没有可以判断超编的台账", "No ledger from which an excess could be told")
    elif over.is_empty():
        title = either(language, f"{known} 个单位都没有超编", f"None of {known} units is over")
    elif over.height == 1:
        first = over.row(0, named=True)
        title = either(
            language,
            f"{known} 个单位中只有{first['unit']}超编 {first['excess']} 名，它另有空编 {_n(first['vacancy'])} 名",
            f"Of {known} units only {first['unit']} is over, by {first['excess']}, beside {_n(first['vacancy'])} vacancies of its own",
        )
    else:
        title = either(
            language,
            f"{over.height} 个单位超编，其中 {both.height} 个同时有别的类型空编",
            f"{many(over.height, 'unit')} are over, {both.height} of them with vacancies of another type",
        )
    rest = frame.height - drawn.height
    quiet = either(
        language,
        "右为超编、左为空编，按编制类型分别计算后相加 · 名",
        "Right: excess, left: vacancy, counted per type and added up · people",
    ) + (either(language, f" · 其余 {rest} 个单位见表格", f" · {rest} more units in the table") if rest > 0 else "")
    heads = {
        "unit": either(language, "单位", "Unit"),
        "approved": either(language, "核定", "Approved"),
        "actual": either(language, "实有", "Actual"),
        "excess": either(language, "超编", "Excess"),
        "vacancy": either(language, "空编", "Vacancy"),
        "use_rate": either(language, "使用率", "Use rate"),
        "vacancy_rate": either(language, "空编率", "Vacancy rate"),
        "external": either(language, "编外", "Contract staff"),
        "external_share": either(language, "编外比", "Contract share"),
        "leaders_excess": either(language, "职数超配", "Leaders over"),
        "ledger_date": either(language, "台账日期", "Ledger date"),
    }
    return Picture(title, quiet, {"data": data, "layout": frame_layout}, title, frame, heads, drills, _unit_drill)


def _unit_drill(one: dict[str, Any]) -> Drill:
    params = {"unit_id": one["unit_id"], "year": one["year"], "estab_type": None}
    return Drill("excess", one["unit"], _n(one["excess"]), "rows_staffing", params, unit_id=one["unit_id"])


def of_unit(units: pl.DataFrame, unit_id: int | None) -> pl.DataFrame:
    """The row of one unit of `staffing_units`; all rows when none is meant."""
    return units if unit_id is None else units.filter(pl.col("unit_id") == unit_id)
