"""A few rows of a file as its spreadsheet shows them: what the child process takes, and what is handed on.

Of a text no more is read than up to these rows, and never kept: half a gigabyte opens as fast as it can be passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from panorama.intake.identity import mask_identity
from panorama.intake.letters import letter, number

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

    job: spans of rows; sheet, of a workbook; encoding, and whether it was judged in stretches (its rows are then found without
    parsing those before), of a text, which is read from its path. data, content: of a workbook.
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
    from panorama.intake.picking import delimiter_of, rows_at

    mark, said = delimiter_of(path, encoding)
    if job["in_stretches"]:
        wanted = [row for first, last in spans for row in range(first, last + 1)]
        for row, text in rows_at(path, wanted, encoding):
            yield from ((row, cells) for cells in islice(_records(io.StringIO(text, newline=""), mark), 1))
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
