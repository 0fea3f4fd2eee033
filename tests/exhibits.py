"""Makers of evidence files: sound ones of each kind, and such as mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import xlsxwriter
import xlwt
from PIL import Image

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "application/vnd.openxmlformats-officedocument."
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
CELL = (
    f'<?xml version="1.0"?><office:document-content xmlns:office="{_OPEN}:office:1.0" xmlns:table="{_OPEN}:table:1.0" '
    f'xmlns:text="{_OPEN}:text:1.0"><office:body><office:spreadsheet><table:table table:name="台账"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>单位</text:p></table:table-cell>'
    "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
)
"""A sheet of one cell."""
PROGRAM = b"MZ\x90\0" + b"\0" * 60


def packed(parts: Mapping[str, bytes | str], stored: str = "") -> bytes:
    """A .zip of these entries. stored: the one that is not packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content, zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def streamed(parts: Mapping[str, bytes | str]) -> bytes:
    """The same by a writer that cannot go back: sizes stand behind each entry."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.data += piece
            return len(piece)

    out = OneWay()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:  # type: ignore[arg-type]
        for name, content in parts.items():
            package.writestr(name, content)
    return bytes(out.data)


def office(main: str = "wordprocessingml.document.main+xml", **more: bytes | str) -> dict[str, bytes | str]:
    """Entries of a Word document; more: further ones, __ for a slash and _dot_ for a dot."""
    types = (
        f'<?xml version="1.0"?><Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN}{main}"/></Types>'
    )
    return {
        "[Content_Types].xml": types,
        "_rels/.rels": links("officeDocument", "word/document.xml"),
        "word/document.xml": document("整改报告：已调出2名"),
        **{name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()},
    }


def document(*paragraphs: str) -> str:
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    return f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def links(kind: str, target: str, mode: str = "") -> str:
    outside = f' TargetMode="{mode}"' if mode else ""
    return f'<?xml version="1.0"?><Relationships xmlns="{_LINKS}"><Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"{outside}/></Relationships>'  # fmt: skip


def docx(**more: bytes | str) -> bytes:
    return packed(office(**more))


def pptx() -> bytes:
    return packed(office("presentationml.presentation.main+xml"))


def xlsx(*cells: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        for row, words in enumerate(cells or ("单位", "市教育局")):
            sheet.write_string(row, 0, words)
    return out.getvalue()


def xls(*cells: str) -> bytes:
    book, out = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("台账")
    for row, words in enumerate(cells or ("单位", "市教育局")):
        sheet.write(row, 0, words)
    book.save(out)
    return out.getvalue()


def pixels(kind: str, signs: bytes) -> bytes:
    """A picture in whose pixels these bytes stand as they are, as they may by chance: nothing in it is packed."""
    out = io.BytesIO()
    row = (signs * 9)[: 3 * 40]
    made = Image.frombytes("RGB", (40, 30), row * 30)
    made.save(out, kind, **({"compress_level": 0} if kind == "PNG" else {"lossless": True}))
    return out.getvalue()


def doc(flags: int = 0) -> bytes:
    """An old Word document, as far as its container and its head go."""
    return _renamed(xls(), "WordDocument", struct.pack("<5HH", 0xA5EC, 0xC1, 0, 0, 0, flags))


def macro_sheet() -> bytes:
    """An old workbook whose sheet is one of macros (Excel 4)."""
    data = bytearray(xls())
    at = data.index(b"\x85\x00", 512)
    data[at + 9] = 1
    return bytes(data)


def with_stream(name: str) -> bytes:
    """An old workbook in which something of this name stands too."""
    data = bytearray(xls())
    entry = data.index("Workbook\0".encode("utf-16-le"), 512) + 128
    told = (name + "\0").encode("utf-16-le")
    data[entry : entry + 64] = told.ljust(64, b"\0")
    data[entry + 64 : entry + 66] = struct.pack("<H", len(told))
    data[entry + 66] = 2
    # The workbook's brother, so that it is found from the root.
    data[entry - 128 + 72 : entry - 128 + 76] = struct.pack("<I", 2)
    for side in (68, 72, 76):
        data[entry + side : entry + side + 4] = b"\xff" * 4
    data[entry + 116 : entry + 124] = struct.pack("<II", 0, 0)
    return bytes(data)


def _renamed(data: bytes, name: str, head: bytes) -> bytes:
    made = bytearray(data)
    entry = made.index("Workbook\0".encode("utf-16-le"), 512)
    told = (name + "\0").encode("utf-16-le")
    made[entry : entry + 64] = told.ljust(64, b"\0")
    made[entry + 64 : entry + 66] = struct.pack("<H", len(told))
    first = 512 * (1 + struct.unpack("<I", made[entry + 116 : entry + 120])[0])
    made[first : first + len(head)] = head
    return bytes(made)


def open_document(kind: str = "text", **more: bytes | str) -> bytes:
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{_OPEN}:office:1.0" xmlns:text="{_OPEN}:text:1.0">'
        "<office:body><office:text><text:p>整改报告</text:p></office:text></office:body></office:document-content>"
    )
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": content,
        "META-INF/manifest.xml": '<?xml version="1.0"?><manifest/>',
        **{name.replace("__", "/").replace("_dot_", "."): value for name, value in more.items()},
    }
    return packed(parts, stored="mimetype")


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (30, 90, 150)).save(out, kind)
    return out.getvalue()


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    for at, one in enumerate(objects, 3):
        body += b"%d 0 obj\n%s\nendobj\n" % (at, one)
    return body + b"trailer << /Root 1 0 R " + trailer + b" >>\n%%EOF\n"


def packed_objects(content: bytes) -> bytes:
    """Objects of a PDF that are packed together, as writers of today do."""
    inside = zlib.compress(content)
    return b"<< /Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(inside), inside)  # fmt: skip
