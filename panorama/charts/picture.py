"""What a chart function returns: the finding as a sentence, the figure, its words and its table twin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, NamedTuple

import polars as pl

PASSING: Final = frozenset({"today"})
"""Parameters that change by themselves: a link holds without them."""
_UNIT_AND_TIME: Final = frozenset({"unit_id", "year", "period", "first_year", "last_year"})

Chosen = Mapping[str, int | None]
"""What a page is narrowed to: unit_id, first_year, last_year; None for all of it."""

EVERY_YEAR: Final[Chosen] = {"first_year": None, "last_year": None}
"""Parameters of a lead to rows of whatever year."""


def of_year(year: int | None) -> Chosen:
    """Parameters of a lead to rows of one year."""
    return {"first_year": year, "last_year": year}


class Place(NamedTuple):
    """What a note is bound to: a figure of a unit (null: of all) and period (null: of none), and what of the unit it is of."""

    figure: str
    unit_id: int | None
    period: str | None
    subject: str
    """Office, post, staffing type, rank, theme, source … as name=code; empty: the unit as a whole."""


@dataclass(frozen=True)
class Origin:
    """A row of a file, where a table lists rows: its original opens there."""

    row_id: int
    subject: str
    """What the row says, in short."""
    columns: tuple[str, ...] = ()
    """Letters of the cells meant; none: those that its dataset is read by."""

    @property
    def code(self) -> str:
        return _coded(["origin", self.row_id, *self.columns])


def _coded(parts: list[Any]) -> str:
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:12]


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
    """The unit to open from here, where the page is not its own."""
    owner: int | None = None
    """The unit whose figure it is, where neither the parameters nor `unit_id` say so."""
    coverage: str = ""
    """How much of what should be there is, in the reader's language."""
    before: str | None = None
    """A snapshot whose rows stand beside those of the one looked at."""

    @property
    def code(self) -> str:
        """What a link says to open this again: the page that offers it knows it by this, whatever the language."""
        params = {name: value for name, value in self.params.items() if name not in PASSING}
        return _coded([self.figure, self.question, params, self.before])

    def within(self, chosen: Chosen) -> Drill:
        """The same within what the page is narrowed to: what the parameters leave open is filled in, nothing else touched."""
        params = {name: chosen.get(name) if value is None else value for name, value in self.params.items()}
        return replace(self, params=params)

    @property
    def place(self) -> Place | None:
        """What notes on this figure are bound to; None where it is a list of rows and no figure of a unit."""
        if "row_ids" in self.params:
            return None
        units = (self.params.get("unit_id"), self.unit_id, self.owner)
        unit = next((one for one in units if one is not None), None)
        rest = sorted((name, value) for name, value in self.params.items() if name not in _UNIT_AND_TIME | PASSING)
        subject = "&".join(f"{name}={value}" for name, value in rest if value is not None)
        return Place(self.figure, unit, self._period, subject)

    @property
    def _period(self) -> str | None:
        first, last = (self.params.get(name) for name in EVERY_YEAR)
        period = self.params.get("period", self.params.get("year", first))
        return f"{first}/{last}" if first != last else None if period is None else str(period)


Lead = Drill | Origin
"""Where something on a page leads."""


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
    of_row: Callable[[dict[str, Any]], Lead | None] | None = None
    """Where a row of `table` leads."""
    bare: str = ""
    """Why nothing leads from here to rows, in plain words for whoever reads the code; empty where it does."""

    def within(self, chosen: Chosen) -> Picture:
        """The same picture whose leads keep to what the page is narrowed to."""
        drills = tuple(drill.within(chosen) for drill in self.drills)
        return replace(self, drills=drills, of_row=partial(_row_within, self.of_row, chosen) if self.of_row else None)


def _row_within(of_row: Callable[[dict[str, Any]], Lead | None], chosen: Chosen, row: dict[str, Any]) -> Lead | None:
    lead = of_row(row)
    return lead.within(chosen) if isinstance(lead, Drill) else lead


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

    def within(self, chosen: Chosen) -> Card:
        return replace(self, drill=self.drill.within(chosen)) if self.drill else self


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
    seen_to: tuple[str, Mapping[str, str]] | None = None
    """The page where it is decided, and what its address names."""

    def within(self, chosen: Chosen) -> Matter:
        return replace(self, drill=self.drill.within(chosen)) if self.drill else self


@dataclass(frozen=True)
class Matters:
    """A list of matters under one title."""

    title: str
    note: str
    items: tuple[Matter, ...]

    def within(self, chosen: Chosen) -> Matters:
        """The same list whose leads keep to what the page is narrowed to."""
        return replace(self, items=tuple(item.within(chosen) for item in self.items))


@dataclass(frozen=True)
class Facts:
    """A table that stands by itself under a title."""

    title: str
    note: str
    table: pl.DataFrame
    heads: Mapping[str, str]
    drills: tuple[Lead | None, ...] = ()
    """Row by row where the table's figures come from, or the row of the file that it lists."""
    bare: str = ""
    """Why nothing leads from here to rows, in plain words for whoever reads the code; empty where it does."""
