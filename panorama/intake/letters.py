"""Columns and cells as a spreadsheet names them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

Merge = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, 1-based."""

MOST_COLUMNS: Final = 16_384
"""XFD, the last column of a spreadsheet."""

_CELL: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


@cache
def letter(number: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


@cache
def number(name: str) -> int:
    """A → 1, AA → 27."""
    total = 0
    for character in name:
        total = total * 26 + ord(character) - 64
    return total


def corners(reference: str) -> Merge | None:
    """ "B2:D3" → (2, 2, 3, 4): first row, first column, last row, last column; None when it is no range of cells."""
    first, _, last = reference.partition(":")
    start, end = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
    if start is None or end is None:
        return None
    return int(start[2]), number(start[1]), int(end[2]), number(end[1])
