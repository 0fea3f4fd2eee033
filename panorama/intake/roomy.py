"""A sheet of an .xlsx with more cells than fit into memory at once: opened some rows at a time, each time as a small workbook.

The reader of workbooks takes about a hundred bytes a cell while it opens a sheet, whatever is asked of it afterwards.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

import polars as pl

from panorama.intake.letters import letter, number
from panorama.intake.package import rows_of

LARGE: Final = 320 << 20
"""Bytes of XML from which a sheet is opened so."""
SHARE: Final = 64 << 20
"""Bytes of XML opened at a time."""

_BEGIN: Final = re.compile(rb"<sheetData\s*>")
_END: Final = b"</sheetData>"
_TAIL: Final = b"</sheetData></worksheet>"
_SIZE: Final = re.compile(rb"<dimension\b[^>]*/>")
_ROW: Final = re.compile(rb"<row\b[^>]*?\br=\"(\d+)\"")
_BESIDE: Final = re.compile(r"(\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]+\.xml|xl/_rels/[^/]+)", re.IGNORECASE)
"""Members of a package that a sheet cannot be read without: strings, styles, and where all of it stands."""

_MARK: Final = "panorama"

Opened = Callable[[bytes, bool], pl.DataFrame]
"""A small workbook → its sheet: "row" from 1 and one String column a letter. The flag: whether blank rows above the first used one are rows."""


def rows_at_a_time(package: zipfile.ZipFile, part: str, opened: Opened) -> pl.DataFrame | None:
    """The frame of a page, as if its sheet had been opened whole; None where rows do not say their numbers, or not in order."""
    frames: list[pl.DataFrame] = []
    last = 0
    for share in _shares(package, part):
        # Rows out of their order would come twice, or one over another.
        if share.book is None or share.above < last:
            return None
        last = share.last
        frame = opened(share.book, share.above == 0)
        if not _is_as_laid(frame, share):
            return None
        # The row that was laid below the first share, or above another, is no row of the sheet.
        frame = frame.head(-1) if share.above == 0 else frame.tail(-1).with_columns(pl.col("row") + (share.above - 1))
        frames.append(frame)
    return _together(frames)


def _is_as_laid(frame: pl.DataFrame, share: _Share) -> bool:
    """Whether the row that was laid stands where it should, and no cell beyond the rows: the reader goes by what cells say of their place."""
    if "A" not in frame.columns:
        return False
    if share.above == 0:
        return frame.height == share.last + 1 and frame["A"][-1] == _MARK
    return frame.height <= share.last - share.above + 1 and frame["A"][0] == _MARK


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All shares as one frame of the columns and rows that are used, and blank ones between."""
    whole = pl.concat([pl.DataFrame(schema={"row": pl.UInt32}), *frames], how="diagonal")
    used = [name for name in whole.columns if name != "row" and whole[name].null_count() < whole.height]
    if not used:
        return whole.select("row").clear()
    between = range(min(map(number, used)), max(map(number, used)) + 1)
    whole = whole.with_columns(pl.lit(None, pl.String).alias(letter(at)) for at in between if letter(at) not in used)
    last = whole.filter(pl.any_horizontal(pl.col(used).is_not_null()))["row"].max()
    rows = pl.DataFrame({"row": range(1, int(str(last)) + 1)}, schema={"row": pl.UInt32})
    whole = whole.select("row", *map(letter, between)).filter(pl.col("row") <= last)
    return whole if whole.height == rows.height else rows.join(whole, on="row", how="left", maintain_order="left")


class _Share(NamedTuple):
    """Some rows of a sheet as a workbook of their own. above: the number of the row laid above the first of them, 0 for none.

    last: the number of the last of them. book: None where a row does not say its number.
    """

    above: int
    last: int
    book: bytes | None


def _shares(package: zipfile.ZipFile, part: str) -> Iterator[_Share]:
    beside = {name: package.read(name) for name in package.namelist() if _BESIDE.fullmatch(name)}
    pieces = _larger(rows_of(package, part))
    beginning = next(pieces, b"")
    begin = _BEGIN.search(beginning)
    if begin is None:
        yield _Share(0, 0, None)
        return
    head = _SIZE.sub(b"", beginning[: begin.end()])
    for at, piece in enumerate(chain([beginning[begin.end() :]], pieces)):
        rows = piece.partition(_END)[0]
        if b"<row" in rows:
            yield _share(beside, part, head, rows, at == 0)


def _share(beside: Mapping[str, bytes], part: str, head: bytes, rows: bytes, is_first: bool) -> _Share:
    first, last = _ROW.search(rows), _ROW.search(rows, rows.rfind(b"<row"))
    if first is None or last is None:
        return _Share(0, 0, None)
    above = 0 if is_first else int(first[1]) - 1
    laid = (rows, _laid(int(last[1]) + 1)) if is_first else (_laid(above), rows)
    return _Share(above, int(last[1]), _book({**beside, part: b"".join((head, *laid, _TAIL))}))


def _laid(row: int) -> bytes:
    """A row that has a text in column A: by it the reader's frame begins where it is known to begin."""
    return b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (row, row, _MARK.encode())


def _larger(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces put together until they make a share."""
    held: list[bytes] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) >= SHARE:
            yield b"".join(held)
            held = []
    yield b"".join(held)


def _book(members: Mapping[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return into.getvalue()
