"""What stands in an .xlsx package besides values: bombs, hidden sheets, merged ranges, formulas that never got a value.

The package is checked before the reader of workbooks sees it, because that reader trusts what a file declares.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from panorama.errors import Unreadable
from panorama.intake.content import damaged
from panorama.intake.letters import Merge, corners, number

MOST_ENTRIES: Final = 10_000
MOST_BYTES: Final = 2 << 30
"""Unpacked. A sheet of a million rows by eight columns is about 0.4 GB of XML."""
SUSPECT_BYTES: Final = 48 << 20
MOST_RATIO: Final = 150
"""Unpacked to packed, for parts above SUSPECT_BYTES. Real sheets pack 10 to 40 times, bombs up to 1,032 times."""
PROLOG: Final = 64 << 10
CHUNK: Final = 4 << 20

_ROOT: Final = re.compile(rb"<[A-Za-z_]")
_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGE: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([^\"']+)[\"']")
_MARGIN: Final = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>([^<]*)<")
_CODE: Final = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Za-z])')
_PREFIX: Final = re.compile(rb"<(\w+:)?worksheet\b")
_TAG: Final = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*?)?(/>|>)")
_PLACE: Final = re.compile(rb"\br=[\"']([A-Z]{0,3})(\d+)[\"']")
_ERROR: Final = re.compile(rb"\bt=[\"']e[\"']")
_TEXT: Final = re.compile(rb"\bt=[\"']str[\"']")


@dataclass(frozen=True)
class Sheet:
    """One worksheet of the package: its name, its part, and whether it is shown."""

    name: str
    part: str
    visible: bool


@dataclass
class Marks:
    """What the XML of a sheet says that its values do not. Rows and columns are 1-based."""

    merges: list[Merge] = field(default_factory=list)
    without_value: set[tuple[int, int]] = field(default_factory=set)
    starts_at_a: bool = False
    """A cell of column A holds something."""
    margins: list[str] = field(default_factory=list)
    """What is printed above and below each page."""


def refuse_bombs(package: zipfile.ZipFile) -> None:
    """Refuse packages that unpack to far more than they are, or that declare entities. Raises Unreadable."""
    refuse_swollen(package)
    entries = package.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(
            "压缩包设有密码，无法读取。请取消密码，另存为 .xlsx 后再导入。",
            "its package is protected by a password. Remove the password, save it as .xlsx and load that.",
        )
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_entities(package, entry)


def refuse_swollen(package: zipfile.ZipFile) -> None:
    """Refuse packages that unpack to far more than they are. Raises Unreadable."""
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    swollen = any(
        entry.file_size > SUSPECT_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    packed = sum(entry.compress_size for entry in entries)
    swollen = swollen or (unpacked > SUSPECT_BYTES and unpacked > MOST_RATIO * max(packed, 1))
    if len(entries) > MOST_ENTRIES or unpacked > MOST_BYTES or swollen:
        raise Unreadable(
            "文件解压后过大（疑似压缩炸弹或大量空白格式）。请只把有数据的区域复制到新工作簿，另存为 .xlsx 后再导入。",
            "it unpacks to far more than it is (a zip bomb, or masses of formatted blanks). "
            "Copy only the cells with data into a new workbook, save it as .xlsx and load that.",
        )


def _refuse_entities(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """A document type can only stand before the root element, so the prolog is all that needs reading."""
    with package.open(entry) as stream:
        head = stream.read(PROLOG).replace(b"\0", b"")
    root = _ROOT.search(head)
    prolog = head[: root.start()] if root else head
    if _DECLARES.search(prolog) or (root is None and len(head) >= PROLOG // 2):
        raise Unreadable(
            "文件内部含有实体声明（XML 炸弹或外部引用），可能是恶意文件，已拒绝。请用 Excel 新建工作簿重新录入或复制数据。",
            "its XML declares entities (an XML bomb or an outside reference); it may be malicious and was refused. "
            "Copy the data into a new workbook made by Excel.",
        )


def sheets_of(package: zipfile.ZipFile) -> tuple[Sheet, ...]:
    """Worksheets in their order; chart and macro sheets are left out. Raises Unreadable when the package is damaged."""
    names = {name.replace("\\", "/").lstrip("/").lower(): name for name in package.namelist()}
    try:
        book = ElementTree.fromstring(package.read(names["xl/workbook.xml"]))
        links = ElementTree.fromstring(package.read(names["xl/_rels/workbook.xml.rels"]))
    except (KeyError, ElementTree.ParseError):
        raise damaged() from None
    targets = {
        link.get("Id", ""): link.get("Target", "") for link in links if link.get("Type", "").endswith("/worksheet")
    }
    found = []
    for element in book.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        link = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id"), "")
        if link in targets:
            part = names.get(_resolved(targets[link]).lower(), "")
            found.append(Sheet(element.get("name", ""), part, element.get("state", "visible") == "visible"))
    return tuple(found)


def _resolved(target: str) -> str:
    target = target.replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"


def marks_of(package: zipfile.ZipFile, part: str) -> Marks:
    """Merged ranges, and cells whose formula has no value or whose value is an error, from the XML of one sheet."""
    marks = Marks()
    patterns: _Patterns | None = None
    for piece in rows_of(package, part):
        patterns = patterns or _patterns_for(piece)
        marks.starts_at_a = marks.starts_at_a or patterns.in_column_a.search(piece) is not None
        if patterns.counter is not None:
            marks.without_value.update(_counted(piece, patterns, patterns.counter))
        elif any(sign in piece for sign in patterns.signs):
            marks.without_value.update(_addressed(piece, patterns))
        if b"eader>" in piece or b"ooter>" in piece:
            marks.margins.extend(_plain(found[1]) for found in _MARGIN.finditer(piece))
        if b"mergeCell" in piece:
            ranges = (corners(found[1].decode("ascii", "ignore")) for found in _MERGE.finditer(piece))
            marks.merges.extend(merged for merged in ranges if merged is not None)
    return marks


def _plain(written: bytes) -> str:
    """A page header without its codes for place, font and size."""
    return _CODE.sub(" ", unescape(written.decode("utf-8", "ignore"))).strip()


def rows_of(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML in pieces that end with a row, so that no cell is cut in two."""
    rest: list[bytes] = []
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            cut = chunk.rfind(b"</row>")
            if cut < 0:
                rest.append(chunk)
                continue
            cut += len(b"</row>")
            yield b"".join([*rest, chunk[:cut]])
            rest = [chunk[cut:]]
    yield b"".join(rest)


