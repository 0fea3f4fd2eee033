"""Makers of files as they really are: merged headers, old workbooks, odd encodings, and files that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import polars as pl
import xlsxwriter
import xlwt

from panorama.intake.grid import Grid
from panorama.intake.letters import letter

Cells = list[list[str | int | float | bool | None]]
Merge = tuple[int, int, int, int]

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write_xlsx(path: Path, cells: Cells, merges: tuple[Merge, ...] = (), sheet: str = "台账", hidden: str = "") -> Path:
    """A workbook with one sheet (and a hidden one). Merges are 1-based: first row, first column, last row, last."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    for top, left, bottom, right in merges:
        page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            if value is not None:
                page.write(row, column, value)
    if hidden:
        other = book.add_worksheet(hidden)
        other.write(0, 0, "不应读入")
        other.hide()
    book.close()
    return path


def write_xls(path: Path, cells: Cells, merges: tuple[Merge, ...] = (), sheet: str = "台账", hidden: str = "") -> Path:
    """The same as an old workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet, cell_overwrite_ok=True)
    for top, left, bottom, right in merges:
        page.merge(top - 1, bottom - 1, left - 1, right - 1)
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            if value is not None:
                page.write(row, column, value)
    if hidden:
        other = book.add_sheet(hidden)
        other.write(0, 0, "不应读入")
        other.visibility = 1
    book.save(str(path))
    return path


def raw_xlsx(
    path: Path,
    sheet: str,
    *,
    shared: str | None = None,
    workbook: str | None = None,
    before: str = "",
    date_1904: bool = False,
) -> Path:
    """A workbook from the XML of its sheetData and what follows it, so that it may be as wrong as it likes."""
    links = f'<Relationship Id="rId1" Type="{LINK}/worksheet" Target="worksheets/sheet1.xml"/>'
    if shared is not None:
        links += f'<Relationship Id="rId2" Type="{LINK}/sharedStrings" Target="sharedStrings.xml"/>'
    flag = '<workbookPr date1904="1"/>' if date_1904 else ""
    book = workbook or (
        f'<workbook xmlns="{MAIN}" xmlns:r="{LINK}">{flag}'
        '<sheets><sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    root = f'<Relationship Id="rId1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", TYPES)
        out.writestr("_rels/.rels", f'<Relationships xmlns="{package}">{root}</Relationships>')
        out.writestr("xl/workbook.xml", book)
        out.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{links}</Relationships>')
        out.writestr("xl/worksheets/sheet1.xml", f'{before}<worksheet xmlns="{MAIN}">{sheet}</worksheet>')
        if shared is not None:
            out.writestr("xl/sharedStrings.xml", shared)
    return path


def far_cell(path: Path) -> Path:
    """A stray cell at XFD1048576: a reader that trusts the corners asks for half a terabyte."""
    return raw_xlsx(
        path,
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )


def false_count(path: Path) -> Path:
    """A shared string table that says it holds four thousand million strings."""
    return raw_xlsx(
        path,
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>',
        shared=f'<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000"><si><t>甲</t></si></sst>',
    )


def huge_cell(path: Path, mebibytes: int = 600) -> Path:
    """One cell of 600 MB that packs to 0.6 MB."""
    letters = (b"A" * (1 << 20) for _ in range(mebibytes))
    return _with_sheet(path, chain([b'<row r="1"><c r="A1" t="inlineStr"><is><t>'], letters, [b"</t></is></c></row>"]))


def _with_sheet(path: Path, data: Iterable[bytes]) -> Path:
    """A workbook of one sheet whose data are written piece by piece."""
    packed = io.BytesIO()
    raw_xlsx(path, "<sheetData/>")
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
    ):
        for name in source.namelist():
            if "sheet1" not in name:
                out.writestr(name, source.read(name))
        with out.open("xl/worksheets/sheet1.xml", "w") as part:
            for piece in chain(
                [f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()], data, [b"</sheetData></worksheet>"]
            ):
                part.write(piece)
    path.write_bytes(packed.getvalue())
    return path


def many_cells(path: Path, cells: int = 20_000_000) -> Path:
    """A sheet of twenty million cells that packs to less than a megabyte."""
    across = 10_000
    row = b"<row>" + b"<c><v>1</v></c>" * across + b"</row>"
    return _with_sheet(path, (row for _ in range(cells // across)))


def billion_laughs(path: Path) -> Path:
    """Entities that multiply."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    return raw_xlsx(
        path,
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData>',
        before=f'<?xml version="1.0"?><!DOCTYPE lolz [{entities}]>',
    )


def outside_entity(path: Path) -> Path:
    """An entity that asks for a file of the server."""
    return raw_xlsx(
        path,
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>',
        shared='<!DOCTYPE sst [<!ENTITY out SYSTEM "file:///etc/hostname">]>'
        f'<sst xmlns="{MAIN}"><si><t>&out;</t></si></sst>',
    )


def encrypted_stand_in(path: Path) -> Path:
    """An OLE container whose directory names an EncryptedPackage, as Excel writes for a workbook with a password."""
    sector = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64
        for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage", "")
    )
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + sector + b"\0" * 2048)
    return path


def grid(rows: list[list[str]], merges: tuple[Merge, ...] = (), sheet: str = "台账") -> Grid:
    """A sheet as the opening hands it on: blank rows left out and counted."""
    width = max((len(row) for row in rows), default=0)
    names = [letter(at + 1) for at in range(width)]
    kept = [
        {"row": at, **{name: (row[i] or None) if i < len(row) else None for i, name in enumerate(names)}}
        for at, row in enumerate(rows, start=1)
        if any(row)
    ]
    schema = {"row": pl.UInt32, **dict.fromkeys(names, pl.String)}
    last = max((row["row"] for row in kept), default=0)
    return Grid(sheet, pl.DataFrame(kept, schema=schema), merges, int(last) - len(kept))


