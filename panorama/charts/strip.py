"""Saturation of units or offices on one scale: the point, its 90 % interval, the second figure with contract staff, the bands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from panorama.charts.tokens import BAND, BOLD, DATA, INK, MID, MUTED, PALE, PLAIN, axis, layout, note, rect, rows_axis
from panorama.text import Language, Text

EDGES: Final = (0.60, 0.80, 1.00, 1.15)
BANDS: Final = (
    Text("明显不饱满", "clearly idle"),
    Text("偏低", "low"),
    Text("饱满", "full"),
    Text("偏高", "high"),
    Text("超负荷", "overloaded"),
)
UNSURE: Final = Text("待判", "unsure")
_LEFT: Final = 0.30
_RIGHT: Final = 1.60
_FAR: Final = 2.60
"""Beyond this a value stands at the edge with its number."""


def band_of(saturation: float) -> int:
    """Index into the bands: a boundary value belongs to the upper band, 1.15 to 偏高."""
    if saturation <= EDGES[3]:
        return sum(saturation >= edge for edge in EDGES[:3])
    return 4


def shown(saturation: float, at_least: bool | None = False) -> str:
    """Two decimals; a third where rounding would move it into another band: 0.796 is not 0.80. A lower bound says ≥."""
    sign = "≥ " if at_least else ""
    rounded = round(saturation, 2)
    if band_of(rounded) == band_of(saturation):
        return f"{sign}{rounded:.2f}"
    away = math.floor if saturation < rounded else math.ceil
    return f"{sign}{away(saturation * 1000) / 1000:.3f}"


def crossed(low: float | None, high: float | None) -> list[float]:
    """Edges of bands that an interval reaches over."""
    return [] if low is None or high is None else [edge for edge in EDGES if low < edge < high]


def band_word(band: str | None, language: Language) -> str:
    """A band in the reader's language; 待判 says so."""
    if band is None:
        return "—"
    if band == UNSURE.zh:
        return UNSURE[language]
    return next((one[language] for one in BANDS if one.zh == band), band)


def band_told(one: Mapping[str, Any], language: Language) -> str:
    """A band for a table, where no whiskers stand beside it: 待判 says why, and others if the interval reaches beyond them."""
    word, over = band_word(one["band"], language), crossed(one["low"], one["high"])
    if one["band"] == UNSURE.zh:
        edges = [f"{edge:.2f}" for edge in over]
        wide = Text(f"（区间跨 {'、'.join(edges)}）", f" (interval over {', '.join(edges)})")
        floor = Text("（只知下限，可能更高）", " (a lower bound, it may be higher)")
        return word + (wide if len(over) > 1 else floor)[language]
    if one["low"] is None or band_of(one["low"]) == band_of(one["high"]):
        return word
    return word + Text("（尚不能断定）", " (not certain)")[language]


