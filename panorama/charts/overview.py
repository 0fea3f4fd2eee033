"""The leader's page: message, figures, findings by state, due dates, sources, themes, saturation of units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.charts.cells import Cell, CellState, Group, cell_map, shade_of
from panorama.charts.lens import Count, lens
from panorama.charts.picture import EVERY_YEAR, Card, Drill, Facts, Message, Picture
from panorama.charts.strip import Mark, shown, strip, with_band_words
from panorama.charts.tokens import ALARM, BOLD, DATA, INK, LINE, MID, MUTED, PLAIN, axis, clicks, layout, note, rect
from panorama.charts.words import (
    COVERAGE,
    FAMILY,
    FAMILY_GROUPS,
    OWN,
    OWN_GROUP,
    SEVERITIES,
    SEVERITY,
    SOURCE,
    STATE,
    STATES,
)
from panorama.definitions.history import VERSION
from panorama.text import Language, Text, either, many

MOST_ROWS: Final = 20
"""A map draws at most this many units; the table twin has them all."""


def message(frame: pl.DataFrame, language: Language, subject: str = "") -> Message:
    """The one sentence for the leader, from the one-row frame of `overview_figures`. subject: of whom alone it speaks."""
    row = frame.row(0, named=True)
    if language == "zh":
        title = f"{_findings_words(row, language)}；{_over_words(row['units_over'], language)}"
        title += (
            f"；{confirmed(row['multi'], row['multi_themes'], row['multi_units'], language)}。"
            if row["multi"]
            else "。"
        )
        note_line = (
            f"台账截至 {row['ledger_date'] or '—'} · {row['units']:,} 个在册单位、{row['offices']:,} 个内设机构"
            + (f"，另有 {row['ended']:,} 个单位已撤并" if row["ended"] else "")
            + " · "
            f"来源覆盖（单位 × 来源，格）：有记录 {row['cells_rows']:,}、零报告 {row['cells_nil']:,}、缺 {row['cells_missing']:,}、未要求 {row['cells_not_asked']:,}"
        )
    else:
        title = f"{_findings_words(row, language)}; {_over_words(row['units_over'], language)}"
        title += (
            f"; {confirmed(row['multi'], row['multi_themes'], row['multi_units'], language)}." if row["multi"] else "."
        )
        note_line = (
            f"Ledger as of {row['ledger_date'] or '—'} · {many(row['units'], 'unit')}, {many(row['offices'], 'office')}"
            + (f", {row['ended']:,} more abolished or merged" if row["ended"] else "")
            + " · "
            f"coverage, unit × source: {row['cells_rows']:,} with rows, {row['cells_nil']:,} nil returns, {row['cells_missing']:,} missing, {row['cells_not_asked']:,} not asked"
        )
    begin = either(language, f"{subject}：", f"{subject}: ") if subject else ""
    return Message(begin + title, note_line)


def _findings_words(row: Mapping[str, Any], language: Language) -> str:
    """No record is not the same as no finding."""
    still, late = row["open"], row["overdue"]
    if still is None:
        return either(language, "还没有巡视巡察、审计的记录", "No inspection or audit is on record yet")
    zh, en = f"{still:,} 个巡审问题未整改到位", f"{many(still, 'finding')} not yet put right"
    if late:
        zh, en = f"{zh}，:red[其中 {late:,} 个超期]", f"{en}, :red[{late:,} of them overdue]"
    return either(language, zh, en)


def _over_words(units_over: int | None, language: Language) -> str:
    if units_over is None:
        return either(language, "没有台账，是否超编无从判断", "without a ledger nobody can say whether a unit is over")
    if not units_over:
        return either(language, "没有单位超编", "no unit over its approved staff")
    return either(language, f"{units_over:,} 个单位有超编", f"{many(units_over, 'unit')} over approved staff")


def confirmed(pairs: int, themes: int, units: int, language: Language) -> str:
    """What the message and the map of themes both say. pairs: unit × theme with three families or more."""
    of = f"，共 {pairs:,} 处" if pairs > max(themes, units) else ""
    return either(
        language,
        f"{themes:,} 个主题在 {units:,} 个单位得到三类以上来源印证{of}",
        f"{many(themes, 'theme')} confirmed by three or more sources in {many(units, 'unit')}",
    )


def cards(frame: pl.DataFrame, language: Language, params: dict[str, Any]) -> list[Card]:
    """Five figures: open, overdue, put right, units over, themes with three sources or more. params: today, subject."""
    row = frame.row(0, named=True)
    zh = language == "zh"
    everyone = params["subject"]

    def finding_rows(state: str, key: str) -> Drill:
        return Drill(key, everyone, _count(row[state]), "rows_findings", of_findings(state, params["today"]))

    total = row["findings"]
    none = "没有问题记录" if zh else "no findings on record"
    no_ledger = "没有台账" if zh else "no ledger"
    share = f"{row['closed']:,} / {total:,}" if total else none
    return [
        Card(
            "findings_open",
            _count(row["open"]),
            none
            if row["open"] is None
            else f"涉编 {row['open_estab']:,}"
            if zh
            else f"{row['open_estab']:,} on staffing",
            drill=finding_rows("open", "findings_open"),
        ),
        Card(
            "findings_overdue",
            _count(row["overdue"]),
            none
            if row["open"] is None
            else f"严重 {row['overdue_serious']:,}"
            if zh
            else f"{row['overdue_serious']:,} serious",
            alarm=bool(row["overdue"]),
            drill=finding_rows("overdue", "findings_overdue"),
        ),
        Card(
            "findings_closed_share",
            _percent(row["closed"], total),
            share,
            drill=Drill(
                "findings_closed_share",
                everyone,
                _percent(row["closed"], total),
                "rows_findings",
                of_findings("closed", params["today"]),
                f"{row['closed']:,} ÷ {total:,} = {_percent(row['closed'], total)}" if total else "",
            ),
        ),
        Card(
            "units_over",
            _count(row["units_over"]),
            no_ledger
            if row["units_over"] is None
            else f"超编合计 {row['excess']:,} 名"
            if zh
            else f"{many(row['excess'], 'post')} in all",
            alarm=bool(row["units_over"]),
            drill=Drill(
                "units_over", everyone, _count(row["units_over"]), "rows_excess", {"unit_id": None, **EVERY_YEAR}
            ),
        ),
        Card(
            "themes_multi",
            _count(row["multi"]),
            ("没有可印证的记录" if zh else "nothing to compare")
            if row["multi"] is None
            else f"涉及 {row['multi_units']:,} 个单位"
            if zh
            else f"in {many(row['multi_units'], 'unit')}",
            drill=Drill("themes_multi", everyone, _count(row["multi"]), "rows_multi", {"unit_id": None, **EVERY_YEAR}),
        ),
    ]


def subject(unit: Mapping[str, Any] | None, years: tuple[int, int] | None, language: Language) -> str:
    """Whose figures, and of which years, where the page is narrowed. unit: a row of question `units`."""
    who = either(language, "全部单位", "All units") if unit is None else str(unit["unit"])
    when = "" if years is None else str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"
    return f"{who} · {when}" if when else who


def of_findings(
    which: str,
    today: date,
    unit_id: int | None = None,
    by: str | None = None,
    value: str | None = None,
    severity: str | None = None,
) -> dict[str, Any]:
    """Which rows `rows_findings` lists, of every year. which: open, overdue, closed, a span of DUE_BINS or a state; by: family, severity."""
    return {
        "which": which,
        "today": today,
        "unit_id": unit_id,
        "by": by,
        "value": value,
        "severity": severity,
        **EVERY_YEAR,
    }


def _count(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _percent(part: int | None, whole: int | None) -> str:
    return "—" if not whole or part is None else f"{part / whole:.0%}"


def findings_by_state(frame: pl.DataFrame, language: Language) -> Picture:
    """Findings by source and state, overdue ones marked. Frame of `overview_findings`: family, severity, state, today, n, overdue."""
    zh = language == "zh"
    lines = [("family", name, FAMILY[name][language]) for name in ("巡视巡察", "审计")]
    lines += [("severity", name, SEVERITY[name][language]) for name in SEVERITIES]
    drills: list[Drill] = []
    counts: dict[tuple[int, int], Count] = {}
    for row, (by, value, label) in enumerate(lines):
        for column, state in enumerate(STATES):
            here = frame.filter((pl.col(by) == value) & (pl.col("state") == state))
            n, late = int(here["n"].sum()), int(here["overdue"].sum())
            if n:
                where = f"{label} · {STATE[state][language]}"
                params = of_findings(state, here["today"][0], by=by, value=value)
                drills.append(Drill("findings", where, str(n), "rows_findings", params))
                counts[(row, column)] = Count(n, late, len(drills) - 1, f"{BOLD}{where}{PLAIN}{LINE}{n:,}")
    total, late = int(frame["n"].sum()), int(frame["overdue"].sum())
    still = int(frame.filter(pl.col("state") != "已完成")["n"].sum())
    serious = int(frame.filter(pl.col("severity") == "严重")["overdue"].sum())
    if zh:
        title = f"{still:,} 个巡审问题还没整改到位，" + (
            f"{late:,} 个超期，其中严重 {serious:,} 个" if late else "没有超期的"
        )
        line = f"巡审问题数，上两行按来源、下四行按程度 · 共 {total:,} 个，灰色为已完成 · 超期按各条自己的整改时限 · 问题是线索，不是结论"
    else:
        title = f"{many(still, 'finding')} not yet put right, " + (
            f"{late:,} overdue, {serious:,} of them serious" if late else "none overdue"
        )
        line = f"Findings, by source and by severity · {total:,} in all, grey is put right · overdue by each one's own date · leads, not verdicts"
    if frame.is_empty():
        title = either(language, "没有巡视巡察、审计问题的记录", "No finding of an inspection or audit is on record")
    labels = [label for _, _, label in lines]
    figure = lens(labels, [STATE[state][language] for state in STATES], frozenset({5}), counts, language)
    heads = {
        "family": either(language, "来源", "Source"),
        "severity": either(language, "程度", "Severity"),
        "state": either(language, "状态", "State"),
        "n": either(language, "问题数", "Findings"),
        "overdue": either(language, "超期", "Overdue"),
    }
    return Picture(title, line, figure, title, frame, heads, tuple(drills), lambda one: _state_drill(one, language))


def _state_drill(one: dict[str, Any], language: Language) -> Drill:
    """Findings of one source, severity and state."""
    words = (FAMILY[one["family"]], SEVERITY[one["severity"]], STATE[one["state"]])
    params = of_findings(one["state"], one["today"], None, "family", one["family"], one["severity"])
    subject = " · ".join(word[language] for word in words)
    return Drill("findings", subject, str(one["n"]), "rows_findings", params)


DUE_BINS: Final = (
    ("late_90", Text("超期 90 天以上", "over 90 days late")),
    ("late_31", Text("超期 31–90 天", "31–90 days late")),
    ("late_1", Text("超期 1–30 天", "1–30 days late")),
    ("in_30", Text("30 天内", "within 30 days")),
    ("in_60", Text("31–60 天", "31–60 days")),
    ("in_90", Text("61–90 天", "61–90 days")),
    ("later", Text("90 天后", "after 90 days")),
    ("none", Text("未写时限", "no date given")),
)


def due(frame: pl.DataFrame, language: Language) -> Picture:
    """Open findings by days to their own due date. Frame of `overview_due`: bin, n, units (names, at most three), lasting."""
    zh = language == "zh"
    counts = dict(frame.select("bin", "n").iter_rows())
    soon = counts.get("in_30", 0)
    late = sum(counts.get(name, 0) for name in ("late_90", "late_31", "late_1"))
    undated = counts.get("none", 0)
    lasting = frame["lasting"][0] if frame.height else 0
    today = frame["today"][0] if frame.height else None
    xs = list(range(len(DUE_BINS)))
    heights = [counts.get(name, 0) for name, _ in DUE_BINS]
    most = max([*heights, 1])
    colours = [ALARM, ALARM, ALARM, DATA, DATA, DATA, DATA, MID]
    shapes = [rect(x - 0.3, 0, x + 0.3, h, colour) for x, h, colour in zip(xs, heights, colours, strict=True)]
    line = {"width": 1.5, "color": INK}
    shapes.append({"type": "line", "x0": 2.5, "x1": 2.5, "y0": 0, "y1": most * 1.18, "line": line})
    notes = [
        note(x, h, f"{h:,}", yanchor="bottom", font={"size": 12, "color": INK})
        for x, h in zip(xs, heights, strict=True)
    ]
    notes.append(
        note(2.5, most * 1.2, either(language, "今天", "today"), yanchor="bottom", font={"size": 11, "color": MUTED})
    )
    drills = tuple(
        Drill("findings_open", label[language], str(counts.get(name, 0)), "rows_findings", of_findings(name, today))
        for name, label in DUE_BINS
        if today is not None
    )
    hover = [f"{BOLD}{label[language]}{PLAIN}{LINE}{counts.get(name, 0):,}" for name, label in DUE_BINS]
    data = [clicks([float(x) for x in xs], [h / 2 for h in heights], xs, hover, size=30)]
    frame_layout = layout(170, 8, 8, 34, shapes=shapes, annotations=notes)
    frame_layout["xaxis"] = axis(
        range=[-0.6, len(xs) - 0.4], tickvals=xs, ticktext=[_break(label[language]) for _, label in DUE_BINS]
    )
    frame_layout["yaxis"] = axis(range=[0, most * 1.5], showticklabels=False)
    if zh:
        title = f"巡审问题已超期 {late:,} 个；30 天内还有 {soon:,} 个到期" + (
            f"；{undated:,} 个没写时限" if undated else ""
        )
        quiet = "未整改到位的巡审问题，按距各自整改时限的天数" + (
            f" · 另有 {lasting:,} 个长期坚持，不按时限催办，不在图内" if lasting else ""
        )
    else:
        title = f"{many(late, 'finding')} overdue; {soon:,} more fall due within 30 days" + (
            f"; {undated:,} carry no date" if undated else ""
        )
        quiet = "Findings not yet put right, by days to their own due date"
        quiet += f" · {lasting:,} more go on for good (长期坚持): no date presses, not drawn" if lasting else ""
    if frame.is_empty():
        title = either(language, "记录中没有未整改到位的巡审问题", "On record no finding waits to be put right")
    heads = {
        "bin": either(language, "距时限", "Days to date"),
        "n": either(language, "问题数", "Findings"),
        "units": either(language, "单位", "Units"),
    }
    named = {name: label[language] for name, label in DUE_BINS}
    table = frame.with_columns(
        pl.col("bin").replace_strict({name: at for at, (name, _) in enumerate(DUE_BINS)}).alias("at"),
        pl.col("bin").replace_strict(named, default=None),
    )
    drawn = {"data": data, "layout": frame_layout}
    return Picture(title, quiet, drawn, title, table, heads, drills, lambda one: drills[one["at"]])


def _break(label: str) -> str:
    return label if label[:1].isdigit() and "天" in label else label.replace(" ", LINE, 1)


def source_groups(frame: pl.DataFrame) -> tuple[tuple[Text, tuple[str, ...]], ...]:
    """Families to be drawn: a unit's own nil returns only where there are any. Frame with `family`."""
    return (*FAMILY_GROUPS, OWN_GROUP) if OWN in frame["family"] else FAMILY_GROUPS


