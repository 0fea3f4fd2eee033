"""One unit: message, figures, sources by year, findings, its place among its like."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from panorama.charts.cells import Cell, Group, cell_map, shade_of
from panorama.charts.overview import of_findings, source_groups
from panorama.charts.picture import Card, Drill, Facts, Message, Origin, Picture, of_year
from panorama.charts.strip import Mark, shown, strip, with_band_words
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.charts.upset import MULTI, by_families
from panorama.charts.words import COVERAGE, FAMILY, SEVERITY, SOURCE, STATE
from panorama.sources.choices import label
from panorama.text import Language, either, many

MOST_PEERS: Final = 12
FEW_PEERS: Final = 5
"""With fewer like units no statistic is given (methods §4)."""


def _n(value: Any) -> str:
    return "—" if value is None else f"{value:,}"


def message(frame: pl.DataFrame, types: pl.DataFrame, themes: pl.DataFrame, language: Language) -> Message:
    """Frames of `unit_figures`, `staffing_types`, `unit_themes`. Totals never hide an excess of one type."""
    row = frame.row(0, named=True)
    parts = [_staffing_words(row, types, language)]
    if row["leaders_excess"]:
        n = row["leaders_excess"]
        parts.append(either(language, f":red[领导职数超 {n} 名]", f":red[{many(n, 'leader')} over number]"))
    if row["overdue"]:
        n = row["overdue"]
        parts.append(either(language, f":red[{n} 个巡审问题超期未整改]", f":red[{many(n, 'finding')} overdue]"))
    elif row["open"]:
        parts.append(
            either(language, f"{row['open']} 个巡审问题未整改到位", f"{many(row['open'], 'finding')} not put right")
        )
    several = by_families(themes).filter(pl.col("k") >= MULTI)
    if n := several.height:
        names = several["theme_zh" if language == "zh" else "theme_en"].head(3)
        named = either(language, "、", ", ").join(names)
        more = either(language, f"等 {n} 项", f" and {n - 3} more") if n > 3 else ""
        parts.append(
            either(language, f"{named}{more}得到三类以上来源印证", f"{named}{more} confirmed by three or more sources")
        )
    title = either(language, "；", "; ").join(parts) + either(language, "。", ".")
    return Message(title, _message_note(row, language))


def _staffing_words(row: dict[str, Any], types: pl.DataFrame, language: Language) -> str:
    """What the ledger of the year says, and no more: a type that was not reported is neither full nor free."""
    name = "type_zh" if language == "zh" else "type_en"
    if types.is_empty():
        return either(language, f"{row['asked']} 年没有编制台账", f"No staffing ledger for {row['asked']}")
    over = types.filter(pl.col("excess") > 0)
    unknown = types.filter(pl.col("excess").is_null()).height
    if not over.is_empty():
        named = either(language, "、", ", ").join(
            either(language, f"{one[name]}超 {one['excess']} 名", f"{one[name]} over by {one['excess']}")
            for one in over.iter_rows(named=True)
        )
        fits = not unknown and (row["actual"] or 0) <= (row["approved"] or 0)
        return (
            either(language, "编制总数未超，但" if fits else "", "The total fits, but " if fits else "")
            + f":red[{named}]"
        )
    if unknown == types.height:
        return either(language, "各类编制的核定或实有都未报", "Approved or actual is not reported for any type")
    if unknown:
        return either(
            language,
            f"已报的编制类型没有超编，{unknown} 类未报",
            f"No reported staffing type is over, {unknown} not reported",
        )
    vacant = int(str(types["vacancy"].sum()))
    return either(
        language,
        f"{types.height} 类编制都没有超编" + (f"，空编 {vacant} 名" if vacant else ""),
        f"None of {types.height} staffing types is over" + (f", {vacant} posts vacant" if vacant else ""),
    )


def _message_note(row: dict[str, Any], language: Language) -> str:
    kind = label("unit_kind", row["unit_kind"])[language] if row["unit_kind"] else "—"
    parts = [
        row["unit"],
        kind,
        either(language, f"{row['offices']} 个内设机构", many(row["offices"], "office")),
        either(language, f"台账 {row['ledger_date'] or '—'}", f"ledger {row['ledger_date'] or '—'}"),
        either(
            language,
            f"{row['asked']} 年有 {row['families'] or 0} 类来源的记录",
            f"{row['families'] or 0} source families with rows in {row['asked']}",
        ),
    ]
    if row["ended"]:
        to = row["successor"]
        parts.append(
            either(
                language,
                f"已于 {row['end_date'] or '—'} 合并或撤销" + (f"，由{to}承接" if to else ""),
                f"merged or abolished {row['end_date'] or '—'}" + (f", now {to}" if to else ""),
            )
        )
    return " · ".join(parts)


def cards(frame: pl.DataFrame, language: Language, year: int, today: date) -> list[Card]:
    """Staff, excess, saturation with interval and both figures, open findings, grade and rank. Frame of `unit_figures`."""
    row = frame.row(0, named=True)
    unit = f"{row['unit']} · {year}"
    staff = {"unit_id": row["unit_id"], "year": year, "estab_type": None}
    vacancy = either(language, f"空编 {_n(row['vacancy'])}，不相抵", f"{_n(row['vacancy'])} vacant, not offset")
    no_ledger = either(language, "这一年没有台账", "no ledger this year")
    return [
        Card(
            "actual",
            _n(row["actual"]),
            either(language, f"核定 {_n(row['approved'])}", f"approved {_n(row['approved'])}")
            + _types_missing(row["types_missing"], language),
            drill=Drill("actual", unit, _n(row["actual"]), "rows_staffing", staff),
        ),
        Card(
            "excess",
            _n(row["excess"]),
            no_ledger if row["excess"] is None else vacancy,
            bool(row["excess"]),
            Drill("excess", unit, _n(row["excess"]), "rows_staffing", staff),
        ),
        _saturation_card(row, language, year),
        _findings_card(row, language, today),
        _grade_card(row, language, year),
    ]


def _types_missing(n: int, language: Language) -> str:
    if not n:
        return ""
    return either(
        language, f"，另有 {n} 类编制本期台账未报", f"; {many(n, 'type')} of the last ledger not reported in this one"
    )


def _saturation_card(row: dict[str, Any], language: Language, year: int) -> Card:
    s, external = row["saturation"], row["saturation_with_external"]
    value = "—" if s is None else shown(s, row["saturation_lower_bound"])
    if s is None:
        context = either(language, "缺工作量或在岗人数，不计算", "workload or staff missing: not computed")
        if row["other_year"] is not None:
            other = f"{row['other_year']} 年" if language == "zh" else f"{row['other_year']}"
            context += either(language, "；最近有数的是 ", "; newest with a figure: ")
            context += f"{other} {shown(row['other_saturation'], row['other_lower_bound'])}"
    else:
        low, high = row["saturation_low"], row["saturation_high"]
        span = either(language, "无区间", "no interval") if low is None or high is None else f"90% {low:.2f}–{high:.2f}"
        both = "—" if external is None else shown(external)
        context = span + either(language, f"，含编外 {both}", f", all {both}")
    known = s is not None and row["required_staff"] is not None and row["effective_staff"] is not None
    working = f"{row['required_staff']:.2f} ÷ {row['effective_staff']:.1f} = {value}" if known else ""
    params = {"unit_id": row["unit_id"], "period": str(year)}
    drill = Drill("saturation", f"{row['unit']} · {year}", value, "rows_saturation_unit", params, working)
    return Card("saturation", value, context, drill=drill)


def _findings_card(row: dict[str, Any], language: Language, today: date) -> Card:
    # No record is not the same as no finding: only a record or a nil return makes it a number.
    known = bool(row["findings"] or row["nil_returns"])
    value = _n(row["open"]) if known else "—"
    context = (
        either(
            language,
            f"超期 {row['overdue']}，历年共 {row['findings']}",
            f"{row['overdue']} overdue, {row['findings']} ever",
        )
        if known
        else either(language, "没有巡视、审计记录", "no inspection or audit on record")
    )
    drill = Drill("findings_open", row["unit"], value, "rows_findings", of_findings("open", today, row["unit_id"]))
    return Card("findings_open", value, context, bool(row["overdue"]), drill)


def _grade_card(row: dict[str, Any], language: Language, year: int) -> Card:
    """A rank is shown with the size of its field, or with the word that it was not reported; the median of the year's rankings beside it."""
    rank, field = row["performance_rank"], row["performance_field"]
    grade = row["performance_grade"] or "—"
    if rank is None:
        parts = [either(language, "无名次", "no rank")]
    elif field is None:
        parts = [either(language, f"第 {rank} 名，参评数未报", f"rank {rank}, of how many is not reported")]
    else:
        parts = [either(language, f"第 {rank}/{field} 名", f"{rank} of {field}")]
    if row["ranking_percentile"] is not None:
        parts.append(
            either(
                language,
                f"排名中位 {row['ranking_percentile']:.0%}",
                f"rankings {row['ranking_percentile']:.0%}",
            )
        )
    params = {"unit_id": row["unit_id"], "family": "绩效考核", **of_year(year)}
    drill = Drill("performance_grade", f"{row['unit']} · {year}", grade, "rows_unit_family", params)
    return Card("performance_grade", grade, either(language, "，", ", ").join(parts), drill=drill)


