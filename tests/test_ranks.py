"""Firm or not: rank intervals by brute force on a small case, flips by trying, raters by other solvers, α as published."""

from __future__ import annotations

import time
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from scipy.stats import t as student

from panorama.methods.agreement import alpha
from panorama.methods.ranks import LEAST, SWAY, flip, p_above, ranks, score
from panorama.methods.raters import severity

SMALL = np.array([[0.9, 0.2, 0.5], [0.4, 0.8, 0.5], [0.1, 0.1, 0.6], [0.6, 0.6, 0.55]])
WEIGHTS = np.array([0.5, 0.3, 0.2])


def plain(values: np.ndarray, way: str) -> list[list[float]]:
    """Normalised values, one at a time."""
    columns = []
    for column in values.T.tolist():
        mean = sum(column) / len(column)
        deviation = (sum((one - mean) ** 2 for one in column) / len(column)) ** 0.5
        made = []
        for one in column:
            if way == "min-max":
                share = (one - min(column)) / (max(column) - min(column))
            elif way == "z":
                share = 0.5 + (one - mean) / deviation / 6
            else:
                share = (sum(o < one for o in column) + sum(o == one for o in column) / 2) / len(column)
            made.append(min(max(LEAST + (1 - LEAST) * share, LEAST), 1))
        columns.append(made)
    return [list(row) for row in zip(*columns, strict=True)]


def test_rank_intervals_agree_with_brute_force_on_a_small_case() -> None:
    # Every normalisation × aggregation over a grid of weights within ± 25 %, against 20,000 seeded draws.
    grid = np.linspace(-0.975, 0.975, 40) * SWAY
    weights = np.array([WEIGHTS * (1 + np.array(sway)) for sway in product(grid, repeat=3)])
    scores = []
    for way in ("min-max", "z", "percentile"):
        rows = np.array(plain(SMALL, way))
        total = weights.sum(axis=1, keepdims=True)
        scores += [weights @ rows.T / total, np.prod(rows[None] ** (weights / total)[:, None, :], axis=2)]
    brute = np.round(np.concatenate(scores), 12)
    expected = rankdata(-brute, axis=1)
    found = ranks(SMALL, WEIGHTS, runs=20_000)
    assert found.low == pytest.approx(np.quantile(expected, 0.05, axis=0))
    assert found.high == pytest.approx(np.quantile(expected, 0.95, axis=0))
    assert found.median == pytest.approx(np.median(expected, axis=0))
    above = (brute[:, :, None] > brute[:, None, :]).mean(axis=0) + (brute[:, :, None] == brute[:, None, :]).mean(
        axis=0
    ) / 2
    assert found.above == pytest.approx(above, abs=0.015)


def test_a_unit_best_in_all_is_first_and_alike_units_are_one_group() -> None:
    values = np.array([[0.5, 0.5], [1.0, 1.0], [0.5, 0.5], [0.0, 0.0]])
    found = ranks(values, np.array([1.0, 1.0]))
    assert (found.low[1], found.high[1]) == (1, 1)
    assert list(found.median) == [2.5, 1, 2.5, 4]
    assert list(found.group) == [2, 1, 2, 3]
    assert (found.above[1, 0], found.above[0, 2], found.above[3, 0]) == (1, 0.5, 0)


def test_a_missing_value_may_be_anything_and_widens_the_interval_both_ways() -> None:
    rng = np.random.default_rng(5)
    values = np.linspace(0, 1, 9)[:, None] + rng.normal(0, 0.01, (9, 4))
    known = ranks(values, np.ones(4))
    gap = values.copy()
    gap[4, :2] = np.nan
    unsure = ranks(gap, np.ones(4))
    assert known.high[4] - known.low[4] <= 1
    assert unsure.low[4] < known.low[4]
    assert unsure.high[4] > known.high[4]
    assert np.isnan(score(gap, np.ones(4))[4])


