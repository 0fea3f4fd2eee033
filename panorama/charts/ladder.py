"""Rows on one scale: a point with its interval, a second point beside it, words at the right. Ranks, gaps, raters stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from panorama.charts.tokens import BAND, BOLD, DATA, INK, MID, MUTED, PALE, PLAIN, axis, layout, note, rect, rows_axis

WIDEST: Final = 190
"""Pixels of the longest label."""


@dataclass(frozen=True)
class Rung:
    """One row. `point` None: only its words; `low` to `high`: the interval; `other`: a second point, a diamond."""

    name: str
    point: float | None
    hover: str
    low: float | None = None
    high: float | None = None
    other: float | None = None
    ends: tuple[str, ...] = ()
    """Words at the right, a column each."""
    shaded: bool = False
    """On a band: neighbours of one shade belong together."""
    quiet: bool = False
    """Hollow: nothing sure can be said."""
    absent: str = ""
    own: bool = False
    """The one that is looked at."""


@dataclass(frozen=True)
class Scale:
    """From where to where, the ticks with their words, and a line that means something (no difference)."""

    first: float
    last: float
    ticks: Sequence[float]
    words: Sequence[str]
    zero: float | None = None


def ladder(
    rungs: Sequence[Rung],
    scale: Scale,
    heads: Sequence[str] = (),
    wide: int = 76,
    row_height: int = 30,
) -> dict[str, Any]:
    """The figure; a point's customdata is the row's index. heads: of the columns at the right, each `wide` pixels."""
    labels, columns = [_label(rung) for rung in rungs], len(heads)
    left = max([80, *(_width(label) + 16 for label in labels)])
    shapes = [
        rect(scale.first, -at + 0.5, scale.last, -at - 0.5, BAND, layer="below")
        for at, rung in enumerate(rungs)
        if rung.shaded
    ]
    ends = {"y0": 0.5, "y1": -len(rungs) + 0.5, "layer": "below"}
    shapes += [{"type": "line", "x0": x, "x1": x, **ends, "line": {"width": 1, "color": PALE}} for x in scale.ticks]
    if scale.zero is not None:
        zero = {"x0": scale.zero, "x1": scale.zero}
        shapes.append({"type": "line", **zero, **ends, "line": {"width": 1, "color": MID}})
    notes = _words(rungs, scale, heads, wide)
    frame = layout(
        int((len(rungs) + (1.1 if heads else 0.3)) * row_height) + 22,
        left,
        4 + wide * columns,
        22,
        shapes=shapes,
        annotations=notes,
    )
    frame["xaxis"] = axis(range=[scale.first, scale.last], tickvals=list(scale.ticks), ticktext=list(scale.words))
    frame["yaxis"] = rows_axis(
        range=[-len(rungs) + 0.4, 1.1 if heads else 0.55],
        tickvals=[-at for at in range(len(rungs))],
        ticktext=[f"{BOLD}{label}{PLAIN}" if rung.own else label for rung, label in zip(rungs, labels, strict=True)],
    )
    return {"data": [_lines(rungs), _others(rungs), _points(rungs)], "layout": frame}


def _label(rung: Rung) -> str:
    """Its name, cut where it would take more than its share of the picture; the table twin has it whole."""
    name = f"▶ {rung.name}" if rung.own else rung.name
    kept = next((end for end in range(len(name), 0, -1) if _width(name[:end]) <= WIDEST), 1)
    return name if kept == len(name) else name[: kept - 1] + "…"


def _width(words: str) -> int:
    """Pixels that a label takes: letters of Chinese are twice as wide as others."""
    return sum(12 if ord(letter) > 0x2000 else 7 for letter in words)


def _words(rungs: Sequence[Rung], scale: Scale, heads: Sequence[str], wide: int) -> list[dict[str, Any]]:
    place = {"xref": "paper", "xanchor": "right"}
    shift = [wide * (column + 1) for column in range(len(heads))]
    notes = [
        note(1.0, 0.78, head, xshift=x, font={"size": 11, "color": MUTED}, **place)
        for head, x in zip(heads, shift, strict=True)
    ]
    for at, rung in enumerate(rungs):
        font = {"size": 12, "color": MUTED if rung.quiet else INK}
        notes += [note(1.0, -at, end, xshift=x, font=font, **place) for end, x in zip(rung.ends, shift, strict=False)]
        if rung.point is None and rung.absent:
            notes.append(
                note(scale.first, -at, rung.absent, xanchor="left", xshift=6, font={"size": 12, "color": MUTED})
            )
    return notes


def _lines(rungs: Sequence[Rung]) -> dict[str, Any]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for at, rung in enumerate(rungs):
        between = (rung.point, rung.other) if rung.low is None else (rung.low, rung.high)
        if None not in between:
            xs += [*between, None]
            ys += [-at, -at, None]
    line = {"width": 2, "color": MID}
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": line, "hoverinfo": "skip"}


def _others(rungs: Sequence[Rung]) -> dict[str, Any]:
    placed = [(at, rung.other) for at, rung in enumerate(rungs) if rung.other is not None]
    marker = {"symbol": "diamond-open", "size": 9, "color": DATA, "line": {"width": 1.5, "color": DATA}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for _, x in placed],
        "y": [-at for at, _ in placed],
        "marker": marker,
        "hoverinfo": "skip",
    }


def _points(rungs: Sequence[Rung]) -> dict[str, Any]:
    placed = [(at, rung) for at, rung in enumerate(rungs) if rung.point is not None]
    colours = [MID if rung.quiet else INK for _, rung in placed]
    kept = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [rung.point for _, rung in placed],
        "y": [-at for at, _ in placed],
        "customdata": [at for at, _ in placed],
        "hovertext": [rung.hover for _, rung in placed],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "symbol": ["circle-open" if rung.quiet else "circle" for _, rung in placed],
            "size": 11,
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        "selected": kept,
        "unselected": kept,
    }
