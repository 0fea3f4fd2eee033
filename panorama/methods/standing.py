"""Where a value stands among others: robust z and percentile (methods §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

FEWEST: Final = 5
"""Peers, the own value not counted, below which there is no z."""
NORMAL: Final = 0.6745
"""The median absolute deviation of a normal distribution, in standard deviations."""
FAR: Final = 3.5
"""Iglewicz and Hoaglin's line beyond which a value is out of the ordinary."""

Lacking = Literal["few", "alike"]


@dataclass(frozen=True)
class Standing:
    """n: peers with a value. z: None where `lacking` says why: few (under 5 peers), alike (their MAD is 0)."""

    n: int
    median: float | None
    mad: float | None
    z: float | None
    percentile: float | None
    lacking: Lacking | None


def standing(value: float, peers: Sequence[float | None]) -> Standing:
    """Robust z = 0.6745 (value − median) ÷ MAD and percentile rank of a value among its peers.

    peers: their values, the own one not among them; null ones are left out. percentile: (below + half of ties) ÷ n, 0 to 1;
    None without peers. Iglewicz and Hoaglin 1993, How to detect and handle outliers.
    """
    known = np.array([one for one in peers if one is not None and np.isfinite(one)], dtype=np.float64)
    if not len(known):
        return Standing(0, None, None, None, None, "few")
    median = float(np.median(known))
    mad = float(np.median(np.abs(known - median)))
    percentile = float((np.sum(known < value) + np.sum(known == value) / 2) / len(known))
    if len(known) < FEWEST:
        return Standing(len(known), median, mad, None, percentile, "few")
    # Of values that differ by no more than rounding does, none is far from another.
    if mad <= 1e-9 * max(1.0, abs(median)):
        return Standing(len(known), median, mad, None, percentile, "alike")
    return Standing(len(known), median, mad, NORMAL * (value - median) / mad, percentile, None)
