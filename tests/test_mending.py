"""Refused rows come back in their sender's own sheet, and mended they go in: whatever the file was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import workbooks
from openpyxl.worksheet.worksheet import Worksheet

from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.store.drops import load, undo
from panorama.store.rejects import write_rejects
from panorama.store.report import DropReport
from tests.stock import answer, stocked
from tests.workbooks import Cells, Merge

ACTOR = local_actor()


def wide(year: int) -> Cells:
    """A table in columns B to G, below a title, a line of its own and a header of three tiers."""
    return [
        [None, "天津市××局机构编制台账", None, None, None, None, None],
        [None, f"截至{year}年12月31日", None, None, None, None, "单位：人"],
        [None, None, None, None, None, None, None],
        [None, "单位名称", "编制情况", None, None, None, "备注"],
        [None, None, "行政编制", None, "事业编制", None, None],
        [None, None, "核定数", "实有数", "核定数", "实有数", None],
        [None, "天津市教育局", 30, 28, 10, 9, "好"],
        [None, "天津市生态环境局", 20, "二十几", 5, 5, "坏"],
        [None, "合计", 50, 48, 15, 14, None],
    ]


MERGES: tuple[Merge, ...] = ((1, 2, 1, 7), (4, 2, 6, 2), (4, 3, 4, 6), (5, 3, 5, 4), (5, 5, 5, 6), (4, 7, 6, 7))
ACTUAL = "select year(s.snapshot_date) as year, u.name, s.estab_type, s.actual from mart.staffing as s inner join mart.unit as u using (unit_id) order by all"


def mended(path: Path, old: str, new: str) -> Path:
    """The workbook with one text put right, as a person would."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row if cell.value == old]
    assert cells
    for cell in cells:
        cell.value = new
    book.save(path)
    return path


def given_back(path: Path, settings: Settings, day: date | None = None) -> tuple[int, Path, Worksheet]:
    report = load([path], settings, ACTOR, snapshot_date=day)
    assert report.drop_id is not None
    out = path.with_name("拒收.xlsx")
    write_rejects(report.drop_id, out, settings, ACTOR)
    return report.drop_id, out, openpyxl.load_workbook(out).worksheets[1]


def open_refusals(settings: Settings) -> list[tuple[object, ...]]:
    return answer(settings, "select src_row, value from meta.reject where mended_by is null order by all")


FORMATS: dict[int, Callable[..., Path]] = {
    2021: workbooks.write_xlsx, 2022: workbooks.write_xls, 2023: workbooks.write_xlsb, 2024: workbooks.write_ods,
}  # fmt: skip
"""A ledger of each format, told apart by its year."""


@dataclass(frozen=True)
class Returned:
    """Ledgers of every format: what came back of them, what went in again, and what is open once that is taken back."""

    sheets: dict[int, Worksheet]
    report: DropReport
    actual: list[tuple[object, ...]]
    still_open: list[tuple[object, ...]]
    open_again: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Returned:
    folder = tmp_path_factory.mktemp("returned")
    settings = stocked(folder, with_work=False)
    paths = [write(folder / f"台账{year}", wide(year), MERGES) for year, write in FORMATS.items()]
    first = load(paths, settings, ACTOR)
    out = folder / "拒收.xlsx"
    write_rejects(first.drop_id or 0, out, settings, ACTOR)
    sheets = {
        int(str(sheet["B2"].value)[2:6]): sheet
        for sheet in openpyxl.load_workbook(out).worksheets[1:]
        if sheet["B2"].value
    }
    report = load([mended(out, "二十几", "19")], settings, ACTOR)
    actual, still_open = answer(settings, ACTUAL), open_refusals(settings)
    assert report.drop_id not in (None, first.drop_id)
    undo(report.drop_id or 0, settings, ACTOR)
    return Returned(sheets, report, actual, still_open, open_refusals(settings))


@pytest.mark.parametrize("year", FORMATS, ids=[write.__name__ for write in FORMATS.values()])
def test_a_sheet_of_three_tiers_comes_back_as_it_was_and_only_the_mended_row_goes_in(
    returned: Returned, year: int
) -> None:
    sheet = returned.sheets[year]
    for row, cells in enumerate(wide(year)[:6], 1):
        assert [cell.value for cell in sheet[row][:7]] == cells
    assert {str(merge) for merge in sheet.merged_cells.ranges} == {"B1:G1", "B4:B6", "C4:F4", "C5:D5", "E5:F5", "G4:G6"}
    assert [cell.value for cell in sheet[7][1:7]] == ["天津市生态环境局", "20", "二十几", "5", "5", "坏"]
    wrong = sheet["D7"]
    assert wrong.fill.fgColor.rgb == "FFFFD9D4"
    assert "阿拉伯数字" in wrong.comment.text
    assert sheet.max_row == 7
    (told,) = (one for one in returned.report.sheets if one.sheet == sheet.title)
    assert (told.accepted, told.refused) == (1, 0)
    assert [row[1:] for row in returned.actual if row[0] == year] == [
        ("天津市教育局", "SY", 9), ("天津市教育局", "XZ", 28), ("天津市生态环境局", "SY", 5), ("天津市生态环境局", "XZ", 19),
    ]  # fmt: skip


