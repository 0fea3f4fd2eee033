"""What is new, gone or different between two states: which units, why, and each with its rows on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import polars as pl

from panorama.charts.cells import Cell, Group, cell_map, shade_of
from panorama.charts.heat import BLANK
from panorama.charts.overview import of_findings
from panorama.charts.picture import EVERY_YEAR, Drill, Facts, Message, Picture, of_year
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.charts.words import FAMILY, SEVERITY, STATE
from panorama.definitions import FIGURES
from panorama.store.changes import CAUSES, CORRECTED, DECISION, OTHERS, PROGRAM, WORLD, Changes
from panorama.text import Language, Text, either, many

MOST_UNITS: Final = 20
MOST_ROWS: Final = 300
CAUSE: Final = {
    WORLD: Text("情况变了", "The world changed"),
    CORRECTED: Text("文件改了", "A file was corrected"),
    DECISION: Text("有人作了决定", "A decision was taken"),
    PROGRAM: Text("程序变了", "The program changed"),
    OTHERS: Text("别的单位变了", "Others' data changed"),
}
WHY: Final = {
    WORLD: Text("新的时期或新的条目：以前没有这个关键字", "New periods or new entries: this key was not there before"),
    CORRECTED: Text(
        "同一条目，另一个值：更正，或整改状态有了进展",
        "The same key with another value: a correction, or an entry that moved on",
    ),
    DECISION: Text(
        "确认或收回名称、撤回批次、复核主题：文件没有变",
        "A name answered, a drop taken back, a theme reviewed: no file changed",
    ),
    PROGRAM: Text("同样的行，新版程序算得不同", "The same rows, counted differently by a newer program"),
    OTHERS: Text("本单位的行没有变，随别的单位变动", "No row of the unit changed: it moves with others"),
}
KIND: Final = {"new": Text("新增", "New"), "gone": Text("消失", "Gone"), "different": Text("不同", "Different")}
FIELD: Final = {
    "text": Text("问题描述", "text"),
    "state": Text("整改状态", "state"),
    "severity": Text("程度", "severity"),
    "due": Text("时限", "due date"),
    "amount_wan": Text("金额", "amount"),
}
SHARES: Final = frozenset({"external_share", "performance_percentile", "ranking_percentile"})
RATIOS: Final = frozenset({"saturation", "saturation_with_external", "required_staff", "effective_staff"})
_LEDGER: Final = frozenset({"approved", "actual", "excess", "vacancy"})
_LEADERS: Final = frozenset({"leaders_approved", "leaders_actual", "leaders_excess"})
_EXTERNAL: Final = frozenset({"external", "external_share"})
_FAMILY_OF: Final = {
    "audit_amount": "审计",
    "performance_grade": "绩效考核",
    "performance_percentile": "绩效考核",
    "ranking_percentile": "行业排名",
}


@dataclass(frozen=True)
class Told:
    """What changed, the register (question `units`), the themes (`changes_names`), the older snapshot, and the day."""

    changes: Changes
    units: pl.DataFrame
    themes: pl.DataFrame
    before: str
    today: date

    @cached_property
    def names(self) -> dict[int, str]:
        return dict(self.units.select("unit_id", "unit").iter_rows())

    @cached_property
    def counts(self) -> dict[tuple[int, str], int]:
        """(unit, cause) → figures and findings."""
        both = [frame.select("unit_id", "cause") for frame in (self.changes.figures, self.changes.findings)]
        counted = pl.concat(both).group_by("unit_id", "cause").len()
        return {(unit, cause): n for unit, cause, n in counted.iter_rows()}


@dataclass(frozen=True)
class Report:
    """The page of changes, in one language."""

    message: Message
    by_unit: Picture
    causes: Facts
    figures: Facts
    findings: Facts


def report(told: Told, since: str, language: Language) -> Report:
    """since: the older state in words."""
    return Report(
        message(told, since, language),
        by_unit(told, language),
        causes(told, language),
        figures(told, language),
        findings(told, language),
    )


def message(told: Told, since: str, language: Language) -> Message:
    """How many figures and findings, and why, the most telling cause first."""
    figures, found = told.changes.figures.height, told.changes.findings.height
    note = either(
        language,
        f"与 {since} 相比 · 逐个单位、逐项比较 · 变化是线索，点开看两边的行",
        f"Held against {since} · unit by unit, figure by figure · open one to see the rows on both sides",
    )
    if not figures and not found:
        return Message(either(language, "没有变化。", "Nothing has changed."), note)
    units = len({unit for unit, _ in told.counts})
    parts = [
        f"{CAUSE[cause][language]} {n}" for cause in CAUSES if (n := sum(n for (_, why), n in told.counts.items() if why == cause))
    ]  # fmt: skip
    title = either(
        language,
        f"{units} 个单位的 {figures} 个数字、{found} 个问题变了：{'，'.join(parts)}。",
        f"{many(figures, 'figure')} and {many(found, 'finding')} of {many(units, 'unit')} changed: {', '.join(parts)}.",
    )
    return Message(title, note)


def by_unit(told: Told, language: Language) -> Picture:
    """Unit × cause, the number of figures and findings in each cell; a cell leads to the unit's first change of that cause."""
    totals: dict[int, int] = {}
    for (unit, _), n in told.counts.items():
        totals[unit] = totals.get(unit, 0) + n
    order = sorted(totals, key=lambda unit: (-totals[unit], told.names.get(unit, "")))
    drawn = order[:MOST_UNITS]
    first = _first_drills(told, language)
    drills: list[Drill] = []
    cells: dict[tuple[int, int], Cell] = {}
    for row, unit in enumerate(drawn):
        for column, cause in enumerate(CAUSES):
            n = told.counts.get((unit, cause), 0)
            if not n:
                cells[(row, column)] = Cell("not_asked", "·", "")
                continue
            hover = f"{BOLD}{told.names.get(unit, '—')} · {CAUSE[cause][language]}{PLAIN}{LINE}{n}"
            drills.append(first[(unit, cause)])
            cells[(row, column)] = Cell("rows", str(n), hover, shade_of(n), len(drills) - 1)
    title = _unit_title(told, order, totals, language)
    groups = [Group("", [CAUSE[cause][language] for cause in CAUSES])]
    labels = [told.names.get(unit, "—") for unit in drawn]
    figure = cell_map(labels, groups, cells, left=132, head_lines=2 if language == "zh" else 3) if drawn else BLANK
    table = pl.DataFrame(
        [
            (unit, told.names.get(unit, "—"), cause, CAUSE[cause][language], n)
            for (unit, cause), n in told.counts.items()
        ],
        schema={"unit_id": pl.Int64, "unit": pl.String, "cause": pl.String, "why": pl.String, "n": pl.Int64},
        orient="row",
    ).sort("n", "unit", "cause", descending=[True, False, False])
    heads = {
        "unit": either(language, "单位", "Unit"),
        "why": either(language, "为什么", "Why"),
        "n": either(language, "处数", "Changes"),
    }
    quiet = either(
        language,
        "单位 × 原因，格内为变了的数字和问题的处数 · 点开看其中第一处，全部见下表",
        "Unit × cause, how many figures and findings changed · a cell opens the first of them, all are in the tables below",
    )
    rest = len(order) - len(drawn)
    quiet += either(language, f" · 另有 {rest} 个单位见表格", f" · {rest} more units in the table") if rest else ""
    return Picture(
        title, quiet, figure, title, table, heads, tuple(drills), lambda one: first[(one["unit_id"], one["cause"])]
    )


