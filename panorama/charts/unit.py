"""One unit: message, figures, sources by year, five years of events, themes by source, findings, its like."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from panorama.charts.cells import Cell, Group, cell_map, shade_of
from panorama.charts.overview import COVERAGE, FAMILY, FAMILY_GROUPS, SEVERITY, STATE
from panorama.charts.picture import Card, Drill, Facts, Message, Picture
from panorama.charts.strip import Mark, strip
from panorama.charts.timeline import Event, timeline
from panorama.charts.tokens import BG, DATA, DATA_SOFT, INK, MUTED, PALE, axis, layout, note, rows_axis
from panorama.text import Language, Text

LANES: Final = ("巡视巡察", "审计", "绩效考核", "行业排名", "编制变动")
LANE: Final = {**{key: FAMILY[key] for key in LANES[:4]}, "编制变动": Text("编制变动", "Staffing changes")}


def _t(language: Language, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def _n(value: Any) -> str:
    return "—" if value is None else f"{value:,}"


def message(frame: pl.DataFrame, types: pl.DataFrame, language: Language) -> Message:
    """Frames of `unit_figures` and `staffing_types` of the unit. Totals never hide an excess of one type."""
    row = frame.row(0, named=True)
    name = "type_zh" if language == "zh" else "type_en"
    over = types.filter(pl.col("excess") > 0)
    join = _t(language, "、", ", ")
    parts = []
    if types.is_empty():
        parts.append(_t(language, "这一年没有台账", "No ledger for this year"))
    elif over.is_empty():
        parts.append(_t(language, "各类编制都没有超", "No staffing type is over"))
    else:
        named = join.join(
            f"{one[name]}{_t(language, '超', ' over by ')} {one['excess']}{_t(language, ' 名', '')}"
            for one in over.iter_rows(named=True)
        )
        total = (row["actual"] or 0) <= (row["approved"] or 0)
        lead = _t(language, "编制总数未超，但", "The total fits, but ") if total else ""
        parts.append(f"{lead}:red[{named}]")
    if row["leaders_excess"]:
        parts.append(
            _t(
                language,
                f":red[领导职数超 {row['leaders_excess']} 名]",
                f":red[{row['leaders_excess']} leaders too many]",
            )
        )
    if row["multi"]:
        themes = join.join(row["multi_themes"] if language == "zh" else row["multi_themes_en"])
        more = row["multi"] > 3
        parts.append(
            _t(
                language,
                f"{themes}{'等' if more else ''} {row['multi']} 项得到三类以上来源印证",
                f"{themes}{' and others' if more else ''} confirmed by three or more sources",
            )
        )
    title = _t(language, "；", "; ").join(parts) + _t(language, "。", ".")
    kind = row["unit_kind"] or "—"
    line = _t(
        language,
        f"{kind} · {row['offices']} 个内设机构 · 台账 {row['ledger_date'] or '—'} · {row['families'] or 0} 类来源在这一年有记录",
        f"{kind} · {row['offices']} offices · ledger {row['ledger_date'] or '—'} · {row['families'] or 0} source families with rows this year",
    )
    return Message(title, line)


def cards(frame: pl.DataFrame, language: Language, year: int, today: date) -> list[Card]:
    """Staff, excess, saturation with interval and both figures, open findings, grade and rank. Frame of `unit_figures`."""
    row = frame.row(0, named=True)
    unit, unit_id = row["unit"], row["unit_id"]
    staff = {"unit_id": unit_id, "year": year, "estab_type": None}
    s, low, high = row["saturation"], row["saturation_low"], row["saturation_high"]
    value = "—" if s is None else f"{s:.2f}"
    external = row["saturation_with_external"]
    span = "" if low is None or high is None else f"{low:.2f}–{high:.2f}"
    context = (
        _t(language, "缺工作量或在岗人数", "workload or staff missing")
        if s is None
        else _t(
            language,
            f"90% {span}，含编外 {'—' if external is None else f'{external:.2f}'}",
            f"90 % {span}, with contract {'—' if external is None else f'{external:.2f}'}",
        )
    )
    working = (
        ""
        if s is None or row["required_staff"] is None
        else f"{row['required_staff']:.2f} ÷ {row['effective_staff']:.1f} = {value}"
    )
    percentile = row["performance_percentile"]
    rank = (
        _t(language, "无排名", "no rank")
        if percentile is None
        else _t(language, f"高于 {percentile:.0%} 的参评单位", f"above {percentile:.0%} of the field")
    )
    return [
        Card(
            "actual",
            _n(row["actual"]),
            _t(language, f"核定 {_n(row['approved'])}", f"approved {_n(row['approved'])}"),
            drill=Drill("actual", unit, _n(row["actual"]), "rows_staffing", staff),
        ),
        Card(
            "excess",
            _n(row["excess"]),
            _t(language, f"空编 {_n(row['vacancy'])}，不相抵", f"{_n(row['vacancy'])} vacant, not offset"),
            bool(row["excess"]),
            Drill("excess", unit, _n(row["excess"]), "rows_staffing", staff),
        ),
        Card(
            "saturation",
            value,
            context,
            drill=Drill(
                "saturation",
                f"{unit} · {year}",
                value,
                "rows_saturation_unit",
                {"unit_id": unit_id, "period": str(year)},
                working,
            ),
        ),
        Card(
            "findings_open",
            _n(row["open"]),
            _t(
                language,
                f"超期 {row['overdue']}，共 {row['findings']}",
                f"{row['overdue']} overdue of {row['findings']}",
            ),
            bool(row["overdue"]),
            Drill("findings_open", unit, _n(row["open"]), "rows_unit_open", {"unit_id": unit_id, "today": today}),
        ),
        Card(
            "performance_grade",
            row["performance_grade"] or "—",
            rank,
            drill=Drill(
                "performance_grade",
                unit,
                row["performance_grade"] or "—",
                "rows_family",
                {"unit_id": unit_id, "family": "绩效考核"},
            ),
        ),
    ]


def coverage(frame: pl.DataFrame, language: Language) -> Picture:
    """Year × source. Frame of `unit_coverage`."""
    years = sorted(frame["year"].unique().to_list())
    families = [name for _, names in FAMILY_GROUPS for name in names]
    cells: dict[tuple[int, int], Cell] = {}
    drills: list[Drill] = []
    words = {"nil": _t(language, "零", "nil"), "missing": _t(language, "缺", "gap"), "not_asked": "—"}
    for one in frame.filter(pl.col("family").is_in(families)).iter_rows(named=True):
        family = FAMILY[one["family"]][language]
        text = f"{one['n']:,}" if one["state"] == "rows" else words[one["state"]]
        drills.append(
            Drill(
                "coverage",
                f"{family} · {one['year']}",
                text,
                "rows_family",
                {"unit_id": one["unit_id"], "family": one["family"]},
            )
        )
        hover = f"<b>{one['year']} · {family}</b><br>{COVERAGE[one['state']][language]} {text if one['state'] == 'rows' else ''}"
        cells[(years.index(one["year"]), families.index(one["family"]))] = Cell(
            one["state"], text, hover, shade_of(one["n"]), len(drills) - 1
        )
    groups = [Group(name[language], [FAMILY[key][language] for key in names]) for name, names in FAMILY_GROUPS]
    figure = cell_map([str(year) for year in years], groups, cells, left=48)
    holes = frame.filter(pl.col("state") == "missing").sort("year", "family")
    named = _t(language, "、", ", ").join(
        f"{one['year']} {FAMILY[one['family']][language]}" for one in holes.head(3).iter_rows(named=True)
    )
    title = (
        _t(language, "各年应报的来源都到了", "Every source that was due has arrived")
        if holes.is_empty()
        else _t(
            language,
            f"{named}{'等' if holes.height > 3 else ''}没有到",
            f"Not arrived: {named}{' and others' if holes.height > 3 else ''}",
        )
    )
    quiet = _t(
        language,
        "年份 × 来源，格内为记录条数 · 零为零报告 · 缺为同类单位已报而本单位未报 · — 为未要求",
        "Year × source, rows in each cell · nil: written nil return · gap: like units reported, this one did not · — not asked",
    )
    table = frame.with_columns(
        pl.col("state")
        .replace_strict({key: text[language] for key, text in COVERAGE.items()}, default=None)
        .alias("state_text"),
        pl.col("family")
        .replace_strict({key: text[language] for key, text in FAMILY.items()}, default=None)
        .alias("family_text"),
    )
    heads = {
        "year": _t(language, "年份", "Year"),
        "family_text": _t(language, "来源", "Source"),
        "state_text": _t(language, "状态", "State"),
        "n": _t(language, "记录数", "Rows"),
    }
    return Picture(title, quiet, figure, title, table, heads, tuple(drills))


def events(frame: pl.DataFrame, language: Language) -> Picture:
    """Five years of events. Frame of `unit_events`."""
    known = frame.filter(pl.col("lane").is_in(LANES)).sort("at")
    made = [_event(one, language) for one in known.iter_rows(named=True)]
    days = [one.at.year for one in made]
    first, last = (min(days), max(days)) if days else (date.today().year - 4, date.today().year)
    figure = timeline([LANE[lane][language] for lane in LANES], made, max(first, last - 5), last)
    findings = known.filter(pl.col("lane").is_in(["巡视巡察", "审计"]))
    total, staffing = int(str(findings["n"].sum() or 0)), int(str(findings["staffing"].sum() or 0))
    grades = known.filter(pl.col("lane") == "绩效考核")["words"].to_list()
    said = _t(language, "、", ", ").join(str(grade) for grade in grades[-3:])
    title = _t(
        language,
        f"{first}–{last} 年外部发现 {total} 个问题，涉编 {staffing} 个" + (f"；近几年绩效 {said}" if said else ""),
        f"{first}–{last}: {total} findings from outside, {staffing} on staffing"
        + (f"; recent grades {said}" if said else ""),
    )
    quiet = _t(
        language,
        "圆点为发现（涉编/全部），菱形为编制变动，文字为等次和名次 · 审计按年度",
        "Points: findings (on staffing / all), diamonds: staffing changes, words: grades and ranks · audits by year",
    )
    heads = {
        "lane": _t(language, "来源", "Source"),
        "at": _t(language, "时间", "When"),
        "n": _t(language, "条数", "Number"),
        "staffing": _t(language, "涉编", "On staffing"),
        "words": _t(language, "说明", "Words"),
    }
    return Picture(title, quiet, figure, title, known, heads)


def _event(one: dict[str, Any], language: Language) -> Event:
    lane = LANES.index(one["lane"])
    hover = f"<b>{one['at']}　{LANE[one['lane']][language]}</b><br>{one['words'] or ''}"
    if lane < 2:
        words = _t(language, f"{one['n']} 条，涉编 {one['staffing']}", f"{one['staffing']} / {one['n']}")
        return Event(lane, one["at"], words, f"{hover}<br>{words}")
    if lane < 4:
        # Grades and ranks speak of the whole year: they stand in its middle.
        return Event(lane, one["at"].replace(month=7, day=1), str(one["words"] or "—"), hover, word=True)
    return Event(lane, one["at"], str(one["words"] or ""), hover, diamond=True)


def themes(frame: pl.DataFrame, language: Language) -> Picture:
    """Theme × source, a line from the first to the last family. Frame of `unit_themes`."""
    name = "theme_zh" if language == "zh" else "theme_en"
    families = [key for _, names in FAMILY_GROUPS for key in names]
    order = (
        frame.group_by("theme", name)
        .agg(pl.col("family").n_unique().alias("k"), pl.col("n").sum())
        .sort(["k", "n", "theme"], descending=[True, True, False])
        .head(12)
    )
    at = {theme: row for row, theme in enumerate(order["theme"])}
    kinds = dict(order.select("theme", "k").iter_rows())
    shown = [one for one in frame.iter_rows(named=True) if one["theme"] in at and one["family"] in families]
    drills = tuple(
        Drill(
            "families",
            f"{one[name]} · {FAMILY[one['family']][language]}",
            str(one["n"]),
            "rows_theme",
            {"unit_id": one["unit_id"], "theme": one["theme"]},
        )
        for one in shown
    )
    many = [kinds[one["theme"]] >= 3 for one in shown]
    xs, ys = [families.index(one["family"]) for one in shown], [-at[one["theme"]] for one in shown]
    kept = {"marker": {"opacity": 1}}
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": xs,
        "y": ys,
        "text": [str(one["n"]) for one in shown],
        "textfont": {"size": 11, "color": [BG if multi else INK for multi in many]},
        "customdata": list(range(len(shown))),
        "hovertext": [f"<b>{one[name]}</b><br>{FAMILY[one['family']][language]} {one['n']}" for one in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"size": 23, "color": [DATA if multi else DATA_SOFT for multi in many]},
        "selected": kept,
        "unselected": kept,
    }
    empty = [
        (x, -y)
        for y in range(order.height)
        for x in range(len(families))
        if (x, -y) not in set(zip(xs, ys, strict=True))
    ]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in empty],
        "y": [y for _, y in empty],
        "marker": {"size": 5, "color": PALE},
        "hoverinfo": "skip",
    }
    shapes = []
    for theme, row in at.items():
        columns = [families.index(one["family"]) for one in shown if one["theme"] == theme]
        if len(columns) > 1:
            shapes.append(
                {
                    "type": "line",
                    "x0": min(columns),
                    "x1": max(columns),
                    "y0": -row,
                    "y1": -row,
                    "line": {"width": 2, "color": DATA if kinds[theme] >= 3 else DATA_SOFT},
                    "layer": "below",
                }
            )
    notes = [
        note(x, 0.75, FAMILY[family][language], font={"size": 11, "color": MUTED}) for x, family in enumerate(families)
    ]
    labels = {1: _t(language, "单源", "one"), 2: _t(language, "双源", "two")}
    notes += [
        note(
            len(families) - 0.4,
            -row,
            f"<b>{_t(language, '多源', 'multi')} {kinds[theme]}</b>" if kinds[theme] >= 3 else labels[kinds[theme]],
            xanchor="left",
            font={"size": 12, "color": INK if kinds[theme] >= 3 else MUTED},
        )
        for theme, row in at.items()
    ]
    frame_layout = layout(
        max(32 * (order.height + 1), 60), 140 if language == "zh" else 210, 4, shapes=shapes, annotations=notes
    )
    frame_layout["xaxis"] = axis(range=[-0.6, len(families) + 0.5], showticklabels=False)
    frame_layout["yaxis"] = rows_axis(
        range=[-order.height + 0.4, 1.1],
        tickvals=[-row for row in range(order.height)],
        ticktext=[label if len(label) < 32 else label[:31] + "…" for label in order[name]],
    )
    multi = order.filter(pl.col("k") >= 3).height
    title = _t(
        language,
        f"{multi} 个主题有三类以上独立来源" if multi else "没有主题达到三类独立来源",
        f"{multi} themes have three or more independent sources" if multi else "No theme has three independent sources",
    )
    quiet = _t(
        language,
        "主题 × 来源，圆内为条数，连线表示多类来源指向同一主题 · 规则提出，待人工复核",
        "Theme × source, number of records; a line joins sources of one theme · proposed by rules, to be reviewed",
    )
    heads = {
        name: _t(language, "主题", "Theme"),
        "family": _t(language, "来源", "Source"),
        "n": _t(language, "条数", "Records"),
        "first_year": _t(language, "最早", "First"),
        "last_year": _t(language, "最近", "Last"),
    }
    return Picture(title, quiet, {"data": [dots, points], "layout": frame_layout}, title, frame, heads, drills)


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
    title = _t(
        language,
        f"{open_n} 个问题未整改到位" + (f"，{late} 个超期" if late else "") + f"，共 {frame.height} 个",
        f"{open_n} findings not put right" + (f", {late} overdue" if late else "") + f", {frame.height} in all",
    )
    heads = {
        "family_text": _t(language, "来源", "Source"),
        "year": _t(language, "年份", "Year"),
        "text": _t(language, "问题", "Finding"),
        "severity_text": _t(language, "程度", "Severity"),
        "state_text": _t(language, "状态", "State"),
        "due": _t(language, "时限", "Due"),
        "days": _t(language, "余天", "Days left"),
        "amount_wan": _t(language, "金额（万元）", "Amount (10k yuan)"),
        "file": _t(language, "文件", "File"),
        "sheet": _t(language, "工作表", "Sheet"),
        "src_row": _t(language, "行", "Row"),
    }
    return Facts(
        title,
        _t(
            language,
            "未整改的在前，按时限排列 · 问题是线索，不是对人的结论",
            "Open ones first, by due date · leads, not verdicts on people",
        ),
        shown,
        heads,
    )


def peers(frame: pl.DataFrame, language: Language) -> Picture:
    """Saturation among units of the same kind and level. Frame of `unit_peers`."""
    known = frame.filter(pl.col("saturation").is_not_null())
    own = frame.filter(pl.col("own"))
    drawn = pl.concat([own, known.filter(~pl.col("own")).head(11)]).sort("saturation", descending=True, nulls_last=True)
    marks = [
        Mark(
            f"▶ {one['unit']}" if one["own"] else one["unit"],
            one["saturation"],
            one["saturation_with_external"],
            one["low"],
            one["high"],
            one["band"] == "待判",
            f"<b>{one['unit']}</b>",
            _t(language, "缺数据", "no data"),
        )
        for one in drawn.iter_rows(named=True)
    ]
    drills = tuple(
        Drill(
            "saturation",
            one["unit"],
            "—" if one["saturation"] is None else f"{one['saturation']:.2f}",
            "rows_saturation_unit",
            {"unit_id": one["unit_id"], "period": str(one["year"])},
            unit_id=one["unit_id"],
        )
        for one in drawn.iter_rows(named=True)
    )
    here = own["saturation"][0] if own.height else None
    n = known.height
    if here is None or n < 2:
        title = _t(language, "没有足够的同类单位可比", "Too few like units to compare with")
    else:
        below = known.filter(pl.col("saturation") < here).height
        ties = known.filter((pl.col("saturation") == here) & ~pl.col("own")).height
        title = _t(
            language,
            f"饱满度高于 {n - 1} 个同类单位中的 {below} 个"
            + (f"，与 {ties} 个相同" if ties else "")
            + "；区间重叠的不分高下",
            f"Saturation is above {below} of {n - 1} like units"
            + (f", equal to {ties}" if ties else "")
            + "; where intervals overlap no order is meant",
        )
    quiet = _t(
        language,
        f"同类：指标模板与机构规格相同 · n = {n} · 横线 90% 区间 · ◇ 含编外",
        f"Like units: same template kind and level · n = {n} · line: 90 % interval · ◇ with contract staff",
    )
    heads = {
        "unit": _t(language, "单位", "Unit"),
        "saturation": _t(language, "饱满度", "Saturation"),
        "low": _t(language, "区间下限", "Low"),
        "high": _t(language, "区间上限", "High"),
        "use_rate": _t(language, "编制使用率", "Use rate"),
        "external_share": _t(language, "编外比", "Contract share"),
        "performance_percentile": _t(language, "绩效位次", "Appraisal percentile"),
    }
    return Picture(title, quiet, strip(marks, language, left=130, row_height=30), title, frame, heads, drills)