def coverage(frame: pl.DataFrame, language: Language) -> Picture:
    """Year × source. Frame of `unit_coverage`."""
    years = sorted(frame["year"].unique().to_list())
    grouped = source_groups(frame)
    families = [name for _, names in grouped for name in names]
    # A unit that has ended has no row for what is not asked of it any more.
    places = [(row, column) for row in range(len(years)) for column in range(len(families))]
    cells = {place: Cell("not_asked", "—", "") for place in places}
    drills: list[Drill] = []
    words = {"nil": either(language, "零", "nil"), "missing": either(language, "缺", "gap"), "not_asked": "—"}
    for one in frame.filter(pl.col("family").is_in(families)).iter_rows(named=True):
        family = SOURCE[one["family"]][language]
        text = f"{one['n']:,}" if one["state"] == "rows" else words[one["state"]]
        drills.append(_year_drill(one, language))
        hover = f"{BOLD}{one['year']} · {family}{PLAIN}{LINE}{COVERAGE[one['state']][language]} {text if one['state'] == 'rows' else ''}"
        cells[(years.index(one["year"]), families.index(one["family"]))] = Cell(
            one["state"], text, hover, shade_of(one["n"]), len(drills) - 1
        )
    groups = [Group(name[language], [SOURCE[key][language] for key in names]) for name, names in grouped]
    figure = cell_map([str(year) for year in years], groups, cells, left=48)
    holes = frame.filter(pl.col("state") == "missing").sort("year", "family")
    named = either(language, "、", ", ").join(
        f"{one['year']} {either(language, '年', '')}{FAMILY[one['family']][language]}"
        for one in holes.head(3).iter_rows(named=True)
    )
    title = (
        either(language, "没有任何来源的记录", "No source has any record")
        if frame.is_empty()
        else either(language, "各年应报的来源都到了", "Every source that was due has arrived")
        if holes.is_empty()
        else either(
            language,
            f"{named}{'等' if holes.height > 3 else ''}没有到",
            f"Not arrived: {named}{' and others' if holes.height > 3 else ''}",
        )
    )
    quiet = either(
        language,
        "年份 × 来源，格内为记录条数 · 零为零报告 · 缺为同类单位已报而本单位未报 · — 为未要求",
        "Year × source, rows in each cell · nil: written nil return · gap: like units reported, this one did not · — not asked",
    )
    table = frame.with_columns(
        pl.col("state")
        .replace_strict({key: text[language] for key, text in COVERAGE.items()}, default=None)
        .alias("state_text"),
        pl.col("family")
        .replace_strict({key: text[language] for key, text in SOURCE.items()}, default=None)
        .alias("family_text"),
    )
    heads = {
        "year": either(language, "年份", "Year"),
        "family_text": either(language, "来源", "Source"),
        "state_text": either(language, "状态", "State"),
        "n": either(language, "记录数", "Rows"),
    }
    return Picture(title, quiet, figure, title, table, heads, tuple(drills), lambda one: _year_drill(one, language))


