"""What stands in an .ods package besides values. Rows and columns are counted with their repetitions."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from panorama.intake.content import damaged
from panorama.intake.package import Marks

CONTENT: Final = "content.xml"
_CHUNK: Final = 1 << 20
_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "


@dataclass
class _Walk:
    """Where the reading of the XML stands: sheet, row and column, 1-based."""

    sheet: str = ""
    depth: int = 0
    """Tables within tables (in a comment or a shape) are none of the sheet's."""
    row: int = 0
    column: int = 0
    next_row: int = 1
    marks: dict[str, Marks] = field(default_factory=dict)

    def start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.removeprefix(_TABLE)
        if name == "table":
            self.depth += 1
            if self.depth == 1:
                self.sheet, self.next_row = given.get(_TABLE + "name", ""), 1
        elif self.depth != 1:
            return
        elif name == "table-row":
            self.row, self.column = self.next_row, 1
            self.next_row += _count(given, "number-rows-repeated")
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(given)

    def _cell(self, given: dict[str, str]) -> None:
        wide, high = _count(given, "number-columns-spanned"), _count(given, "number-rows-spanned")
        if wide > 1 or high > 1:
            merge = (self.row, self.column, self.row + high - 1, self.column + wide - 1)
            self._marks().merges.append(merge)
        if given.get(_OFFICE + "value-type") == "time":
            # The reader has no value for a duration: better told of than taken for an empty cell.
            self._marks().without_value.add((self.row, self.column))
        self.column += _count(given, "number-columns-repeated")

    def _marks(self) -> Marks:
        return self.marks.setdefault(self.sheet, Marks())

    def end(self, tag: str) -> None:
        if tag == _TABLE + "table":
            self.depth -= 1


def marks_by_sheet(package: zipfile.ZipFile) -> dict[str, Marks]:
    """Merged ranges of every sheet by its name, and cells of a kind that is not read. Raises Unreadable when the package is damaged."""
    walk = _Walk()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    try:
        with package.open(CONTENT) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
            parser.Parse(b"", True)
    except (KeyError, expat.ExpatError, ValueError):
        raise damaged() from None
    return walk.marks


def scrambled(package: zipfile.ZipFile) -> bool:
    """Whether its parts are scrambled by a password."""
    manifest = "META-INF/manifest.xml"
    return manifest in package.namelist() and b"encryption-data" in package.read(manifest)


def _count(given: dict[str, str], name: str) -> int:
    return max(int(given.get(_TABLE + name, 1)), 1)