def _unit_title(told: Told, order: list[int], totals: dict[int, int], language: Language) -> str:
    if not order:
        return either(language, "没有单位有变化", "No unit has changed")
    top, n = told.names.get(order[0], "—"), totals[order[0]]
    if len(order) == 1:
        return either(language, f"只有{top}有变化：{n} 处", f"Only {top} changed: {n}")
    return either(
        language,
        f"{len(order)} 个单位有变化，最多的是{top}：{n} 处",
        f"{len(order)} units changed, {top} most: {n}",
    )


def _first_drills(told: Told, language: Language) -> dict[tuple[int, str], Drill]:
    """(unit, cause) → the first change of it, findings before figures."""
    found: dict[tuple[int, str], Drill] = {}
    for one in told.changes.findings.iter_rows(named=True):
        found.setdefault((one["unit_id"], one["cause"]), _finding_drill(told, one, language))
    for one in told.changes.figures.iter_rows(named=True):
        found.setdefault((one["unit_id"], one["cause"]), _figure_drill(told, one, language))
    return found


def causes(told: Told, language: Language) -> Facts:
    """What each cause means, and how many changes are told under it."""
    rows = [
        (
            CAUSE[cause][language],
            told.changes.figures.filter(pl.col("cause") == cause).height,
            told.changes.findings.filter(pl.col("cause") == cause).height,
            WHY[cause][language],
        )
        for cause in CAUSES
    ]
    schema = {"cause": pl.String, "figures": pl.Int64, "findings": pl.Int64, "why": pl.String}
    heads = {
        "cause": either(language, "原因", "Cause"),
        "figures": either(language, "数字", "Figures"),
        "findings": either(language, "问题", "Findings"),
        "why": either(language, "怎样判定", "How it is told"),
    }
    note = either(
        language,
        "按行的自然键判定；几种原因都有时，列在靠上的一种，另一种在表中注明",
        "Told by the natural keys of the rows; where several hold, under the upper one, the others are named in the table",
    )
    title = either(language, "为什么变", "Why they changed")
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return Facts(title, note, table, heads, bare="counts of the changes that the tables below list with their rows")