def write_ods(path: Path, cells: Cells, merges: tuple[Merge, ...] = (), sheet: str = "台账", hidden: str = "") -> Path:
    """The same as an OpenDocument sheet; a text "PT…" becomes a duration, a blank row of blanks is repeated."""
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{value}:1.0"'
        for key, value in {"office": "office", "table": "table", "text": "text", "style": "style"}.items()
    )
    tables = f'<table:table table:name="{sheet}">{"".join(_ods_row(at, row, merges) for at, row in enumerate(cells))}</table:table>'
    style = '<style:style style:name="ta9" style:family="table"><style:table-properties table:display="false"/></style:style>'
    if hidden:
        tables += (
            f'<table:table table:name="{hidden}" table:style-name="ta9">{_ods_row(0, ["不应读入"], ())}</table:table>'
        )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f"<office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("content.xml", content)
        out.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _ods_row(at: int, values: list[str | int | float | bool | None], merges: tuple[Merge, ...]) -> str:
    if all(value is None for value in values):
        return f'<table:table-row><table:table-cell table:number-columns-repeated="{max(len(values), 1)}"/></table:table-row>'
    spans = {
        (
            top - 1,
            left - 1,
        ): f' table:number-columns-spanned="{right - left + 1}" table:number-rows-spanned="{bottom - top + 1}"'
        for top, left, bottom, right in merges
    }
    found = []
    for column, value in enumerate(values):
        span = spans.get((at, column), "")
        if value is None:
            found.append(f"<table:table-cell{span}/>")
        elif isinstance(value, str) and value.startswith("PT"):
            found.append(f'<table:table-cell{span} office:value-type="time" office:time-value="{value}"/>')
        elif isinstance(value, str):
            found.append(
                f'<table:table-cell{span} office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            )
        else:
            found.append(f'<table:table-cell{span} office:value-type="float" office:value="{value}"/>')
    return f"<table:table-row>{''.join(found)}</table:table-row>"


def write_xlsb(path: Path, cells: Cells, merges: tuple[Merge, ...] = (), sheet: str = "台账", hidden: str = "") -> Path:
    """The same as a binary workbook (records of MS-XLSB)."""
    sheets = [(sheet, 0, cells, merges), *([(hidden, 1, [["不应读入"]], ())] if hidden else [])]
    bundle = b"".join(
        _record(156, struct.pack("<II", state, at) + _wide(f"rId{at}") + _wide(name))
        for at, (name, state, _, _) in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{LINK}/worksheet" Target="worksheets/sheet{at}.bin"/>'
        for at in range(1, len(sheets) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("[Content_Types].xml", TYPES)
        out.writestr("xl/workbook.bin", _record(131) + _record(143) + bundle + _record(144) + _record(132))
        out.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}">{links}</Relationships>')
        for at, (_, _, rows, merged) in enumerate(sheets, start=1):
            out.writestr(f"xl/worksheets/sheet{at}.bin", _binary_sheet(rows, merged))
    return path


def _binary_sheet(cells: Cells, merges: tuple[Merge, ...]) -> bytes:
    wide = max((len(row) for row in cells), default=1)
    parts = [_record(129), _record(148, struct.pack("<4I", 0, max(len(cells) - 1, 0), 0, wide - 1)), _record(145)]
    for row, values in enumerate(cells):
        parts.append(_record(0, struct.pack("<II", row, 0) + b"\0" * 9))
        for column, value in enumerate(values):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                parts.append(_record(6, place + _wide(value)))
            elif value is not None:
                parts.append(_record(5, place + struct.pack("<d", value)))
    parts.append(_record(146))
    if merges:
        parts.append(_record(177, struct.pack("<I", len(merges))))
        parts += [_record(176, struct.pack("<4I", t - 1, b - 1, le - 1, r - 1)) for t, le, b, r in merges]
        parts.append(_record(178))
    return b"".join([*parts, _record(130)])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    return _sevens(kind) + _sevens(len(content)) + content


def _sevens(number: int) -> bytes:
    found = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        found.append(low | (0x80 if number else 0))
        if not number:
            return bytes(found)


def scrambled_zip(path: Path, name: str, content: bytes, password: str) -> Path:
    """A .zip whose one file is stored under the traditional password (APPNOTE 6.1)."""
    table = [_crc_step(at) for at in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(byte: int) -> None:
        keys[0] = (keys[0] >> 8) ^ table[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = (keys[2] >> 8) ^ table[(keys[2] ^ (keys[1] >> 24)) & 0xFF]

    for byte in password.encode():
        turn(byte)
    crc = zlib.crc32(content)
    scrambled = bytearray()
    for byte in b"\7" * 11 + bytes([crc >> 24]) + content:
        near = (keys[2] | 2) & 0xFFFF
        scrambled.append(byte ^ ((near * (near ^ 1) >> 8) & 0xFF))
        turn(byte)
    raw = name.encode()
    head = struct.pack("<HHHHHIIIHH", 20, 0x801, 0, 0, 0x21, crc, len(scrambled), len(content), len(raw), 0)
    local = b"PK\x03\x04" + head + raw + bytes(scrambled)
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + raw
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def _crc_step(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ 0xEDB88320 if value & 1 else value >> 1
    return value
