"""What a chart function returns: the finding as a sentence, the figure, its words and its table twin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Drill:
    """Where a figure, a cell or a point leads: the figure it is, the value shown, and the question that lists its rows."""

    figure: str
    """Key in panorama.definitions.FIGURES: gives label, unit, denominator, explanation."""
    subject: str
    """Whose figure: unit, office, year, in the reader's language."""
    value: str
    """As shown on the page."""
    question: str
    """A rows_… question: row_id, source, content."""
    params: Mapping[str, Any] = field(default_factory=dict)
    working: str = ""
    """The formula with the numbers filled in, in the reader's language."""
    unit_id: int | None = None


@dataclass(frozen=True)
class Picture:
    """One picture in the reader's language. Title, figure and table come from one frame."""

    title: str
    """The finding, with a number and a name; markdown colour only for what is overdue or over."""
    note: str
    """The quiet line: unit, denominator, period, n, coverage, key."""
    figure: Mapping[str, Any]
    """A plotly figure as a plain dict: {"data": [...], "layout": {...}}."""
    alt: str
    table: pl.DataFrame
    """The twin: the same numbers as rows."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """Column name of `table` → heading."""
    drills: tuple[Drill, ...] = ()
    """A mark's customdata is an index into these."""


@dataclass(frozen=True)
class Card:
    """One figure that decides, at the top of a page."""

    figure: str
    """Key in FIGURES: gives the label and the hover text."""
    value: str
    """In the reader's language; "—" with `context` saying why when it is not known."""
    context: str = ""
    """Comparison or denominator, shown with the label: 核定 151, 上年 0.93, n = 12."""
    alarm: bool = False
    drill: Drill | None = None
    history: tuple[float, ...] = ()
    """Earlier values to now, for a small line; empty for none."""


@dataclass(frozen=True)
class Message:
    """The biggest text of a page: what the reader should take away, computed from the same frame as the pictures."""

    title: str
    note: str


@dataclass(frozen=True)
class Matter:
    """One thing that wants a decision, worded as a question, with its reason and the rows behind it."""

    when: str
    question: str
    reason: str
    drill: Drill | None = None


@dataclass(frozen=True)
class Matters:
    """A list of matters under one title."""

    title: str
    note: str
    items: tuple[Matter, ...]


@dataclass(frozen=True)
class Facts:
    """A table that stands by itself under a title."""

    title: str
    note: str
    table: pl.DataFrame
    heads: Mapping[str, str]
    drills: tuple[Drill, ...] = ()
    """Row by row where the table's figures come from; none for a table that lists the rows themselves."""