def source_map(frame: pl.DataFrame, language: Language) -> Picture:
    """Unit × source family. Frame of `overview_sources`: unit_id, unit, family, state, n; years missing in `missing_years`."""
    zh = language == "zh"
    units = frame.group_by("unit_id", "unit", maintain_order=True).agg(
        (pl.col("state") == "missing").sum().alias("missing"), pl.col("n").sum()
    )
    drawn = units.sort(["missing", "n"], descending=True).head(MOST_ROWS)
    grouped = source_groups(frame)
    families = [name for _, names in grouped for name in names]
    at = {unit_id: row for row, unit_id in enumerate(drawn["unit_id"])}
    cells: dict[tuple[int, int], Cell] = {}
    drills: list[Drill] = []
    for one in frame.filter(pl.col("unit_id").is_in(drawn["unit_id"].implode())).iter_rows(named=True):
        if one["family"] in families:
            drills.append(_source_drill(one, language))
            cells[(at[one["unit_id"]], families.index(one["family"]))] = _source_cell(one, language, len(drills) - 1)
    groups = [Group(name[language], [SOURCE[key][language] for key in names]) for name, names in grouped]
    figure = cell_map(drawn["unit"].to_list(), groups, cells, left=132)
    holes = frame.filter(pl.col("missing_years").is_not_null()).sort("state", "unit", "family")
    title = _source_title(holes, language)
    rest = units.height - drawn.height
    more = (
        (
            f" · 列出缺项最多的 {drawn.height} 个单位，其余 {rest:,} 个见表格"
            if zh
            else f" · the {many(drawn.height, 'unit')} with most gaps; {rest:,} more in the table"
        )
        if rest > 0
        else ""
    )
    quiet = (
        "单位 × 来源，格内为记录条数 · 零报告为书面说明无问题 · 缺为同类单位已报而本单位未报 · ! 为有记录但缺某些年份 · — 为本期未要求"
        + more
        if zh
        else "Unit × source, rows in each cell · nil: a written statement of no problem · missing: like units reported, this one did not · !: rows, but some year is missing · — not asked"
        + more
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "family": either(language, "来源", "Source"),
        "state_text": either(language, "状态", "State"),
        "n": either(language, "记录数", "Rows"),
        "missing_years": either(language, "缺的年份", "Years missing"),
    }
    table = frame.with_columns(
        pl.col("state")
        .replace_strict({key: text[language] for key, text in COVERAGE.items()}, default=None)
        .alias("state_text")
    )
    return Picture(title, quiet, figure, title, table, heads, tuple(drills), lambda one: _source_drill(one, language))


