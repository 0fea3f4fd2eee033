"""Five years of one unit on lanes: findings as points, grades and ranks as words, staffing changes as diamonds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from panorama.charts.tokens import DATA, INK, MUTED, PALE, axis, layout, note, rows_axis

LANE_HEIGHT: Final = 52


@dataclass(frozen=True)
class Event:
    """One event: its lane (index), day, the short words above it, the words on hover; word: it is a word, not a mark."""

    lane: int
    at: date
    words: str
    hover: str
    word: bool = False
    diamond: bool = False


def timeline(lanes: Sequence[str], events: Sequence[Event], first: int, last: int, left: int = 92) -> dict[str, Any]:
    """The figure; a point's customdata is its index in `events`. Words that would touch the one before are left out."""
    start, end = date(first, 1, 1), date(last, 12, 31)
    line = {"width": 1, "color": PALE}
    shapes = [
        {"type": "line", "x0": str(start), "x1": str(end), "y0": -at, "y1": -at, "line": line, "layer": "below"}
        for at in range(len(lanes))
    ]
    shapes += [
        {
            "type": "line",
            "x0": f"{year}-01-01",
            "x1": f"{year}-01-01",
            "y0": 0.6,
            "y1": -len(lanes) + 0.5,
            "line": line,
            "layer": "below",
        }
        for year in range(first, last + 1)
    ]
    marks = [(at, one) for at, one in enumerate(events) if not one.word]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [str(one.at) for _, one in marks],
            "y": [-one.lane for _, one in marks],
            "customdata": [at for at, _ in marks],
            "hovertext": [one.hover for _, one in marks],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": {
                "size": 10,
                "symbol": ["diamond" if one.diamond else "circle" for _, one in marks],
                "color": [INK if one.diamond else DATA for _, one in marks],
            },
        }
    ]
    frame = layout(int((len(lanes) + 0.6) * LANE_HEIGHT), left, 12, 22, shapes=shapes, annotations=_words(events, end))
    frame["xaxis"] = axis(
        type="date",
        range=[f"{first}-01-01", f"{last + 1}-01-20"],
        tickvals=[f"{year}-01-01" for year in range(first, last + 1)],
        ticktext=[str(year) for year in range(first, last + 1)],
    )
    frame["yaxis"] = rows_axis(
        range=[-len(lanes) + 0.45, 0.75], tickvals=[-at for at in range(len(lanes))], ticktext=list(lanes)
    )
    return {"data": data, "layout": frame}


def _words(events: Sequence[Event], end: date) -> list[dict[str, Any]]:
    notes = []
    taken: dict[int, date] = {}
    for one in sorted(events, key=lambda event: (event.lane, event.at)):
        # A label takes about 20 days a letter at the width of the page; the hover has what is left out.
        days = 20 * sum(1.0 if ord(letter) > 255 else 0.55 for letter in one.words)
        before = taken.get(one.lane)
        if before is not None and (one.at - before).days < days:
            continue
        taken[one.lane] = one.at
        late = (end - one.at).days < days / 2 + 20
        place = {"xanchor": "right" if late else "center", "yshift": 0 if one.word else 15}
        text = f"<b>{one.words}</b>" if one.word else one.words
        notes.append(
            note(str(one.at), -one.lane, text, font={"size": 11, "color": INK if one.word else MUTED}, **place)
        )
    return notes
