"""Rows of a large text by their numbers: those before them are passed over, none is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from panorama.intake import csvtext
from panorama.intake.encoding import BYTE_ORDER, decoded, is_wide
from panorama.intake.row_ends import BLOCK, ends_in, is_plain


def rows_at(path: Path, wanted: Iterable[int], encoding: str) -> Iterator[tuple[int, str]]:
    """The rows with these numbers, each with its line end."""
    numbers = sorted(set(wanted))
    mark, said = delimiter_of(path, encoding)
    done, rest = 0, b""
    for chunk in _chunks(path, encoding, said):
        if not numbers:
            return
        block = rest + chunk
        if chunk and is_plain(block) and done + block.count(b"\n") < numbers[0]:
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