def test_what_does_not_apply_gives_its_weight_to_the_others_and_is_no_average() -> None:
    values = np.array([[1.0, np.nan], [0.9, 0.0], [0.0, 1.0], [0.5, 0.5]])
    applies = np.array([[True, False], [True, True], [True, True], [True, True]])
    found = ranks(values, np.array([1.0, 1.0]), applies)
    assert (found.low[0], found.high[0]) == (1, 1)
    assert score(values, np.array([1.0, 3.0]), applies)[0] == 1
    with pytest.raises(ValueError, match="indicator"):
        ranks(values, np.array([0.0, 1.0]), applies)


def test_the_same_seed_gives_the_same_ranks() -> None:
    values = np.random.default_rng(2).uniform(size=(12, 6))
    one, other = ranks(values, np.ones(6)), ranks(values, np.ones(6))
    assert np.array_equal(one.above, other.above)
    assert np.array_equal(one.low, other.low)


def test_two_units_alone_stand_as_they_do_in_the_runs_of_all() -> None:
    rng = np.random.default_rng(8)
    values, weights = rng.uniform(size=(9, 7)).round(1), rng.uniform(0.5, 3, 7)
    values[rng.uniform(size=values.shape) < 0.1] = np.nan
    applies = rng.uniform(size=values.shape) > 0.1
    values[3] = values[4]
    applies[3] = applies[4]
    whole = ranks(values, weights, applies)
    for one in range(9):
        for other in range(9):
            if one != other:
                assert p_above(values, weights, one, other, applies) == pytest.approx(
                    whole.above[one, other], abs=1e-12
                )


def test_160_units_60_indicators_and_1000_runs_take_under_two_seconds() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(size=(160, 60))
    values[rng.uniform(size=values.shape) < 0.03] = np.nan
    start = time.process_time()
    found = ranks(values, rng.uniform(0.5, 3, 60))
    assert time.process_time() - start < 2
    assert found.low.shape == (160,)
    assert np.all(found.low <= found.median)
    assert np.all(found.median <= found.high)


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_the_smallest_flip_is_what_trying_every_weight_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = rng.uniform(size=(5, 4)), rng.uniform(0.2, 2, 4)
    scaled, shares = np.array(plain(values, "min-max")), weights / weights.sum()
    apart = scaled[0] - scaled[1]
    tried = []
    for at in range(4):
        steps = np.linspace(0, 1, 20_001)
        others = shares / (1 - shares[at])
        gap = steps * apart[at] + (1 - steps) * (others @ apart - others[at] * apart[at])
        tried += [(abs(steps[i] - shares[at]), at, steps[i]) for i in np.flatnonzero(gap[:-1] * gap[1:] <= 0)]
    found = flip(values, weights, 0, 1)
    if not tried:
        assert found is None
        return
    assert found is not None
    change, indicator, needed = min(tried)
    assert abs(found.needed - found.weight) == pytest.approx(change, abs=2e-4)
    assert found.weight == pytest.approx(shares[found.indicator])
    if found.indicator == indicator:
        assert found.needed == pytest.approx(needed, abs=2e-4)


def test_who_is_better_in_all_is_not_overtaken_by_any_weight() -> None:
    assert flip(np.array([[1.0, 1.0], [0.5, 0.4], [0.0, 0.0]]), np.ones(2), 0, 1) is None
    assert flip(np.array([[1.0, np.nan], [0.5, 0.4], [0.0, 0.0]]), np.ones(2), 0, 1) is None


