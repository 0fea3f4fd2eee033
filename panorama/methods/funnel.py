"""Which rates are out of the ordinary for their size: funnel limits (methods §4).

Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics in Medicine 24, 1185–1202.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

Z: Final = (1.96, 3.09)
"""Of 95 % and 99.8 %."""
SMALL: Final = 10
"""With fewer units than this, over-dispersion is not estimated: a few odd units would widen every limit."""
FEWEST: Final = 5
"""With fewer units of a kind none is judged: each would mostly be held against itself."""
WINSOR: Final = 0.10
"""Share of the residuals at either end that is pulled in before over-dispersion is estimated."""

Law = Literal["binomial", "poisson"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """centre: the common rate p₀ = Σ events ÷ Σ size. dispersion: φ, mean square of the winsorised residuals (of chance alone
    some 0.68), None where not estimated. tau: additional spread between units (standard deviation of the rate, additive), 0 where the residuals do not
    ask for it."""

    law: Law
    centre: float
    dispersion: float | None
    tau: float


def funnel(events: Floats, size: Floats, law: Law) -> Funnel | None:
    """Common rate and spread of units.

    events: counted, whole numbers; size: their base (people, cases), > 0; both shape (units,). binomial: events are among the
    size (a proportion); poisson: events per size (findings per staff). None without units, or where no rate is told apart (no
    event at all; of a proportion, nothing but events).
    """
    total, whole = float(np.sum(events)), float(np.sum(size))
    if not len(events) or whole <= 0 or total <= 0 or (law == "binomial" and total >= whole):
        return None
    centre = total / whole
    if len(events) < SMALL:
        return Funnel(law, centre, None, 0.0)
    spread = _spread(centre, size, law)
    residuals = _winsorised((events / size - centre) / spread)
    phi = float(np.mean(np.square(residuals)))
    weights = 1 / np.square(spread)
    n = len(events)
    between = (n * phi - (n - 1)) / float(np.sum(weights) - np.sum(np.square(weights)) / np.sum(weights))
    return Funnel(law, centre, phi, float(np.sqrt(max(between, 0.0))))


def limits(made: Funnel, size: Floats, z: float) -> tuple[Floats, Floats]:
    """Lower and upper limit of the rate for units of these sizes, shape as `size`.

    Exact binomial or Poisson limits, interpolated between whole numbers of events (Spiegelhalter, appendix A.1.1); with
    over-dispersion centre ± z √(variance + τ²), never below 0, nor above 1 for a proportion.
    """
    size = np.asarray(size, dtype=np.float64)
    if made.tau > 0:
        reach = z * np.sqrt(np.square(_spread(made.centre, size, made.law)) + made.tau**2)
        low, high = made.centre - reach, made.centre + reach
    else:
        from scipy.stats import norm

        tail = float(norm.sf(z))
        low, high = (_exact(made, size, share) / size for share in (tail, 1 - tail))
    top = 1.0 if made.law == "binomial" else np.inf
    return np.clip(low, 0.0, top), np.clip(high, 0.0, top)


def outside(made: Funnel, events: Floats, size: Floats, z: float) -> NDArray[np.int64]:
    """−1 below the lower limit, 1 above the upper one, 0 within."""
    low, high = limits(made, size, z)
    rate = np.asarray(events, dtype=np.float64) / size
    return (rate > high).astype(np.int64) - (rate < low).astype(np.int64)


def _spread(centre: float, size: Floats, law: Law) -> Floats:
    variance = centre * (1 - centre) if law == "binomial" else centre
    return np.asarray(np.sqrt(variance / size))


def _winsorised(residuals: Floats) -> Floats:
    low, high = np.quantile(residuals, [WINSOR, 1 - WINSOR])
    return np.asarray(np.clip(residuals, low, high))


def _exact(made: Funnel, size: Floats, share: float) -> Floats:
    """Events at a quantile, between whole numbers by how far the quantile lies between their probabilities."""
    from scipy.stats import binom, poisson

    law: Any = binom(np.round(size), made.centre) if made.law == "binomial" else poisson(size * made.centre)
    most = np.asarray(law.ppf(share))
    below, at = law.cdf(most - 1), law.cdf(most)
    return np.asarray(most - (at - share) / np.maximum(at - below, 1e-300))


JUDGED: Final[dict[str, pl.DataType]] = {
    "unit_id": pl.Int64(),
    "kind": pl.String(),
    "events": pl.Int64(),
    "years": pl.Int64(),
    "size": pl.Float64(),
    "rate": pl.Float64(),
    "centre": pl.Float64(),
    "low_95": pl.Float64(),
    "high_95": pl.Float64(),
    "low_998": pl.Float64(),
    "high_998": pl.Float64(),
    "dispersion": pl.Float64(),
    "tau": pl.Float64(),
    "verdict": pl.Int64(),
}
"""Columns of `judged`; the build makes `staging.funnel_limit` of them."""


def judged(units: pl.DataFrame) -> pl.DataFrame:
    """Units in the funnel of their kind, by Poisson limits.

    units: `staging.funnel_unit`: unit_id, kind, events, years, size. Returns JUDGED, ordered by kind and unit; a kind without
    any event, or of fewer than five units, has no limits and no verdict. verdict: 0 within 95 %, ±1 outside 95 %, ±2 outside 99.8 %.
    """
    ordered = units.with_columns(pl.col("size").cast(pl.Float64)).sort("kind", "unit_id")
    frames = [_judged(group) for _, group in ordered.group_by("kind", maintain_order=True)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=JUDGED)


def _judged(group: pl.DataFrame) -> pl.DataFrame:
    events, size = group["events"].to_numpy().astype(np.float64), group["size"].to_numpy()
    made = funnel(events, size, "poisson") if group.height >= FEWEST else None
    found = group.with_columns(rate=pl.col("events") / pl.col("size"))
    if made is None:
        missing = {name: pl.lit(None, dtype=kind) for name, kind in JUDGED.items() if name not in found.columns}
        return found.with_columns(**missing).select(JUDGED.keys()).cast(pl.Schema(JUDGED))
    inner, outer = (limits(made, size, z) for z in Z)
    verdict = np.sum([outside(made, events, size, z) for z in Z], axis=0)
    columns = {"low_95": inner[0], "high_95": inner[1], "low_998": outer[0], "high_998": outer[1], "verdict": verdict}
    return (
        found.with_columns(**{name: pl.Series(values) for name, values in columns.items()})
        .with_columns(centre=made.centre, dispersion=pl.lit(made.dispersion, pl.Float64), tau=made.tau)
        .select(JUDGED.keys())
        .cast(pl.Schema(JUDGED))
    )
