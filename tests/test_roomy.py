"""A sheet that is opened some rows at a time is the sheet that is opened whole."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from xlsxwriter.worksheet import Worksheet

from panorama.intake import package, roomy
from panorama.intake.workbook import Book, read_xlsx

CHUNK = 700
"""Bytes of XML: a few rows."""


def shared(fill: Callable[[Worksheet, xlsxwriter.Workbook], None], inline: bool = False) -> bytes:
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"constant_memory": inline, "in_memory": True}) as book:
        fill(book.add_worksheet("表"), book)
    return into.getvalue()


def in_shares(data: bytes, share: int = 1) -> Book:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roomy, "LARGE", 0)
        patch.setattr(roomy, "SHARE", share)
        patch.setattr(package, "CHUNK", CHUNK)
        return read_xlsx(data)


def frames(book: Book) -> list[pl.DataFrame]:
    return [page.frame for page in book.pages]


def used(frame: pl.DataFrame) -> dict[str, list[object]]:
    """Up to the last row and from the first to the last column that hold something: cells of an empty text are cells to one way alone."""
    cells = [name for name in frame.columns if name != "row" and frame[name].null_count() < frame.height]
    if not cells:
        return {}
    names = [name for name in frame.columns if name != "row"]
    kept = names[names.index(cells[0]) : names.index(cells[-1]) + 1]
    last = frame.filter(pl.any_horizontal(pl.col(cells).is_not_null()))["row"].max()
    return frame.filter(pl.col("row") <= last).select("row", *kept).to_dict(as_series=False)


def rows(sheet: Worksheet, book: xlsxwriter.Workbook) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at in range(80):
        sheet.write_row(at, 0, [f"单位{at}", at, at / 7, "" if at % 3 else None])
        sheet.write_datetime(at, 4, datetime(2024, 1, 1 + at % 28), day)
        sheet.write_boolean(at, 5, at % 2 == 0)
        sheet.write_formula(at, 6, f"=B{at + 1}*2", None, at * 2)


def gaps(sheet: Worksheet, book: xlsxwriter.Workbook) -> None:
    """Blank rows above, between and below, a blank column on the left, a column that begins late."""
    for at in (5, 6, 40, 41, 42, 90, 300, 301):
        sheet.write_row(at, 2, [f"甲{at}", at])
    sheet.write(300, 7, "迟")
    sheet.write_blank(500, 9, None, book.add_format({"bold": True}))


def wide(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
    for at in range(30):
        sheet.write_row(at, 24, [f"{at}-{column}" for column in range(40)])


def merged(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
    sheet.merge_range(0, 0, 0, 3, "标题")
    for at in range(1, 60, 3):
        sheet.merge_range(at, 0, at + 2, 0, f"组{at}")
        sheet.write_column(at, 1, [at, at + 1, at + 2])


def one_cell(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
    sheet.write(3, 3, "独")


def nothing(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
    sheet.write_comment(1, 1, "批注")


@pytest.mark.parametrize("share", [1, 2_500, 1 << 20])
@pytest.mark.parametrize("inline", [False, True])
@pytest.mark.parametrize("fill", [rows, gaps, wide, merged, one_cell, nothing])
def test_a_sheet_in_shares_is_the_sheet_opened_whole(
    fill: Callable[[Worksheet, xlsxwriter.Workbook], None], inline: bool, share: int
) -> None:
    data = shared(fill, inline)
    whole, parts = read_xlsx(data), in_shares(data, share)
    assert [frame.to_dict(as_series=False) for frame in frames(parts)] == [
        frame.to_dict(as_series=False) for frame in frames(whole)
    ]
    assert [(page.merges, page.without_value) for page in parts.pages] == [
        (page.merges, page.without_value) for page in whole.pages
    ]


def test_the_shares_are_many_and_none_holds_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = shared(rows)
    sizes: list[int] = []
    book = roomy._book

    def watched(members: dict[str, bytes]) -> bytes:
        sizes.append(len(members["xl/worksheets/sheet1.xml"]))
        return book(members)

    monkeypatch.setattr(roomy, "_book", watched)
    in_shares(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        whole = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    assert len(sizes) > 10
    assert max(sizes) < whole / 3


def test_one_of_several_sheets_of_another_writer_is_opened_so_too(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "甲"
    for at in range(40):
        book.active.append([f"一{at}", date(2024, 5, 1), at])
    other = book.create_sheet("乙")
    for at in range(50):
        other.cell(row=at * 2 + 3, column=2, value=f"二{at}")
    path = tmp_path / "两表.xlsx"
    book.save(path)
    data = path.read_bytes()
    for one, two in zip(frames(read_xlsx(data)), frames(in_shares(data)), strict=True):
        assert one.equals(two)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'<row r="\d+"', b"<row"),
        (rb'<row r="(\d+)"', rb"<row r='\1'"),
        (rb"<(/?)(worksheet|sheetData|row|c|v|f|dimension)\b", rb"<\1x:\2"),
    ],
    ids=["rows without numbers", "single quotes", "a prefix"],
)
def test_a_sheet_written_in_another_way_is_opened_whole(old: bytes, new: bytes) -> None:
    """Few programs write so; what they write is read as before."""
    data = shared(rows)
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given_, zipfile.ZipFile(into, "w") as changed:
        for name in given_.namelist():
            content = given_.read(name)
            if name.endswith("sheet1.xml"):
                content = re.sub(old, new, content).replace(b"xmlns=", b"xmlns:x=" if b"x:" in new else b"xmlns=")
            changed.writestr(name, content)
    written = into.getvalue()
    assert [frame.to_dict(as_series=False) for frame in frames(in_shares(written))] == [
        frame.to_dict(as_series=False) for frame in frames(read_xlsx(written))
    ]


def test_rows_that_stand_out_of_their_order_have_the_sheet_opened_whole() -> None:
    """A row that says the number of an earlier one would be lost, or come twice."""
    data = shared(rows)
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(into, "w") as changed:
        for name in packed.namelist():
            content = packed.read(name)
            for at in range(40, 60):
                content = content.replace(b'<row r="%d"' % at, b'<row r="%d"' % (at - 39))
            changed.writestr(name, content)
    assert frames(in_shares(into.getvalue()))[0].equals(frames(read_xlsx(into.getvalue()))[0])


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 60), st.integers(0, 5)),
        st.one_of(st.text("甲乙 \n<&>\"'-", max_size=5), st.integers()),
        max_size=40,
    ),
    st.sampled_from([1, 900, 3_000]),
)
def test_whatever_stands_where(cells: dict[tuple[int, int], str | int], share: int) -> None:
    def fill(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
        for (row, column), value in sorted(cells.items()):
            sheet.write_string(row, column, value) if isinstance(value, str) else sheet.write_number(
                row, column, value % 10**9
            )

    data = shared(fill)
    for one, two in zip(frames(read_xlsx(data)), frames(in_shares(data, share)), strict=True):
        assert used(one) == used(two)
