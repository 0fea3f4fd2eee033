"""From a path to sheets of text: formats, encodings, true rows and columns."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import workbooks
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama.errors import Unreadable
from panorama.intake import csvtext
from panorama.intake.letters import letter, number
from panorama.intake.opening import open_file
from panorama.intake.secrecy import is_secrecy_header, secrecy_mark, secrecy_value
from panorama.settings import Settings

SETTINGS = Settings()
CSV = "单位,人数,备注\n市教委,12,有\n\n南开区,,“引号”\n"


def opened_frame(path: Path) -> pl.DataFrame:
    return open_file(path, SETTINGS).grids[0].frame


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, told: str) -> None:
    path = tmp_path / "人数.csv"
    path.write_bytes(CSV.encode(encoding))
    opened = open_file(path, SETTINGS)
    assert (opened.kind, opened.encoding) == ("csv", told)
    assert opened.grids[0].frame.rows() == [
        (1, "单位", "人数", "备注"),
        (2, "市教委", "12", "有"),
        (4, "南开区", None, "“引号”"),
    ]
    assert opened.grids[0].blank_rows == 1


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_below_a_title(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "表.txt"
    path.write_text("2024年台账\n" + "\n".join(mark.join(["单位", "一、二", "3"]) for _ in "abc"))
    opened = open_file(path, SETTINGS)
    assert opened.kind == ("tsv" if mark == "\t" else "csv")
    assert opened.grids[0].frame["A"].to_list()[1:] == ["单位"] * 3


def test_excels_own_line_about_the_delimiter_is_not_a_row(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("sep=;\n单位;人数\n甲;1\n")
    assert opened_frame(path).rows() == [(1, "单位", "人数"), (2, "甲", "1")]


def test_a_quoted_line_break_is_one_row_and_ragged_rows_stay(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text('单位,备注\n甲,"一\n二"\n乙\n丙,1,2,3\n')
    frame = opened_frame(path)
    assert frame["row"].to_list() == [1, 2, 3, 4]
    assert frame["B"].to_list() == ["备注", "一\n二", None, "1"]
    assert frame["D"].to_list() == [None, None, None, "3"]


fields = st.text(st.sampled_from('甲a1 ,"\n\r;'), max_size=5)


@given(st.lists(st.lists(fields, min_size=2, max_size=4), min_size=1, max_size=12), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_quick_way_equals_the_careful_way(rows: list[list[str]], windows: bool) -> None:
    ending = "\r\n" if windows else "\n"
    text = "".join(
        ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set('",\n\r') else cell for cell in row)
        + ending
        for row in rows
    ).encode()
    quick = csvtext.quickly(text, ",")
    if quick is not None:
        careful = csvtext.carefully(text, ",")
        assert quick.select(careful.columns).equals(careful)
        assert all(quick[name].null_count() == quick.height for name in quick.columns if name not in careful.columns)


def test_large_text_keeps_row_numbers_either_way(tmp_path: Path) -> None:
    chance = random.Random(7)
    lines = ["标题", "单位,人数,备注"]
    lines += [chance.choice([f"单位{at},{at},", "", f'单位{at},,"一,二"']) for at in range(120_000)]
    text = "\n".join(lines).encode()
    quick = csvtext.quickly(text, ",")
    assert quick is not None
    assert quick.equals(csvtext.carefully(text, ","))
    path = tmp_path / "大.csv"
    path.write_bytes(text)
    grid = open_file(path, SETTINGS).grids[0]
    last = max(at for at, line in enumerate(lines, start=1) if line)
    assert grid.frame["row"][-1] == last
    assert grid.blank_rows == sum(1 for line in lines[:last] if not line)


def typed_workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    time = book.add_format({"num_format": "hh:mm:ss"})
    page.write_row("C5", [12, 12.5, True, "007", 110101199001011234])
    page.write_datetime("H5", dt.datetime(2022, 5, 1), day)
    page.write_datetime("I5", dt.datetime(2022, 5, 1, 8, 5), day)
    page.write_datetime("J5", dt.time(12, 30), time)
    page.write_formula("C8", "=NA()", None, "#N/A")
    page.write_formula("D8", "=1/0", None, "#DIV/0!")
    page.write_string("E8", "#N/A")
    page.write_formula("F8", "=1+1", None, 2)
    book.close()
    return path


def test_cells_of_a_workbook_come_as_text_at_their_place(tmp_path: Path) -> None:
    grid = open_file(typed_workbook(tmp_path / "值.xlsx"), SETTINGS).grids[0]
    assert grid.frame.columns == ["row", *"CDEFGHIJ"]
    assert grid.frame.row(0) == (
        *(5, "12", "12.5", "true", "007", "110101199001011200"),
        *("2022-05-01", "2022-05-01 08:05:00", "12:30:00"),
    )
    assert grid.frame.row(1)[:5] == (8, None, None, "#N/A", "2")
    assert grid.blank_rows == 6
    assert grid.formulas_without_value == {(8, 3), (8, 4)}


def test_formulas_never_computed_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["单位", "合计"])
    page.append(["甲", "=1+1"])
    book.save(tmp_path / "公式.xlsx")
    assert open_file(tmp_path / "公式.xlsx", SETTINGS).grids[0].formulas_without_value == {(2, 2)}


def test_a_formula_that_came_out_empty_is_not_missing(tmp_path: Path) -> None:
    path = workbooks.raw_xlsx(
        tmp_path / "空串.xlsx",
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1"><f>1+1</f><v/></c></row></sheetData>',
    )
    assert open_file(path, SETTINGS).grids[0].formulas_without_value == {(1, 3)}


def test_cells_without_an_address_are_counted(tmp_path: Path) -> None:
    path = workbooks.raw_xlsx(
        tmp_path / "无址.xlsx",
        "<sheetData><row><c><v>1</v></c></row><row><c><v>2</v></c><c><f>1+1</f></c></row></sheetData>",
    )
    assert open_file(path, SETTINGS).grids[0].formulas_without_value == {(2, 2)}


def test_dates_of_a_1904_workbook_are_right(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    page = book.active
    assert page is not None
    page.append(["日期"])
    page.append([dt.date(2026, 9, 30)])
    book.save(tmp_path / "mac.xlsx")
    assert opened_frame(tmp_path / "mac.xlsx")["A"].to_list() == ["日期", "2026-09-30"]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_both_workbook_formats_read_alike_whatever_the_name(tmp_path: Path, kind: str) -> None:
    make = workbooks.write_xlsx if kind == "xlsx" else workbooks.write_xls
    path = make(
        tmp_path / "错名.csv",
        [[None], [None, "单位", "人数"], [None, "甲", 3], [None, None, 4]],
        ((3, 2, 4, 2),),
        hidden="底稿",
    )
    opened = open_file(path, SETTINGS)
    grid = opened.grids[0]
    assert (opened.kind, opened.hidden, len(opened.grids)) == (kind, ("底稿",), 1)
    assert grid.frame.rows() == [(2, "单位", "人数"), (3, "甲", "3"), (4, None, "4")]
    assert grid.merges == ((3, 2, 4, 2),)
    assert grid.blank_rows == 1


def test_error_cells_of_an_old_workbook_are_told(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("台账")
    page.write(1, 1, "单位")
    page.row(2).set_cell_error(1, 0x2A)
    page.write(2, 2, dt.date(2022, 5, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    book.save(str(tmp_path / "旧.xls"))
    grid = open_file(tmp_path / "旧.xls", SETTINGS).grids[0]
    assert grid.formulas_without_value == {(3, 2)}
    assert grid.frame.row(1) == (3, None, "2022-05-01")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("秘密★", "秘密"),
        ("机密 ★ 20年", "机密"),
        ("密级：机密", "机密"),
        ("【绝密】编制台账", "绝密"),
        ("2024年台账（秘密）", "秘密"),
        ("台账-机密-2024", "机密"),
        ("绩效_机密(1)", "机密"),
        ("绩效(机密) - 副本", "机密"),
        ("绩效-绝密2025", "绝密"),
        ("绩效（秘密10年）", "秘密"),
        ("机密台账", "机密"),
        ("机密级绩效", "机密"),
        ("滨江市机密级绩效表", "机密"),
        ("绝密▲20年", "绝密"),
        ("机密20年", "机密"),
        ("【内部·秘密】", "秘密"),
        ("保密委员会", None),
        ("国家秘密10年保护规划", None),
        ("涉密人员名单", None),
        ("非机密级材料", None),
        ("国家秘密保护工作台账", None),
        ("密级", None),
        ("商业秘密保护科", None),
        ("机密级文件统计科", None),
        ("非涉密", None),
    ],
)
def test_a_mark_of_secrecy_is_told_from_ordinary_words(text: str, level: str | None) -> None:
    assert secrecy_mark(text) == level


def test_ordinary_words_about_secrecy_open(tmp_path: Path) -> None:
    rows: workbooks.Cells = [
        ["单位", "密级", "事项"],
        ["保密委员会", "内部", "国家秘密保护"],
        ["甲", "非涉密", "保密检查"],
    ]
    assert opened_frame(workbooks.write_xlsx(tmp_path / "保密局台账.xlsx", rows)).height == 3


def test_a_secrecy_column_is_judged_by_its_values() -> None:
    assert is_secrecy_header("密级（公开/内部）")
    assert [secrecy_value(value) for value in ("秘密", "机密级", "公开", "非涉密")] == ["秘密", "机密", None, None]


@given(st.integers(1, 16_384))
def test_letters_and_numbers_of_columns_agree(at: int) -> None:
    assert number(letter(at)) == at


NUMBER = "11010519491231002X"
TABLE: workbooks.Cells = [["单位", "人数"], ["甲", 1]]


def made(
    path: Path, hidden: str | None = None, margin: str | None = None, sheet: str = "台账", title: str = ""
) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in ([[title]] if title else []) + [list(row) for row in TABLE]:
        page.append(row)
    if margin:
        page.oddHeader.center.text = margin
    if hidden:
        aside = book.create_sheet("底稿")
        aside.append([None, hidden])
        aside.sheet_state = "hidden"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("told", "where"), [({"hidden": "机密★10年"}, "title"), ({"margin": "机密★10年"}, "page header")]
)
def test_marks_in_hidden_sheets_and_page_headers_are_seen(tmp_path: Path, told: dict[str, str], where: str) -> None:
    with pytest.raises(Unreadable, match=f"{where}.*机密"):
        open_file(made(tmp_path / "台账.xlsx", **told), SETTINGS)


def test_a_hidden_sheet_of_an_old_workbook_is_seen_too(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    for name, cell in (("台账", "单位"), ("底稿", "绝密★")):
        page = book.add_sheet(name)
        page.write(0, 0, cell)
    page.visibility = 1
    book.save(str(tmp_path / "旧.xls"))
    with pytest.raises(Unreadable, match="绝密"):
        open_file(tmp_path / "旧.xls", SETTINGS)


@pytest.mark.parametrize(
    "told",
    [
        {"hidden": f"张某 {NUMBER}"},
        {"margin": f'&L&"宋体"{NUMBER}'},
        {"sheet": f"甲{NUMBER}"},
        {"title": f"填报人{NUMBER}"},
    ],
)
def test_a_file_with_numbers_of_persons_anywhere_is_known_as_such(tmp_path: Path, told: dict[str, str]) -> None:
    opened = open_file(made(tmp_path / "台账.xlsx", **told), SETTINGS)
    assert opened.personal
    assert NUMBER not in opened.grids[0].sheet


def test_hidden_sheets_and_page_headers_without_them_are_nothing_special(tmp_path: Path) -> None:
    opened = open_file(made(tmp_path / "台账.xlsx", hidden="行政编制", margin="&C第 &P 页"), SETTINGS)
    assert (opened.personal, opened.hidden, len(opened.grids)) == (False, ("底稿",), 1)
