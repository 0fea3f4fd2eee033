"""政策储备: problems that wait for the next reform, by theme and state, and themes that stand in several units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.charts.issues import leads, number
from panorama.charts.lens import Count, lens
from panorama.charts.picture import Card, Drill, Matter, Matters, Message, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN, row_label
from panorama.issues.issue import DOMAIN, DRAFT, LEFT, OVER, PRIORITY, RESERVE_STATE, STATE
from panorama.text import Language, Text, either, many

UNITS: Final = 3
"""A theme with open issues in so many units is proposed for the reserve."""
WAITING: Final = "waiting"
ENDED: Final = "ended"
_STANDS: Final[dict[str, Text]] = {
    word: text
    for words in ({WAITING: Text("待入库", "Not put in yet")}, RESERVE_STATE, {ENDED: Text("已终止", "Ended")})
    for word, text in words.items()
}
"""How a problem of class C stands, in the order of the page."""
_KEPT: Final = tuple(state for state in RESERVE_STATE if state not in LEFT)
_OVER: Final = (*LEFT, ENDED)
Themes = Callable[[str], str]
"""A theme's code → its name."""


def standing(found: pl.DataFrame) -> pl.DataFrame:
    """Frame of `reserved` with `stands`: a key of how each stands."""
    ended = pl.col("state").is_in(list(OVER))
    placed = pl.when(pl.col("reserve_no").is_null()).then(pl.lit(WAITING)).otherwise(pl.coalesce("reserve_state", pl.lit("入库")))  # fmt: skip
    return found.with_columns(pl.when(ended).then(pl.lit(ENDED)).otherwise(placed).alias("stands"))


