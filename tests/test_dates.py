"""Dates, months, years and periods in every form of the data dictionary."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama.calendar import today
from panorama.intake.cleaning import Place, clean
from panorama.intake.dates import SERIAL_EPOCH, read_period, read_when, read_year
from panorama.sources.grammar import Column

DAY = Column("日期", "Date", "date")


def read(cell: str, column: Column = DAY, name: str = "set_date") -> tuple[object, list[str]]:
    done = clean(pl.Series([cell], dtype=pl.String), name, column, Place())
    return done.values.to_list()[0], [
        f"{rule} {severity}" for rule, severity in done.said.select("rule", "severity").rows()
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "2024-12-31", "2024/12/31", "2024.12.31", "20241231", "2024年12月31日", "2024 年 12 月 31 日",
        "2024-12-31 00:00:00", "2024-12-31T08:30:00", "45657", "45657.0", "45657.5", "２０２４－１２－３１",
        "二〇二四年十二月三十一日", "二零二四年十二月三十一日", "截至2024年12月31日", "2024年12月31号",
    ],
)  # fmt: skip
def test_every_form_of_a_day_is_the_same_day(cell: str) -> None:
    assert read(cell) == (date(2024, 12, 31), [])


def test_a_serial_counts_days_as_the_spreadsheet_does() -> None:
    assert read("46295") == (date(2026, 9, 30), [])
    assert read("123")[1] == ["V-DATE refused"]


@pytest.mark.parametrize("cell", ["2024年底", "2024年末", "2024年年底"])
def test_the_end_of_a_year_is_its_last_day_and_approximate(cell: str) -> None:
    assert read(cell) == (date(2024, 12, 31), ["V-APPROX note"])


def test_a_month_is_its_last_day_and_said_so() -> None:
    assert read("2024年2月") == (date(2024, 2, 29), ["V-APPROX note"])
    assert read("二〇二五年九月") == (date(2025, 9, 30), ["V-APPROX note"])


def test_a_month_still_running_is_no_day_ahead_unless_it_is_a_deadline() -> None:
    now = today()
    month = f"{now:%Y年%m月}"
    done, ahead = read(month)[0], read(month, name="due")[0]
    assert isinstance(done, date)
    assert isinstance(ahead, date)
    assert done <= now <= ahead


@pytest.mark.parametrize("cell", ["24-12-31", "24/12/31", "24年12月", "'24.12.31", "24.12.31"])
def test_two_digit_years_are_never_guessed(cell: str) -> None:
    done = clean(pl.Series([cell]), "d", DAY, Place())
    assert done.values.to_list() == [None]
    assert "四位年份" in done.said["message"][0]


@pytest.mark.parametrize(
    "cell",
    ["2026-13", "2026-13-01", "2026-02-30", "2024", "2024年第一季度", "12/31/2024", "31-12-2024", "明天", "0024-01-01"],
)
def test_what_is_no_day_is_refused(cell: str) -> None:
    assert read(cell) == (None, ["V-DATE refused"])


def test_a_lost_zero_of_october_is_warned_of() -> None:
    assert read("2024.1")[1] == ["V-APPROX warning"]


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2020年1月至2022年12月", date(2020, 1, 1), date(2022, 12, 31)),
        ("2020-2022", date(2020, 1, 1), date(2022, 12, 31)),
        ("2021年", date(2021, 1, 1), date(2021, 12, 31)),
        ("2022年1月至6月", date(2022, 1, 1), date(2022, 6, 30)),
        ("2021年1月1日—2021年6月30日", date(2021, 1, 1), date(2021, 6, 30)),
    ],
)
def test_a_span_in_one_cell_gives_both_ends(cell: str, first: date, last: date) -> None:
    done = clean(pl.Series([cell]), "period_from", Column("审计期间", "Audited", "date", until="period_to"), Place())
    assert done.values.to_list() == [first]
    assert done.spill["period_to"].to_list() == [last]


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2024", "2024"), ("2024年", "2024"), ("2024年度", "2024"), ("2024.0", "2024"), ("2024Q1", "2024-Q1"),
        ("2024-Q3", "2024-Q3"), ("2024年第一季度", "2024-Q1"), ("2024年1季度", "2024-Q1"), ("2024年三季度", "2024-Q3"),
        ("2024年3月", "2024-03"), ("202403", "2024-03"), ("2024/3", "2024-03"), ("2024-03", "2024-03"),
        ("二〇二四年三月", "2024-03"), ("2024-03-01", "2024-03"), ("2024-03-01 00:00:00", "2024-03"), ("45352", "2024-03"),
    ],
)  # fmt: skip
def test_periods_keep_their_grain(cell: str, period: str) -> None:
    assert read_period(cell).value == period


@pytest.mark.parametrize("cell", ["2024-03-05", "一季度", "2024年5季度", "2024-13", "24年3月", "2024上半年"])
def test_what_is_no_period_is_refused(cell: str) -> None:
    assert [say.severity for say in read_period(cell).says] == ["refused"]


def test_years() -> None:
    assert [read_year(cell).value for cell in ("2024", "2024年", "2024年度", "二〇二四年", "2024.0")] == [2024] * 5
    assert [say.severity for say in read_year("24年").says] == ["refused"]
    assert [say.rule for say in read_year("2024-05-01").says] == ["V-NOTE"]


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_all_forms_of_a_day_come_back(day: date) -> None:
    serial = (day - SERIAL_EPOCH).days
    forms = [f"{day}", f"{day:%Y/%m/%d}", f"{day.year}.{day.month}.{day.day}", f"{day:%Y%m%d}", f"{day:%Y年%m月%d日}"]
    for form in (*forms, str(serial)):
        when = read_when(form)
        assert when is not None
        assert when.first == when.last == day
    assert SERIAL_EPOCH + timedelta(days=serial) == day


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    when = read_when(text)
    assert when is None or when.first <= when.last
