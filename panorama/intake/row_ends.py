"""Where the rows of a text end: at line ends outside quotes, found block by block as Python's csv module would read them.

Bytes are looked at, so this is for encodings in which the byte of a line end, quote or delimiter is never part of another
character. A line end is \\n: texts with other line ends are read whole.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from panorama.intake import csvtext
from panorama.intake.encoding import BYTE_ORDER, decoded, is_wide

BLOCK: Final = 4 << 20
_LINE_END, _QUOTE, _RETURN = 10, 34, 13

Places = NDArray[np.int64]
Text = bytes | mmap.mmap


def ends_in(block: bytes, mark: str, last: bool = False) -> Places:
    """Places behind the rows of a block that begins with one. What is behind the last of them is a row cut short.

    last: the text ends with the block, and its last row may lack a line end.
    """
    ends = _ends(block, mark)
    left = block[int(ends[-1]) if len(ends) else 0 :]
    return np.append(ends, len(block)) if last and left and not is_open(left, mark) else ends


def passed(data: Text, start: int, end: int, mark: str, first_row: int) -> tuple[int, int]:
    """How many rows of the text end between two places, the first of which begins one, and where the last of them ends.

    Raises Unreadable for a quote that is never closed; the first of the rows is `first_row`.
    """
    count, at, size = 0, start, BLOCK
    while at < end:
        block = data[at : min(at + size, end)]
        if b'"' not in block:
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
        if b'"' not in block and (count := block.count(b"\n")) < left:
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


def rows_at(path: Path, wanted: Iterable[int], encoding: str) -> Iterator[tuple[int, str]]:
    """Rows of a text by their numbers, each with its line end. Those before them are passed over, none is kept."""
    numbers = sorted(set(wanted))
    mark, said = delimiter_of(path, encoding)
    done, rest = 0, b""
    for chunk in _chunks(path, encoding, said):
        if not numbers:
            return
        block = rest + chunk
        if b'"' not in block and chunk and done + block.count(b"\n") < numbers[0]:
            done, rest = done + block.count(b"\n"), block[block.rfind(b"\n") + 1 :]
            continue
        ends = ends_in(block, mark, last=not chunk)
        while numbers and (at := numbers[0] - done - 1) < len(ends):
            row = block[ends[at - 1] if at else 0 : ends[at]]
            yield numbers.pop(0), row.decode("utf-8" if is_wide(encoding) else encoding.removesuffix("-sig"))
        done, rest = done + len(ends), block[ends[-1] if len(ends) else 0 :]


def _chunks(path: Path, encoding: str, said: bool) -> Iterator[bytes]:
    """The text block by block without its mark and, if a first line says the delimiter, without that; at last an empty one."""
    chunks = decoded(path, encoding) if is_wide(encoding) else _plain(path)
    first = next(chunks, b"")
    for mark in BYTE_ORDER:
        first = first.removeprefix(mark)
    yield first[first.find(b"\n") + 1 :] if said else first
    yield from chunks
    yield b""


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(BLOCK):
            yield chunk


def delimiter_of(path: Path, encoding: str) -> tuple[str, bool]:
    """The delimiter, by the beginning of the text, and whether a first line says it."""
    with path.open("rb") as file:
        sample = file.read(csvtext.SAMPLE)
    text = sample.decode(encoding, "ignore").removeprefix("\ufeff").encode()
    mark, rest = csvtext.delimiter(text)
    return mark, len(rest) != len(text)


def _checked(block: bytes, mark: str, row: int) -> Places:
    """As `ends_in`; raises Unreadable for the first cell that holds more than any cell can, so its quote was never closed."""
    ends = _ends(block, mark)
    sizes = np.diff(ends, prepend=0, append=len(block))
    for at in np.flatnonzero(sizes > csvtext.LONGEST_CELL).tolist():
        begin = int(ends[at - 1]) if at else 0
        if any(_swallows(found[0]) for found in _quoted(mark).finditer(block[begin : begin + int(sizes[at])])):
            raise csvtext.open_quote(row + at)
    return ends


def _swallows(cell: bytes) -> bool:
    if b"\n" not in cell or len(cell) <= csvtext.LONGEST_CELL:
        return False
    bare = cell[1:-1].replace(b'""', b'"')
    try:
        return len(bare.decode("utf-8")) > csvtext.LONGEST_CELL
    except UnicodeDecodeError:
        return len(bare.decode("gb18030", "replace")) > csvtext.LONGEST_CELL


def _ends(block: bytes, mark: str) -> Places:
    signs = np.frombuffer(block, np.uint8)
    lines = np.flatnonzero(signs == _LINE_END)
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


def _behind(lines: Places) -> Places:
    return np.add(lines, 1, dtype=np.int64)


def _are_regular(signs: NDArray[Any], quotes: Places, mark: str) -> bool:
    """Whether quotes stand only where cells begin and end, and doubled within: then each second one ends a cell."""
    opening, closing = quotes[::2], quotes[1::2]
    before = signs[opening[opening > 0] - 1]
    after = signs[closing[closing < len(signs) - 1] + 1]
    edges = np.zeros(256, dtype=bool)
    edges[[ord(mark), _LINE_END, _QUOTE]] = True
    begins = bool(edges[before].all())
    edges[_RETURN] = True
    return begins and bool(edges[after].all())


@cache
def _quoted(mark: str) -> re.Pattern[bytes]:
    """A quoted cell, up to the end of the text when nothing closes it."""
    return re.compile(rb'(?:(?<=[%s\n])|\A)"[^"]*+(?:""[^"]*+)*+("|\Z)' % re.escape(mark).encode())


def is_open(block: bytes, mark: str) -> bool:
    """Whether a row that is cut short ends within quotes."""
    return any(not found[1] for found in _quoted(mark).finditer(block))