def _year_drill(one: dict[str, Any], language: Language) -> Drill:
    """What one source holds on the unit in one year."""
    family = SOURCE[one["family"]][language] if one["family"] in SOURCE else one["family"]
    value = f"{one['n']:,}" if one["state"] == "rows" else COVERAGE[one["state"]][language]
    params = {"unit_id": one["unit_id"], "family": one["family"], **of_year(one["year"])}
    return Drill("coverage", f"{family} · {one['year']}", value, "rows_unit_family", params)


def findings(frame: pl.DataFrame, language: Language) -> Facts:
    """Findings of the unit, open ones first. Frame of `unit_findings`."""
    open_n = int(frame["is_open"].sum() or 0)
    late = int(frame["overdue"].sum() or 0)
    shown = frame.with_columns(
        pl.col("family")
        .replace_strict({key: text[language] for key, text in FAMILY.items()}, default=None)
        .alias("family_text"),
        pl.col("severity")
        .replace_strict({key: text[language] for key, text in SEVERITY.items()}, default=None)
        .alias("severity_text"),
        pl.col("state")
        .replace_strict({key: text[language] for key, text in STATE.items()}, default=None)
        .alias("state_text"),
    )
    title = either(
        language,
        f"{open_n} 个巡审问题未整改到位" + (f"，{late} 个超期" if late else "") + f"，共 {frame.height} 个",
        f"{many(open_n, 'finding')} not put right" + (f", {late} overdue" if late else "") + f", {frame.height} in all",
    )
    heads = {
        "family_text": either(language, "来源", "Source"),
        "year": either(language, "年份", "Year"),
        "text": either(language, "问题", "Finding"),
        "severity_text": either(language, "程度", "Severity"),
        "state_text": either(language, "状态", "State"),
        "due": either(language, "时限", "Due"),
        "days_late": either(language, "超期（天）", "Days late"),
        "days_left": either(language, "剩余（天）", "Days left"),
        "amount_wan": either(language, "金额（万元）", "Amount (10k yuan)"),
        "file": either(language, "文件", "File"),
        "sheet": either(language, "工作表", "Sheet"),
        "src_row": either(language, "行", "Row"),
    }
    if not frame["amount_wan"].count():
        del heads["amount_wan"]
    if frame.is_empty():
        title = either(language, "没有巡视、审计问题的记录", "No finding of inspection or audit on record")
    return Facts(
        title,
        either(
            language,
            "未整改的在前，按时限排列 · 问题是线索，不是对人的结论",
            "Open ones first, by due date · leads, not verdicts on people",
        ),
        shown,
        heads,
        tuple(Origin(row, text[:40]) for row, text in frame.select("row_id", "text").iter_rows()),
    )