def figures(told: Told, language: Language) -> Facts:
    """Figures that changed, the corrected ones first."""
    frame = _ordered(told, told.changes.figures)
    rows = [_figure_row(told, one, language) for one in frame.iter_rows(named=True)]
    names = ("unit", "figure", "period", "before", "after", "kind", "cause")
    heads = {
        "unit": either(language, "单位", "Unit"),
        "figure": either(language, "指标", "Figure"),
        "period": either(language, "时期", "Period"),
        "before": either(language, "原来", "Before"),
        "after": either(language, "现在", "Now"),
        "kind": either(language, "变化", "Change"),
        "cause": either(language, "为什么", "Why"),
    }
    n = told.changes.figures.height
    title = either(language, f"{n} 个数字变了", f"{many(n, 'figure')} changed") if n else either(language, "没有数字变化", "No figure changed")  # fmt: skip
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    drills = tuple(_figure_drill(told, one, language) for one in frame.iter_rows(named=True))
    return Facts(title, _more(n, language), table, heads, drills)


def _ordered(told: Told, frame: pl.DataFrame) -> pl.DataFrame:
    place = {cause: at for at, cause in enumerate(CAUSES)}
    names = pl.col("unit_id").replace_strict(told.names, default="", return_dtype=pl.String)
    keys = [pl.col("cause").replace_strict(place, default=9, return_dtype=pl.Int64), names]
    return frame.sort(*keys, maintain_order=True).head(MOST_ROWS)


def _more(n: int, language: Language) -> str:
    if n <= MOST_ROWS:
        return ""
    return either(
        language,
        f"列出前 {MOST_ROWS:,} 处；在上方选一个单位看其余的",
        f"The first {MOST_ROWS:,}; choose a unit above for the others",
    )


def _figure_row(told: Told, one: dict[str, Any], language: Language) -> tuple[str, ...]:
    also = either(language, "、", ", ").join(CAUSE[cause][language] for cause in one["also"])
    cause = CAUSE[one["cause"]][language] + (either(language, f"（另有：{also}）", f" (also: {also})") if also else "")
    return (
        told.names.get(one["unit_id"], "—"), _name(told, one, language), one["period"] or "—",
        _value(one, "before", language), _value(one, "after", language), KIND[one["kind"]][language], cause,
    )  # fmt: skip


def _name(told: Told, one: dict[str, Any], language: Language) -> str:
    """The figure, and what of the unit it is of."""
    label = FIGURES[one["figure"]].label[language]
    kind, _, code = one["subject"].partition("=")
    if kind == "family":
        return f"{label} · {FAMILY[code][language]}"
    if kind == "theme":
        row = told.themes.filter(pl.col("code") == code)
        return f"{label} · {row['name_zh' if language == 'zh' else 'name_en'][0] if row.height else code}"
    return label


def _value(one: dict[str, Any], side: str, language: Language) -> str:
    if one[f"{side}_words"] is not None:
        return str(one[f"{side}_words"])
    value = one[side]
    if value is None:
        return "—"
    if one["figure"] in SHARES:
        return f"{value:.1%}"
    return f"{value:,.2f}" if one["figure"] in RATIOS or value % 1 else f"{value:,.0f}"