def proposed(issues: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Open issues and drafts of themes that stand in three units or more, none of them in the reserve; one row per theme × issue.

    issues: frame of `listed`, of what is open, and drafts. found: frame of `standing`.
    """
    kept = _kept(found)["themes"].explode(empty_as_null=True).drop_nulls().unique()
    each = issues.explode("themes").drop_nulls("themes").rename({"themes": "theme"})
    return each.filter(
        pl.col("unit_id").n_unique().over("theme") >= UNITS, ~pl.col("theme").is_in(kept.to_list())
    ).sort("theme", "unit", "id")  # fmt: skip


def _kept(found: pl.DataFrame) -> pl.DataFrame:
    return found.filter(pl.col("stands").is_in(_KEPT))


def message(found: pl.DataFrame, asked: pl.DataFrame, day: date, units: int, language: Language) -> Message:
    """The one sentence. Frames of `standing` and `proposed`; units: how many the register holds."""
    kept, themes = _kept(found), asked["theme"].n_unique()
    n, of = kept.height, kept["unit_id"].n_unique()
    title = either(language, "政策储备里还没有问题", "Nothing is in the policy reserve yet")
    if n:
        title = either(language, f"{n} 个问题留待改革，涉及 {of} 个单位", f"{many(n, 'problem')} of {many(of, 'unit')} for the next reform")  # fmt: skip
    if themes:
        title += either(
            language,
            f"；{themes} 个主题在 {UNITS} 个以上单位出现，建议研究入库",
            f"; {many(themes, 'theme')} in {UNITS} units or more proposed",
        )
    note = either(
        language,
        f"名录中 {units} 个单位 · 截至 {day} · C 类问题在问题台账转入储备，写明三定条款、改革领域和建议",
        f"{many(units, 'unit')} in the register · as of {day} · issues of class C are put here from the ledger, with clause, domain and proposal",
    )
    return Message(title, note)


def cards(found: pl.DataFrame, asked: pl.DataFrame, language: Language) -> list[Card]:
    """In the reserve, themes proposed, put to use. Frames of `standing` and `proposed`."""
    kept, used = _kept(found), found.filter(pl.col("stands") == "已转化")
    waiting, themes = found.filter(pl.col("stands") == WAITING).height, asked["theme"].n_unique()
    of = many(asked["unit_id"].n_unique(), "unit")
    return [
        _card("reserve_kept", kept.height, either(language, f"待入库 {waiting}", f"{waiting} not put in yet"), kept, language),
        _card("reserve_proposed", themes, either(language, f"涉及 {asked['unit_id'].n_unique()} 个单位", f"in {of}"), asked, language),
        _card("reserve_used", used.height, either(language, f"C 类问题共 {found.height}", f"of {found.height} of class C"), used, language),
    ]  # fmt: skip


def _card(figure: str, n: int, context: str, of: pl.DataFrame, language: Language) -> Card:
    lead = leads(figure, either(language, "政策储备", "Policy reserve"), n, of, language)
    return Card(figure, f"{n:,}", context, drill=lead)


def by_theme(found: pl.DataFrame, themes: Themes, language: Language) -> Picture:
    """Theme × state. Frame of `standing`; a problem of two themes stands in both rows."""
    each = found.explode("themes").drop_nulls("themes").rename({"themes": "theme"})
    rows = each.group_by("theme").agg(pl.len().alias("n")).sort(["n", "theme"], descending=[True, False])["theme"]
    keys = [key for key in _STANDS if each.filter(pl.col("stands") == key).height]
    cells: dict[tuple[int, int], Count] = {}
    drills: list[Drill] = []
    lines: list[dict[str, Any]] = []
    for (theme, key), of in sorted(each.partition_by("theme", "stands", as_dict=True).items(), key=str):
        where = f"{themes(str(theme))} · {_STANDS[str(key)][language]}"
        drills.append(leads(_figure(str(key)), where, of.height, of, language))
        at = rows.to_list().index(theme), keys.index(str(key))
        cells[at] = Count(of.height, 0, len(drills) - 1, f"{BOLD}{where}{PLAIN}{LINE}{of.height}")
        units = "、".join(of["unit"].unique(maintain_order=True))
        lines.append({"theme": theme, "key": key, "theme_text": themes(str(theme)), "stands": _STANDS[str(key)][language], "n": of.height, "units": units})  # fmt: skip
    grey = frozenset(at for at, key in enumerate(keys) if key in _OVER)
    figure = lens([row_label(themes(theme)) for theme in rows], [_STANDS[key][language] for key in keys], grey, cells, language, left=210)  # fmt: skip
    schema = {"theme": pl.String, "key": pl.String, "theme_text": pl.String, "stands": pl.String, "n": pl.Int64, "units": pl.String}  # fmt: skip
    heads = {
        "theme_text": either(language, "主题", "Theme"),
        "stands": either(language, "储备状态", "State"),
        "n": either(language, "问题数", "Problems"),
        "units": either(language, "单位", "Units"),
    }
    title = _theme_title(each, rows, themes, language)
    line = either(
        language,
        "C 类问题件数，行为主题、列为储备状态，涉及几个主题的各行都计 · 灰色为已转化、出库或终止",
        "Problems of class C by theme and state; one of several themes counts in each row · grey: put to use, taken out or ended",
    )
    by_place = {(one["theme"], one["key"]): drill for one, drill in zip(lines, drills, strict=True)}
    return Picture(
        title, line, figure, title, pl.DataFrame(lines, schema=schema), heads, tuple(drills),
        lambda one: by_place[one["theme"], one["key"]],
    )  # fmt: skip


def _figure(key: str) -> str:
    return "reserve_used" if key == "已转化" else "reserve_kept"


def _theme_title(each: pl.DataFrame, rows: pl.Series, themes: Themes, language: Language) -> str:
    if each.is_empty():
        return either(language, "没有 C 类问题", "No issue is of class C")
    most = each.filter(pl.col("theme") == rows[0])
    units = most["unit_id"].n_unique()
    return either(
        language,
        f"“{themes(rows[0])}”最多，{most.height} 个问题、{units} 个单位",
        f"Most are of {themes(rows[0])}: {many(most.height, 'problem')} in {many(units, 'unit')}",
    )


def proposals(asked: pl.DataFrame, themes: Themes, language: Language) -> Matters:
    """Themes that may be no matter of one unit, as questions. Frame of `proposed`."""
    items = []
    for (theme,), of in asked.partition_by("theme", as_dict=True).items():
        units = of["unit"].unique(maintain_order=True).to_list()
        name = themes(str(theme))
        named = either(language, "、", ", ").join(units[:5]) + (
            either(language, "等", " and more") if len(units) > 5 else ""
        )
        question = either(
            language,
            f"{name}：{len(units)} 个单位有 {of.height} 个问题（{_apart(of, language)}），是否转入政策储备？",
            f"{name}: {many(of.height, 'issue')} in {len(units)} units ({_apart(of, language)}). Into the policy reserve?",
        )
        items.append(Matter("—", question, named, leads("reserve_proposed", name, of.height, of, language)))
    title = either(
        language, f"建议研究入库的 {len(items)} 个主题", f"{many(len(items), 'theme')} proposed for the reserve"
    )
    if not items:
        title = either(
            language,
            f"没有主题在 {UNITS} 个以上单位出现而未入库",
            f"No theme stands in {UNITS} units or more without being in the reserve",
        )
    note = either(
        language,
        f"同一主题在 {UNITS} 个以上单位有问题在办或草拟、还没有在库的 · 由规则提出，由人在问题台账转类",
        f"issues of one theme, open or drafts, in {UNITS} units or more, none in the reserve · put by rule; a person reclassifies them in the ledger",
    )
    return Matters(title, note if items else "", tuple(items))


def _apart(of: pl.DataFrame, language: Language) -> str:
    """在办 3，草稿 1: drafts count for a theme, and are told apart."""
    drafts = of.filter(pl.col("state") == DRAFT).height
    still = of.height - drafts
    parts = [either(language, f"在办 {still}", f"{still} open")] if still else []
    parts += [either(language, f"草稿 {drafts}", many(drafts, "draft"))] if drafts else []
    return either(language, "，", ", ").join(parts)


def proposed_table(asked: pl.DataFrame, themes: Themes, language: Language) -> tuple[pl.DataFrame, dict[str, str]]:
    """The issues of the themes proposed: columns and headings. Frame of `proposed`."""
    shown = asked.with_columns(
        pl.Series("theme_text", [themes(one) for one in asked["theme"]], pl.String),
        pl.Series("number", [number(one, language) for one in asked.iter_rows(named=True)], pl.String),
        pl.Series("class_text", [one or "—" for one in asked["issue_class"]], pl.String),
        pl.Series("state_text", [STATE[one][language] for one in asked["state"]], pl.String),
    )
    heads = {
        "theme_text": either(language, "主题", "Theme"),
        "unit": either(language, "单位", "Unit"),
        "number": either(language, "编号", "Number"),
        "title": either(language, "问题", "Issue"),
        "class_text": either(language, "分类", "Class"),
        "state_text": either(language, "状态", "State"),
    }
    return shown, heads


def table(found: pl.DataFrame, themes: Themes, language: Language) -> tuple[pl.DataFrame, dict[str, str]]:
    """The list: columns and headings. Frame of `standing`."""

    def worded(name: str, words: dict[str, Text]) -> pl.Series:
        return pl.Series(f"{name}_text", [words[one][language] if one else None for one in found[name]], pl.String)

    shown = found.with_columns(
        pl.Series("themes_text", ["、".join(map(themes, one)) for one in found["themes"]], pl.String),
        pl.Series("number", [number(one, language) for one in found.iter_rows(named=True)], pl.String),
        worded("stands", _STANDS),
        worded("domain", {key: text for key, text in DOMAIN.items()}),  # noqa: C416
        worded("priority", {key: text for key, text in PRIORITY.items()}),  # noqa: C416
    )
    heads = {
        "reserve_no": either(language, "储备编号", "Reserve number"),
        "title": either(language, "问题", "Problem"),
        "unit": either(language, "单位", "Unit"),
        "themes_text": either(language, "主题", "Themes"),
        "stands_text": either(language, "储备状态", "State"),
        "priority_text": either(language, "优先级", "Priority"),
        "clause": either(language, "三定条款", "Mandate clause"),
        "domain_text": either(language, "改革领域", "Domain"),
        "proposal": either(language, "改革建议", "Proposal"),
        "used_in": either(language, "运用去向", "Used in"),
        "number": either(language, "问题编号", "Issue"),
    }
    return shown, heads