def with_band_words(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    """band_word: `band_told` of each row. Frame: band, low, high."""
    words = [band_told(one, language) for one in frame.iter_rows(named=True)]
    return frame.with_columns(pl.Series("band_word", words, pl.String))


@dataclass(frozen=True)
class Scale:
    """From where to where the strip reaches: 0.30 to 1.60, wider where values ask for it."""

    left: float
    right: float

    def held(self, value: float) -> float:
        return min(max(value, self.left + 0.02), self.right - 0.02)


@dataclass(frozen=True)
class Mark:
    """One row of the strip. `saturation` None: `absent` says why there is none."""

    name: str
    saturation: float | None
    with_external: float | None
    low: float | None
    high: float | None
    undetermined: bool
    hover: str
    absent: str = ""
    ticks: Sequence[float] = ()
    """Saturation of the offices below, as small ticks under the line."""
    at_least: bool = False
    """A lower bound: some work is not counted, for it has no unit time or was not reported."""


def strip(marks: Sequence[Mark], language: Language, left: int = 120, row_height: int = 41) -> dict[str, Any]:
    """The figure; a point's customdata is the row's index. Values beyond the scale stand at its edge with their number."""
    scale = _scale(marks)
    shapes = _bands(len(marks), scale)
    notes = _band_names(language, scale) + _numbers(marks, language, scale)
    data = [*_intervals(marks, scale), _ticks(marks, scale), _diamonds(marks, scale), _points(marks, scale)]
    frame = layout(int((len(marks) + 1.4) * row_height), left, 104, 22, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(
        range=[scale.left, scale.right], tickvals=list(EDGES), ticktext=[f"{edge:.2f}" for edge in EDGES]
    )
    frame["yaxis"] = rows_axis(
        range=[-len(marks) + 0.4, 1.0], tickvals=[-row for row in range(len(marks))], ticktext=[m.name for m in marks]
    )
    return {"data": data, "layout": frame}


def _scale(marks: Sequence[Mark]) -> Scale:
    values = [v for m in marks for v in (m.saturation, m.with_external, m.low, m.high, *m.ticks) if v is not None]
    return Scale(
        max(min([_LEFT, *(v - 0.05 for v in values)]), 0.0), min(max([_RIGHT, *(v + 0.05 for v in values)]), _FAR)
    )


def _bands(rows: int, scale: Scale) -> list[dict[str, Any]]:
    edges = (scale.left, *EDGES, scale.right)
    fills = [rect(edges[at], 0.45, edges[at + 1], -rows + 0.5, BAND, layer="below") for at in (0, 2, 4)]
    line = {"width": 1, "color": PALE}
    return fills + [
        {"type": "line", "x0": edge, "x1": edge, "y0": 0.45, "y1": -rows + 0.5, "line": line, "layer": "below"}
        for edge in EDGES
    ]


def _band_names(language: Language, scale: Scale) -> list[dict[str, Any]]:
    edges = (scale.left, *EDGES, scale.right)
    centres = [(edges[at] + edges[at + 1]) / 2 for at in range(5)]
    font = {"size": 11, "color": MUTED}
    return [note(x, 0.72, band[language], font=font) for x, band in zip(centres, BANDS, strict=True)]


def _numbers(marks: Sequence[Mark], language: Language, scale: Scale) -> list[dict[str, Any]]:
    unsure = UNSURE[language]
    notes = []
    for row, mark in enumerate(marks):
        if mark.saturation is None:
            notes.append(note(scale.left + 0.04, -row, mark.absent, xanchor="left", font={"size": 12, "color": MUTED}))
            continue
        number = shown(mark.saturation, mark.at_least)
        text = f"{number} {unsure}" if mark.undetermined else f"{BOLD}{number}{PLAIN}"
        colour = MUTED if mark.undetermined else INK
        place = {"xref": "paper", "xanchor": "left", "font": {"size": 12, "color": colour}}
        notes.append(note(1.01, -row, text, **place))
    return notes


def _intervals(marks: Sequence[Mark], scale: Scale) -> list[dict[str, Any]]:
    return [_lines(marks, False, INK, scale), _lines(marks, True, MID, scale)]


def _lines(marks: Sequence[Mark], undetermined: bool, colour: str, scale: Scale) -> dict[str, Any]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row, mark in enumerate(marks):
        if mark.undetermined is undetermined and mark.low is not None and mark.high is not None:
            xs += [scale.held(mark.low), scale.held(mark.high), None]
            ys += [-row, -row, None]
    line = {"width": 2, "color": colour, "dash": "dot" if undetermined else "solid"}
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": line, "hoverinfo": "skip"}


def _ticks(marks: Sequence[Mark], scale: Scale) -> dict[str, Any]:
    # Below the line: on it they would read as error bars.
    places = [(scale.held(value), -row - 0.27) for row, mark in enumerate(marks) for value in mark.ticks]
    marker = {"symbol": "line-ns-open", "size": 6, "color": MID, "line": {"width": 1, "color": MID}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in places],
        "y": [y for _, y in places],
        "marker": marker,
        "hoverinfo": "skip",
    }


def _diamonds(marks: Sequence[Mark], scale: Scale) -> dict[str, Any]:
    rows = [(row, mark.with_external) for row, mark in enumerate(marks) if mark.with_external is not None]
    marker = {"symbol": "diamond-open", "size": 8, "color": DATA, "line": {"width": 1.5, "color": DATA}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [scale.held(value) for _, value in rows],
        "y": [-row for row, _ in rows],
        "marker": marker,
        "hoverinfo": "skip",
    }


def _points(marks: Sequence[Mark], scale: Scale) -> dict[str, Any]:
    rows = [(row, mark) for row, mark in enumerate(marks) if mark.saturation is not None]
    symbols = ["circle-open" if mark.undetermined else "circle" for _, mark in rows]
    colours = [MID if mark.undetermined else INK for _, mark in rows]
    kept = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [scale.held(mark.saturation) for _, mark in rows if mark.saturation is not None],
        "y": [-row for row, _ in rows],
        "customdata": [row for row, _ in rows],
        "hovertext": [mark.hover for _, mark in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"symbol": symbols, "size": 11, "color": colours, "line": {"width": 2, "color": colours}},
        "selected": kept,
        "unselected": kept,
    }
