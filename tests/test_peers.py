"""Among like units: median and MAD against numpy, funnels against sums of probabilities, nearest peers by hand."""

from __future__ import annotations

from math import comb, exp, factorial, log, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import median_abs_deviation, percentileofscore

from panorama.methods.funnel import Funnel, funnel, limits, outside
from panorama.methods.peers import nearest, robust
from panorama.methods.proportion import wilson
from panorama.methods.standing import standing


@given(st.floats(-5, 5), st.lists(st.integers(-40, 40).map(lambda n: n / 8), min_size=5, max_size=60))
def test_z_and_percentile_agree_with_scipy(value: float, peers: list[float]) -> None:
    found = standing(value, peers)
    mad = float(median_abs_deviation(peers))
    assert (found.n, found.median, found.mad) == (len(peers), float(np.median(peers)), pytest.approx(mad))
    assert found.percentile == pytest.approx(percentileofscore(peers, value, kind="mean") / 100)
    if mad > 0:
        normal = float(median_abs_deviation(peers, scale="normal"))
        assert found.z == pytest.approx((value - np.median(peers)) / normal, rel=1e-4)
    else:
        assert (found.z, found.lacking) == (None, "alike")


def test_under_five_peers_and_without_a_spread_there_is_no_z_and_it_says_why() -> None:
    few = standing(2.0, [1.0, 1.0, 3.0, None])
    assert (few.n, few.z, few.lacking, few.percentile) == (3, None, "few", pytest.approx(2 / 3))
    alike = standing(2.0, [1.0] * 4 + [9.0])
    assert (alike.z, alike.lacking, alike.mad) == (None, "alike", 0)
    assert standing(2.0, [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]).lacking == "alike"
    assert standing(2.0, [None]).percentile is None


def test_half_of_the_ties_count_as_below() -> None:
    assert standing(3.0, [1.0, 3.0, 3.0, 5.0, 7.0]).percentile == pytest.approx((1 + 1) / 5)


def by_hand(probability: list[float], share: float) -> float:
    """Events at a quantile by adding up probabilities: Spiegelhalter 2005, appendix A.1.1."""
    total = 0.0
    for events, chance in enumerate(probability):
        if total + chance > share:
            return events - (total + chance - share) / chance
        total += chance
    raise AssertionError("the probabilities must reach the share")


TAILS = {1.96: 0.0249979, 3.09: 0.00100078}


@pytest.mark.parametrize("z", TAILS)
@pytest.mark.parametrize(("n", "p"), [(5, 0.3), (20, 0.1), (120, 0.05)])
def test_binomial_limits_are_exact(n: int, p: float, z: float) -> None:
    chances = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    low, high = limits(Funnel("binomial", p, None, 0.0), np.array([float(n)]), z)
    assert low[0] == pytest.approx(max(by_hand(chances, TAILS[z]) / n, 0), abs=1e-6)
    assert high[0] == pytest.approx(by_hand(chances, 1 - TAILS[z]) / n, abs=1e-6)


@pytest.mark.parametrize("z", TAILS)
@pytest.mark.parametrize(("size", "rate"), [(30, 0.02), (400, 0.02), (800, 0.05)])
def test_poisson_limits_are_exact(size: int, rate: float, z: float) -> None:
    expected = size * rate
    chances = [exp(-expected + k * log(expected)) / factorial(k) for k in range(150)]
    low, high = limits(Funnel("poisson", rate, None, 0.0), np.array([float(size)]), z)
    assert low[0] == pytest.approx(max(by_hand(chances, TAILS[z]) / size, 0), abs=1e-6)
    assert high[0] == pytest.approx(by_hand(chances, 1 - TAILS[z]) / size, abs=1e-6)


def test_large_units_have_the_limits_of_the_normal_formula() -> None:
    made, n = Funnel("binomial", 0.2, None, 0.0), 100_000.0
    low, high = limits(made, np.array([n]), 1.96)
    reach = 1.96 * sqrt(0.2 * 0.8 / n)
    assert (low[0], high[0]) == (pytest.approx(0.2 - reach, abs=1e-5), pytest.approx(0.2 + reach, abs=1e-5))


