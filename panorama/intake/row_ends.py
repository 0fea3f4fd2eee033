"""Where the rows of a text end: at line ends outside quotes, found block by block as Python's csv module would read them.

Bytes are looked at, so this is for encodings in which the byte of a line end, quote or delimiter is never part of another
character. A line ends with \\n, or with a \\r that no \\n follows.
"""

from __future__ import annotations

import mmap
import re
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from panorama.errors import Unreadable
from panorama.intake.letters import MOST_COLUMNS

BLOCK: Final = 4 << 20
NEAR: Final = 64 << 10
"""Bytes in which a line mostly ends."""
LONGEST_CELL: Final = 32_767
"""Characters a spreadsheet cell can hold; a longer quoted text with line breaks is a quote that was never closed."""
_LINE_END, _QUOTE, _RETURN = 10, 34, 13

Places = NDArray[np.int64]
Text = bytes | mmap.mmap


def ends_in(block: bytes, mark: str, last: bool = False) -> Places:
    """Places behind the rows of a block that begins with one. What is behind the last of them is a row cut short.

    last: the text ends with the block, and its last row may lack a line end.
    """
    ends = _ends(block, mark, last)
    left = block[int(ends[-1]) if len(ends) else 0 :]
    return np.append(ends, len(block)) if last and left and not is_open(left, mark) else ends


def passed(data: Text, start: int, end: int, mark: str, first_row: int) -> tuple[int, int]:
    """How many rows of the text end between two places, the first of which begins one, and where the last of them ends.

    Raises Unreadable for a quote that is never closed; the first of the rows is `first_row`.
    """
    count, at, size = 0, start, BLOCK
    while at < end:
        block = data[at : min(at + size, end)]
        if is_plain(block):
            rows, behind = block.count(b"\n"), block.rfind(b"\n") + 1
        else:
            ends = _checked(block, mark, first_row + count)
            rows, behind = len(ends), int(ends[-1]) if len(ends) else 0
        if not behind and at + len(block) >= end:
            break
        # A row longer than a block is looked at in longer ones.
        size = BLOCK if behind else size * 2
        count, at = count + rows, at + behind
    return count, at


def start_of(data: Text, row: int, at: int, mark: str) -> int:
    """Where a row begins, the one that begins at `at` being 1; where the last ends when there are fewer."""
    left, size = row - 1, BLOCK
    while left and at < len(data):
        block = data[at : at + size]
        if is_plain(block) and (count := block.count(b"\n")) < left:
            behind = block.rfind(b"\n") + 1
        else:
            ends = ends_in(block, mark, last=at + len(block) >= len(data))
            count = min(len(ends), left)
            behind = int(ends[count - 1]) if count else 0
        if not behind and at + len(block) >= len(data):
            break
        size = BLOCK if behind else size * 2
        left, at = left - count, at + behind
    return at


def widest_row(text: bytes, mark: str, row: int) -> tuple[int, int]:
    """Columns of the widest row of a regular text, and its number; `row` is that of the first.

    Raises Unreadable for one with more columns than a spreadsheet has.
    """
    widest, at, size = (0, row), 0, BLOCK
    while at < len(text):
        block = text[at : at + size]
        last = at + len(block) >= len(text)
        ends = ends_in(block, mark, last)
        if len(ends):
            signs = np.frombuffer(block, np.uint8)
            marks = np.flatnonzero(signs == ord(mark))
            quotes = np.flatnonzero(signs == _QUOTE)
            between = marks[(np.searchsorted(quotes, marks) & 1) == 0]
            widths = np.diff(np.searchsorted(between, ends), prepend=0) + 1
            for found in np.flatnonzero(widths > MOST_COLUMNS)[:1].tolist():
                raise too_wide(row + found, int(widths[found]))
            if int(widths.max()) > widest[0]:
                widest = int(widths.max()), row + int(widths.argmax())
        elif last:
            break
        size = BLOCK if len(ends) else size * 2
        at, row = at + (int(ends[-1]) if len(ends) else 0), row + len(ends)
    return widest


def too_wide(row: int, width: int) -> Unreadable:
    """The refusal of a text in which a row has more columns than any spreadsheet."""
    return Unreadable(
        f"第 {row} 行有 {width} 列，超过表格软件的上限 {MOST_COLUMNS} 列。请检查该行的分隔符。",
        f"row {row} has {width} columns, more than the {MOST_COLUMNS} a spreadsheet has. "
        "Check the delimiters of that row.",
    )


def behind_line(data: Text, at: int, last: int) -> int:
    """Where the line ends in which a place stands, be it within quotes or not; `last` where none does before."""
    size = NEAR
    while at < last:
        stop = min(at + size, last)
        places = (data.find(sign, at, stop) for sign in (b"\n", b"\r"))
        found = min((place for place in places if place >= 0), default=-1)
        if found >= 0:
            return found + (2 if data[found : found + 2] == b"\r\n" else 1)
        at, size = stop, size * 2
    return last


def is_plain(block: bytes) -> bool:
    """Whether a row ends wherever there is a \\n, and nowhere else."""
    return b'"' not in block and not _has_lone_return(block)