def _figure_drill(told: Told, one: dict[str, Any], language: Language) -> Drill:
    """The figure as it was and is, leading to its rows on both sides."""
    question, params = _asked(one, told.today)
    before, after = _value(one, "before", language), _value(one, "after", language)
    subject = " · ".join(filter(None, (told.names.get(one["unit_id"], "—"), one["period"])))
    if one["subject"].startswith(("family=", "theme=")):
        subject += f" · {_name(told, one, language).partition(' · ')[2]}"
    working = f"{before} → {after}（{WHY[one['cause']][language]}）"
    return Drill(
        one["figure"], subject, f"{before} → {after}", question, params, working, one["unit_id"], before=told.before
    )


def _asked(one: dict[str, Any], today: date) -> tuple[str, dict[str, Any]]:
    """The question that lists the rows behind a figure, and its parameters."""
    figure, unit, (kind, _, code) = one["figure"], one["unit_id"], one["subject"].partition("=")
    year = int(one["period"][:4]) if one["period"] else None
    if figure in _LEDGER:
        return "rows_staffing", {"unit_id": unit, "year": year, "estab_type": None}
    if figure in _LEADERS:
        return "rows_leader", {"unit_id": unit, "year": year, "scope": None, "rank": None}
    if figure in _EXTERNAL:
        return "rows_staffing_external", {"unit_id": unit, "year": year}
    if figure == "families":
        return "rows_unit_theme", {"unit_id": unit, "theme": code, "family": None, **EVERY_YEAR}
    if kind == "family" or figure in _FAMILY_OF:
        return "rows_unit_family", {"unit_id": unit, "family": code or _FAMILY_OF[figure], **of_year(year)}
    if figure == "findings_open":
        return "rows_findings", of_findings("open", today, unit)
    return "rows_saturation_unit", {"unit_id": unit, "period": one["period"]}


def findings(told: Told, language: Language) -> Facts:
    """Findings that are new, gone or different, those of a corrected file first."""
    frame = _ordered(told, told.changes.findings)
    rows = [_finding_row(told, one, language) for one in frame.iter_rows(named=True)]
    names = ("unit", "family", "text", "kind", "what", "cause")
    heads = {
        "unit": either(language, "单位", "Unit"),
        "family": either(language, "来源", "Source"),
        "year": either(language, "年份", "Year"),
        "text": either(language, "问题", "Finding"),
        "kind": either(language, "变化", "Change"),
        "what": either(language, "哪里不同", "What differs"),
        "cause": either(language, "为什么", "Why"),
    }
    n = told.changes.findings.height
    title = either(language, f"{n} 个问题变了", f"{many(n, 'finding')} changed") if n else either(language, "没有问题变化", "No finding changed")  # fmt: skip
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(frame["year"])
    drills = tuple(_finding_drill(told, one, language) for one in frame.iter_rows(named=True))
    return Facts(title, _more(n, language), table, heads, drills)


def _finding_row(told: Told, one: dict[str, Any], language: Language) -> tuple[str | None, ...]:
    what = either(language, "；", "; ").join(_difference(one, field, language) for field in one["fields"])
    return (
        told.names.get(one["unit_id"], "—"), FAMILY[one["family"]][language], one["text"], KIND[one["kind"]][language],
        what or None, CAUSE[one["cause"]][language],
    )  # fmt: skip


def _difference(one: dict[str, Any], field: str, language: Language) -> str:
    name = FIELD[field][language]
    if field == "text":
        return name
    words = {"state": STATE, "severity": SEVERITY}.get(field, {})
    was, now = (
        "—" if value is None else words[value][language] if value in words else str(value)
        for value in (one[f"before_{field}"], one[field])
    )
    return f"{name} {was} → {now}"


def _finding_drill(told: Told, one: dict[str, Any], language: Language) -> Drill:
    """Both rows of a finding: as it was and as it is."""
    rows = [row for row in (one["before_row_id"], one["row_id"]) if row is not None]
    params = {"unit_id": one["unit_id"], "row_ids": rows}
    subject = f"{told.names.get(one['unit_id'], '—')} · {str(one['text'])[:30]}"
    value = KIND[one["kind"]][language]
    return Drill("findings", subject, value, "rows_unit_event", params, unit_id=one["unit_id"], before=told.before)