def _source_title(holes: pl.DataFrame, language: Language) -> str:
    """`holes`: the cells with a year missing."""
    if holes.is_empty():
        return either(language, "应报的来源都到了", "Every source that was due has arrived")
    years = holes["missing_years"].str.split("、").list.len().sum()
    named = [_hole(one, language) for one in holes.head(3).iter_rows(named=True)]
    if language == "zh":
        return (
            f"{holes.height:,} 处缺材料，共 {years:,} 个年次：" + "、".join(named) + ("等" if holes.height > 3 else "")
        )
    return (
        f"{many(holes.height, 'gap')}, {many(int(years), 'yearly return')} not arrived: "
        + ", ".join(named)
        + (" and others" if holes.height > 3 else "")
    )


def _hole(one: dict[str, Any], language: Language) -> str:
    family = FAMILY[one["family"]][language]
    if one["state"] == "missing":
        return either(language, f"{one['unit']}缺{family}", f"{one['unit']}: {family}")
    return either(
        language,
        f"{one['unit']}缺 {one['missing_years'].replace('、', '/')} 年{family}",
        f"{one['unit']}: {family} {one['missing_years'].replace('、', '/')}",
    )


def _source_cell(one: dict[str, Any], language: Language, drill: int) -> Cell:
    state: CellState = one["state"]
    words = {
        "rows": f"{one['n']:,}",
        "nil": either(language, "零报告", "nil"),
        "missing": either(language, "缺", "gap"),
        "not_asked": "—",
    }
    hover = f"{BOLD}{one['unit']} · {SOURCE[one['family']][language]}{PLAIN}{LINE}{COVERAGE[state][language]}"
    hover += f" {one['n']:,}" if state == "rows" else ""
    hover += f"{LINE}{either(language, '缺', 'missing')} {one['missing_years']}" if one["missing_years"] else ""
    partial_gap = "!" if state == "rows" and one["missing_years"] else ""
    return Cell(state, words[state], hover, shade_of(one["n"]), drill, partial_gap)


