"""Approved against actual, one bar a staffing type or leader rank: vacancies and excesses side by side, never netted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from panorama.charts.tokens import (
    ALARM,
    BOLD,
    INK,
    MUTED,
    PALE,
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

_APART: Final = 12
"""Pixels between bars, words and edge."""


@dataclass(frozen=True)
class Bullet:
    """One bar: approved (None: not given), actual (None: not reported). `gap` leaves half a row of air above."""

    name: str
    approved: int | None
    actual: int | None
    hover: str
    gap: bool = False
    excess: int | None = None
    """Of several units together: added up unit by unit. Totals would net one unit's vacancy against another's excess."""
    vacancy: int | None = None


def bullets(rows: Sequence[Bullet], language: Language, left: int = 120, row_height: int = 32) -> dict[str, Any]:
    """The figure; a bar's customdata is its index. One scale for all bars given."""
    ys = _places(rows)
    widest = max([value for row in rows for value in (row.approved, row.actual) if value is not None] + [1])
    shapes: list[dict[str, Any]] = []
    for row, y in zip(rows, ys, strict=True):
        shapes += _bar(row, y)
    words = [(_people(row, language), _verdict(row, language)) for row in rows]
    # Both in columns of their own: the figures of a whole city are longer than those of a unit.
    right = sum(max(map(pixels, column), default=0.0) + _APART for column in zip(*words, strict=True)) + _APART
    notes = [part for (people, verdict), y in zip(words, ys, strict=True) for part in _words(people, verdict, y, right)]
    data = [
        clicks([widest * 0.5 for _ in rows], ys, list(range(len(rows))), [row.hover for row in rows], size=26),
        clicks(
            [(row.actual or 0) * 1.0 for row in rows], ys, list(range(len(rows))), [row.hover for row in rows], size=26
        ),
    ]
    height = int((abs(ys[-1]) + 1.1) * row_height) if rows else row_height
    frame = layout(height, left, int(right), shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[0, widest * 1.04], showticklabels=False)
    frame["yaxis"] = rows_axis(
        range=[ys[-1] - 0.5 if ys else -0.5, 0.5], tickvals=ys, ticktext=[row.name for row in rows]
    )
    return {"data": data, "layout": frame}


def _places(rows: Sequence[Bullet]) -> list[float]:
    places: list[float] = []
    at = 0.0
    for index, row in enumerate(rows):
        if index:
            at -= 1.5 if row.gap else 1.0
        places.append(at)
    return places


def _bar(row: Bullet, y: float) -> list[dict[str, Any]]:
    shapes = []
    if row.approved is not None:
        shapes.append(rect(0, y - 0.30, row.approved, y + 0.30, PALE, layer="below"))
    if row.actual is not None:
        within = row.actual if row.approved is None else min(row.actual, row.approved)
        shapes.append(rect(0, y - 0.13, within, y + 0.13, INK))
        if row.approved is not None and row.actual > row.approved:
            shapes.append(rect(row.approved, y - 0.13, row.actual, y + 0.13, ALARM))
    if row.approved is not None:
        line = {"width": 2.5, "color": INK}
        shapes.append(
            {"type": "line", "x0": row.approved, "x1": row.approved, "y0": y - 0.34, "y1": y + 0.34, "line": line}
        )
    return shapes


def _people(row: Bullet, language: Language) -> str:
    approved = "—" if row.approved is None else f"{row.approved:,}"
    actual = "—" if row.actual is None else f"{row.actual:,}"
    return f"核定 {approved}　实有 {actual}" if language == "zh" else f"{approved} / {actual}"


def _words(people: str, verdict: str, y: float, right: float) -> list[dict[str, Any]]:
    quiet, loud = {"size": 12, "color": MUTED}, {"size": 12, "color": INK}
    return [
        note(1.0, y, people, xref="paper", xanchor="left", xshift=_APART, font=quiet),
        note(1.0, y, verdict, xref="paper", xanchor="right", xshift=right, font=loud),
    ]


def _verdict(row: Bullet, language: Language) -> str:
    """Each word in its own colour: a vacancy beside an excess is no alarm."""
    words = "　".join(coloured(word, colour) for word, colour in _told(row, language == "zh"))
    return f"{BOLD}{words}{PLAIN}"


def _told(row: Bullet, zh: bool) -> list[tuple[str, str]]:
    """Excess and vacancy in words, each with its colour; what is missing, where one of the two cannot be told."""
    excess, vacancy = row.excess, row.vacancy
    if excess is None or vacancy is None:
        if row.actual is None:
            return [("实有未报" if zh else "actual missing", MUTED)]
        if row.approved is None:
            return [("核定未报" if zh else "approved missing", MUTED)]
        excess, vacancy = max(row.actual - row.approved, 0), max(row.approved - row.actual, 0)
    over = [(f"{'超' if zh else 'over'} {excess:,}", ALARM)] if excess else []
    vacant = [(f"{'空' if zh else 'vacant'} {vacancy:,}", INK)] if vacancy else []
    return over + vacant or [("持平" if zh else "even", INK)]