def rated(bias: dict[str, float], noise: float, seed: int, keep: float = 1.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    unit, indicator = rng.uniform(0.4, 0.9, 8), rng.uniform(-0.1, 0.1, 5)
    rows = [
        (f"单位{u}", f"指标{i}", rater, unit[u] + indicator[i] + shift + rng.normal(0, noise))
        for u, i in product(range(8), range(5))
        for rater, shift in bias.items()
        if rng.uniform() < keep
    ]
    return pl.DataFrame(rows, schema=["unit", "indicator", "rater", "score"], orient="row")


def test_where_everyone_rates_everything_severity_is_the_raters_mean_less_the_mean_of_all() -> None:
    frame = rated({"甲": -0.1, "乙": 0.02, "丙": 0.08}, 0.03, 4)
    found = severity(frame)
    means = frame.group_by("rater").agg(pl.col("score").mean()).sort("rater")
    overall = frame["score"].mean()
    assert found["severity"].to_list() == pytest.approx([one - overall for one in means["score"]])  # type: ignore[operator]
    # The textbook interval of a balanced three-way layout: t √(σ² (1 − 1/raters) ÷ scores of a rater).
    effects = [frame.group_by(name).agg(m=pl.col("score").mean() - overall) for name in ("unit", "indicator", "rater")]
    fitted = frame
    for at, (name, effect) in enumerate(zip(("unit", "indicator", "rater"), effects, strict=True)):
        fitted = fitted.join(effect.rename({"m": f"m{at}"}), on=name)
    residual = fitted.select(pl.col("score") - overall - pl.col("m0") - pl.col("m1") - pl.col("m2")).to_series()
    free = 120 - (1 + 7 + 4 + 2)
    reach = student.ppf(0.95, free) * np.sqrt(float((residual**2).sum()) / free * (2 / 3) / 40)
    assert (found["high"] - found["severity"]).to_list() == pytest.approx([reach] * 3)


def test_true_severity_lies_in_its_interval_about_nine_times_in_ten() -> None:
    # Seeds 0 to 79, 60 % of the scores given: unbalanced. Truth, less its mean, within the 90 % interval.
    truth = {"甲": -0.1, "乙": 0.04, "丙": 0.06}
    held = [
        low <= truth[rater] <= high
        for seed in range(80)
        for rater, low, high in severity(rated(truth, 0.05, seed, 0.6)).select("rater", "low", "high").iter_rows()
    ]
    assert 0.84 <= np.mean(held) <= 0.96


def test_raters_without_anything_in_common_are_not_compared() -> None:
    frame = rated({"甲": -0.1, "乙": 0.1}, 0.02, 1)
    alone = frame.filter(pl.col("rater") == "甲").with_columns(unit=pl.lit("别的单位"), rater=pl.lit("丁"))
    found = severity(pl.concat([frame, alone]))
    assert dict(found.select("rater", "lacking").iter_rows()) == {"甲": None, "乙": None, "丁": "apart"}
    assert found.filter(pl.col("rater") == "丁")["severity"].item() is None
    # One indicator each: whether the rater is severe or the indicator hard can't be told.
    split = frame.filter((pl.col("rater") == "甲") == (pl.col("indicator") == "指标0"))
    assert "apart" in severity(split)["lacking"].to_list()


def test_with_no_score_to_spare_there_is_no_severity() -> None:
    frame = pl.DataFrame({"unit": ["一", "一"], "indicator": ["甲", "甲"], "rater": ["a", "b"], "score": [0.4, 0.6]})
    assert severity(frame)["lacking"].to_list() == ["few", "few"]
    assert severity(frame.clear()).is_empty()


_ = float("nan")
PUBLISHED = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
])  # fmt: skip


@pytest.mark.parametrize(("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorffs_own_example(metric: str, published: float) -> None:
    # Krippendorff 2011, section C: four observers, twelve units, missing data.
    assert alpha(PUBLISHED, metric) == pytest.approx(published, abs=5e-4)  # type: ignore[arg-type]


def test_alpha_of_full_agreement_and_of_nothing_to_agree_on() -> None:
    assert alpha(np.array([[1.0, 2, 3], [1, 2, 3]])) == 1
    assert alpha(np.array([[2.0, 2, 2], [2, 2, 2]])) is None
    assert alpha(np.array([[1.0, _], [_, 2]])) is None
    chance = np.random.default_rng(9).integers(1, 6, (2, 20_000)).astype(float)
    assert alpha(chance) == pytest.approx(0, abs=0.03)