def _source_drill(one: dict[str, Any], language: Language) -> Drill:
    subject = f"{one['unit']} · {SOURCE[one['family']][language]}"
    value = f"{one['n']:,}" if one["state"] == "rows" else COVERAGE[one["state"]][language]
    params = {"unit_id": one["unit_id"], "family": one["family"], **EVERY_YEAR}
    return Drill("coverage", subject, value, "rows_unit_family", params, unit_id=one["unit_id"])


def saturation(frame: pl.DataFrame, language: Language) -> Picture:
    """Saturation of units with interval. Frame of `saturation_units`, sorted: unit_id, unit, year, saturation, saturation_with_external, low, high, band, offices."""
    known = frame.filter(pl.col("saturation").is_not_null()).sort("saturation", descending=True)
    drawn = known if known.height <= MOST_ROWS else pl.concat([known.head(MOST_ROWS // 2), known.tail(MOST_ROWS // 2)])
    absent = frame.filter(pl.col("saturation").is_null()).head(5)
    rows = pl.concat([drawn, absent])
    marks = [_unit_mark(one, language) for one in rows.iter_rows(named=True)]
    drills = tuple(_unit_saturation_drill(one) for one in rows.iter_rows(named=True))
    figure = strip(marks, language, left=132)
    title = _saturation_title(frame, language)
    year = frame["year"][0] if frame.height else None
    missing = frame.height - known.height
    share = missing / frame.height if frame.height else 0
    quiet = (
        f"{year or '—'} 年，应需人数÷在岗编内人数（净工时口径） · 横线 90% 区间 · ◇ 含编外 · 短线为各处室 · ≥ 有工作量没有计入，为下限（缺报月份按已报月份推算） · n = {known.height} 个单位，{missing} 个不计算（{share:.0%}）· 方法 {VERSION}"
        if language == "zh"
        else f"{year or '—'}, required ÷ establishment staff at work (net hours) · line: 90 % interval · ◇ with contract staff · ticks: offices · ≥ a lower bound, some work is not counted (months missing are taken to be as those reported) · n = {many(known.height, 'unit')}, {missing} not computed ({share:.0%}) · methods {VERSION}"
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "saturation": either(language, "饱满度（编内）", "Saturation"),
        "saturation_with_external": either(language, "含编外", "With contract staff"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "band_word": either(language, "分档", "Band"),
        "coverage": either(language, "覆盖率", "Coverage"),
    }
    table = with_band_words(frame, language)
    return Picture(title, quiet, figure, title, table, heads, drills, _unit_saturation_drill)


def _unit_mark(one: dict[str, Any], language: Language) -> Mark:
    s = one["saturation"]
    hover = f"{BOLD}{one['unit']}{PLAIN}{LINE}" + ("—" if s is None else shown(s, one["lower_bound"]))
    if one["low"] is not None and one["high"] is not None:
        hover += (
            f"（{one['low']:.2f}–{one['high']:.2f}）" if language == "zh" else f" ({one['low']:.2f}–{one['high']:.2f})"
        )
    absent = either(language, "缺工作量或在岗人数，不计算", "no workload or staff on record: not computed")
    ticks = [value for value in (one["offices"] or []) if value is not None]
    external = one["saturation_with_external"]
    return Mark(
        one["unit"],
        s,
        external,
        one["low"],
        one["high"],
        one["band"] == "待判",
        hover,
        absent,
        ticks,
        bool(one["lower_bound"]),
    )


def _unit_saturation_drill(one: dict[str, Any]) -> Drill:
    value = "—" if one["saturation"] is None else shown(one["saturation"], one["lower_bound"])
    working = (
        ""
        if one["required_staff"] is None or one["staff"] is None
        else f"{one['required_staff']:.1f} ÷ {one['staff']:.1f} = {value}"
    )
    params = {"unit_id": one["unit_id"], "period": str(one["year"])}
    return Drill(
        "saturation", f"{one['unit']} · {one['year']}", value, "rows_saturation_unit", params, working, one["unit_id"]
    )


def _saturation_title(frame: pl.DataFrame, language: Language) -> str:
    if frame["saturation"].drop_nulls().is_empty():
        return either(
            language,
            "没有单位可以计算饱满度：缺工作量、标准工时或在岗人数",
            "No unit has a saturation: workload, unit times or staff are missing",
        )
    sure_high = frame.filter(pl.col("low") >= 1.0).sort("saturation", descending=True)["unit"].to_list()
    sure_low = frame.filter((pl.col("high") < 0.8) & (pl.col("band") != "待判")).sort("saturation")["unit"].to_list()
    unsure = frame.filter(pl.col("band") == "待判").height
    zh = language == "zh"
    parts = []
    if sure_high:
        parts.append(_named(sure_high, "偏高", "high", zh))
    if sure_low:
        parts.append(_named(sure_low, "低于 0.80", "below 0.80", zh))
    if not parts:
        parts.append(
            "没有单位的饱满度可以断定偏高或偏低" if zh else "No unit can be called high or low with confidence"
        )
    else:
        parts[-1] += "，区间支持这一判断" if zh else ", and the interval bears it out"
    if unsure:
        parts.append(f"{unsure} 个待判" if zh else f"{unsure} undetermined")
    return ("；" if zh else "; ").join(parts)


def _named(units: list[str], zh_word: str, en_word: str, zh: bool) -> str:
    first = ("、" if zh else ", ").join(units[:2])
    more = f"等 {len(units)} 个单位" if len(units) > 2 else ""
    return (
        f"{first}{more}{zh_word}"
        if zh
        else f"{first}{f' and {len(units) - 2} more' if len(units) > 2 else ''} {en_word}"
    )


def changes(frame: pl.DataFrame, language: Language) -> Facts:
    """The newest drops. Frame of `overview_changes`."""
    zh = language == "zh"
    state = {"live": either(language, "在用", "live"), "withdrawn": either(language, "已撤回", "withdrawn")}
    table = frame.with_columns(
        pl.col("loaded_at").dt.strftime("%Y-%m-%d %H:%M").alias("when"),
        pl.col("state").replace_strict(state, default=None).alias("state_text"),
    )
    title = f"最近 {frame.height:,} 批数据" if zh else f"The newest {many(frame.height, 'drop')} of data"
    quiet = (
        "不随上方的选择变化 · 每批可在“数据接入”页查看明细和撤回"
        if zh
        else "Whatever is chosen above · details and undo on the Intake page"
    )
    heads = {
        "drop_id": either(language, "批次", "Drop"),
        "when": either(language, "装入时间", "Loaded"),
        "files": either(language, "文件", "Files"),
        "accepted": either(language, "接收行", "Accepted"),
        "rejected": either(language, "拒收行", "Refused"),
        "state_text": either(language, "状态", "State"),
    }
    return Facts(title, quiet, table, heads, bare="drops, not figures: the Intake page lists their files and rows")


def changes_in_short(frame: pl.DataFrame, language: Language) -> tuple[tuple[str, str], ...]:
    """When each of the newest drops came, and what it brought. Frame of `overview_changes`."""
    return tuple((f"{one['loaded_at']:%Y-%m-%d %H:%M}", _brought(one, language)) for one in frame.iter_rows(named=True))


def _brought(one: dict[str, Any], language: Language) -> str:
    zh, en = f"批次 {one['drop_id']}，{one['files']:,} 个文件", f"drop {one['drop_id']}, {many(one['files'], 'file')}"
    if one["accepted"] is not None:
        zh += f"，接收 {one['accepted']:,} 行"
        en += f", {many(one['accepted'], 'row')} accepted"
    if one["rejected"]:
        zh += f"，:red[拒收 {one['rejected']:,} 行]"
        en += f", :red[{one['rejected']:,} refused]"
    if one["state"] == "withdrawn":
        zh, en = f"{zh}；已撤回", f"{en}; withdrawn"
    return either(language, zh, en)
