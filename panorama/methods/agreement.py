"""How far raters agree: Krippendorff's α (methods §5)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Metric = Literal["nominal", "ordinal", "interval"]
Floats = NDArray[np.float64]


def alpha(ratings: Floats, metric: Metric = "interval") -> float | None:
    """1 = agreement throughout, 0 = as by chance, below 0 = worse.

    ratings: (raters, items), NaN = not rated; items of one rating alone tell nothing and are left out. None where no item has
    two ratings, or all values are the same: nothing varies that could be agreed on. Krippendorff 2011, Computing
    Krippendorff's alpha-reliability, University of Pennsylvania.
    """
    rated = (~np.isnan(ratings)).sum(axis=0)
    paired = ratings[:, rated >= 2]
    values, at = np.unique(paired[~np.isnan(paired)], return_inverse=True)
    if len(values) < 2:
        return None
    items = np.broadcast_to(np.arange(paired.shape[1]), paired.shape)[~np.isnan(paired)]
    counts = np.zeros((paired.shape[1], len(values)))
    np.add.at(counts, (items, at), 1)
    # Pairs of values within an item, each item weighed by its ratings less one.
    weight = 1 / (counts.sum(axis=1) - 1)
    observed = np.einsum("ui,u,uj->ij", counts, weight, counts) - np.diag(counts.T @ weight)
    totals = counts.sum(axis=0)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    apart = _apart(values, totals, metric)
    return float(1 - (observed * apart).sum() / (expected * apart).sum())


def _apart(values: Floats, totals: Floats, metric: Metric) -> Floats:
    """Squared difference of each pair of values."""
    if metric == "nominal":
        return np.asarray(values[:, None] != values[None, :], dtype=np.float64)
    # Ordinal: as far apart as the ratings that lie between them, half of their own among these.
    place = values if metric == "interval" else np.cumsum(totals) - totals / 2
    return np.asarray(np.square(place[:, None] - place[None, :]))
