"""Which way a short series goes: Theil–Sen slope with its interval (methods §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

FEWEST: Final = 4
"""Fewer points have no interval: of three, even a steady rise is one order in six."""
LEVEL: Final = 0.90


@dataclass(frozen=True)
class Trend:
    """Change per step of `at`, in the unit of the values, with its interval; `n` values behind it."""

    slope: float
    low: float
    high: float
    n: int

    @property
    def sure(self) -> bool:
        """The whole interval lies on one side of no change."""
        return self.low > 0 or self.high < 0


def trend(at: Sequence[float], values: Sequence[float | None], level: float = LEVEL) -> Trend | None:
    """Median of the slopes of all pairs of points, and the interval of that median.

    at: when (years, or months counted through); values: null where nothing is known. None for fewer than 4 known values, or
    where all are of one time. The caller parts a series where the method version changes: a slope over a break means nothing.
    Sen 1968, JASA 63, 1379–1389 (scipy.stats.theilslopes).
    """
    # Loaded where a trend is asked for: most pages start without it.
    from scipy.stats import theilslopes

    known = [(x, y) for x, y in zip(at, values, strict=True) if y is not None and np.isfinite(y)]
    if len(known) < FEWEST or len({x for x, _ in known}) < 2:
        return None
    times, heights = zip(*known, strict=True)
    slope, _, low, high = theilslopes(heights, times, alpha=level)
    return Trend(float(slope), float(low), float(high), len(known))
