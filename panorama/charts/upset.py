"""Themes by independent source of one unit: a circle with the number of records, a line where sources meet (UpSet-like)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from panorama.charts.picture import EVERY_YEAR, Drill, Picture
from panorama.charts.tokens import (
    BG,
    BOLD,
    DATA,
    DATA_SOFT,
    INK,
    LINE,
    MUTED,
    PALE,
    PLAIN,
    axis,
    layout,
    note,
    row_label,
    rows_axis,
)
from panorama.charts.words import FAMILY, FAMILY_GROUPS
from panorama.text import Language, either

MULTI: Final = 3
"""Independent families from which on a theme counts as confirmed by several."""
MOST_ROWS: Final = 16
_ROW: Final = 30


def upset(
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Mapping[tuple[int, int], tuple[int, str]],
    language: Language,
    left: int,
) -> dict[str, Any]:
    """The figure. `counts` by (row, column): number and hover; a circle's customdata is its place in `counts`."""
    met = {row: sorted(column for at, column in counts if at == row) for row in range(len(rows))}
    lines = [
        {
            "type": "line",
            "x0": found[0],
            "x1": found[-1],
            "y0": -row,
            "y1": -row,
            "line": {"width": 2, "color": DATA if len(found) >= MULTI else DATA_SOFT},
            "layer": "below",
        }
        for row, found in met.items()
        if len(found) > 1
    ]
    heads = [note(x, 0.75, name, font={"size": 11, "color": MUTED}) for x, name in enumerate(columns)]
    ends = [_end(row, len(found), len(columns), language) for row, found in met.items() if found]
    frame = layout(max(_ROW * (len(rows) + 1), 60), left, 4, shapes=lines, annotations=heads + ends)
    frame["xaxis"] = axis(range=[-0.6, len(columns) + 0.5], showticklabels=False)
    frame["yaxis"] = rows_axis(
        range=[-len(rows) + 0.4, 1.1], tickvals=[-row for row in range(len(rows))], ticktext=list(rows)
    )
    return {"data": [_dots(met, len(columns)), _circles(counts, met)], "layout": frame}


def _end(row: int, families: int, columns: int, language: Language) -> dict[str, Any]:
    several = families >= MULTI
    words = {1: either(language, "单源", "one"), 2: either(language, "双源", "two")}
    text = f"{BOLD}{either(language, f'多源 {families}', f'{families} sources')}{PLAIN}" if several else words[families]
    return note(columns - 0.4, -row, text, xanchor="left", font={"size": 12, "color": INK if several else MUTED})


def _dots(met: Mapping[int, Sequence[int]], columns: int) -> dict[str, Any]:
    # Only outside the line: on it a dot would look like a source.
    places = [
        (column, -row)
        for row, found in met.items()
        for column in range(columns)
        if not found or not found[0] <= column <= found[-1]
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in places],
        "y": [y for _, y in places],
        "marker": {"size": 5, "color": PALE},
        "hoverinfo": "skip",
    }


def _circles(counts: Mapping[tuple[int, int], tuple[int, str]], met: Mapping[int, Sequence[int]]) -> dict[str, Any]:
    several = [len(met[row]) >= MULTI for row, _ in counts]
    kept = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [column for _, column in counts],
        "y": [-row for row, _ in counts],
        "text": [str(n) if n < 1000 else "999+" for n, _ in counts.values()],
        "textfont": {"size": 11, "color": [BG if one else INK for one in several]},
        "customdata": list(range(len(counts))),
        "hovertext": [hover for _, hover in counts.values()],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"size": 23, "color": [DATA if one else DATA_SOFT for one in several], "opacity": 1},
        "selected": kept,
        "unselected": kept,
    }


def by_families(frame: pl.DataFrame) -> pl.DataFrame:
    """Themes with k, the number of families that speak of each, and n, their records; most families first."""
    return (
        frame.group_by("theme", "theme_zh", "theme_en")
        .agg(pl.col("family").n_unique().alias("k"), pl.col("n").sum())
        .sort(["k", "n", "theme"], descending=[True, True, False])
    )


def themes(frame: pl.DataFrame, language: Language) -> Picture:
    """Theme × source, a line from the first to the last family. Frame of `unit_themes`."""
    name = "theme_zh" if language == "zh" else "theme_en"
    families = [key for _, names in FAMILY_GROUPS for key in names]
    known = frame.filter(pl.col("family").is_in(families))
    order = by_families(known)
    drawn = order.head(MOST_ROWS)
    at = {theme: row for row, theme in enumerate(drawn["theme"])}
    shown = [one for one in known.iter_rows(named=True) if one["theme"] in at]
    counts = {
        (at[one["theme"]], families.index(one["family"])): (
            one["n"],
            f"{BOLD}{one[name]}{PLAIN}{LINE}{FAMILY[one['family']][language]} {one['n']}",
        )
        for one in shown
    }
    drills = tuple(_drill(one, name, language) for one in shown)
    labels = [row_label(label) for label in drawn[name]]
    figure = upset(
        labels, [FAMILY[family][language] for family in families], counts, language, 140 if language == "zh" else 212
    )
    rest = order.height - drawn.height
    quiet = either(
        language,
        "主题 × 来源，圆内为记录数，连线表示多类来源指向同一主题 · 由规则提出，待人工复核",
        "Theme × source, number of records; a line joins sources of one theme · proposed by rules, to be reviewed",
    ) + (either(language, f" · 另有 {rest} 个主题见表格", f" · {rest} more themes in the table") if rest else "")
    heads = {
        name: either(language, "主题", "Theme"),
        "family_text": either(language, "来源", "Source"),
        "n": either(language, "记录数", "Records"),
        "first_year": either(language, "最早年份", "First year"),
        "last_year": either(language, "最近年份", "Last year"),
    }
    table = known.with_columns(
        pl.col("family")
        .replace_strict({key: text[language] for key, text in FAMILY.items()}, default=None)
        .alias("family_text")
    )
    title = _title(order, name, language)
    return Picture(title, quiet, figure, title, table, heads, drills, lambda one: _drill(one, name, language))


def _drill(one: dict[str, Any], name: str, language: Language) -> Drill:
    subject = f"{one[name]} · {FAMILY[one['family']][language]}"
    params = {"unit_id": one["unit_id"], "theme": one["theme"], "family": one["family"], **EVERY_YEAR}
    return Drill("families", subject, str(one["n"]), "rows_unit_theme", params)


def _title(order: pl.DataFrame, name: str, language: Language) -> str:
    if order.is_empty():
        return either(language, "没有涉及任何主题的记录", "No record of any theme")
    several = order.filter(pl.col("k") >= MULTI)
    if several.is_empty():
        two = order.filter(pl.col("k") == MULTI - 1).height
        return either(
            language,
            f"没有主题得到三类独立来源印证，{two} 个得到两类",
            f"No theme has three independent sources, {two} have two",
        )
    first = either(language, "、", ", ").join(several[name].head(2))
    rest = several.height - 2
    return either(
        language,
        f"{first}{f'等 {several.height} 个主题' if rest > 0 else ''}有三类以上独立来源",
        f"Three or more independent sources on {first}{f' and {rest} more' if rest > 0 else ''}",
    )
