"""XmR: constants, the four rules, the refusal under twelve points."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from panorama.charts.control import series
from panorama.methods.control import Limits, limits, signals


def test_under_twelve_points_there_are_no_limits() -> None:
    assert limits([1.0] * 11) is None
    assert limits([1.0] * 12) is not None


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    found = limits([1.0, 2.0] * 6)
    assert found is not None
    assert found.mean == pytest.approx(1.5)
    assert found.high == pytest.approx(1.5 + 2.66)
    assert found.low == pytest.approx(1.5 - 2.66)


def test_each_rule_names_its_point() -> None:
    band = Limits(0.0, -3.0, 3.0)
    assert [(s.at, s.rule) for s in signals([0.0, 3.1, 0.0], band)] == [(1, "outside")]
    assert [(s.at, s.rule) for s in signals([0.5] * 8, band)] == [(7, "run")]
    assert [(s.at, s.rule) for s in signals([-0.3, -0.2, -0.1, 0.1, 0.2, 0.3], band)] == [(5, "trend")]
    assert [(s.at, s.rule) for s in signals([2.5, 0.0, 2.5], band)] == [(2, "near")]
    assert signals([-0.5] * 7 + [0.5], band) == []


@pytest.mark.parametrize("value", [0.1, 0.7, 0.83, 1.1, 1e6 / 3])
@pytest.mark.parametrize("n", [12, 13, 24, 60])
def test_a_series_that_never_moves_has_no_signal(value: float, n: int) -> None:
    values = [value] * n
    band = limits(values)
    assert band is not None
    assert signals(values, band) == []


def test_values_at_the_mean_are_on_neither_side_of_it() -> None:
    values = [0.1, 0.3, 0.1, 0.3, *[0.2] * 8]
    band = limits(values)
    assert band is not None
    assert 0 < 0.2 - band.mean < 1e-15, "a rounding lies between"
    assert signals(values, band) == []


@given(st.lists(st.floats(-5, 5), min_size=12, max_size=40))
def test_a_shifted_series_gives_the_same_signals(values: list[float]) -> None:
    moved = [value + 100 for value in values]
    here, there = limits(values), limits(moved)
    assert here is not None
    assert there is not None
    assert there.mean - here.mean == pytest.approx(100)
    assert there.high - there.low == pytest.approx(here.high - here.low)


def test_months_that_are_lower_bounds_are_in_no_limit_signal_or_slope() -> None:
    """Three bounds far below thirteen firm months: the band is that of the firm ones, and none of the three is a signal."""
    firm = [1.0, 1.1, 0.9, 1.0, 1.1, 1.0, 0.9, 1.0, 1.1, 1.0, 0.95, 1.05, 1.9]
    values = [0.1, *firm[:5], 0.1, *firm[5:], 0.1]
    frame = pl.DataFrame(
        [
            {"unit_id": 1, "office_id": 1, "office": "处", "period": f"{2024 + at // 12}-{at % 12 + 1:02d}", "saturation": value, "required_staff": value,
             "staff": 1.0, "year": 2024 + at // 12, "versions": None, "lower_bound": value == 0.1}
            for at, value in enumerate(values)
        ]
    )  # fmt: skip
    drawn = series(frame, "zh")
    found = drawn.table.drop_nulls("signal")
    band = limits(firm[:12])
    assert band is not None
    assert [found["period"][at] for at in range(found.height)] == ["2025-03"]
    assert "基线 2024-02 至 2025-02（12 点）" in drawn.note
    assert "3 个月有工作量没有计入，为下限（≥），不参与控制限" in drawn.note
    lines = {shape["y0"] for shape in drawn.figure["layout"]["shapes"]}
    assert any(at == pytest.approx(band.mean) for at in lines)
    few = series(frame.head(10), "zh")
    assert "只有 8 个月（不含下限）：样本不足" in few.title


def test_a_short_series_tells_its_slope_with_the_interval_and_a_very_short_one_none() -> None:
    values = [0.8, 0.9, 0.85, 1.0, 1.1, 1.05]
    rows = [
        {"unit_id": 1, "office_id": 1, "office": "处", "period": f"2025-{at + 1:02d}", "saturation": value, "required_staff": value, "staff": 1.0,
         "year": 2025, "versions": None, "lower_bound": False}
        for at, value in enumerate(values)
    ]  # fmt: skip
    slope, _, low, high = theilslopes(values, range(6), alpha=0.9)
    note = series(pl.DataFrame(rows), "zh").note
    assert f"每月 +{slope:.3f}（+{low:.3f} ~ +{high:.3f}），Theil–Sen" in note
    assert "a month" in series(pl.DataFrame(rows), "en").note
    assert "Theil" not in series(pl.DataFrame(rows[:3]), "zh").note
