"""Which rows of a sheet are its header: one to three tiers, chosen by how many headers the sources know."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from panorama.intake.grid import Grid, Header
from panorama.intake.letters import letter, number
from panorama.sources.headers import normalise_header, unit_hint

TOP: Final = 60
"""Rows in which a header is looked for."""
MOST_TIERS: Final = 3
FEWEST_HITS: Final = 2
CUT: Final = 0.6
"""What remains of the score of a band that ends in the middle of a merged header cell."""
_VALUE: Final = re.compile(r"[-+－]?[\d,，.]+\s*%?|\d{4}[-/.年]\d{1,2}.*|true|false", re.IGNORECASE)

Row = dict[str, str]
"""Letter → cell, without empty cells."""


@dataclass(frozen=True)
class Band:
    """Header rows from first to last, and per letter the tiers as written, top to bottom."""

    first: int
    last: int
    tiers: dict[str, tuple[str, ...]]
    score: float
    hits: int

    def header(self, column: str) -> Header:
        tiers = self.tiers.get(column, ())
        hints = (unit_hint(tier) for tier in reversed(tiers))
        return Header(column, tiers, next((hint for hint in hints if hint), None))


def find_band(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> Band | None:
    """The best header of the sheet; None when nothing looks like one.

    A band known to no source is still a header when its form says so, so that the user hears which headers were found.
    """
    rows = top_rows(grid)
    bands = [band for band in _bands(grid, rows, vocabulary) if band.hits >= FEWEST_HITS]
    if bands:
        return max(bands, key=lambda band: (band.score, -band.first, band.first - band.last))
    return _by_form(rows)


def band_at(grid: Grid, first: int, last: int) -> Band | None:
    """The header that was found before, in these rows; None when they hold nothing."""
    rows = top_rows(grid)
    if first not in rows or last not in rows:
        return None
    return Band(first, last, _tiers(rows, _spread(grid, rows), first, last), 0.0, 0)


def top_rows(grid: Grid) -> dict[int, Row]:
    """The first rows by number, cells trimmed, rows of spaces left out."""
    letters = grid.frame.columns[1:]
    found = {}
    for row, *cells in grid.frame.head(TOP).iter_rows():
        kept = {name: one_line(cell) for name, cell in zip(letters, cells, strict=True) if cell and cell.strip()}
        if kept:
            found[row] = kept
    return found


def one_line(text: str) -> str:
    """A cell without line breaks and outer spaces."""
    return " ".join(text.replace("_x000D_", " ").split())


def _bands(grid: Grid, rows: dict[int, Row], vocabulary: Mapping[str, Collection[Any]]) -> list[Band]:
    known = _Known(vocabulary)
    merged = _spread(grid, rows)
    found = []
    for first in rows:
        for last in range(first, first + MOST_TIERS):
            if last not in rows or _is_data(rows[last]):
                break
            if first < last and (_is_title(rows[first], merged.get(first, {})) or _is_title(rows[last], {})):
                break
            tiers = _tiers(rows, merged, first, last)
            # A merged cell spread over columns without a lower tier names one column, not all of them.
            scores = [known.score(column) for column in set(tiers.values())]
            whole = CUT if _cuts_a_merge(grid, first, last) else 1.0
            found.append(Band(first, last, tiers, sum(scores) * whole, sum(score > 0 for score in scores)))
    return found


def _cuts_a_merge(grid: Grid, first: int, last: int) -> bool:
    return any(first <= top <= last < bottom < first + MOST_TIERS for top, _, bottom, _ in grid.merges)


class _Known:
    """How well the sources know a column's tiers: joined, by its lowest tier, by its highest."""

    def __init__(self, vocabulary: Mapping[str, Collection[Any]]) -> None:
        self._vocabulary = vocabulary
        self.score = cache(self._score)

    def _score(self, tiers: tuple[str, ...]) -> float:
        plain = [normalise_header(tier) for tier in tiers]
        if "/".join(plain) in self._vocabulary:
            return 3.0
        if not plain or len(plain) == 1:
            return 0.0
        if plain[-1] in self._vocabulary or "/".join(plain[-2:]) in self._vocabulary:
            return 2.9
        # Lower than a full hit: a row of data under a header must not pass for a second tier.
        return 2.0 if plain[0] in self._vocabulary else 0.0


def _spread(grid: Grid, rows: dict[int, Row]) -> dict[int, Row]:
    """Values of merged cells, at every place their range covers in the top rows."""
    found: dict[int, Row] = {}
    for top, left, bottom, right in grid.merges:
        value = rows.get(top, {}).get(letter(left))
        if value is None or bottom - top > 2 * TOP:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                found.setdefault(row, {})[letter(column)] = value
    return found


def _tiers(rows: dict[int, Row], merged: dict[int, Row], first: int, last: int) -> dict[str, tuple[str, ...]]:
    band = [_filled(rows, merged, row, last) for row in range(first, last + 1)]
    columns = sorted({name for row in band for name in row}, key=number)
    return {name: _distinct(tuple(row[name] for row in band if name in row)) for name in columns}


def _filled(rows: dict[int, Row], merged: dict[int, Row], row: int, last: int) -> Row:
    """One tier with merged cells spread; without merges, an upper tier reaches right over cells named below it."""
    cells = {**merged.get(row, {}), **rows[row]}
    if row == last or merged.get(row):
        return cells
    below = rows[row + 1]
    filled, carried = dict(cells), ""
    for at in range(1, max(map(number, (*cells, *below))) + 1):
        name = letter(at)
        carried = cells.get(name, carried)
        if name not in cells and name in below and carried:
            filled[name] = carried
        elif name not in cells:
            carried = ""
    return filled


def _distinct(tiers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tier for at, tier in enumerate(tiers) if at == 0 or tier != tiers[at - 1])


def _is_data(row: Row) -> bool:
    values = sum(1 for cell in row.values() if _VALUE.fullmatch(cell))
    return values * 3 > len(row)


def _is_title(row: Row, merged: Row) -> bool:
    return len(set(row.values())) == 1 and len(merged) != 1 and (len(merged) > 1 or len(row) == 1)


def _by_form(rows: dict[int, Row]) -> Band | None:
    """The first row of names as wide as most rows below it, when no source knows its headers."""
    numbers = list(rows)
    for at, row in enumerate(numbers[:-1]):
        cells = rows[row]
        widest = max(len(rows[other]) for other in numbers[at + 1 :])
        if len(cells) >= 2 and not _is_data(cells) and len(set(cells.values())) > 1 and len(cells) * 5 >= widest * 3:
            return Band(row, row, {name: (cell,) for name, cell in cells.items()}, 0.0, 0)
    return None
