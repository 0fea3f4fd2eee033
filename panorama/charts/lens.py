"""Counts by row and state as a table of small bars on one scale; what is overdue stands in alarm colour with its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from panorama.charts.tokens import (
    ALARM,
    BOLD,
    DATA,
    INK,
    MID,
    MUTED,
    PLAIN,
    axis,
    clicks,
    coloured,
    layout,
    note,
    rect,
    rows_axis,
)
from panorama.text import Language


@dataclass(frozen=True)
class Count:
    """How many stand in one state of one row, how many of them are overdue, and which drill they open."""

    n: int
    overdue: int
    drill: int
    hover: str


def lens(
    rows: Sequence[str],
    states: Sequence[str],
    closed: frozenset[int],
    counts: Mapping[tuple[int, int], Count],
    language: Language,
    left: int = 92,
    row_height: int = 34,
) -> dict[str, Any]:
    """The figure. `closed`: indices of states drawn in grey. Column width follows its largest bar and label."""
    largest = max([count.n for count in counts.values()] + [1])
    widths = [
        max(_width(column, counts, largest, language), _head(states[column], language)) for column in range(len(states))
    ]
    starts = [sum(widths[:column]) for column in range(len(states))]
    shapes: list[dict[str, Any]] = []
    notes = [
        note(x, 0.75, state, xanchor="left", font={"size": 11, "color": MUTED})
        for x, state in zip(starts, states, strict=True)
    ]
    base = {"width": 1, "color": MID}
    shapes += [{"type": "line", "x0": x, "x1": x, "y0": 0.45, "y1": -len(rows) + 0.55, "line": base} for x in starts]
    for (row, column), count in counts.items():
        _bar(count, starts[column], -row, largest, column in closed, language, shapes, notes)
    places = list(counts.items())
    data = [
        clicks(
            [starts[column] + count.n / largest * 0.5 for (_, column), count in places],
            [-row for (row, _), _ in places],
            [count.drill for _, count in places],
            [count.hover for _, count in places],
            size=24,
        )
    ]
    frame = layout(int((len(rows) + 1.2) * row_height), left, 4, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[-0.02, sum(widths)], showticklabels=False)
    frame["yaxis"] = rows_axis(
        range=[-len(rows) + 0.4, 1.1], tickvals=[-row for row in range(len(rows))], ticktext=list(rows)
    )
    return {"data": data, "layout": frame}


def _width(column: int, counts: Mapping[tuple[int, int], Count], largest: int, language: Language) -> float:
    here = [count for (_, at), count in counts.items() if at == column]
    bar = max([count.n / largest for count in here] + [0.0])
    word = 0.95 if language == "en" else 0.55
    digits = 0.1 + 0.075 * len(str(largest))
    label = max([digits + (word if count.overdue else 0.0) for count in here] + [digits])
    return max(bar + label, 0.62 if language == "en" else 0.5)


def _head(state: str, language: Language) -> float:
    """Room that a column's own name needs."""
    return 0.1 + len(state) * (0.074 if language == "en" else 0.1)


def _bar(
    count: Count,
    x: float,
    y: float,
    largest: int,
    closed: bool,
    language: Language,
    shapes: list[dict[str, Any]],
    notes: list[dict[str, Any]],
) -> None:
    end = x + count.n / largest
    late = x + (count.n - count.overdue) / largest
    shapes.append(rect(x, y - 0.24, late, y + 0.24, MID if closed else DATA))
    label = str(count.n)
    if count.overdue:
        shapes.append(rect(late, y - 0.24, end, y + 0.24, ALARM))
        word = {"zh": "超期", "en": "overdue"}[language]
        label += " " + coloured(f"{BOLD}{word} {count.overdue}{PLAIN}", ALARM)
    notes.append(note(end, y, label, xanchor="left", xshift=4, font={"size": 12, "color": INK}))
