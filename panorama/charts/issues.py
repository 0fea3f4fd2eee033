"""问题台账: figures, counts by class and state, ageing, the calendar of limits, and the story of one issue."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from panorama.applications.application import DECISION
from panorama.charts.cells import Cell, Group, cell_map, shade_of
from panorama.charts.lens import Count, lens
from panorama.charts.picture import Card, Drill, Facts, Lead, Message, Origin, Picture
from panorama.charts.review import name as theme
from panorama.charts.tokens import ALARM, BOLD, DATA, INK, LINE, PLAIN, axis, clicks, coloured, layout, note, rect
from panorama.charts.words import FAMILY, SEVERITY
from panorama.issues.commands import KIND, Ask, Command, TakenOver, asked
from panorama.issues.issue import (
    CLASS,
    DOMAIN,
    DRAFT,
    LEFT,
    OVER,
    PLACE,
    PRIORITY,
    RESERVE_STATE,
    STATE,
    EvidenceFile,
    Issue,
    Milestone,
)
from panorama.store.caseload import OPEN_ROWS, SOON, Step
from panorama.text import Language, Text, as_said, either, many

WEEKS: Final = 14
"""Weeks of the calendar: three months and the week that has begun."""
NO_CLASS: Final = "draft"
_ROWS: Final[dict[str, Text]] = {
    "A": Text("A 单位整改", "A: the unit"),
    "B": Text("B 编办解决", "B: the office"),
    "C": Text("C 政策储备", "C: the reserve"),
    NO_CLASS: Text("未分类", "No class yet"),
}
_STANDS: Final[dict[str, Text]] = {word: text for words in (PLACE, STATE) for word, text in words.items()}
_STATES: Final = (*STATE, *PLACE)
"""How issues stand, in the order of the columns: the way of an issue that is handled, and behind it the reserve."""
_AGES: Final = (
    (0, 30, Text("0–30 天", "0–30 days")),
    (31, 60, Text("31–60 天", "31–60 days")),
    (61, 92, Text("61–92 天", "61–92 days")),
    (93, 183, Text("93–183 天", "93–183 days")),
    (184, None, Text("半年以上", "over half a year")),
)
_WEEKDAYS: Final = (
    Text("一", "Mon"), Text("二", "Tue"), Text("三", "Wed"), Text("四", "Thu"), Text("五", "Fri"), Text("六", "Sat"), Text("日", "Sun"),
)  # fmt: skip
_WORDS: Final[dict[str, Text]] = {
    word: text for words in (CLASS, DECISION, RESERVE_STATE, PRIORITY, DOMAIN) for word, text in words.items()
}
"""What people choose from lists."""
_HINT: Final = re.compile(r"（[^）]*）$| \([^)]*\)$")
"""What a form says beside a label on how to fill it in."""


def number(one: Mapping[str, Any], language: Language) -> str:
    """2026-A-0007; a draft has none yet and is called by its running number."""
    return str(one["issue_no"] or either(language, f"草稿 {one['id']}", f"draft {one['id']}"))


def message(counts: pl.DataFrame, day: date, units: int, language: Language, registers: bool = True) -> Message:
    """The one sentence. Frame of `counted`. registers: whether the reader may register issues, and is told how."""
    still, late = still_open(counts), int(counts["overdue"].sum())
    soon = int(counts["soon"].sum())
    if not counts["n"].sum():
        title = either(language, "台账里还没有问题", "The ledger has no issue yet")
    elif not still:
        title = either(language, "没有在办的问题", "No issue is open")
    else:
        zh, en = f"{still} 个问题在办", f"{many(still, 'issue')} open"
        zh += f"，:red[其中 {late} 个超期]" if late else "，没有超期的"
        en += f", :red[{late} of them overdue]" if late else ", none overdue"
        title = either(
            language, f"{zh}；{SOON} 天内还有 {soon} 个到期", f"{en}; {soon} more fall due within {SOON} days"
        )
    title += besides(counts, language)
    hint = either(
        language, f"名录中 {units} 个单位 · 截至 {day}", f"{many(units, 'unit')} in the register · as of {day}"
    )
    if registers:
        hint += either(
            language,
            " · 在单位的指标、单元格或矛盾的“依据”里点“登记为问题”，主题、内容和来源一并带来",
            ' · "Register an issue" stands in the panel behind the figures, cells and contradictions of a unit',
        )
    return Message(title, hint)


def cards(counts: pl.DataFrame, found: pl.DataFrame, closed: pl.DataFrame, day: date, language: Language) -> list[Card]:
    """Open, overdue, due soon, closed out. Frames of `counted`, and of `listed` for what is open and what is closed."""
    still, late = still_open(counts), int(counts["overdue"].sum())
    soon, total = _soon(found, day), int(counts["n"].sum())
    done = int(counts.filter(pl.col("state") == "已销号")["n"].sum())
    held = counts.filter(pl.col("issue_class") == "A")["overdue"].sum()
    overdue = found.filter(pl.col("limit") < day)
    if not total:
        # None on record is no zero.
        none, nothing = found.clear(), either(language, "台账里没有登记", "none in the ledger")
        every = ("issues_open", "issues_overdue", "issues_soon", "issues_closed")
        return [replace(_card(figure, 0, nothing, none, language), value="—") for figure in every]
    return [
        _card("issues_open", still, _of_all(counts, total, language), found, language),
        _card("issues_overdue", late, either(language, f"A 类 {held}", f"{held} of class A"), overdue, language, bool(late)),
        _card("issues_soon", int(counts["soon"].sum()), either(language, f"至 {day + timedelta(days=SOON)}", f"to {day + timedelta(days=SOON)}"), soon, language),
        _card("issues_closed", done, either(language, f"{done} / {total}", f"{done} of {total}"), closed, language),
    ]  # fmt: skip


def _of_all(counts: pl.DataFrame, total: int, language: Language) -> str:
    # A card has one line for it: fewer words than a title.
    drafts, kept = in_draft(counts), in_reserve(counts)
    zh = "、".join(filter(None, (f"草稿 {drafts}" if drafts else "", f"储备 {kept}" if kept else "")))
    en = ", ".join(filter(None, (many(drafts, "draft") if drafts else "", f"{kept} reserved" if kept else "")))
    return either(language, f"另有{zh} · 共登记 {total}" if zh else f"共登记 {total}", f"+{en}; {total} in all" if en else f"{total} in all")  # fmt: skip


def _card(figure: str, n: int, context: str, of: pl.DataFrame, language: Language, alarm: bool = False) -> Card:
    subject = either(language, "问题台账", "Issue ledger")
    return Card(figure, f"{n:,}", context, alarm, leads(figure, subject, n, of, language))


def leads(figure: str, subject: str, n: int, of: pl.DataFrame, language: Language) -> Drill:
    """To the rows that these issues rest on. Frame of `listed`."""
    told = of.select(
        pl.Series("name", [number(one, language) for one in of.select("id", "issue_no").iter_rows(named=True)], pl.String),
        "title", "unit", "limit", "sources",
    ).explode("sources").filter(pl.col("sources").is_not_null()).unnest("sources")  # fmt: skip
    contents = told.select(pl.format("{} {}：{}", "name", "title", "text"))
    columns = {
        "row_ids": told["row_id"].to_list(), "families": told["family"].to_list(), "contents": contents.to_series().to_list(),
        "units": told["unit"].to_list(), "dues": told["limit"].to_list(),
    }  # fmt: skip
    left = n - of.height
    coverage = either(language, f"另有 {left} 个问题未列", f"{left} more issues are not listed") if left > 0 else ""
    return Drill(figure, subject, f"{n:,}", "rows_issues", columns, coverage=coverage)


def still_open(counts: pl.DataFrame) -> int:
    """How many issues are open (OPEN_ROWS). Frame of `counted`."""
    return int(counts.filter(OPEN_ROWS)["n"].sum())


def in_draft(counts: pl.DataFrame) -> int:
    """How many are drafts: registered, not triaged yet. Frame of `counted`."""
    return int(counts.filter(pl.col("state") == DRAFT)["n"].sum())


def in_reserve(counts: pl.DataFrame) -> int:
    """How many wait in the policy reserve (the figure reserve_kept). Frame of `counted`."""
    return int(counts.filter(pl.col("place") == "在库")["n"].sum())


def besides(counts: pl.DataFrame, language: Language) -> str:
    """Drafts and the reserve, told after a count of what is open; nothing where there are none. Frame of `counted`."""
    parts = _beside(counts, language)
    return either(language, f"；另有{'、'.join(parts)}", f"; {', '.join(parts)} besides") if parts else ""


def _beside(counts: pl.DataFrame, language: Language) -> list[str]:
    drafts, kept = in_draft(counts), in_reserve(counts)
    parts = [either(language, f"草稿 {drafts} 个", many(drafts, "draft"))] if drafts else []
    return parts + ([either(language, f"政策储备 {kept} 个", f"{kept} in the reserve")] if kept else [])


def _soon(found: pl.DataFrame, day: date) -> pl.DataFrame:
    return found.filter(pl.col("limit").is_between(day, day + timedelta(days=SOON)))


def by_state(counts: pl.DataFrame, found: pl.DataFrame, language: Language) -> Picture:
    """Class × state, overdue marked. Frames of `counted`, and of `listed` for all issues."""
    drills: list[Drill] = []
    cells: dict[tuple[int, int], Count] = {}
    for one in counts.iter_rows(named=True):
        row, column = list(_ROWS).index(one["issue_class"] or NO_CLASS), _STATES.index(_stands(one))
        drills.append(_state_drill(one, found, language))
        where = drills[-1].subject
        cells[row, column] = Count(one["n"], one["overdue"], len(drills) - 1, f"{BOLD}{where}{PLAIN}{LINE}{one['n']}")
    used = {_stands(one) for one in counts.iter_rows(named=True)}
    states = [state for state in _STATES if state in used] or list(_STATES[:1])
    places = {_STATES.index(state): at for at, state in enumerate(states)}
    drawn = {(row, places[column]): count for (row, column), count in cells.items()}
    grey = frozenset(at for at, state in enumerate(states) if state in OVER or state in LEFT)
    figure = lens([label[language] for label in _ROWS.values()], [_STANDS[state][language] for state in states], grey, drawn, language, left=112)  # fmt: skip
    title = _state_title(counts, language)
    line = either(
        language,
        "问题件数，行为分类、列为状态（按办理顺序，只列有问题的） · 政策储备另列，不在办 · 灰色为已销号、终止或已离开储备 · 超期按时限，有延期按延期",
        "Issues, by class and by state in the order of the process, states in use only · the reserve apart, not open · grey: closed out, ended or out of the reserve · overdue by the limit, extended or not",
    )
    heads = {
        "class_text": either(language, "分类", "Class"),
        "state_text": either(language, "状态", "State"),
        "n": either(language, "问题数", "Issues"),
        "overdue": either(language, "超期", "Overdue"),
        "units": either(language, "单位数", "Units"),
    }
    table = counts.with_columns(
        pl.Series("class_text", [_ROWS[one or NO_CLASS][language] for one in counts["issue_class"]], pl.String),
        pl.Series("state_text", [_STANDS[_stands(one)][language] for one in counts.iter_rows(named=True)], pl.String),
    )
    return Picture(title, line, figure, title, table, heads, tuple(drills), lambda one: _state_drill(one, found, language))  # fmt: skip


def _state_title(counts: pl.DataFrame, language: Language) -> str:
    busiest = counts.filter(OPEN_ROWS).group_by("state").agg(pl.col("n").sum())
    if busiest.is_empty():
        return either(language, "没有在办的问题", "No issue is open")
    top = busiest.sort(["n", "state"], descending=[True, False]).row(0, named=True)
    state = STATE[top["state"]]
    return either(
        language,
        f"在办问题最多的一步是“{state.zh}”，{top['n']} 个",
        f'Most open issues stand at "{state.en}": {top["n"]}',
    )


def _state_drill(one: Mapping[str, Any], found: pl.DataFrame, language: Language) -> Drill:
    same = (pl.col(name).eq_missing(one[name]) for name in ("issue_class", "state", "place"))
    of, stands = found.filter(*same), _stands(one)
    subject = f"{_ROWS[one['issue_class'] or NO_CLASS][language]} · {_STANDS[stands][language]}"
    figure = _FIGURE.get(stands, "issues_open")
    return leads(figure, subject, one["n"], of, language)


def _stands(one: Mapping[str, Any]) -> str:
    """Its place in the reserve, else its state. one: a row of `counted` or `listed`."""
    return str(one["place"] or one["state"])


_FIGURE: Final = {
    "已销号": "issues_closed", DRAFT: "issues_drafts", "在库": "reserve_kept", "已转化": "reserve_used", "出库": "reserve_kept",
}  # fmt: skip
"""How issues stand → the figure whose rows they are."""


def ageing(found: pl.DataFrame, day: date, language: Language) -> Picture:
    """Open issues by days since feedback, of triaged ones since they were found. Frame of `listed`, of what is open."""
    since = pl.coalesce("feedback_on", "found_on")
    aged = found.with_columns((pl.lit(day) - since).dt.total_days().alias("age"), (pl.col("limit") < day).fill_null(False).alias("late"))  # fmt: skip
    bins = [aged.filter(pl.col("age") >= low, pl.lit(True) if high is None else pl.col("age") <= high) for low, high, _ in _AGES]  # fmt: skip
    labels = [label[language] for _, _, label in _AGES]
    drills = tuple(leads("issues_open", label, of.height, of, language) for label, of in zip(labels, bins, strict=True))
    counts = [(of.height, int(of["late"].sum())) for of in bins]
    late, oldest = sum(n for _, n in counts), max(aged["age"], default=0)
    title = either(language, "没有在办的问题", "No issue is open")
    if found.height:
        title = either(
            language,
            f"最久的一个已 {oldest} 天；{late} 个已过时限",
            f"The oldest is {many(oldest, 'day')} old; {late} past the limit",
        )
    line = either(
        language,
        "在办问题，按反馈以来的天数（未反馈的按发现以来），不含草稿 · 红色为已过时限 · 三个日历月为 89 至 92 天",
        "Open issues by days since feedback, since found where not fed back yet; no drafts · red: past the limit · three calendar months are 89 to 92 days",
    )
    table = pl.DataFrame(
        {"at": range(len(labels)), "age": labels, "n": [n for n, _ in counts], "late": [n for _, n in counts]},
        schema={"at": pl.Int64, "age": pl.String, "n": pl.Int64, "late": pl.Int64},
    )
    heads = {
        "age": either(language, "已过天数", "Days"),
        "n": either(language, "问题数", "Issues"),
        "late": either(language, "已过时限", "Past the limit"),
    }
    figure = _columns(labels, counts, language)
    return Picture(title, line, figure, title, table, heads, drills, lambda one: drills[one["at"]])


def _columns(labels: Sequence[str], counts: Sequence[tuple[int, int]], language: Language) -> dict[str, Any]:
    xs, most = list(range(len(labels))), max([n for n, _ in counts] + [1])
    shapes, notes = [], []
    for x, (n, late) in zip(xs, counts, strict=True):
        shapes.append(rect(x - 0.3, 0, x + 0.3, n - late, DATA))
        label = str(n)
        if late:
            shapes.append(rect(x - 0.3, n - late, x + 0.3, n, ALARM))
            word = either(language, "超期", "overdue")
            label += f" {coloured(f'{BOLD}{word} {late}{PLAIN}', ALARM)}"
        notes.append(note(x, n, label, yanchor="bottom", font={"size": 12, "color": INK}))
    hover = [f"{BOLD}{label}{PLAIN}{LINE}{n}" for label, (n, _) in zip(labels, counts, strict=True)]
    data = [clicks([float(x) for x in xs], [n / 2 for n, _ in counts], xs, hover, size=34)]
    frame = layout(180, 8, 8, 24, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[-0.6, len(xs) - 0.4], tickvals=xs, ticktext=list(labels))
    frame["yaxis"] = axis(range=[0, most * 1.35], showticklabels=False)
    return {"data": data, "layout": frame}


def calendar(found: pl.DataFrame, day: date, language: Language) -> Picture:
    """On which days of the coming three months limits and milestones fall. Frame of `listed`, of what is open."""
    monday = day - timedelta(days=day.weekday())
    last = monday + timedelta(days=7 * WEEKS - 1)
    falling = falling_due(found)
    dated = falling.filter(pl.col("day").is_between(day, last)).sort("day", maintain_order=True)
    drills: list[Drill] = []
    cells: dict[tuple[int, int], Cell] = {}
    for (falls,), of in sorted(dated.partition_by("day", as_dict=True).items()):
        drills.append(leads("issues_open", str(falls), of.height, of, language))
        units = "、".join(of["unit"].unique(maintain_order=True).to_list()[:3])
        steps = "、".join(of["milestone"].drop_nulls().to_list()[:3])
        at = (falls - monday).days
        hover = LINE.join(filter(None, (f"{BOLD}{falls}{PLAIN}", str(of.height), units, steps)))
        cells[at // 7, at % 7] = Cell("rows", str(of.height), hover, shade_of(of.height), len(drills) - 1)
    here = (day - monday).days
    if (0, here) not in cells:
        cells[0, here] = Cell("not_asked", either(language, "今天", "today"), "")
    weeks = [f"{monday + timedelta(days=7 * at):%m-%d}" for at in range(WEEKS)]
    figure = cell_map(weeks, [Group("", [one[language] for one in _WEEKDAYS])], cells, left=56, row_height=26, head_lines=1)  # fmt: skip
    title = _calendar_title(found, falling, dated, day, last, language)
    later = falling.filter(pl.col("day") > last)["id"].n_unique()
    undated = found.height - falling["id"].n_unique()
    line = either(
        language,
        f"每格一天，数字为当天到时限或节点的在办问题，左为每周周一 · {last} 之后还有 {later} 个、时限和节点都没有的 {undated} 个，不在图内",
        f"One cell a day: open issues whose limit or milestone falls on it, Mondays at the left · not drawn: {later} after {last}, {undated} with neither",
    )
    table = dated.group_by("day", maintain_order=True).agg(
        pl.len().alias("n"), pl.col("unit").unique(maintain_order=True).str.join("、"), pl.col("milestone").drop_nulls().str.join("、"),
    )  # fmt: skip
    heads = {
        "day": either(language, "日期", "Day"),
        "n": either(language, "问题数", "Issues"),
        "unit": either(language, "单位", "Units"),
        "milestone": either(language, "节点", "Milestones"),
    }
    by_day: dict[Any, Drill] = {drill.subject: drill for drill in drills}
    return Picture(title, line, figure, title, table, heads, tuple(drills), lambda one: by_day[str(one["day"])])


def falling_due(found: pl.DataFrame) -> pl.DataFrame:
    """One row per issue × day on which its limit or a milestone not reached falls. Frame of `listed`.

    day: that day; milestone: what is to be done by then, null where it is the limit alone.
    """
    of_limit = found.filter(pl.col("limit").is_not_null()).with_columns(day="limit", milestone=pl.lit(None, pl.String))
    one = pl.col("milestones").struct
    steps = found.explode("milestones").filter(one.field("due").is_not_null() & one.field("done_on").is_null())
    of_step = steps.with_columns(day=one.field("due").str.to_date(), milestone=one.field("words"))
    both = pl.concat([of_limit.drop("milestones"), of_step.drop("milestones")])
    rest = pl.exclude("id", "day", "milestone").first()
    return both.group_by("id", "day", maintain_order=True).agg(rest, pl.col("milestone").drop_nulls().str.join("、").replace("", None))  # fmt: skip


def _calendar_title(
    found: pl.DataFrame, falling: pl.DataFrame, dated: pl.DataFrame, day: date, last: date, language: Language
) -> str:
    late = found.filter(pl.col("limit") < day).height
    missed = falling.filter(pl.col("day") < day, pl.col("milestone").is_not_null())["id"].n_unique()
    past = either(language, f"；另有 {late} 个已经超期", f"; {late} more are overdue") if late else ""
    past += either(language, f"；{missed} 个有节点已过未完成", f"; {missed} with a milestone missed") if missed else ""
    if dated.is_empty():
        return either(language, f"到 {last} 没有问题到期", f"Nothing falls due by {last}") + past
    first = min(dated["day"])
    n = dated.filter(pl.col("day") == first).height
    return either(language, f"下一个到期日 {first}，{n} 个问题", f"Next due: {first}, {many(n, 'issue')}") + past


def table(found: pl.DataFrame, day: date, language: Language) -> tuple[pl.DataFrame, dict[str, str]]:
    """The list: columns and headings. Frame of `listed`."""
    past = (pl.col("limit") - pl.lit(day)).dt.total_days()
    open_ones = ~pl.col("state").is_in(list(OVER))
    shown = found.with_columns(
        pl.Series("number", [number(one, language) for one in found.iter_rows(named=True)], pl.String),
        pl.Series("class_text", [one or "—" for one in found["issue_class"]], pl.String),
        pl.Series("state_text", [_STANDS[_stands(one)][language] for one in found.iter_rows(named=True)], pl.String),
        pl.Series("severity_text", [SEVERITY[one][language] for one in found["severity"]], pl.String),
        pl.Series(
            "themes_text", ["、".join(theme(one, language) for one in codes) for codes in found["themes"]], pl.String
        ),
        pl.when(open_ones & (past < 0)).then(-past).alias("days_late"),
        pl.when(open_ones & (past >= 0)).then(past).alias("days_left"),
        pl.coalesce("owner", "lead_office").alias("whose"),
    )
    heads = {
        "number": either(language, "编号", "Number"),
        "unit": either(language, "单位", "Unit"),
        "title": either(language, "问题", "Issue"),
        "class_text": either(language, "分类", "Class"),
        "state_text": either(language, "状态", "State"),
        "limit": either(language, "时限", "Limit"),
        "days_late": either(language, "超期（天）", "Days late"),
        "days_left": either(language, "剩余（天）", "Days left"),
        "whose": either(language, "责任人/处室", "Whose"),
        "severity_text": either(language, "程度", "Severity"),
        "themes_text": either(language, "主题", "Themes"),
        "found_on": either(language, "发现日期", "Found on"),
        "closed_on": either(language, "销号日期", "Closed on"),
    }
    return shown, heads


def headline(issue: Issue, name: str, day: date, language: Language) -> Message:
    """One issue's title, and in one line where it stands. name: its number."""
    parts = [issue.unit_name, _STANDS[issue.place or issue.state][language]]
    parts += [CLASS[issue.issue_class][language]] if issue.issue_class else []
    if issue.limit:
        # Of what is over too: the limit that held, not the one before its extension alone.
        parts.append(either(language, f"时限 {issue.limit}", f"due {issue.limit}"))
    if issue.limit and issue.state not in OVER:
        left = (issue.limit - day).days
        parts.append(
            either(language, f":red[超期 {-left} 天]", f":red[{many(-left, 'day')} overdue]")
            if left < 0
            else either(language, f"还有 {left} 天", f"{many(left, 'day')} left")
        )
    if issue.extended_to:
        parts.append(either(language, f"原时限 {issue.due}", f"originally {issue.due}"))
    if issue.close_no:
        parts.append(either(language, f"销号单号 {issue.close_no}", f"close-out slip {issue.close_no}"))
    if issue.reserve_no:
        parts.append(either(language, f"储备编号 {issue.reserve_no}", f"in the reserve as {issue.reserve_no}"))
    return Message(f"{as_said(name)} {as_said(issue.title)}", " · ".join(parts))


