"""How firm a rank is: composite scores over many ways of scoring (methods §5).

OECD/JRC 2008, Handbook on constructing composite indicators, steps 5 to 7, ISBN 978-92-64-04345-9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RUNS: Final = 1000
SEED: Final = 20260101
SWAY: Final = 0.25
"""Weights vary by at most this share of themselves, evenly."""
TAIL: Final = 0.05
FIRM: Final = 0.95
"""A unit stands above another where it does so in this share of the runs."""
LEAST: Final = 0.01
"""The lowest normalised value: a geometric mean knows no nought."""
DEVIATIONS: Final = 6
"""Standard deviations from the lowest to the highest z that is told apart: three below the mean, three above."""
NORMALISATIONS: Final = ("min-max", "z", "percentile")
AGGREGATIONS: Final = ("arithmetic", "geometric")

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ranks:
    """Ranks of units over all runs; 1 is best, units of one score share the middle of their ranks.

    median, low, high: shape (units,), the interval from the 5th to the 95th percentile. above: (units, units), the share of
    runs in which the row's unit stands above the column's, ties half. group: (units,), 1 for the first tie group.
    """

    median: Floats
    low: Floats
    high: Floats
    above: Floats
    group: Ints


@dataclass(frozen=True)
class Flip:
    """The smallest change of one weight that brings two units level: which indicator, its weight before and then, as shares
    of all weights; the other weights keep their proportions."""

    indicator: int
    weight: float
    needed: float


def ranks(values: Floats, weights: Floats, applies: Flags | None = None, runs: int = RUNS, seed: int = SEED) -> Ranks:
    """Rank intervals by `runs` seeded draws of weights ± 25 %, normalisation and aggregation.

    values: (units, indicators), more is better, NaN = missing. weights: (indicators,), ≥ 0. applies: same shape as values;
    where false the indicator does not apply and its weight goes to the unit's others. A missing value may be anything from
    the worst to the best: each run draws it, evenly. Raises ValueError where no indicator applies to a unit.
    """
    return _ranked(_runs(values, weights, applies, np.arange(len(values)), runs, seed))


def p_above(
    values: Floats,
    weights: Floats,
    one: int,
    other: int,
    applies: Flags | None = None,
    runs: int = RUNS,
    seed: int = SEED,
) -> float:
    """The share of the same runs in which one unit stands above another, ties half: `ranks(…).above[one, other]`, without the
    scores of all others. Arguments as of `ranks`; one, other: rows of values."""
    scores = np.round(_runs(values, weights, applies, np.array([one, other]), runs, seed), 12)
    return float(np.mean(scores[:, 0] > scores[:, 1]) + np.mean(scores[:, 0] == scores[:, 1]) / 2)


def _runs(values: Floats, weights: Floats, applies: Flags | None, units: Ints, runs: int, seed: int) -> Floats:
    """Scores of each run × one of these units; drawn is for all units, so that a unit's runs are the same whoever is asked for."""
    applies = np.ones(values.shape, dtype=bool) if applies is None else applies
    if not np.all((applies * (weights > 0)).any(axis=1)):
        raise ValueError("a unit without an indicator that applies has no score")
    # A stream for each kind of draw: more indicators change nothing of the ways that are drawn.
    sway, way, gap = (np.random.default_rng([seed, at]) for at in range(3))
    drawn = weights * (1 + SWAY * sway.uniform(-1, 1, (runs, len(weights))))
    ways = way.integers(0, len(NORMALISATIONS) * len(AGGREGATIONS), runs)
    missing = np.argwhere(np.isnan(values) & applies)
    kept = np.isin(missing[:, 0], units)
    place = np.zeros(len(values), dtype=np.int64)
    place[units] = np.arange(len(units))
    asked = np.stack([place[missing[kept, 0]], missing[kept, 1]], axis=1)
    scores = np.empty((runs, len(units)))
    for at, scaled in enumerate(_normalised(values, applies)):
        for aggregation in range(len(AGGREGATIONS)):
            mine = np.flatnonzero(ways == at * len(AGGREGATIONS) + aggregation)
            filled = gap.uniform(LEAST, 1, (len(mine), len(missing)))[:, kept]
            scores[mine] = _scores(
                scaled[units], drawn[mine], applies[units], asked, filled, geometric=aggregation == 1
            )
    return scores


