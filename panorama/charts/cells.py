"""A map of cells: rows × columns, each cell a shade with a number, a word, or a gap. Used wherever sources meet units or years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from panorama.charts.tokens import (
    ALARM,
    BG,
    BOLD,
    INK,
    LINE,
    MID,
    MUTED,
    PALE,
    PLAIN,
    SEQ,
    axis,
    clicks,
    layout,
    note,
    rect,
    rows_axis,
)

CellState = Literal["rows", "nil", "missing", "not_asked"]


@dataclass(frozen=True)
class Cell:
    """One cell: what it holds, the words in it, the words on hover, which drill it opens (None: none)."""

    state: CellState
    text: str
    hover: str
    shade: int = 0
    """Index into SEQ, for rows."""
    drill: int | None = None
    mark: str = ""
    """A sign at the right edge, such as ≠."""


@dataclass(frozen=True)
class Group:
    """Columns that stand together under one name."""

    name: str
    columns: Sequence[str]


def shade_of(count: int) -> int:
    """Steps by count: never so dark that ink on it becomes hard to read."""
    return 0 if count < 5 else 1 if count < 20 else 2 if count < 100 else 4


def cell_map(
    rows: Sequence[str],
    groups: Sequence[Group],
    cells: dict[tuple[int, int], Cell],
    left: int,
    right: int = 4,
    ends: Sequence[str] = (),
    row_height: int = 30,
    head_lines: int = 2,
) -> dict[str, Any]:
    """The figure. `cells` by (row, column); `ends` are words at the right of each row. Row 0 on top."""
    xs, width = _columns(groups)
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for (row, column), cell in cells.items():
        _draw(cell, xs[column], -row, shapes, notes)
    notes += _heads(groups, xs, head_lines)
    notes += [
        # By the picture's edge: what stands outside the axis would not be drawn.
        note(1, -row, end, xref="paper", xanchor="left", font={"size": 12, "color": INK})
        for row, end in enumerate(ends)
    ]
    shapes += _group_lines(groups, xs) if any(group.name for group in groups) else []
    head_room = 2.6 if any(group.name for group in groups) else 2.15
    head_room += 0.45 * (head_lines - 2)
    points = [(place, cell) for place, cell in cells.items() if cell.state != "not_asked"]
    data = [
        clicks(
            [xs[column] for (_, column), _ in points],
            [-row for (row, _), _ in points],
            [-1 if cell.drill is None else cell.drill for _, cell in points],
            [cell.hover for _, cell in points],
        )
    ]
    height = int((len(rows) + head_room) * row_height)
    frame = layout(height, left, right, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[-0.55, width], showticklabels=False)
    frame["yaxis"] = rows_axis(
        range=[-len(rows) + 0.45, head_room - 0.45], tickvals=[-row for row in range(len(rows))], ticktext=list(rows)
    )
    return {"data": data, "layout": frame}


def _columns(groups: Sequence[Group]) -> tuple[list[float], float]:
    xs: list[float] = []
    at = 0.0
    for group in groups:
        xs += [at + step for step in range(len(group.columns))]
        at += len(group.columns) + 0.35
    return xs, at - 0.85


def _draw(cell: Cell, x: float, y: float, shapes: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    box = (x - 0.46, y - 0.42, x + 0.46, y + 0.42)
    if cell.state == "rows":
        dark = cell.shade >= 6
        shapes.append(rect(*box, SEQ[cell.shade], layer="below"))
        notes.append(note(x, y, cell.text, font={"size": 12, "color": BG if dark else INK}))
        if cell.mark:
            colour = BG if dark else ALARM
            notes.append(note(x + 0.34, y, cell.mark, font={"size": 12, "color": colour}))
    elif cell.state == "nil":
        shapes.append(rect(*box, BG, MID, layer="below"))
        notes.append(note(x, y, cell.text, font={"size": 10, "color": INK}))
    elif cell.state == "missing":
        shape = rect(*box, BG, ALARM, layer="below")
        shape["line"] = {"width": 1.5, "color": ALARM, "dash": "dot"}
        shapes.append(shape)
        notes.append(note(x, y, f"{BOLD}{cell.text}{PLAIN}", font={"size": 12, "color": ALARM}))
    else:
        notes.append(note(x, y, cell.text, font={"size": 12, "color": MUTED}))


def _heads(groups: Sequence[Group], xs: list[float], lines: int) -> list[dict[str, Any]]:
    heads: list[dict[str, Any]] = []
    at = 0
    for group in groups:
        for name in group.columns:
            heads.append(note(xs[at], 0.55, _broken(name, lines), yanchor="bottom", font={"size": 11, "color": MUTED}))
            at += 1
    at = 0
    for group in groups:
        if group.name:
            first = xs[at] - 0.46
            heads.append(
                note(first, 1.52, group.name, xanchor="left", yanchor="bottom", font={"size": 11, "color": INK})
            )
        at += len(group.columns)
    return heads


def _broken(name: str, lines: int) -> str:
    """巡视巡察 → 巡视 over 巡察, a long name over as many lines as there may be; names with spaces break at the space nearest the middle."""
    if lines < 2 or len(name) <= 3:
        return name
    if " " in name:
        middle = min((at for at, letter in enumerate(name) if letter == " "), key=lambda at: abs(at - len(name) / 2))
        return f"{name[:middle]}{LINE}{name[middle + 1 :]}"
    if name.isascii():
        return name
    wide = -(-len(name) // (lines if len(name) > 6 else 2))
    return LINE.join(name[at : at + wide] for at in range(0, len(name), wide))


def _group_lines(groups: Sequence[Group], xs: list[float]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    at = 0
    for group in groups:
        first, last = xs[at], xs[at + len(group.columns) - 1]
        line = {"width": 1, "color": PALE}
        lines.append({"type": "line", "x0": first - 0.46, "x1": last + 0.46, "y0": 1.5, "y1": 1.5, "line": line})
        at += len(group.columns)
    return lines
