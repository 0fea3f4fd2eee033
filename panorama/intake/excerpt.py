"""A few rows of a file as its spreadsheet shows them: what the child process takes, and what is handed on.

Of a text no more is read than up to these rows, and never kept: half a gigabyte opens as fast as it can be passed over.
"""

from __future__ import annotations

import csv
import io
import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from panorama.intake.identity import mask_identity
from panorama.intake.letters import letter, number

_BLOCK: Final = 4 << 20
_BYTE_ORDER: Final = "\ufeff"

Span = tuple[int, int]
"""First and last row, both meant."""


@dataclass(frozen=True)
class Line:
    """One row: its number and its cells, by the letters of the excerpt; null where nothing stands."""

    row: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Merged:
    """A merged range, 1-based, and what stands in it."""

    top: int
    left: int
    bottom: int
    right: int
    value: str | None


@dataclass(frozen=True)
class Excerpt:
    """Rows of one sheet at their true numbers and letters. header: rows of the headers. hidden: rows left out for their reader."""

    letters: tuple[str, ...]
    lines: tuple[Line, ...]
    merges: tuple[Merged, ...] = ()
    header: Span | None = None
    hidden: int = 0


def excerpt_of(said: dict[str, Any], header: Span | None) -> Excerpt:
    """What the child took, numbers of persons masked."""
    lines = tuple(Line(row, tuple(_masked(cell) for cell in cells)) for row, cells in said["lines"])
    merges = tuple(
        Merged(top, left, bottom, right, _masked(value)) for top, left, bottom, right, value in said["merges"]
    )
    return Excerpt(tuple(said["letters"]), lines, merges, header)


def _masked(cell: str | None) -> str | None:
    return None if cell is None else mask_identity(cell, strict=False)


def taken(job: dict[str, Any], data: bytes | None, content: str) -> dict[str, Any]:
    """In the child: lines, letters and merges of the rows that the job names.

    job: spans of rows; sheet, of a workbook; encoding, and whether each line is one row (by_line), of a text, which is
    read from its path. data, content: of a workbook.
    """
    spans = [(int(first), int(last)) for first, last in job["spans"]]
    if data is None:
        return _fitted(list(_lines(job, spans)), [])
    return _of_workbook(data, content, str(job["sheet"]), spans)


def _fitted(lines: list[tuple[int, list[str | None]]], merges: list[Any]) -> dict[str, Any]:
    """All lines as wide as the widest of them, and as the merges over them."""
    filled = (max((at + 1 for at, cell in enumerate(cells) if cell), default=0) for _, cells in lines)
    width = max([*filled, *(merge[3] for merge in merges), 1])
    rows = [(row, (cells + [None] * width)[:width]) for row, cells in lines]
    return {"letters": [letter(at) for at in range(1, width + 1)], "lines": rows, "merges": merges}


def _of_workbook(data: bytes, content: str, sheet: str, spans: Sequence[Span]) -> dict[str, Any]:
    import polars as pl

    from panorama.intake import workbook

    page = workbook.READERS[content](data, sheet).pages[0]
    last = int(page.frame["row"][-1]) if page.frame.height else 0
    wanted = [row for first, end in spans for row in range(first, min(end, last) + 1)]
    kept = page.frame.filter(pl.col("row").is_in(wanted))
    first_column = number(page.frame.columns[1]) if page.frame.width > 1 else 1
    blank: list[str | None] = [None] * (first_column - 1)
    found = {row: [*blank, *cells] for row, *cells in kept.iter_rows()}
    marked = set(wanted)
    merges = [merge for merge in page.merges if not marked.isdisjoint(range(merge[0], merge[2] + 1))]
    values = [_value(page.frame, top, left) for top, left, _, _ in merges]
    lines = [(row, found.get(row, [])) for row in dict.fromkeys(wanted)]
    return _fitted(lines, [[*merge, value] for merge, value in zip(merges, values, strict=True)])


def _value(frame: Any, row: int, column: int) -> str | None:
    name = letter(column)
    if name not in frame.columns:
        return None
    found = frame.filter(frame["row"] == row)[name].drop_nulls()
    return str(found[0]) if found.len() else None


def _lines(job: dict[str, Any], spans: Sequence[Span]) -> Iterator[tuple[int, list[str | None]]]:
    path, encoding = Path(job["path"]), str(job["encoding"])
    mark, said = _delimiter(path, encoding)
    if job["by_line"]:
        for first, last in spans:
            text = b"".join(_bytes_between(path, first, last)).decode(encoding.removesuffix("-sig"))
            yield from zip(range(first, last + 1), _records(io.StringIO(text, newline=""), mark), strict=False)
        return
    with path.open(encoding=encoding, newline="") as stream:
        # A first line "sep=;" is no row.
        records = _records(stream if not said else _after_first(stream), mark)
        done = 0
        for first, last in spans:
            yield from enumerate(islice(records, first - 1 - done, last - done), first)
            done = last


def _after_first(stream: Iterable[str]) -> Iterator[str]:
    lines = iter(stream)
    next(lines, None)
    return lines


def _records(stream: Iterable[str], mark: str) -> Iterator[list[str | None]]:
    csv.field_size_limit(2**31 - 1)
    for record in csv.reader(stream, delimiter=mark):
        yield [cell.removeprefix(_BYTE_ORDER) or None for cell in record]


def _delimiter(path: Path, encoding: str) -> tuple[str, bool]:
    """The delimiter, by the beginning of the text, and whether a first line says it."""
    from panorama.intake import csvtext

    with path.open("rb") as file:
        sample = file.read(csvtext.SAMPLE)
    text = sample.decode(encoding, "ignore").removeprefix(_BYTE_ORDER).encode()
    mark, rest = csvtext.delimiter(text)
    return mark, len(rest) != len(text)


def _bytes_between(path: Path, first: int, last: int) -> Iterator[bytes]:
    """Lines by their numbers: the text before them is passed over, counting line ends."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = start_of(data, first)
        for _ in range(first, last + 1):
            end = data.find(b"\n", at) + 1 or len(data)
            if end <= at:
                return
            yield data[at:end]
            at = end


def start_of(data: mmap.mmap, line: int, at: int = 0) -> int:
    """Where a line begins, the first of those from `at` on being 1; the end of the text when it has fewer."""
    left = line - 1
    while left and at < len(data):
        block = data[at : at + _BLOCK]
        count = block.count(b"\n")
        if count < left:
            left, at = left - count, at + len(block)
            continue
        for _ in range(left):
            at = data.find(b"\n", at) + 1
        return at
    return at