def score(values: Floats, weights: Floats, applies: Flags | None = None) -> Floats:
    """The plain composite: min-max, arithmetic, declared weights; 0 to 1, NaN where a value is missing. Shapes as `ranks`."""
    applies = np.ones(values.shape, dtype=bool) if applies is None else applies
    scaled = next(iter(_normalised(values, applies)))
    shares = applies * weights
    plain = np.where(applies, scaled, 0) @ weights / shares.sum(axis=1)
    return np.asarray(np.where((np.isnan(values) & applies).any(axis=1), np.nan, plain))


def _normalised(values: Floats, applies: Flags) -> list[Floats]:
    """By each of NORMALISATIONS, LEAST to 1; NaN where missing or not applying. An indicator without a spread is 1 for all."""
    seen = np.where(applies, values, np.nan)
    known = ~np.isnan(seen)
    count = known.sum(axis=0)
    low = np.where(known, seen, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, seen, -np.inf).max(axis=0, initial=-np.inf)
    flat = ~(high > low)
    mean = np.where(known, seen, 0).sum(axis=0) / np.maximum(count, 1)
    deviation = np.sqrt(np.where(known, np.square(seen - mean), 0).sum(axis=0) / np.maximum(count, 1))
    below = (seen[None, :, :] < seen[:, None, :]).sum(axis=1)
    ties = (seen[None, :, :] == seen[:, None, :]).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ways = (
            (seen - low) / (high - low),
            0.5 + (seen - mean) / deviation / DEVIATIONS,
            (below + ties / 2) / count,
        )
    return [np.where(known, np.where(flat, 1.0, np.clip(LEAST + (1 - LEAST) * way, LEAST, 1)), np.nan) for way in ways]


def _scores(
    scaled: Floats, weights: Floats, applies: Flags, missing: Ints, filled: Floats, *, geometric: bool
) -> Floats:
    """Scores of each run × unit. weights: (runs, indicators); filled: (runs, missing values)."""
    there = np.where(np.isnan(scaled), 0.0, np.log(scaled) if geometric else scaled)
    total = weights @ there.T
    drawn = np.log(filled) if geometric else filled
    for at, (unit, indicator) in enumerate(missing):
        total[:, unit] += weights[:, indicator] * drawn[:, at]
    mean = total / (weights @ applies.T.astype(np.float64))
    return np.exp(mean) if geometric else np.asarray(mean)


def _ranked(scores: Floats) -> Ranks:
    runs, units = scores.shape
    # What rounding alone tells apart is level.
    scores = np.round(scores, 12)
    above = np.zeros((units, units))
    at = np.empty((runs, units))
    for unit in range(units):
        more = (scores > scores[:, unit : unit + 1]).astype(np.int32)
        level = (scores == scores[:, unit : unit + 1]).astype(np.int32)
        at[:, unit] = 1 + more.sum(axis=1) + (level.sum(axis=1) - 1) / 2
        above[:, unit] = (more.sum(axis=0) + level.sum(axis=0) / 2) / runs
    low, median, high = np.quantile(at, [TAIL, 0.5, 1 - TAIL], axis=0)
    np.fill_diagonal(above, 0.5)
    return Ranks(median, low, high, above, _groups(at.mean(axis=0), above))


def _groups(order: Floats, above: Floats) -> Ints:
    """From the best on: a new group begins with the first unit that the group's first stands firmly above."""
    groups = np.zeros(len(order), dtype=np.int64)
    first, group = -1, 0
    for unit in np.lexsort((np.arange(len(order)), order)):
        if first < 0 or above[first, unit] >= FIRM:
            first, group = int(unit), group + 1
        groups[unit] = group
    return groups


def flip(values: Floats, weights: Floats, one: int, other: int) -> Flip | None:
    """The smallest change of a single weight that brings two units level, in closed form.

    Of the linear score (min-max, arithmetic). With weights as shares w, d the difference of two units' normalised values and
    D = Σ w d, weight j goes to r ÷ (r − dⱼ), r = (D − wⱼ dⱼ) ÷ (1 − wⱼ). None where none between 0 and 1 does it, or where a
    value of either is missing.
    """
    scaled = next(iter(_normalised(values, np.ones(values.shape, dtype=bool))))
    shares = weights / weights.sum()
    apart = scaled[one] - scaled[other]
    if np.isnan(apart).any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = (shares @ apart - shares * apart) / (1 - shares)
        needed = rest / (rest - apart)
    change = np.where((needed >= 0) & (needed <= 1), np.abs(needed - shares), np.inf)
    least = int(np.argmin(change))
    return Flip(least, float(shares[least]), float(needed[least])) if np.isfinite(change[least]) else None