def _milestone(one: Milestone, day: date, language: Language) -> str:
    """✓ 2026-12-31 报方案（2026-12-20 完成，王某）; one that is not reached and past says so."""
    if one.done_on is not None:
        return f"✓ {one.name}" + either(language, f"（{one.done_on} 完成，{one.done_by}）", f" (done {one.done_on}, {one.done_by})")  # fmt: skip
    late = (day - one.due).days
    return one.name + (either(language, f"（已过 {late} 天）", f" ({many(late, 'day')} past)") if late > 0 else "")


def facts(issue: Issue, themes: Callable[[str], str], day: date, language: Language) -> list[tuple[str, str]]:
    """What is known of an issue, line by line: label, value as it was said. themes: code → its name."""
    lines: list[tuple[Text, Any]] = [
        (Text("描述", "Description"), issue.text),
        (Text("主题", "Themes"), "、".join(map(themes, issue.themes))),
        (Text("程度", "Severity"), SEVERITY[issue.severity][language]),
        (Text("处室", "Office"), issue.office),
        (Text("发现日期", "Found on"), issue.found_on),
        (Text("分类理由", "Why this class"), issue.class_reason),
        (Text("反馈日期", "Fed back on"), issue.feedback_on),
        (Text("整改建议", "Advice"), issue.suggestion),
        (Text("拟办处室", "Office asked"), issue.lead_office),
        (Text("认领日期", "Claimed on"), issue.claimed_on),
        (Text("办理意见", "Opinion"), issue.opinion),
        *((Text("节点", "Milestone"), _milestone(one, day, language)) for one in issue.milestones),
        (Text("销号标准", "Close-out criterion"), issue.criterion),
        (Text("整改措施", "Measures"), issue.measures),
        (Text("责任单位", "Unit responsible"), issue.owner_unit),
        (Text("责任人", "Person responsible"), issue.owner),
        (Text("延期理由", "Why extended"), issue.extension_reason),
        (Text("延期批准人", "Extension approved by"), issue.extension_by),
        (Text("佐证", "Evidence"), "；".join(issue.evidence)),
        (Text("核验人", "Verified by"), issue.verifier),
        (Text("三定条款", "Mandate clause"), issue.clause),
        (Text("改革领域", "Domain of reform"), DOMAIN[issue.domain][language] if issue.domain else None),
        (Text("改革建议", "Proposal"), issue.proposal),
        (
            Text("储备状态", "State in the reserve"),
            RESERVE_STATE[issue.reserve_state][language] if issue.reserve_state else None,
        ),
        (Text("优先级", "Priority"), PRIORITY[issue.priority][language] if issue.priority else None),
        (Text("政策依据", "Legal basis"), issue.legal_basis),
        (Text("运用去向", "Where it was used"), issue.used_in),
        (Text("反弹自", "Rebound of"), issue.reopen_of),
    ]
    return [(label[language], as_said(str(value))) for label, value in lines if value]


