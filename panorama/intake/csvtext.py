"""Delimited text to rows as a spreadsheet counts them: one record is one row, a quoted line break does not end it.

Two ways give the same frame: polars for large regular text, Python's csv module for small or irregular text.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

import polars as pl

from panorama.errors import Unreadable
from panorama.intake.letters import MOST_COLUMNS, letter
from panorama.intake.row_ends import BLOCK, LONGEST_CELL, ends_in, open_quote, regular_rows, too_wide

DELIMITERS: Final = (",", "\t", ";", "|")
SAMPLE: Final = 256 << 10
LARGE: Final = 1 << 20
"""Bytes from which the quick way is worth its start."""
BATCH: Final = 50_000
END: Final = "\x1eend of text"
"""Fed to the csv reader as the last line: when it does not come back as a record of its own, a quote is open."""

SAID: Final = re.compile(rb'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
"""A first line that names the delimiter."""
CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def delimiter(text: bytes) -> tuple[str, bytes]:
    """The delimiter that cuts the first records into equally many cells most consistently, and the text to cut.

    A first line "sep=;" is Excel's own way to say it; Excel does not show that line, so it is taken off.
    """
    said = SAID.match(text)
    if said:
        return said[1].decode(), text[said.end() :]
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    lines = sample.decode("utf-8", "ignore")
    scored = [(*_consistency(lines, mark), -at, mark) for at, mark in enumerate(DELIMITERS)]
    return max(scored)[-1], text


def records(text: bytes, mark: str) -> pl.DataFrame:
    """All records: "row" (1-based, UInt32) and one String column a letter; empty cells are null, blank rows are kept.

    Raises Unreadable for an open quote or more columns than a spreadsheet has.
    """
    _refuse_binary(text)
    if len(text) >= LARGE:
        quick = quickly(text, mark)
        if quick is not None:
            return quick
    return carefully(text, mark)


def quickly(text: bytes, mark: str, width: int | None = None, rows: int | None = None) -> pl.DataFrame | None:
    """By polars; None when the text is irregular (stray quotes, long rows, old line ends) and needs the careful way.

    `width`, `rows`: columns and rows that there are, where the text is only a stretch of the whole.
    """
    lines = regular_rows(text, mark) if rows is None or b'"' in text or b"\r" in text else rows
    if lines is None:
        return None
    width = width or width_of(text, mark)
    names = [letter(at) for at in range(1, width + 1)]
    first = text[: text.find(b"\n")].decode("utf-8", "ignore")
    # A first record of full width says how many columns there are; otherwise a line of names before it does.
    full = '"' not in first and first.count(mark) + 1 == width
    try:
        frame = pl.read_csv(
            text if full else b"".join([mark.join(names).encode(), b"\n", text]),
            separator=mark,
            has_header=not full,
            schema=dict.fromkeys(names, pl.String),
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if frame.height != lines:
        return None
    if b'"' in text:
        frame = frame.with_columns(pl.when(pl.col(name).str.len_bytes() > 0).then(pl.col(name)) for name in names)
    return frame.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.UInt32))


def carefully(text: bytes, mark: str) -> pl.DataFrame:
    """By Python's csv module, record by record, in batches that bound the memory."""
    csv.field_size_limit(2**31 - 1)
    frames: list[pl.DataFrame] = []
    rows = _closed(text, mark)
    done = 0
    while batch := list(islice(rows, BATCH)):
        frames.append(_frame(batch, done))
        done += len(batch)
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={"row": pl.UInt32})


def _frame(batch: list[list[str]], done: int) -> pl.DataFrame:
    width = max((len(record) for record in batch), default=0)
    if width > MOST_COLUMNS:
        raise next(too_wide(at, len(one)) for at, one in enumerate(batch, done + 1) if len(one) > MOST_COLUMNS)
    row = pl.Series("row", range(done + 1, done + 1 + len(batch)), dtype=pl.UInt32)
    cells = [
        pl.Series(letter(at + 1), [record[at] or None if at < len(record) else None for record in batch], pl.String)
        for at in range(width)
    ]
    return pl.DataFrame([row, *cells])


def _closed(text: bytes, mark: str) -> Iterator[list[str]]:
    """Records up to the end; an open quote is told with the row in which it stands."""
    lines = chain(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), [f"{END}\n"])
    number = 0
    for record in csv.reader(lines, delimiter=mark):
        number += 1
        if record == [END]:
            return
        if record and (record[-1].endswith(f"{END}\n") or any(_swallows(cell) for cell in record)):
            break
        yield record
    raise open_quote(number)


def _swallows(cell: str) -> bool:
    return len(cell) > LONGEST_CELL and "\n" in cell


def mended(text: bytes, mark: str) -> bytes:
    """The text with each row that has quotes written anew, so that quotes stand only where they belong, and with line ends
    that are all \\n. Its rows are whole."""
    parts: list[bytes] = []
    at = 0
    while at < len(text):
        block = text[at : at + BLOCK]
        ends = ends_in(block, mark, last=at + BLOCK >= len(text))
        if not len(ends):
            return text
        parts += _mended(block[: int(ends[-1])], ends.tolist(), mark)
        at += int(ends[-1])
    return b"".join(parts)


def _mended(block: bytes, ends: list[int], mark: str) -> Iterator[bytes]:
    done = 0
    quote = block.find(b'"')
    while quote >= 0:
        row = bisect_right(ends, quote)
        begin = ends[row - 1] if row else 0
        yield _alike(block[done:begin])
        yield _written(block[begin : ends[row]].decode("utf-8"), mark)
        done = ends[row]
        quote = block.find(b'"', done)
    yield _alike(block[done:])


def _alike(rows: bytes) -> bytes:
    """Rows without quotes, all of whose line ends are \\n."""
    return rows.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in rows else rows


def _written(row: str, mark: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(csv.reader(io.StringIO(row, newline=""), delimiter=mark))
    return out.getvalue().encode("utf-8")


def width_of(text: bytes, mark: str) -> int:
    """Columns of the widest record in the sample; a wider one further down sends the text the careful way."""
    sample = text[:SAMPLE].decode("utf-8", "ignore")
    rows = islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), 2_000)
    return max((len(record) for record in rows), default=1) or 1


def _consistency(sample: str, mark: str) -> tuple[float, int]:
    """(share of records with the commonest width, that width) among records that hold anything; (0, 0) if one wide."""
    csv.field_size_limit(2**31 - 1)
    widths = Counter(
        len(record)
        for record in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), 500)
        if any(cell.strip() for cell in record)
    )
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0, 0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    return round(count / widths.total(), 1), width


def _refuse_binary(text: bytes) -> None:
    if CONTROL.search(text[: 64 << 10]):
        raise Unreadable(
            "这不是表格文件，内容含有不可见的控制字符。请用 Excel 打开原始表格，另存为 .xlsx 后再导入。",
            "this is not a table: it holds control characters. "
            "Open the original table in Excel, save it as .xlsx and load that.",
        )
