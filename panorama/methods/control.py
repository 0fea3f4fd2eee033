"""Is a point of a series out of the ordinary? XmR chart (methods §3; Shewhart, as in NHS England's Making Data Count)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from typing import Final

ENOUGH: Final = 12
"""Fewer points get no limits: with five, a false alarm comes with one point in eighteen."""
RUN: Final = 8
TREND: Final = 6
FACTOR: Final = 2.66
"""3 ÷ 1.128: three sigma of individual values from the mean moving range of two."""
ROUNDING: Final = 1e-9
"""Values that differ by no more than rounding does are level."""


@dataclass(frozen=True)
class Limits:
    """Centre and limits of a series, from its baseline."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Signal:
    """A point that is out of the ordinary, and by which of the four rules: outside, run, trend, near."""

    at: int
    rule: str


def limits(baseline: Sequence[float]) -> Limits | None:
    """Mean ± 2.66 × mean moving range of the baseline; None for fewer than 12 points."""
    if len(baseline) < ENOUGH:
        return None
    mean = sum(baseline) / len(baseline)
    moving = [abs(b - a) for a, b in pairwise(baseline)]
    reach = FACTOR * sum(moving) / len(moving)
    return Limits(mean, mean - reach, mean + reach)


def signals(values: Sequence[float], band: Limits) -> list[Signal]:
    """Every point out of the ordinary, each by the first rule that names it, in order of the series."""
    found: dict[int, str] = {}
    for rule, points in (
        (
            "outside",
            [at for at, value in enumerate(values) if _side(value, band.high) > 0 or _side(value, band.low) < 0],
        ),
        ("run", _runs([_side(value, band.mean) for value in values], RUN)),
        ("trend", _trends(values)),
        ("near", _near(values, band)),
    ):
        for at in points:
            found.setdefault(at, rule)
    return [Signal(at, found[at]) for at in sorted(found)]


def _side(value: float, mean: float) -> int:
    """1 above, -1 below, 0 level: the mean of equal values may lie a rounding off them."""
    return 0 if isclose(value, mean, rel_tol=ROUNDING, abs_tol=ROUNDING) else 1 if value > mean else -1


def _runs(sides: Sequence[int], length: int) -> list[int]:
    """Points at which `length` or more in a row stand on one side."""
    points, held = [], 0
    for at, side in enumerate(sides):
        held = held + 1 if at and side and side == sides[at - 1] else int(bool(side))
        if held >= length:
            points.append(at)
    return points


def _trends(values: Sequence[float]) -> list[int]:
    """Points that end six or more values each above (or each below) the one before."""
    steps = [0, *[_side(b, a) for a, b in pairwise(values)]]
    return _runs(steps, TREND - 1)


def _near(values: Sequence[float], band: Limits) -> list[int]:
    """Points that make two of three in a row beyond two thirds of the way to one limit."""
    third = (band.high - band.mean) * 2 / 3
    places = [_side(value, band.mean) if _side(abs(value - band.mean), third) > 0 else 0 for value in values]
    return [
        at
        for at in range(len(values))
        if places[at] and sum(place == places[at] for place in places[max(0, at - 2) : at + 1]) >= 2
    ]