def test_the_refusals_close_once_mended_and_open_again_when_that_is_taken_back(returned: Returned) -> None:
    (change,) = returned.report.changes
    assert (change.new, change.changed) == (2 * len(FORMATS), 0)
    assert returned.still_open == []
    assert returned.open_again == [(8, "二十几")] * len(FORMATS)


def test_a_text_in_gbk_comes_back_with_the_day_that_was_given(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    path = tmp_path / "台账.csv"
    lines = ["机构名称,编制类型,核定编制数,实有人数", "天津市教育局,行政编制,30,28", "天津市生态环境局,行政编,20,19"]
    path.write_bytes("\r\n".join(lines).encode("gbk"))
    _, out, sheet = given_back(path, settings, date(2024, 6, 30))
    assert sheet["A1"].value == "截至2024年6月30日"
    assert [cell.value for cell in sheet[2]][:4] == lines[0].split(",")
    [choices] = sheet.data_validations.dataValidation
    assert str(choices.sqref) == "B3"
    assert load([mended(out, "行政编", "行政编制")], settings, ACTOR).exit_code == 0
    assert open_refusals(settings) == []
    found = answer(settings, "select distinct cast(snapshot_date as varchar), count(*) from mart.staffing group by all")
    assert found == [("2024-06-30", 2)]


ABOVE = [
    ["机构名称", "编制类型", "核定编制数", "实有人数"],
    ["天津市教育局", "行政编制", 30, 28],
    ["天津市生态环境局", "行政编制", 20, 19],
]
BELOW = [
    ["事业单位", None, None, None],
    ["编制类型", "机构名称", "核定编制数", "实有人数"],
    ["事业编制", "天津市教育局", 10, "几个"],
    ["事业编制", "天津市生态环境局", 5, 5],
]


@dataclass(frozen=True)
class Odd:
    """Workbooks out of the common, each of a year of its own: what came back of them, and what is told once it went in."""

    sheets: dict[str, Worksheet]
    report: DropReport
    actual: list[tuple[object, ...]]
    still_open: list[tuple[object, ...]]

    def filled(self, file: str) -> list[list[object]]:
        rows = self.sheets[file].iter_rows(values_only=True)
        return [[cell for cell in row if cell is not None] for row in rows if any(row)]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    folder = tmp_path_factory.mktemp("odd")
    settings = stocked(folder, with_work=False)
    day, meeting = ["截至2024年12月31日", None, None, None], ["2024年1月15日报市委编委会", None, None, None]
    paths = [
        workbooks.write_xls(folder / "合并.xls", wide(2022), (*MERGES, (4, 3, 5, 4))),
        workbooks.write_xlsx(
            folder / "两个日期.xlsx", [meeting, ["截至2023年12月31日", None, None, None], *ABOVE, *BELOW]
        ),
        workbooks.write_xlsx(folder / "上下两张.xlsx", [day, *ABOVE, *BELOW]),
    ]
    first = load(paths, settings, ACTOR)
    out = folder / "拒收.xlsx"
    write_rejects(first.drop_id or 0, out, settings, ACTOR)
    sheets = {sheet.title.split()[0]: sheet for sheet in openpyxl.load_workbook(out).worksheets[1:]}
    report = load([mended(mended(out, "二十几", "19"), "几个", "9")], settings, ACTOR)
    return Odd(sheets, report, answer(settings, ACTUAL), open_refusals(settings))


def test_what_came_back_of_odd_workbooks_goes_in_mended(odd: Odd) -> None:
    assert (odd.report.exit_code, odd.report.accepted, odd.report.refused) == (0, 3, 0)
    assert odd.still_open == []


def test_merges_laid_over_each_other_do_not_stop_the_workbook(odd: Odd) -> None:
    assert odd.sheets["合并"]["D7"].value == "二十几"
    (told,) = (one for one in odd.report.sheets if one.sheet == odd.sheets["合并"].title)
    assert (told.accepted, told.refused) == (1, 0)


def test_a_table_below_another_comes_back_without_it_and_keeps_its_day_and_unit(odd: Odd) -> None:
    assert [line[:2] for line in odd.filled("上下两张")] == [
        ["截至2024年12月31日"], ["事业单位"], ["编制类型", "机构名称"], ["事业编制", "天津市教育局"],
    ]  # fmt: skip
    assert (2024, "天津市教育局", "SY", 9) in odd.actual


def test_a_table_below_another_comes_back_under_the_day_that_was_read_for_it(odd: Odd) -> None:
    """Of two lines with a day the one that says 截至 counts, wherever it stands."""
    assert odd.sheets["两个日期"]["A1"].value == "截至2023年12月31日"
    assert (2023, "天津市教育局", "SY", 9) in odd.actual