@dataclass
class _Counter:
    """Where the next cell stands when a file leaves out its address, as the format allows."""

    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class _Patterns:
    """What to look for in one sheet, with its namespace prefix spelt out: a million cells allow no general search."""

    signs: tuple[bytes, ...]
    in_column_a: re.Pattern[bytes]
    error: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    """A cell with a formula and no value: attributes, then an empty <v> if there is one."""
    counter: _Counter | None


def _patterns_for(first: bytes) -> _Patterns:
    root = _PREFIX.search(first)
    x = (root[1] or b"") if root else b""
    cell = re.search(rb"<%sc(\s[^>]*)?>" % x, first)
    addressed = cell is None or _PLACE.search(cell[1] or b"") is not None
    return _Patterns(
        signs=(b"<%sf" % x, b't="e"', b"t='e'"),
        in_column_a=re.compile(rb"<%sc r=[\"']A\d+[\"'][^>]*>\s*<%s(?:v>[^<]|is>)" % (x, x)),
        error=re.compile(rb"<%sc(\s[^>]*?\bt=[\"']e[\"'][^>]*?)>" % x),
        formula=re.compile(
            rb"<%sc(\s[^>]*?)?>\s*<%sf(?:\s[^>]*)?(?:/>|>[^<]*</%sf>)\s*(<%sv\s*(?:/>|></%sv>))?\s*</%sc>"
            % (x, x, x, x, x, x)
        ),
        counter=None if addressed else _Counter(),
    )


def _addressed(piece: bytes, patterns: _Patterns) -> Iterator[tuple[int, int]]:
    for found in (*patterns.error.finditer(piece), *patterns.formula.finditer(piece)):
        place = _PLACE.search(found[1] or b"")
        if place and not _empty_text(found):
            yield int(place[2]), number(place[1].decode())


def _empty_text(found: re.Match[bytes]) -> bool:
    """A formula that came out as "" is a value: Excel then writes an empty <v> in a cell of text."""
    return found.re.groups > 1 and found[2] is not None and _TEXT.search(found[1] or b"") is not None


def _counted(piece: bytes, patterns: _Patterns, counter: _Counter) -> Iterator[tuple[int, int]]:
    for tag in _TAG.finditer(piece):
        attributes = tag[2] or b""
        place = _PLACE.search(attributes)
        if tag[1] == b"row":
            counter.row, counter.column = int(place[2]) if place else counter.row + 1, 0
            continue
        counter.column = number(place[1].decode()) if place else counter.column + 1
        bare = patterns.formula.match(piece, tag.start())
        if _ERROR.search(attributes) or (bare and not _empty_text(bare)):
            yield counter.row, counter.column