def steps(
    story: Sequence[Step], language: Language, kinds: Mapping[str, type[Command]] = KIND
) -> list[tuple[str, str]]:
    """The story, the newest first: when, who and what; and what was said. kinds: what the log calls a command."""
    return [_step(one, language, kinds[one.kind]) for one in reversed(story)]


def _step(one: Step, language: Language, kind: type[Command]) -> tuple[str, str]:
    colon = either(language, "：", ": ")
    fields: dict[str, Ask] = asked(kind)
    said = [
        f"{_HINT.sub('', ask.label[language])}{colon}{as_said(_value(one.said[name], language))}"
        for name, ask in fields.items()
        if not one.kind.endswith(".register") and one.said.get(name) not in (None, "", [])
    ]
    given = [
        f"{one.changed[name]}" for name in ("issue_no", "close_no", "reserve_no", "app_no") if one.changed.get(name)
    ]
    said += _brought(one, language) if issubclass(kind, TakenOver) else []
    head = f"{one.at:%Y-%m-%d %H:%M} · **{kind.label[language]}** · {as_said(one.actor)}"
    return " · ".join([head, *given]), either(language, "；", "; ").join(said)


def files(story: Sequence[Step]) -> list[tuple[EvidenceFile, str]]:
    """Evidence files that were handed in, the newest first, each with its size, when and by whom."""
    found = [
        (EvidenceFile.model_validate(given), step) for step in reversed(story) for given in step.said.get("files") or ()
    ]
    return [(one, f"{_size(one.size)} · {step.at:%Y-%m-%d %H:%M} · {as_said(step.actor)}") for one, step in found]


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(size / 1024, 0.1):.1f} KB"


