"""What stands in an .xlsb package besides values: which part holds which sheet, and merged ranges.

The parts are records: a kind and a length, each in groups of seven bits, then the content (MS-XLSB, 2.1.4).
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from panorama.intake.content import damaged
from panorama.intake.letters import Merge
from panorama.intake.package import Marks

_SHEET: Final = 156
"""BrtBundleSh: state, id, relation, name."""
_MERGES: Final = re.compile(rb"\xb1\x01\x04(.{4})((?:\xb0\x01\x10.{16})+)\xb2\x01\x00", re.DOTALL)
"""BrtBeginMergeCells with its count, BrtMergeCell records, BrtEndMergeCells: cells by the million are not walked through."""


def marks_by_sheet(package: zipfile.ZipFile) -> dict[str, Marks]:
    """Merged ranges of every worksheet by its name. Raises Unreadable when the package is damaged."""
    names = {name.replace("\\", "/").lstrip("/").lower(): name for name in package.namelist()}
    try:
        book = package.read(names["xl/workbook.bin"])
        links = ElementTree.fromstring(package.read(names["xl/_rels/workbook.bin.rels"]))
        targets = {link.get("Id", ""): link.get("Target", "").replace("\\", "/") for link in links}
        found: dict[str, Marks] = {}
        for relation, sheet in _sheets(book):
            target = targets.get(relation, "")
            part = names.get((target.lstrip("/") if target.startswith("/") else f"xl/{target}").lower())
            found[sheet] = Marks(_merges(package.read(part)) if part else [])
    except (KeyError, ElementTree.ParseError, struct.error, UnicodeDecodeError):
        raise damaged() from None
    return found


def _merges(sheet: bytes) -> list[Merge]:
    found = _MERGES.search(sheet)
    if found is None:
        return []
    places = (struct.unpack_from("<4I", found[2], at + 3) for at in range(0, len(found[2]), 19))
    return [(top + 1, left + 1, bottom + 1, right + 1) for top, bottom, left, right in places]


def _sheets(book: bytes) -> Iterator[tuple[str, str]]:
    for kind, content in _records(book):
        if kind == _SHEET:
            relation, after = _text(content, 8)
            name, _ = _text(content, after)
            yield relation, name


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(stream):
        kind, at = _number(stream, at, 2)
        length, at = _number(stream, at, 4)
        yield kind, stream[at : at + length]
        at += length


def _number(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """A number in up to `most` groups of seven bits, lowest first, and where the next one begins."""
    total = 0
    for place, byte in enumerate(stream[at : at + most]):
        total |= (byte & 0x7F) << 7 * place
        at += 1
        if byte < 0x80:
            break
    return total, at


def _text(content: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", content, at)
    end = at + 4 + 2 * length
    return content[at + 4 : end].decode("utf-16-le"), end
