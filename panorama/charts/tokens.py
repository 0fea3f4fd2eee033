"""Colours by role. The browser swaps each token for the theme's colour, so light and dark are one code path.

The strings equal the stand-ins of Streamlit's chart theme (a test holds them equal); the colours behind them
are `chartCategoricalColors` and so on in .streamlit/config.toml, in this order.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any, Final

DATA: Final = "#000001"  # the measure, the accent
ALARM: Final = "#000002"  # overdue, over-establishment, missing though due
INK: Final = "#000003"  # points, actual staff, text
MUTED: Final = "#000004"  # secondary text, axis text
MID: Final = "#000005"  # context marks, undetermined: marks only, never words
LOW: Final = "#000006"  # ochre, the low side
DATA_SOFT: Final = "#000007"
ALARM_SOFT: Final = "#000008"
PALE: Final = "#000009"  # hairlines, tracks, no-data cell
BAND: Final = "#000010"  # background bands

SEQ: Final = tuple(f"#0000{number}" for number in range(11, 21))  # more = further from the page
DIV: Final = tuple(f"#0000{number}" for number in range(21, 31))  # low ochre → high blue
BG: Final = "#000038"

CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}

BOLD: Final = "\ufdd0b\ufdd1"
PLAIN: Final = "\ufdd0/b\ufdd1"
LINE: Final = "\ufdd0br\ufdd1"
"""Our own markup in the texts of a figure: bold, its end, a new line. Plotly takes tags in any text for its markup, so a
tag that a file brings must stay text: ours are written in signs that no script has, and put in by `written` alone."""
_OURS: Final = re.compile("\ufdd0(/?b|br|span style='color:#[0-9a-f]{6}'|/span)\ufdd1")
_SIGNS: Final = re.compile("[\ufdd0\ufdd1]")

FONT: Final = "'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


def layout(height: int, left: int, right: int = 4, bottom: int = 0, top: int = 0, **more: Any) -> dict[str, Any]:
    """The frame every chart stands in: no legend, no grid, no drag; room for labels in pixels."""
    return {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": INK},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {"bgcolor": BG, "bordercolor": MID, "font": {"size": 12, "color": INK}, "align": "left"},
        **more,
    }


def axis(**more: Any) -> dict[str, Any]:
    """A quiet axis: fixed, no grid, no lines, 11 px muted ticks."""
    return {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "automargin": False,
        "tickangle": 0,
        "tickfont": {"size": 11, "color": MUTED},
        **more,
    }


def row_label(name: str, wide: int = 30) -> str:
    """A row's label, in two lines where it needs them; only what is longer yet is cut. wide: Latin letters that fit, 30 in 212 pixels.

    Broken between words: a Chinese name has none and stands as it is.
    """
    if _wide(name) <= wide or " " not in name:
        return name
    lines = [""]
    for word in name.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if _wide(longer) <= wide or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return LINE.join(lines) if len(lines) < 3 else f"{lines[0]}{LINE}{lines[1]}…"


def _wide(words: str) -> int:
    """In Latin letters; a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def rows_axis(**more: Any) -> dict[str, Any]:
    """The axis of row labels: 12 px ink, 8 px of air between label and mark."""
    row_font = {"size": 12, "color": INK}
    return axis(tickfont=row_font, ticks="outside", ticklen=8, tickcolor="rgba(0,0,0,0)", **more)


def note(x: Any, y: Any, text: str, **more: Any) -> dict[str, Any]:
    """One annotation without an arrow. Collect them in a list: adding one by one is quadratic."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **more}


def rect(x0: Any, y0: Any, x1: Any, y1: Any, fill: str, line: str | None = None, **more: Any) -> dict[str, Any]:
    """One rectangle shape. Collect them in a list, as notes."""
    edge = {"width": 0} if line is None else {"width": 1, "color": line}
    return {"type": "rect", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "fillcolor": fill, "line": edge, **more}


def clicks(x: list[Any], y: list[Any], drills: list[int], hover: list[str], size: int = 22) -> dict[str, Any]:
    """An invisible layer of squares over cells that give no click event themselves; carries hover and the drill index."""
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "customdata": drills,
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"symbol": "square", "size": size, "opacity": 0, "color": INK},
        "selected": unseen,
        "unselected": unseen,
    }


_LATIN, _HAN = 6.7, 12.4


def pixels(words: str) -> float:
    """About how wide words of 12 pixels stand, without the signs for bold and colour: what a picture leaves for them."""
    return sum(_HAN if letter > "\u2e80" else _LATIN for letter in _OURS.sub("", words))


def coloured(words: str, colour: str) -> str:
    """Words of a figure in a colour of ours."""
    return f"\ufdd0span style='color:{colour}'\ufdd1{words}\ufdd0/span\ufdd1"


def signed(value: float, places: int = 1) -> str:
    """A difference with its sign, a true minus; what rounds to nothing has none."""
    words = f"{value:+.{places}f}".replace("-", "−")
    return words if float(f"{value:.{places}f}") else words[1:]


def written(figure: Any) -> Any:
    """The figure as it goes out: whatever a file says stays text, and our own markup becomes tags."""
    if isinstance(figure, str):
        return _SIGNS.sub("", _OURS.sub(r"<\1>", html.escape(figure, quote=False)))
    if isinstance(figure, dict):
        # Templates are ours, and hold no words of files.
        return {key: value if key == "hovertemplate" else written(value) for key, value in figure.items()}
    if isinstance(figure, list | tuple):
        return [written(value) for value in figure]
    return figure