def test_chance_alone_asks_for_no_over_dispersion_and_real_differences_do() -> None:
    # Seed 7. Rates of chance alone: φ as of normal residuals winsorised at
    # 10 %: 0.8 − 2aφ(a) + 0.2a² with a = 1.2816, 0.679. Rates that truly differ: τ near their standard deviation.
    rng = np.random.default_rng(7)
    size = rng.integers(60, 600, 160).astype(float)
    alike = funnel(rng.poisson(size * 0.05).astype(float), size, "poisson")
    assert alike is not None
    assert alike.tau == 0
    assert alike.dispersion == pytest.approx(0.679, abs=0.1)
    assert alike.centre == pytest.approx(0.05, abs=0.004)
    differing = funnel(rng.poisson(size * rng.normal(0.05, 0.015, 160).clip(0.01)).astype(float), size, "poisson")
    assert differing is not None
    assert differing.tau == pytest.approx(0.015, rel=0.35)
    assert differing.dispersion is not None
    assert differing.dispersion > 1.5


def test_over_dispersion_follows_the_formula_of_the_paper() -> None:
    # Seed 3. φ, τ² in plain Python: Spiegelhalter 2005, appendix A.3, residuals winsorised at 10 %.
    rng = np.random.default_rng(3)
    size = rng.integers(20, 300, 40).astype(float)
    events = rng.binomial(size.astype(int), rng.uniform(0.05, 0.5, 40)).astype(float)
    made = funnel(events, size, "binomial")
    assert made is not None
    centre = sum(events) / sum(size)
    spread = [sqrt(centre * (1 - centre) / n) for n in size]
    z = [(e / n - centre) / s for e, n, s in zip(events, size, spread, strict=True)]
    bottom, top = np.quantile(z, 0.1), np.quantile(z, 0.9)
    phi = sum(min(max(one, bottom), top) ** 2 for one in z) / 40
    w = [1 / s**2 for s in spread]
    tau2 = (40 * phi - 39) / (sum(w) - sum(one**2 for one in w) / sum(w))
    assert made.dispersion == pytest.approx(phi)
    assert made.tau == pytest.approx(sqrt(tau2))
    low, high = limits(made, size[:1], 3.09)
    reach = 3.09 * sqrt(spread[0] ** 2 + tau2)
    assert (low[0], high[0]) == (pytest.approx(max(centre - reach, 0)), pytest.approx(min(centre + reach, 1)))


def test_few_units_no_events_and_nothing_but_events() -> None:
    few = funnel(np.array([1.0, 30.0]), np.array([100.0, 100.0]), "poisson")
    assert few is not None
    assert (few.dispersion, few.tau) == (None, 0.0)
    assert list(outside(few, np.array([1.0, 30.0]), np.array([100.0, 100.0]), 3.09)) == [-1, 1]
    assert funnel(np.array([0.0, 0.0]), np.array([10.0, 10.0]), "poisson") is None
    assert funnel(np.array([5.0, 5.0]), np.array([5.0, 5.0]), "binomial") is None
    assert funnel(np.array([]), np.array([]), "poisson") is None


def test_chance_leaves_about_one_unit_in_twenty_outside_and_the_smallest_no_more_often() -> None:
    # Seed 11: 4,000 units of one rate. Exact limits let no more than 5 % out at either size; the naive ones let small ones out.
    rng = np.random.default_rng(11)
    size = np.repeat([15.0, 400.0], 2000)
    events = rng.poisson(size * 0.05).astype(float)
    out = outside(Funnel("poisson", 0.05, None, 0.0), events, size, 1.96) != 0
    assert out[:2000].mean() <= 0.06
    assert 0.02 <= out[2000:].mean() <= 0.06


def test_wilson_of_none_in_twelve_reaches_to_24_percent() -> None:
    low, high = wilson(0, 12) or (1, 1)
    assert (low, high) == (pytest.approx(0, abs=1e-9), pytest.approx(0.2425, abs=1e-3))