def peers(frame: pl.DataFrame, language: Language) -> Picture:
    """Saturation among units of the same kind and level. Frame of `unit_peers`. A place is said only with its n."""
    known = frame.filter(pl.col("saturation").is_not_null())
    own = frame.filter(pl.col("own"))
    drawn = _nearest(own, known)
    marks = [_peer_mark(one, language) for one in drawn.iter_rows(named=True)]
    drills = tuple(_peer_drill(one) for one in drawn.iter_rows(named=True))
    n, absent = known.height, frame.height - known.height
    left_out = n - drawn.filter(pl.col("saturation").is_not_null()).height
    quiet = either(
        language,
        f"同类：指标模板与机构规格相同 · n = {n}，另有 {absent} 个缺数据 · 横线 90% 区间 · ◇ 含编外",
        f"Like units: same template kind and level · n = {n}, {absent} more without data · line: 90 % interval · ◇ with contract staff",
    )
    if left_out:
        quiet += either(
            language, f" · 画出最相近的，其余 {left_out} 个见表格", f" · nearest drawn, {left_out} more in the table"
        )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "saturation": either(language, "饱满度", "Saturation"),
        "saturation_with_external": either(language, "含编外", "With contract"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "band_word": either(language, "分档", "Band"),
        "use_rate": either(language, "编制使用率", "Use rate"),
        "external_share": either(language, "编外比", "Contract share"),
        "percentile": either(language, "绩效位次百分位", "Appraisal percentile"),
    }
    title = _peers_title(own, known, language)
    figure = strip(marks, language, left=130, row_height=30)
    return Picture(title, quiet, figure, title, with_band_words(frame, language), heads, drills, _peer_drill)


