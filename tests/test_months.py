"""Workload with a column a month, the form that offices keep it in: each cell becomes a row of its month, and of the right year."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from panorama.intake.grid import Parsed
from panorama.intake.reading import read_file
from panorama.settings import Settings
from tests.stock import answer, dropped, settings_at, units

MONTHS = [f"{month}月" for month in range(1, 13)]
HEAD = ["单位", "事项", "数据来源"]
ROW = ["天津市教育局", "公文办理", "系统"]


def book(path: Path, *rows: Sequence[Any], sheet: str = "表") -> Path:
    whole = Workbook()
    page = whole.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    whole.save(path)
    return path


def read(path: Path) -> Parsed:
    (sheet,) = read_file(path, Settings()).sheets
    assert sheet.parsed is not None, sheet.problem
    return sheet.parsed


def told(parsed: Parsed) -> dict[str, float]:
    """Period → volume of a sheet with one row."""
    return {period: float(volume) for period, volume in parsed.rows.select("period", "volume").iter_rows()}


def test_a_month_that_is_empty_is_no_row_and_a_month_of_nought_is_one(tmp_path: Path) -> None:
    parsed = read(
        book(tmp_path / "a.xlsx", ["2026年上半年工作量统计表"], [*HEAD, *MONTHS[:6]], [*ROW, 1, 0, 3.5, None, 5, 6])
    )
    assert told(parsed) == {"2026-01": 1, "2026-02": 0, "2026-03": 3.5, "2026-05": 5, "2026-06": 6}
    assert set(parsed.rows["src_row"]) == {3}
    assert (parsed.read, parsed.accepted, parsed.refused, parsed.skipped) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "months",
    [
        ["1月份", "2月份", "3月份"],
        ["一月", "二月", "三月"],
        ["01月", "02月", "03月"],
        ["１月", "２月", "３月"],
        ["1月办件量", "2月办件量", "3月办件量"],
        ["2026年1月", "2026年2月", "2026年3月"],
        ["2026年一月份", "2026年二月份", "2026年三月份"],
    ],
)
def test_months_are_known_however_they_are_written(tmp_path: Path, months: list[str]) -> None:
    parsed = read(book(tmp_path / "a.xlsx", ["2026年工作量"], [*HEAD, *months], [*ROW, 1, 2, 3]))
    assert told(parsed) == {"2026-01": 1, "2026-02": 2, "2026-03": 3}


def test_the_year_of_a_row_stands_in_its_column(tmp_path: Path) -> None:
    rows = [[*ROW, 2024, 1, 2], [*ROW, "２０２５年", 3, 4]]
    parsed = read(book(tmp_path / "a.xlsx", ["2030年打印"], [*HEAD, "年度", "1月", "12月"], *rows))
    assert told(parsed) == {"2024-01": 1, "2024-12": 2, "2025-01": 3, "2025-12": 4}


@pytest.mark.parametrize("year", ["上年", "2026-01", "2026年上半年", "26", None])
def test_a_row_whose_column_says_no_year_is_refused_and_never_guessed(tmp_path: Path, year: str | None) -> None:
    parsed = read(book(tmp_path / "a.xlsx", [*HEAD, "年度", "1月", "2月"], [*ROW, 2025, 1, 2], [*ROW, year, 3, 4]))
    assert told(parsed) == {"2025-01": 1, "2025-02": 2}
    assert (parsed.read, parsed.accepted, parsed.refused) == (2, 1, 1)
    refused = parsed.remarks.filter(severity="refused")
    assert set(refused["src_row"]) == {3}
    assert set(refused["field"]) == {"period"}


@pytest.mark.parametrize("title", ["工作量统计表", "2024年—2025年工作量统计表"])
def test_without_one_year_the_sheet_asks_for_it(tmp_path: Path, title: str) -> None:
    (sheet,) = read_file(book(tmp_path / "a.xlsx", [title], [*HEAD, "1月", "2月"], [*ROW, 1, 2]), Settings()).sheets
    assert sheet.parsed is None
    assert sheet.problem is not None
    assert "没有写明是哪一年" in sheet.problem.zh
    assert "of which year" in sheet.problem.en


def test_the_sheets_name_may_say_the_year(tmp_path: Path) -> None:
    assert told(read(book(tmp_path / "a.xlsx", [*HEAD, "1月"], [*ROW, 7], sheet="2025年"))) == {"2025-01": 7}


def test_a_total_is_checked_and_not_taken_in(tmp_path: Path) -> None:
    rows = [[*ROW, 1, 2, 3], ["天津市教育局", "督查", "系统", 1, 2, 4]]
    parsed = read(book(tmp_path / "a.xlsx", ["2026年"], [*HEAD, "1月", "2月", "合计"], *rows))
    assert parsed.rows.height == 4
    ((row, column),) = parsed.remarks.filter(rule="V-SUM").select("src_row", "column").rows()
    assert (row, column) == (4, "F")


def test_quarters_beside_their_months_are_sums_and_quarters_alone_are_periods(tmp_path: Path) -> None:
    head = [*HEAD, "1月", "2月", "3月", "一季度", "二季度"]
    parsed = read(book(tmp_path / "a.xlsx", ["2026年"], head, [*ROW, 1, 2, 3, 6, 9]))
    assert told(parsed) == {"2026-01": 1, "2026-02": 2, "2026-03": 3, "2026-Q2": 9}
    parsed = read(book(tmp_path / "b.xlsx", ["2026年"], [*HEAD, "第一季度", "第二季度"], [*ROW, 6, 9]))
    assert told(parsed) == {"2026-Q1": 6, "2026-Q2": 9}


def test_volume_and_hours_of_a_month_stand_in_one_row(tmp_path: Path) -> None:
    head = [*HEAD, "1月办件量", "1月工时", "2月办件量", "2月工时"]
    rows = read(book(tmp_path / "a.xlsx", ["2026年"], head, [*ROW, 1, 10, 2, None])).rows
    assert rows.select("period", "volume", "hours_actual").rows() == [
        ("2026-01", Decimal("1.00"), Decimal("10.00")),
        ("2026-02", Decimal("2.00"), None),
    ]


@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 999)), min_size=12, max_size=12), min_size=1, max_size=12),
    st.integers(2010, 2030),
)
@settings(max_examples=25)
def test_each_cell_becomes_one_row_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[int | None]], year: int
) -> None:
    """Rows are judged each by itself: several to a workbook hold as much as one to each of hundreds."""
    path = tmp_path_factory.mktemp("months") / "a.xlsx"
    full = [*ROW[:1], "督查", "系统", *[1] * 12]
    parsed = read(book(path, [f"{year}年"], [*HEAD, *MONTHS], *([*ROW, *cells] for cells in lines), full))
    for row, cells in enumerate(lines, start=3):
        found = parsed.rows.filter(src_row=row)
        expected = {f"{year}-{at:02}": float(cell) for at, cell in enumerate(cells, start=1) if cell is not None}
        assert {period: float(volume) for period, volume in found.select("period", "volume").iter_rows()} == expected
    assert parsed.rows.filter(src_row=len(lines) + 3).height == 12
    assert parsed.read == parsed.accepted + parsed.refused + parsed.skipped


def test_a_wide_file_and_the_same_rows_long_make_one_snapshot(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    dropped(settings, units(tmp_path), book(tmp_path / "宽.xlsx", ["2026年"], [*HEAD, *MONTHS[:3]], [*ROW, 1, 2, 3]))
    held = "select period, sum(volume)::int from mart.workload group by period order by period"
    assert answer(settings, held) == [("2026-01", 1), ("2026-02", 2), ("2026-03", 3)]
    rows = [[*ROW, f"2026-{at:02}", at] for at in (1, 2, 3)]
    dropped(settings, book(tmp_path / "长.xlsx", [*HEAD, "统计期", "工作量"], *rows))
    assert answer(settings, "select count(*) from mart.workload") == [(3,)]
    assert answer(settings, held) == [("2026-01", 1), ("2026-02", 2), ("2026-03", 3)]
