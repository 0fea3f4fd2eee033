"""Makers of files as they really are: merged headers, old workbooks, odd encodings, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
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
    packed = io.BytesIO()
    raw_xlsx(path, "<sheetData/>")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            if "sheet1" not in name:
                out.writestr(name, source.read(name))
        with out.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'.encode())
            for _ in range(mebibytes):
                part.write(b"A" * (1 << 20))
            part.write(b"</t></is></c></row></sheetData></worksheet>")
    path.write_bytes(packed.getvalue())
    return path


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