def _nearest(own: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The unit and the like units nearest to it in saturation, the fullest on top; without its own figure the fullest."""
    here = own["saturation"][0] if own.height else None
    others = known.filter(~pl.col("own"))
    if here is not None:
        others = others.sort((pl.col("saturation") - here).abs(), maintain_order=True)
    drawn = pl.concat([own, others.head(MOST_PEERS - 1)])
    return drawn.sort("saturation", descending=True, nulls_last=True, maintain_order=True)


def _peer_mark(one: dict[str, Any], language: Language) -> Mark:
    s, low, high = one["saturation"], one["low"], one["high"]
    span = (
        "" if low is None or high is None else either(language, f"（{low:.2f}–{high:.2f}）", f" ({low:.2f}–{high:.2f})")
    )
    absent = either(language, "缺工作量或在岗人数，不计算", "workload or staff missing: not computed")
    hover = f"{BOLD}{one['unit']}{PLAIN}{LINE}" + (absent if s is None else f"{shown(s)}{span}")
    name = f"{BOLD}▶ {one['unit']}{PLAIN}" if one["own"] else one["unit"]
    return Mark(
        name,
        s,
        one["saturation_with_external"],
        low,
        high,
        one["band"] == "待判",
        hover,
        absent,
        at_least=bool(one["lower_bound"]),
    )


def _peer_drill(one: dict[str, Any]) -> Drill:
    value = "—" if one["saturation"] is None else shown(one["saturation"])
    known = one["required_staff"] is not None and one["effective_staff"] is not None and one["saturation"] is not None
    working = f"{one['required_staff']:.2f} ÷ {one['effective_staff']:.1f} = {value}" if known else ""
    params = {"unit_id": one["unit_id"], "period": str(one["year"])}
    unit_id = None if one["own"] else one["unit_id"]
    return Drill("saturation", one["unit"], value, "rows_saturation_unit", params, working, unit_id)


def _peers_title(own: pl.DataFrame, known: pl.DataFrame, language: Language) -> str:
    """Percentile rank as (below + half of ties) ÷ n, methods §4; with too few like units the run alone."""
    here = own["saturation"][0] if own.height else None
    n = known.height
    if here is None:
        return either(language, "本单位没有饱满度，无法与同类比较", "No saturation of this unit to compare")
    if n < 2:
        return either(language, "没有可比的同类单位", "No like unit to compare with")
    below = known.filter(pl.col("saturation") < here).height
    ties = known.filter(pl.col("saturation") == here).height
    if n < FEW_PEERS:
        return either(
            language,
            f"饱满度高于 {n - 1} 个同类单位中的 {below} 个；同类不足 {FEW_PEERS} 个，不作统计判断",
            f"Saturation is above {below} of {n - 1} like units; fewer than {FEW_PEERS} like units: no statistic",
        )
    percentile = (below + ties / 2) / n
    return either(
        language,
        f"饱满度高于 {n - 1} 个同类单位中的 {below} 个（百分位 {percentile:.0%}）；区间重叠的不分高下",
        f"Saturation is above {below} of {n - 1} like units (percentile {percentile:.0%}); no order where intervals overlap",
    )
