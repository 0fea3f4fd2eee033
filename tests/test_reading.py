"""Whole files: several sheets, notes beside tables, templates filled in, and faults that end as sentences."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from tables import read_text
from workbooks import write_xls, write_xlsx

from panorama.intake.grid import Parsed, Reading
from panorama.intake.reading import read_file
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.sources.template import write_template

LEDGER = "机构名称,统计日期,编制类型,核定编制数,实有人数\n"
ROW = "市教委,2024-12-31,行政,50,48\n"


def only(reading: Reading) -> Parsed:
    assert reading.problem is None
    assert len(reading.sheets) == 1
    assert reading.sheets[0].problem is None
    parsed = reading.sheets[0].parsed
    assert parsed is not None
    return parsed


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    reading = read_text(tmp_path, LEDGER + ROW)
    assert reading.sha256 == hashlib.sha256((LEDGER + ROW).encode()).hexdigest()
    assert (reading.file, reading.kind) == ("文件.csv", "csv")
    assert only(reading).dataset == "staffing_ledger"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"<html><table></table></html>"])
def test_a_broken_file_is_a_sentence_and_raises_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(content)
    reading = read_file(path, Settings())
    assert reading.problem is not None
    assert "坏.xlsx" in reading.problem.zh
    assert reading.sheets == ()
    assert reading.sha256


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    assert read_file(tmp_path / "无.csv", Settings()).problem is not None


def test_the_name_the_user_gave_is_spoken_of(tmp_path: Path) -> None:
    path = tmp_path / "upload-1"
    path.write_bytes(b"")
    reading = read_file(path, Settings(), name="台账.xlsx")
    assert reading.file == "台账.xlsx"
    assert reading.problem is not None
    assert "台账.xlsx" in reading.problem.en


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    problem = read_text(tmp_path, LEDGER + "合计,,,0,0\n").sheets[0].problem
    assert problem is not None
    assert "没有数据" in problem.zh


def test_unknown_headers_are_a_sentence(tmp_path: Path) -> None:
    problem = read_text(tmp_path, "甲,乙,丙\n1,2,3\n4,5,6\n").sheets[0].problem
    assert problem is not None
    assert "Intake page" in problem.en


def test_the_date_of_a_ledger_is_asked_and_may_be_given(tmp_path: Path) -> None:
    text = "机构名称,编制类型,核定编制数\n市教委,行政,5\n市民政局,行政,4\n"
    problem = read_text(tmp_path, text).sheets[0].problem
    assert problem is not None
    assert "请给出统计日期" in problem.zh
    assert (
        only(read_text(tmp_path, text, day=date(2023, 6, 30))).rows["snapshot_date"].to_list()
        == [date(2023, 6, 30)] * 2
    )


def test_sheets_of_one_file_may_be_of_different_sources(tmp_path: Path) -> None:
    path = tmp_path / "多表.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in {
            "台账": [
                ["机构名称", "统计日期", "编制类型", "核定编制数"],
                ["市教委", "2024-12-31", "行政", 50],
                ["市水务局", "2024-12-31", "行政", 8],
            ],
            "审计": [
                ["被审计单位", "审计项目", "审计年度", "问题编号", "问题描述"],
                ["市教委", "经责", 2024, "1", "文"],
                ["市教委", "经责", 2024, "2", "文"],
            ],
            "填表说明": [["请按要求填写"], ["一、编制数按批文"]],
            "Sheet4": [],
            "乱": [["甲", "乙", "丙"], ["1", "2", "3"], ["4", "5", "6"]],
        }.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
        hidden = book.add_worksheet("旧")
        hidden.write(0, 0, "x")
        hidden.hide()
    reading = read_file(path, Settings())
    assert reading.hidden == ("旧",)
    told = {
        sheet.sheet: (sheet.parsed.dataset if sheet.parsed else None, sheet.problem is None) for sheet in reading.sheets
    }
    assert told == {
        "台账": ("staffing_ledger", True),
        "审计": ("audit_finding", True),
        "填表说明": (None, True),
        "Sheet4": (None, True),
        "乱": (None, False),
    }


@pytest.mark.parametrize("dataset", ["staffing_ledger", "workload", "audit_finding"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_filled_in_is_read_whole(tmp_path: Path, dataset: str, language: str) -> None:
    model = SOURCES[dataset]
    path = write_template(model, tmp_path / "模板.xlsx", language)  # type: ignore[arg-type]
    values = {
        "unit_ref": "甲局", "snapshot_date": date(2024, 12, 31), "estab_type": "行政编制", "approved": 5, "actual": 4,
        "activity_code": "受理", "period": "2024-01", "volume": 12.5, "source": "业务系统", "finding_no": "1",
        "project": "经责", "audit_year": 2024, "text": "文", "amount": 1.5,
    }  # fmt: skip
    book = openpyxl.load_workbook(path)
    filled = [name for name in model.columns() if name in values]
    for at, name in enumerate(model.columns(), start=1):
        if name in values:
            book.worksheets[0].cell(2, at).value = values[name]  # type: ignore[union-attr]
    book.save(path)
    reading = read_file(path, Settings())
    parsed = next(sheet.parsed for sheet in reading.sheets if sheet.parsed)
    assert (parsed.dataset, parsed.accepted, parsed.refused) == (dataset, 1, 0)
    assert all(parsed.rows[name][0] is not None for name in filled)
    assert all(sheet.problem is None for sheet in reading.sheets)


def test_an_empty_template_is_no_silent_success(tmp_path: Path) -> None:
    reading = read_file(write_template(SOURCES["workload"], tmp_path / "模板.xlsx"), Settings())
    assert any(sheet.problem is not None for sheet in reading.sheets)
    assert all(sheet.parsed is None for sheet in reading.sheets)


MESSY = [
    ["某区审计问题清单（截至2024年底）", None, None, None, None, None],
    [None, None, None, None, "单位：元", None],
    ["序号", "被审计单位*", "审计项目", "审计 年度", "问题描述", "问题金额"],
    ["1", "甲局", "经责审计", "2024年度", "多付", "35,000"],
    ["2", None, None, "2024", "少收\n两笔", "—"],
    ["3", "乙局", "预算审计", "二〇二四年", "无依据", "3.5万元"],
    [None, None, None, None, "小计", None],
    ["4", "乙局", "预算审计", "24年", "x", "x"],
    ["注：金额含税", None, None, None, None, None],
]
MERGES = ((1, 1, 1, 6), (4, 2, 5, 2), (4, 3, 5, 3))


@pytest.mark.parametrize("writer", [write_xlsx, write_xls])
def test_a_messy_sheet_comes_out_right_with_the_rows_the_spreadsheet_shows(tmp_path: Path, writer: object) -> None:
    path = writer(tmp_path / "乱.bin", MESSY, MERGES)  # type: ignore[operator]
    parsed = only(read_file(path, Settings()))
    assert parsed.rows.select("src_row", "unit_ref", "project", "audit_year", "amount").rows() == [
        (4, "甲局", "经责审计", 2024, pl.Series(["3.50"]).cast(pl.Decimal(18, 2))[0]),
        (5, "甲局", "经责审计", 2024, None),
        (6, "乙局", "预算审计", 2024, pl.Series(["3.50"]).cast(pl.Decimal(18, 2))[0]),
    ]
    refused = parsed.remarks.filter(pl.col("severity") == "refused")
    assert refused.select("src_row", "column", "rule").rows() == [(8, "D", "V-DATE"), (8, "F", "V-TYPE")]
    assert parsed.accepted + parsed.refused + parsed.skipped == parsed.read == 6


def test_the_same_rows_in_any_order_of_columns_and_encoding_are_the_same(tmp_path: Path) -> None:
    straight = only(read_text(tmp_path, LEDGER + ROW)).rows
    path = tmp_path / "换列.csv"
    path.write_bytes("实有人数,核定编制数,编制类型,统计日期,机构名称\n48,50,行政,2024-12-31,市教委\n".encode("gb18030"))
    assert only(read_file(path, Settings())).rows.equals(straight)