def _brought(one: Step, language: Language) -> list[str]:
    """Where an issue was taken over from, and what had been reported of it there."""
    said = one.said
    place = either(
        language,
        f"{said['file']} {said['sheet']}第 {said['row']} 行",
        f"{said['file']}, {said['sheet']} row {said['row']}",
    )
    reports = [" ".join(filter(None, (at, by, words))) for at, by, words in said["progress"]]
    return [as_said(line) for line in (place, *reports)]


def _value(value: Any, language: Language) -> str:
    if isinstance(value, list):
        return either(language, "、", ", ").join(one["name"] if isinstance(one, dict) else str(one) for one in value)
    return _WORDS[value][language] if value in _WORDS else str(value)


def sources(issue: Issue, language: Language) -> Facts:
    """What the issue rests on; a row opens where it stands in its file."""
    listed = pl.DataFrame(
        [(FAMILY[one.family][language] if one.family in FAMILY else one.family, one.text, one.place or None) for one in issue.sources],
        schema={"family": pl.String, "text": pl.String, "place": pl.String}, orient="row",
    )  # fmt: skip
    heads = {
        "family": either(language, "来源", "Source"),
        "text": either(language, "内容（登记时）", "What it said when registered"),
        "place": either(language, "文件 · 工作表 · 行", "File · sheet · row"),
    }
    drills: tuple[Lead | None, ...] = tuple(
        None if one.row_id is None else Origin(one.row_id, one.text[:40]) for one in issue.sources
    )
    title = either(language, f"依据 {listed.height} 条", many(listed.height, "piece") + " of evidence")
    by_hand = "" if any(drills) else "registered by hand: no row of a file is behind it"
    return Facts(title, "", listed, heads, () if by_hand else drills, bare=by_hand)


def still(frame: pl.DataFrame, language: Language) -> str:
    """That the newest ledger still says what the issue is about; empty where it does not. Frame of `issue_still`."""
    if frame.is_empty():
        return ""
    zh = language == "zh"
    told = [
        f"{one['type_zh']}核定 {one['approved']:,}、实有 {one['actual']:,}，超 {one['excess']:,}"
        if zh
        else f"{one['type_en']} {one['actual']:,} of {one['approved']:,}, {one['excess']:,} over"
        for one in frame.iter_rows(named=True)
    ]
    day = frame["snapshot_date"][0]
    if zh:
        return f"最新台账（{day}）仍是：{'；'.join(told)}。销号前请核对，是台账未更新，还是没有整改到位？"
    return f"The newest ledger ({day}) still says: {'; '.join(told)}. Before close-out: is the ledger behind, or is it not put right?"
