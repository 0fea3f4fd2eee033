"""Counts by row and state as a table of small bars on one scale; what is overdue stands in alarm colour with its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

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
    pixels,
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


ROOM: Final = 636
"""Pixels of the narrowest place that the picture stands in: half a page in a window of 1366."""
_APART: Final = 8.0
"""Pixels between what stands side by side."""
_LEAST: Final = 12.0
"""Pixels of the longest bar, however little room the words leave."""


def lens(
    rows: Sequence[str],
    states: Sequence[str],
    closed: frozenset[int],
    counts: Mapping[tuple[int, int], Count],
    language: Language,
    left: int = 92,
    row_height: int = 34,
) -> dict[str, Any]:
    """The figure. `closed`: indices of states drawn in grey. A column is as wide as its largest bar and longest words need."""
    largest = max([count.n for count in counts.values()] + [1])
    widths = _widths(states, counts, largest, language, ROOM - left)
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


def _widths(
    states: Sequence[str], counts: Mapping[tuple[int, int], Count], largest: int, language: Language, room: float
) -> list[float]:
    """Of each column, in longest bars. Words keep their size however long the bars are: these share what is left of the room."""
    columns = []
    for column, state in enumerate(states):
        here = [count for (_, at), count in counts.items() if at == column]
        ends = [(count.n / largest, pixels(_words(count, language)) + _APART) for count in here]
        columns.append([*ends, (0.0, pixels(state) + _APART)])
    longest = _LEAST
    # Without any count no bar takes room, however long the longest would be.
    while longest < room and sum(_pixels_of(ends, longest + 1) for ends in columns) <= room:
        longest += 1
    return [_pixels_of(ends, longest) / longest for ends in columns]


def _pixels_of(ends: Sequence[tuple[float, float]], longest: float) -> float:
    """A column's width: the furthest that a bar reaches with its words behind it."""
    return max(bar * longest + words for bar, words in ends)


def _words(count: Count, language: Language) -> str:
    return f"{count.n:,} {_late(count, language)}" if count.overdue else f"{count.n:,}"


def _late(count: Count, language: Language) -> str:
    """Shorter in English than "overdue", which left no room for the bars."""
    return f"超期 {count.overdue:,}" if language == "zh" else f"late {count.overdue:,}"


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
    label = f"{count.n:,}"
    if count.overdue:
        shapes.append(rect(late, y - 0.24, end, y + 0.24, ALARM))
        label += " " + coloured(f"{BOLD}{_late(count, language)}{PLAIN}", ALARM)
    notes.append(note(end, y, label, xanchor="left", xshift=4, font={"size": 12, "color": INK}))
