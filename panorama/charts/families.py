"""Which families speak together: an UpSet plot, one column per exact set of families, its bar the number of unit × themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import (
    BOLD,
    DATA,
    DATA_SOFT,
    INK,
    LINE,
    MID,
    MUTED,
    PALE,
    PLAIN,
    axis,
    clicks,
    layout,
    note,
    rect,
    rows_axis,
)
from panorama.charts.upset import MULTI
from panorama.charts.words import FAMILY, FAMILY_GROUPS
from panorama.text import Language, either, many

MOST_SETS: Final = 16
_ROW: Final = 28
_BARS: Final = 5.2
"""Height of the bars, in rows."""
_FAMILIES: Final = [name for _, names in FAMILY_GROUPS for name in names]


def sets(frame: pl.DataFrame, language: Language) -> Picture:
    """UpSet plot of families. Frame of `evidence_sets`, largest set first."""
    drawn = frame.head(MOST_SETS)
    columns = list(drawn.iter_rows(named=True))
    totals = _totals(frame)
    figure = _figure(columns, totals, language)
    rest = frame.height - drawn.height
    quiet = either(
        language,
        "一列为一种来源组合，柱高为恰由这些来源指向的单位×主题数，深色为三类以上 · 左侧为各来源合计 · 点柱看单位和原始行",
        "A column is one set of sources, its bar the unit × themes of which exactly these speak, dark from three families on · left: each source in all · click a bar for units and rows",
    ) + (either(language, f" · 另有 {rest} 种组合见表格", f" · {rest} more sets in the table") if rest else "")
    title = _title(frame, language)
    table = frame.with_columns(
        pl.col("families").alias("members"),
        pl.col("families")
        .list.eval(pl.element().replace({key: text[language] for key, text in FAMILY.items()}))
        .list.join(either(language, "＋", " + ")),
    )
    heads = {
        "families": either(language, "来源组合", "Sources"),
        "n_families": either(language, "来源类数", "Families"),
        "pairs": either(language, "单位×主题", "Unit × themes"),
        "units": either(language, "单位数", "Units"),
        "themes": either(language, "主题数", "Themes"),
    }
    drills = tuple(_drill(one, language) for one in columns)
    return Picture(
        title,
        quiet,
        figure,
        title,
        table,
        heads,
        drills,
        lambda one: _drill({**one, "families": one["members"]}, language),
    )


def _totals(frame: pl.DataFrame) -> dict[str, int]:
    spoken = frame.explode("families").group_by("families").agg(pl.col("pairs").sum())
    return dict.fromkeys(_FAMILIES, 0) | dict(spoken.iter_rows())


def _drill(one: dict[str, Any], language: Language) -> Drill:
    subject = either(language, "＋", " + ").join(FAMILY[family][language] for family in one["families"])
    params = {name: one[name] for name in ("families", "unit_id", "theme")}
    return Drill("families", subject, str(one["n_families"]), "rows_set", params)


def _title(frame: pl.DataFrame, language: Language) -> str:
    if frame.is_empty():
        return either(language, "窗口内没有涉及任何主题的记录", "No record of any theme in the window")
    whole = int(frame["pairs"].sum())
    single = int(frame.filter(pl.col("n_families") == 1)["pairs"].sum())
    several = int(frame.filter(pl.col("n_families") >= MULTI)["pairs"].sum())
    return either(
        language,
        f"{whole:,} 处单位×主题中，{single:,} 处只有一类来源，{several:,} 处有三类以上",
        f"Of {whole} unit × themes {single} rest on one source family, {several} on three or more",
    )


def _figure(columns: Sequence[dict[str, Any]], totals: dict[str, int], language: Language) -> dict[str, Any]:
    most = max([one["pairs"] for one in columns], default=1)
    shapes, notes = _sizes(totals)
    dots: list[tuple[int, int, bool, bool]] = []
    for x, one in enumerate(columns):
        several = one["n_families"] >= MULTI
        height = _BARS * one["pairs"] / most
        shapes.append(rect(x - 0.3, 1, x + 0.3, 1 + height, DATA if several else DATA_SOFT))
        notes.append(note(x, 1 + height, str(one["pairs"]), yanchor="bottom", font={"size": 12, "color": INK}))
        held = sorted(_FAMILIES.index(family) for family in one["families"])
        line = {"width": 2, "color": DATA if several else DATA_SOFT}
        shapes.append({"type": "line", "x0": x, "x1": x, "y0": -held[0], "y1": -held[-1], "line": line})
        dots += [(x, -row, row in held, several) for row in range(len(_FAMILIES))]
    frame = layout(int((len(_FAMILIES) + _BARS + 1.8) * _ROW), 92 if language == "zh" else 104, 4, shapes=shapes, annotations=notes)  # fmt: skip
    frame["xaxis"] = axis(range=[-2.6, max(len(columns), 8) - 0.4], showticklabels=False)
    frame["yaxis"] = rows_axis(
        range=[-len(_FAMILIES) + 0.4, _BARS + 2.2],
        tickvals=[-row for row in range(len(_FAMILIES))],
        ticktext=[FAMILY[family][language] for family in _FAMILIES],
    )
    return {"data": [_dots(dots), _clicks(columns, most, language)], "layout": frame}


def _sizes(totals: dict[str, int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each family's own total, as a bar before the dots."""
    most = max([*totals.values(), 1])
    shapes, notes = [], []
    for row, family in enumerate(_FAMILIES):
        width = 1.1 * totals[family] / most
        shapes.append(rect(-2.4, -row - 0.22, -2.4 + width, -row + 0.22, MID if totals[family] else PALE))
        notes.append(note(-2.36 + width, -row, str(totals[family]), xanchor="left", font={"size": 11, "color": MUTED}))
    return shapes, notes


def _dots(dots: Sequence[tuple[int, int, bool, bool]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, *_ in dots],
        "y": [y for _, y, *_ in dots],
        "marker": {
            "size": [13 if held else 6 for *_, held, _ in dots],
            "color": [PALE if not held else DATA if several else DATA_SOFT for *_, held, several in dots],
        },
        "hoverinfo": "skip",
    }


def _clicks(columns: Sequence[dict[str, Any]], most: int, language: Language) -> dict[str, Any]:
    hover = [
        f"{BOLD}{either(language, '＋', ' + ').join(FAMILY[family][language] for family in one['families'])}{PLAIN}{LINE}"
        + either(
            language,
            f"{one['pairs']:,} 处，{one['units']:,} 个单位、{one['themes']:,} 个主题",
            f"{one['pairs']} in {many(one['units'], 'unit')}, {many(one['themes'], 'theme')}",
        )
        for one in columns
    ]
    # The bar by its middle, and each of its dots.
    xs = [x for x in range(len(columns)) for _ in range(len(_FAMILIES) + 1)]
    ys = [y for one in columns for y in (1 + _BARS * one["pairs"] / most / 2, *(-row for row in range(len(_FAMILIES))))]
    return clicks(xs, ys, xs, [hover[x] for x in xs], size=26)
