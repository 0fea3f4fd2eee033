"""Which rows of a sheet are its header: one to three tiers, chosen by how many headers the sources know."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

import polars as pl

from panorama.intake.grid import Grid, Header
from panorama.intake.identity import unnumbered
from panorama.intake.letters import letter, number
from panorama.intake.wordings import Wordings
from panorama.sources.headers import normalise_header, unit_hint

TOP: Final = 60
"""Rows in which a header is looked for."""
MOST_TIERS: Final = 3
FEWEST_HITS: Final = 2
CUT: Final = 0.6
"""What remains of the score of a band that ends in the middle of a merged header cell."""
SIGNS: Final = 12
"""Columns in which names of another header are looked for, row by row."""
MOST_LOOKS: Final = 200
"""Rows that are looked at closely for another header: a sheet made to be slow is not."""
_VALUE: Final = re.compile(r"[-+－]?[\d,，.]+\s*%?|\d{4}[-/.年]\d{1,2}.*|true|false", re.IGNORECASE)
_MONTH: Final = re.compile(r"\d{4}年\d{1,2}月份?")
FEWEST_MONTHS: Final = 3

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
    beside: bool = False
    """Two known columns stand side by side."""

    @property
    def is_sure(self) -> bool:
        """Half of its columns are known, two side by side, or two thirds: no line of names and values is so (单位名称　市教育局　年度　2024)."""
        half = self.beside and self.hits * 2 >= len(self.tiers)
        return self.hits >= FEWEST_HITS and (half or self.hits * 3 >= len(self.tiers) * 2)

    def header(self, column: str) -> Header:
        # A header stands in reports and remarks: a number of a person in it is kept nowhere.
        tiers = tuple(unnumbered(tier) for tier in self.tiers.get(column, ()))
        hints = (unit_hint(tier) for tier in reversed(tiers))
        return Header(column, tiers, next((hint for hint in hints if hint), None))


def find_band(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> Band | None:
    """The best header of the sheet; None when nothing looks like one.

    A band known to no source is still a header when its form says so, so that the user hears which headers were found.
    """
    rows = top_rows(grid)
    bands = [band for band in _bands(grid, rows, vocabulary) if band.hits >= FEWEST_HITS]
    return _best(bands) if bands else _by_form(rows)


def _best(bands: Sequence[Band]) -> Band:
    return max(bands, key=lambda band: (band.score, -band.first, band.first - band.last))


def another(
    grid: Grid,
    vocabulary: Mapping[str, Collection[Any]],
    band: Band,
    under_another: Collection[int] = (),
    wordings: Wordings | None = None,
) -> Band | None:
    """The header of the next table below this one, under another heading; None when the same goes on to the end.

    The same header printed again on a later page is none, but in rows that stand under lines of another day or unit.
    wordings: of these rows, where they are known.
    """
    wordings = wordings or Wordings(grid.frame)
    names = {name.strip() for tiers in band.tiers.values() for name in tiers} | set(vocabulary)
    letters = [name for name in grid.frame.columns[1:] if name in band.tiers][:SIGNS]
    named = [wordings.where(name, lambda cell: cell.str.strip_chars().is_in(names)) for name in letters]
    said = [where for where in named if where is not None]
    # Cut, not filtered: rows ascend, and a filter would copy them all.
    below = grid.frame[grid.frame["row"].search_sorted(band.last, "right") :]
    # One of each wording: a header printed again on a thousand pages is looked at once.
    signs = below.filter(pl.sum_horizontal(said) >= FEWEST_HITS) if len(said) >= FEWEST_HITS else below.clear()
    once = signs.unique(letters, keep="first")["row"].to_list()
    for first in sorted({*once, *signs.filter(pl.col("row").is_in(list(under_another)))["row"]})[:MOST_LOOKS]:
        near = below.filter(pl.col("row").is_between(first, first + MOST_TIERS))
        found = [one for one in _bands(grid, _cells(near), vocabulary) if one.first == first and one.is_sure]
        if found and (first in under_another or not _goes_on(band, _best(found))):
            return _best(found)
    return None


def _goes_on(band: Band, again: Band) -> bool:
    """The same names at the same columns, whatever tier of them is printed again."""
    same = again.tiers.keys() == band.tiers.keys()
    return same and all(set(tiers) <= set(band.tiers[name]) for name, tiers in again.tiers.items())


def band_at(grid: Grid, first: int, last: int) -> Band | None:
    """The header that was found before, in these rows; None when they hold nothing."""
    rows = _cells(grid.frame.filter(pl.col("row").is_between(first, last)))
    if first not in rows or last not in rows:
        return None
    return Band(first, last, _tiers(rows, _spread(grid, rows), first, last), 0.0, 0)


def top_rows(grid: Grid) -> dict[int, Row]:
    """The first rows by number, cells trimmed, rows of spaces left out."""
    return _cells(grid.frame.head(TOP))


def _cells(frame: pl.DataFrame) -> dict[int, Row]:
    letters = frame.columns[1:]
    found = {}
    for row, *cells in frame.iter_rows():
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
            known_at = [number(name) for name, column in tiers.items() if known.score(column) > 0]
            beside = any(right - left == 1 for left, right in pairwise(known_at))
            found.append(Band(first, last, tiers, sum(scores) * whole, sum(score > 0 for score in scores), beside))
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
    months = {cell for cell in row.values() if _MONTH.fullmatch(cell)}
    # A date or two stand in a row of data; three months and more are heads of columns.
    heads = months if len(months) >= FEWEST_MONTHS else set()
    values = sum(1 for cell in row.values() if _VALUE.fullmatch(cell) and cell not in heads)
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