def units(*rows: tuple[int, str, int | None, int]) -> pl.DataFrame:
    schema = {"id": pl.Int64, "kind": pl.String, "approved": pl.Int64, "offices": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(level=pl.lit("正处"))


def test_the_nearest_by_log_size_come_first_and_only_of_its_kind() -> None:
    frame = units((1, "GOV", 100, 10), (2, "GOV", 110, 10), (3, "GOV", 400, 10), (4, "GOV", 50, 10), (5, "INST", 100, 10), (6, "GOV", None, 10))  # fmt: skip
    found = nearest(frame)
    of = {key[0]: part["peer"].to_list() for key, part in found.group_by("id", maintain_order=True)}
    assert of == {1: [2, 4, 3], 2: [1, 4, 3], 3: [2, 1, 4], 4: [1, 2, 3]}
    logs = np.log([100, 110, 400, 50])
    first = found.filter(pl.col("id") == 1)["distance"].to_list()
    assert first == pytest.approx([abs(logs[0] - logs[at]) / np.std(logs) for at in (1, 3, 2)])


@given(
    st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 900), st.integers(0, 40)), min_size=2, max_size=30)
)
def test_nearest_is_what_comparing_all_pairs_says(rows: list[tuple[str, int, int]]) -> None:
    frame = units(*((at, *row) for at, row in enumerate(rows)))
    found = nearest(frame, 3)
    for at, (kind, approved, offices) in enumerate(rows):
        group = [(i, a, o) for i, (k, a, o) in enumerate(rows) if k == kind]
        spread = [float(np.std(np.log(column))) for column in ([a for _, a, _ in group], [o + 1 for _, _, o in group])]
        far = {
            i: sqrt(
                sum(
                    ((log(b) - log(c)) / s) ** 2 if s > 1e-9 else 0.0
                    for b, c, s in ((approved, a, spread[0]), (offices + 1, o + 1, spread[1]))
                )
            )
            for i, a, o in group
            if i != at
        }
        mine = found.filter(pl.col("id") == at)
        assert mine["distance"].to_list() == pytest.approx(sorted(far.values())[:3], abs=1e-6)
        assert mine["nearness"].to_list() == list(range(1, mine.height + 1))


def test_more_units_than_a_block_holds_have_the_peers_that_comparing_all_pairs_says() -> None:
    # Seed 12: 600 units of one kind, against one matrix of all distances.
    rng = np.random.default_rng(12)
    approved, offices = rng.integers(1, 900, 600), rng.integers(0, 40, 600)
    found = nearest(
        units(*((at, "A", int(a), int(o)) for at, (a, o) in enumerate(zip(approved, offices, strict=True)))), 5
    )
    logs = np.stack(
        [np.log(approved) / np.std(np.log(approved)), np.log(offices + 1) / np.std(np.log(offices + 1))], axis=1
    )
    far = np.linalg.norm(logs[:, None] - logs[None], axis=2)
    np.fill_diagonal(far, np.inf)
    assert found["distance"].to_numpy().reshape(600, 5) == pytest.approx(np.sort(far, axis=1)[:, :5], abs=1e-9)


def test_nobody_like_it_gives_no_peers() -> None:
    assert nearest(units((1, "GOV", 100, 10), (2, "INST", 100, 10))).is_empty()
    assert nearest(units().clear()).is_empty()


def test_a_finding_is_robust_only_where_it_holds_for_every_number_of_peers_from_3_to_10() -> None:
    def above_all(value: float, peers: object) -> bool:
        return value > max(peers)  # type: ignore[call-overload]

    assert robust(5.0, [1.0] * 10, above_all).robust
    tenth = robust(5.0, [1.0] * 9 + [6.0], above_all)
    assert (tenth.robust, tenth.held) == (False, tuple(range(3, 10)))
    few = robust(5.0, [1.0] * 9, above_all)
    assert (few.robust, few.asked) == (False, tuple(range(3, 10)))
    assert robust(5.0, [1.0, 1.0], above_all).asked == ()
