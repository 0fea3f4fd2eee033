"""Offices by month in five classes: in range has no fill, so that only what departs from it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from panorama.charts.strip import BANDS, band_of, shown
from panorama.charts.tokens import (
    BG,
    BOLD,
    DIV,
    INK,
    LINE,
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
from panorama.text import Language

FILL: Final = (DIV[0], DIV[3], BG, DIV[6], DIV[9])
BLANK: Final = {"data": [], "layout": layout(10, 0, xaxis={"visible": False}, yaxis={"visible": False})}
"""No picture, where there is nothing to draw: the title says so."""
WORD: Final = (BG, INK, INK, INK, BG)


@dataclass(frozen=True)
class Row:
    """One office: its name, its months ("YYYY-MM" → saturation, absent = no data), the words at the right."""

    name: str
    months: Mapping[str, float]
    year: str
    band: str
    sure: bool
    gap: bool = False
    unstaffed: frozenset[str] = frozenset()
    """Months with workload but without a number of staff: no ledger is as old."""
    floors: frozenset[str] = frozenset()
    """Months of which some work is not counted: lower bounds."""


def heat(
    rows: Sequence[Row], months: Sequence[str], drills: Mapping[tuple[int, int], int], language: Language
) -> dict[str, Any]:
    """The figure. `drills` by (row, month)."""
    none = {"zh": "无", "en": "–"}[language]
    unstaffed = {"zh": "缺人数", "en": "staff?"}[language]
    shapes: list[dict[str, Any]] = []
    ys = _places(rows)
    xs: list[float] = []
    cells_y: list[float] = []
    texts: list[str] = []
    colours: list[str] = []
    for at, row in enumerate(rows):
        for column, month in enumerate(months):
            value = row.months.get(month)
            band = None if value is None else band_of(value)
            if band != 2:
                shapes.append(_cell(column, ys[at], PALE if band is None else FILL[band]))
            xs.append(column)
            cells_y.append(ys[at])
            missing = unstaffed if months[column] in row.unstaffed else none
            # No room for a space between.
            floor = "≥" if month in row.floors else ""
            texts.append(missing if value is None else f"{floor}{shown(value)}")
            colours.append(MUTED if band is None else WORD[band])
    words = {
        "type": "scatter",
        "mode": "text",
        "x": xs,
        "y": cells_y,
        "text": texts,
        "textfont": {"size": 11, "color": colours},
        "hoverinfo": "skip",
    }
    picked = [(column, ys[row], drill) for (row, column), drill in drills.items()]
    hover = [
        f"{BOLD}{rows[row].name}{PLAIN}{LINE}{months[column]}　{shown(rows[row].months[months[column]], months[column] in rows[row].floors)}"
        for row, column in drills
    ]
    data = [words, clicks([x for x, _, _ in picked], [y for _, y, _ in picked], [d for _, _, d in picked], hover)]
    year = {"zh": f"{months[-1][:4]} 年", "en": months[-1][:4]}[language]
    notes = _heads(months) + _ends(rows, ys, len(months), year) + _key(len(months), language)
    shapes += _key_boxes(len(months)) + _year_line(months, ys)
    frame = layout(int((abs(ys[-1]) + 3.4) * 26), 120, 4, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[-0.6, len(months) + 3.6], showticklabels=False)
    frame["yaxis"] = rows_axis(range=[ys[-1] - 0.6, 2.8], tickvals=ys, ticktext=[row.name for row in rows])
    return {"data": data, "layout": frame}


def _cell(column: int, y: float, fill: str) -> dict[str, Any]:
    return rect(column - 0.46, y - 0.44, column + 0.46, y + 0.44, fill, layer="below")


def _places(rows: Sequence[Row]) -> list[float]:
    places: list[float] = []
    at = 0.0
    for index, row in enumerate(rows):
        at -= 0.0 if not index else 1.45 if row.gap else 1.0
        places.append(at)
    return places


def _heads(months: Sequence[str]) -> list[dict[str, Any]]:
    heads = [note(at, 0.85, str(int(month[5:])), font={"size": 11, "color": MUTED}) for at, month in enumerate(months)]
    first = {month[:4]: at for at, month in reversed(list(enumerate(months)))}
    return heads + [
        note(at - 0.4, 1.6, year, xanchor="left", font={"size": 11, "color": INK}) for year, at in first.items()
    ]


def _ends(rows: Sequence[Row], ys: Sequence[float], width: int, year: str) -> list[dict[str, Any]]:
    notes = [note(width + 0.2, 0.85, year, xanchor="left", font={"size": 11, "color": MUTED})]
    for row, y in zip(rows, ys, strict=True):
        number = f"{BOLD}{row.year}{PLAIN}" if row.sure else row.year
        colour = INK if row.sure else MUTED
        notes.append(note(width + 0.2, y, number, xanchor="left", font={"size": 12, "color": colour}))
        notes.append(note(width + 1.5, y, row.band, xanchor="left", font={"size": 12, "color": colour}))
    return notes


def _year_line(months: Sequence[str], ys: Sequence[float]) -> list[dict[str, Any]]:
    line = {"width": 1, "color": PALE}
    turns = [at for at in range(1, len(months)) if months[at][:4] != months[at - 1][:4]]
    return [
        {"type": "line", "x0": at - 0.5, "x1": at - 0.5, "y0": 1.9, "y1": ys[-1] - 0.5, "line": line, "layer": "below"}
        for at in turns
    ]


def _key_spans(width: int) -> list[tuple[float, float]]:
    step = max(width / 9.5, 1.9)
    start = width + 3.4 - 5 * step
    return [(start + at * step, start + (at + 1) * step - 0.08) for at in range(5)]


def _key_boxes(width: int) -> list[dict[str, Any]]:
    return [rect(x0, 2.05, x1, 2.75, fill, PALE) for (x0, x1), fill in zip(_key_spans(width), FILL, strict=True)]


def _key(width: int, language: Language) -> list[dict[str, Any]]:
    ends = ("<0.60", "<0.80", "<1.00", "≤1.15", ">1.15")
    words = [f"{band[language]} {end}" for band, end in zip(BANDS, ends, strict=True)]
    return [
        note((x0 + x1) / 2, 2.4, word, font={"size": 10, "color": colour})
        for (x0, x1), word, colour in zip(_key_spans(width), words, WORD, strict=True)
    ]