def regular_rows(text: bytes, mark: str) -> int | None:
    """How many rows a text holds; None when it is irregular: stray or open quotes, old line ends."""
    if b'"' not in text:
        return None if _has_lone_return(text) else text.count(b"\n") + (1 if text and not text.endswith(b"\n") else 0)
    count, at, size = 0, 0, BLOCK
    while at < len(text):
        block = text[at : at + size]
        if at + len(block) < len(text):
            block = block[: block.rfind(b"\n") + 1]
        ends = _regular_ends(block, mark)
        if ends is None:
            return None
        behind = int(ends[-1]) if len(ends) else 0
        last = at + len(block) >= len(text)
        if last and behind < len(block):
            return None if is_open(block[behind:], mark) else count + len(ends) + 1
        size = BLOCK if behind else size * 2
        count, at = count + len(ends), at + behind
    return count


def _has_lone_return(text: bytes) -> bool:
    return b"\r" in text and text.count(b"\r") != text.count(b"\r\n")


def _regular_ends(block: bytes, mark: str) -> Places | None:
    """As `ends_in`, of a block that ends with a line; None when it is irregular."""
    signs = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(signs == _QUOTE)
    if not _are_regular(signs, quotes, mark):
        return None
    if b"\r" in block:
        returns = np.flatnonzero(signs == _RETURN)
        lone = np.append(signs, 0)[returns + 1] != _LINE_END
        if bool(((np.searchsorted(quotes, returns[lone]) & 1) == 0).any()):
            return None
    lines = np.flatnonzero(signs == _LINE_END)
    return _behind(lines[(np.searchsorted(quotes, lines) & 1) == 0])


def open_quote(row: int) -> Unreadable:
    """The refusal of a text in which a quote is never closed."""
    return Unreadable(
        f"第 {row} 行有一个双引号没有成对结束，其后的内容无法分行。请补上或删去该引号后再导入。",
        f"a double quote in row {row} is never closed, so the rows after it cannot be told apart. "
        "Close or remove that quote and load the file again.",
    )


def _checked(block: bytes, mark: str, row: int) -> Places:
    """As `ends_in`; raises Unreadable for the first cell that holds more than any cell can, so its quote was never closed."""
    ends = _ends(block, mark)
    sizes = np.diff(ends, prepend=0, append=len(block))
    for at in np.flatnonzero(sizes > LONGEST_CELL).tolist():
        begin = int(ends[at - 1]) if at else 0
        if any(_swallows(found[0]) for found in _quoted(mark).finditer(block[begin : begin + int(sizes[at])])):
            raise open_quote(row + at)
    return ends


def _swallows(cell: bytes) -> bool:
    if b"\n" not in cell or len(cell) <= LONGEST_CELL:
        return False
    bare = cell[1:-1].replace(b'""', b'"')
    try:
        return len(bare.decode("utf-8")) > LONGEST_CELL
    except UnicodeDecodeError:
        return len(bare.decode("gb18030", "replace")) > LONGEST_CELL


def _ends(block: bytes, mark: str, last: bool = False) -> Places:
    signs = np.frombuffer(block, np.uint8)
    lines = _lines(block, signs, last)
    if b'"' not in block:
        return _behind(lines)
    quotes = np.flatnonzero(signs == _QUOTE)
    if _are_regular(signs, quotes, mark):
        return _behind(lines[(np.searchsorted(quotes, lines) & 1) == 0])
    spans = [found.span() for found in _quoted(mark).finditer(block)]
    if not spans:
        return _behind(lines)
    begins, behind = np.array(spans).T
    cell = np.searchsorted(begins, lines) - 1
    return _behind(lines[(cell < 0) | (lines >= behind[cell])])


def _lines(block: bytes, signs: NDArray[Any], last: bool) -> Places:
    """Places of line ends, within quotes too. A \\r at the very end may be followed by its \\n, unless the text ends there."""
    lines = np.flatnonzero(signs == _LINE_END)
    if not _has_lone_return(block):
        return lines
    returns = np.flatnonzero(signs == _RETURN)
    behind = np.append(signs, 0 if last else _LINE_END)[returns + 1]
    return np.sort(np.concatenate([lines, returns[behind != _LINE_END]]))


def _behind(lines: Places) -> Places:
    return np.add(lines, 1, dtype=np.int64)


def _are_regular(signs: NDArray[Any], quotes: Places, mark: str) -> bool:
    """Whether quotes stand only where cells begin and end, and doubled within: then each second one ends a cell."""
    opening, closing = quotes[::2], quotes[1::2]
    before = signs[opening[opening > 0] - 1]
    after = signs[closing[closing < len(signs) - 1] + 1]
    edges = np.zeros(256, dtype=bool)
    edges[[ord(mark), _LINE_END, _RETURN, _QUOTE]] = True
    return bool(edges[before].all() and edges[after].all())


@cache
def _quoted(mark: str) -> re.Pattern[bytes]:
    """A quoted cell, up to the end of the text when nothing closes it."""
    return re.compile(rb'(?:(?<=[%s\r\n])|\A)"[^"]*+(?:""[^"]*+)*+("|\Z)' % re.escape(mark).encode())


def is_open(block: bytes, mark: str) -> bool:
    """Whether a row that is cut short ends within quotes."""
    return any(not found[1] for found in _quoted(mark).finditer(block))
