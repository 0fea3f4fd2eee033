"""Do the declared unit times fit the hours that people had? A reverse check over like offices (methods §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

RUNS: Final = 500
SEED: Final = 20260101
TAIL: Final = 0.05
SPARE: Final = 5
"""Places beyond the number of activities that are needed at least."""
SEEN: Final = 5
"""Places that must have reported an activity."""
CONDITION: Final = 30.0
"""Above this condition number of the scaled columns volumes rise and fall together: their times can't be told apart
(Belsley, Kuh and Welsch 1980, Regression diagnostics, chapter 3)."""
FIT: Final = 0.5
"""Least share of the spread of hours that volumes must explain."""

Refusal = Literal["few", "seldom", "together", "unexplained"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Check:
    """implied: hours a piece that fit best, by activity; low, high: its 90 % interval. relative: implied ÷ declared over the
    same ratio of all hours together (level), so that people who are all rather idle or rather busy say nothing of one activity.
    odd: the interval does not hold the declared time, brought to that level. n: places; fit: share of the spread explained."""

    implied: Floats
    low: Floats
    high: Floats
    relative: Floats
    level: float
    odd: NDArray[np.bool_]
    n: int
    fit: float


def check(volume: Floats, hours: Floats, declared: Floats, runs: int = RUNS, seed: int = SEED) -> Check | Refusal:
    """Unit times that would explain the hours people had, by non-negative least squares over like places.

    volume: (places, activities), pieces, 0 where none; hours: (places,), available hours of their staff less support and extra
    work; declared: (activities,), hours a piece, > 0. Interval by a bootstrap of places, seeded. Refuses: few = fewer places
    than activities and five more; seldom = an activity that fewer than five places report; together = volumes that rise and
    fall together; unexplained = volumes explain less than half of the spread of hours. Lawson and Hanson 1974, Solving least
    squares problems, chapter 23 (scipy.optimize.nnls); Efron 1979, Annals of Statistics 7, 1–26.
    """
    places, activities = volume.shape
    if places < activities + SPARE:
        return "few"
    if np.any((volume > 0).sum(axis=0) < SEEN):
        return "seldom"
    scaled = volume / np.linalg.norm(volume, axis=0)
    if np.linalg.cond(scaled) > CONDITION:
        return "together"
    implied, left = _solved(volume, hours)
    spread = float(np.square(hours - hours.mean()).sum())
    fit = 1 - left**2 / spread if spread > 0 else 0.0
    if fit < FIT:
        return "unexplained"
    pick = np.random.default_rng(seed).integers(0, places, (runs, places))
    drawn = np.array([_solved(volume[rows], hours[rows])[0] for rows in pick])
    low, high = np.quantile(drawn, [TAIL, 1 - TAIL], axis=0)
    level = float((volume @ implied).sum() / (volume @ declared).sum())
    expected = declared * level
    return Check(implied, low, high, implied / expected, level, (expected < low) | (expected > high), places, fit)


def _solved(volume: Floats, hours: Floats) -> tuple[Floats, float]:
    from scipy.optimize import nnls

    times, left = nnls(volume, hours)
    return np.asarray(times), float(left)
