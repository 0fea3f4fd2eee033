"""Against its own past: Theil–Sen by published numbers and by all pairs, the split of a change by every order."""

from __future__ import annotations

from itertools import combinations, permutations
from statistics import median

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama.methods.decomposition import FACTORS, LOAD, shapley, split
from panorama.methods.trend import trend


def test_the_slope_is_that_of_sens_own_example() -> None:
    # Sen 1968, section 6: slope 4, 93 % interval 3.71 to 4.38.
    found = trend([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78], level=0.93)
    assert found is not None
    assert (found.slope, found.n, found.sure) == (4.0, 7, True)
    assert (found.low, found.high) == (pytest.approx(26 / 7, abs=0.01), pytest.approx(4.38, abs=0.01))


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=20))
def test_the_slope_is_the_median_over_all_pairs(values: list[float]) -> None:
    found = trend(range(len(values)), values)
    slopes = [(b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values), 2)]
    assert found is not None
    assert found.slope == pytest.approx(median(slopes), abs=1e-9)
    assert found.low <= found.slope + 1e-12
    assert found.high >= found.slope - 1e-12


def test_one_wild_value_does_not_turn_the_slope() -> None:
    steady = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]
    wild = [*steady[:3], 9.0, *steady[4:]]
    found = trend(range(7), wild)
    assert found is not None
    assert found.slope == pytest.approx(0.1)


def test_too_few_known_values_have_no_slope() -> None:
    assert trend([1, 2, 3], [1.0, 2.0, 3.0]) is None
    assert trend([1, 2, 3, 4, 5], [1.0, None, 3.0, None, 5.0]) is None
    assert trend([1, 1, 1, 1], [1.0, 2.0, 3.0, 4.0]) is None
    four = trend([1, 2, 3, 4, 5], [1.0, None, 3.0, 4.0, 5.0])
    assert four is not None
    assert (four.slope, four.n) == (1.0, 4)


def load(*values: float) -> pl.DataFrame:
    return pl.DataFrame([values], schema=dict.fromkeys(LOAD, pl.Float64), orient="row")


def saturation(volume: float, unit: tuple[float, float, float], staff: float, awt: float) -> float:
    return (volume * unit[0] * unit[1] + unit[2]) / (awt * staff)


POSITIVE = st.floats(0.1, 5000)
SIDE = st.tuples(POSITIVE, POSITIVE, st.floats(1, 3), st.floats(0, 900), st.floats(0.5, 60), st.floats(1200, 2000))


@given(SIDE, SIDE)
def test_a_change_is_split_as_the_mean_over_every_order_and_sums_to_it(
    before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    sides = [(side[0], (side[1] / side[0], side[2], side[3]), side[4], side[5]) for side in (before, after)]
    expected = dict.fromkeys(FACTORS, 0.0)
    orders = list(permutations(range(4)))
    for order in orders:
        at = list(sides[0])
        for factor in order:
            was = saturation(*at)  # type: ignore[arg-type]
            at[factor] = sides[1][factor]
            expected[FACTORS[factor]] += (saturation(*at) - was) / len(orders)  # type: ignore[arg-type]
    found = split(load(*before), load(*after)).row(0, named=True)
    change = saturation(*sides[1]) - saturation(*sides[0])  # type: ignore[arg-type]
    scale = max(1.0, abs(change))
    assert found["change"] == pytest.approx(change, rel=1e-9, abs=1e-9)
    assert sum(found[name] for name in FACTORS) == pytest.approx(change, abs=1e-9 * scale)
    assert [found[name] for name in FACTORS] == pytest.approx([expected[name] for name in FACTORS], abs=1e-9 * scale)


def test_what_did_not_change_has_no_part_in_the_change() -> None:
    same = (1000.0, 1500.0, 1.2, 100.0)
    found = split(load(*same, 2, 1840), load(*same, 4, 1840)).row(0, named=True)
    assert [found[name] for name in ("volume", "unit_time", "available_time")] == [0, 0, 0]
    assert found["staff"] == pytest.approx(found["change"])
    assert found["change"] == pytest.approx(-(1500 * 1.2 + 100) / 1840 / 4)


def test_more_work_of_the_same_mix_is_volume_alone() -> None:
    found = split(load(100, 200, 1, 0, 1, 2000), load(150, 300, 1, 0, 1, 2000)).row(0, named=True)
    assert (found["volume"], found["unit_time"]) == (pytest.approx(0.05), pytest.approx(0, abs=1e-12))
    found = split(load(100, 200, 1, 0, 1, 2000), load(100, 300, 1, 0, 1, 2000)).row(0, named=True)
    assert (found["volume"], found["unit_time"]) == (pytest.approx(0, abs=1e-12), pytest.approx(0.05))


@pytest.mark.parametrize("lacking", [(0, 0, 1, 9, 1, 1840), (1, 2, 1, 0, 0, 1840), (1, 2, 1, 0, 1, None)])
def test_a_side_without_a_saturation_gives_no_split(lacking: tuple[float, ...]) -> None:
    found = split(load(1, 2, 1, 0, 1, 1840), load(*lacking)).row(0)
    assert set(found) == {None}


def test_rows_are_split_each_by_itself() -> None:
    before = pl.concat([load(100, 200, 1, 0, 1, 2000), load(50, 80, 1.5, 30, 3, 1840)])
    after = pl.concat([load(150, 330, 1, 0, 2, 1990), load(70, 60, 1.4, 50, 2, 1900)])
    both = split(before, after)
    for at in range(2):
        assert split(before[at], after[at]).row(0) == pytest.approx(both.row(at), abs=1e-12)


def test_of_a_game_with_a_known_value_each_player_gets_it() -> None:
    # The glove game: one left glove, two right ones; the value is 2/3, 1/6, 1/6 (Shapley 1953's own kind of example).
    def pairs(gloves: list[np.ndarray]) -> np.ndarray:
        return np.minimum(gloves[0], gloves[1] + gloves[2])

    none, one = [np.zeros(1)] * 3, [np.ones(1)] * 3
    assert np.concatenate(shapley(pairs, none, one)) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
