"""Could fewer people do an office's work, if it worked as the best of its like do? Data envelopment analysis (methods §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FEWEST: Final = 30
"""Offices of one kind under which there is no efficiency: among few, most come out efficient whatever they do."""
RUNS: Final = 500
SEED: Final = 20260101
TAIL: Final = 0.05
NEAR: Final = 1e-9
"""Relative differences below this are rounding."""
KIND: Final = ("year", "kind", "level", "tag")
"""Columns in which offices must agree to be compared; null agrees with null."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

JUDGED: Final[dict[str, Any]] = {
    "unit_id": pl.Int64(),
    "office_id": pl.Int64(),
    "year": pl.Int32(),
    "compared": pl.Int64(),
    "with_external": pl.Boolean(),
    "main_activity": pl.String(),
    "people": pl.Float64(),
    "hours_main": pl.Float64(),
    "hours_other": pl.Float64(),
    "efficiency": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "more_main": pl.Float64(),
    "more_other": pl.Float64(),
    "models": pl.List(pl.Int64()),
    "shares": pl.List(pl.Float64()),
}
"""Columns of `judged`; the build makes `staging.office_efficiency` of them."""


@dataclass(frozen=True)
class Efficiency:
    """theta: (units,), 0 to 1. weights: (units, models), λ of each reference unit; models: (models,), which units those are.
    less: (units, inputs) and more: (units, outputs): the slacks, in each factor's own unit, after inputs shrank to theta."""

    theta: Floats
    models: Ints
    weights: Floats
    less: Floats
    more: Floats


def ccr(inputs: Floats, outputs: Floats, models: Ints | None = None) -> Efficiency:
    """Input-oriented efficiency under constant returns to scale, with reference sets and slacks.

    inputs: (units, m), outputs: (units, s), ≥ 0, each unit with some of both. models: units that may be references, all as a
    rule; leaving out units that are not on the frontier changes nothing. θ is the least share of its inputs with which a
    combination of units reaches a unit's outputs; a second phase finds the largest slacks at that θ, each factor over its mean.
    Charnes, Cooper and Rhodes 1978, EJOR 2, 429–444; two phases: Cooper, Seiford and Tone 2007, Data envelopment analysis, §3.3.
    """
    scale_in, scale_out = (np.where(one.mean(axis=0) > 0, one.mean(axis=0), 1.0) for one in (inputs, outputs))
    x, y = inputs / scale_in, outputs / scale_out
    models = np.arange(len(x)) if models is None else models
    theta = np.clip(_shrunk(x, y, models), 0.0, 1.0)
    theta[theta > 1 - NEAR] = 1.0
    weights, less, more = _slacks(x, y, models, theta)
    return Efficiency(theta, models, weights, less * scale_in, more * scale_out)


def _shrunk(x: Floats, y: Floats, models: Ints) -> Floats:
    """θ of each unit: all units' programmes as one, a block each, for to start the solver takes longer than a block."""
    from scipy.sparse import csr_array, eye_array, hstack, kron

    units, factors = len(x), x.shape[1] + y.shape[1]
    own = np.hstack([-x, np.zeros(y.shape)]).ravel()
    places = np.arange(len(own))
    block = np.vstack([x[models].T, -y[models].T])
    table = hstack([csr_array((own, (places, places // factors))), kron(eye_array(units), csr_array(block))])
    limits = np.hstack([np.zeros(x.shape), -y]).ravel()
    cost = np.concatenate([np.ones(units), np.zeros(units * len(models))])
    return _solved(cost, table, limits, None, None)[:units]


def _slacks(x: Floats, y: Floats, models: Ints, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """λ, input and output slacks of each unit, the sum of slacks at its largest."""
    from scipy.sparse import csr_array, eye_array, kron

    units, factors = len(x), x.shape[1] + y.shape[1]
    block = np.vstack([x[models].T, y[models].T])
    signs = np.diag([1.0] * x.shape[1] + [-1.0] * y.shape[1])
    table = kron(eye_array(units), csr_array(np.hstack([block, signs])))
    right = np.hstack([theta[:, None] * x, y]).ravel()
    cost = np.tile(np.concatenate([np.zeros(len(models)), -np.ones(factors)]), units)
    found = _solved(cost, None, None, table, right).reshape(units, -1)
    weights, slack = found[:, : len(models)], found[:, len(models) :]
    weights, slack = (np.where(one > 1e-7, one, 0.0) for one in (weights, slack))
    return weights, slack[:, : x.shape[1]], slack[:, x.shape[1] :]


def _solved(cost: Floats, table: Any, limits: Floats | None, equal: Any, right: Floats | None) -> Floats:
    from scipy.optimize import linprog

    found = linprog(cost, A_ub=table, b_ub=limits, A_eq=equal, b_eq=right, method="highs")
    if found.x is None:
        raise ArithmeticError(f"the programme of efficiency has no solution: {found.message}")
    return np.asarray(found.x)


def faces(ratios: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """The frontier of offices with one input and two outputs, for many sets of offices at once.

    ratios: (sets, units, 2), outputs over the input, some of each above 0. Returns (sets, faces, 2): prices of the outputs at
    which no unit is worth more than 1, and those on a face just that; the worth at the dearest prices is θ. And (sets, units):
    which units are corners of the frontier. Sets with fewer faces repeat their last. Jarvis 1973, Inf. Proc. Letters 2, 18–21.
    """
    along, up = ratios[:, :, 0], ratios[:, :, 1]
    rows = np.arange(len(ratios))
    top, far = up.max(axis=1), along.max(axis=1)
    at = np.where(up >= top[:, None] * (1 - NEAR), along, -np.inf).argmax(axis=1)
    corners = np.zeros(along.shape, dtype=bool)
    corners[rows, at] = True
    last = np.stack([1 / far, np.zeros(len(far))], axis=1)
    found = [np.stack([np.zeros(len(top)), 1 / top], axis=1)]
    while True:
        x, y = along[rows, at], up[rows, at]
        right = along > x[:, None] * (1 + NEAR)
        if not right.any():
            return np.stack([*found, last], axis=1), corners
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(right, (up - y[:, None]) / (along - x[:, None]), -np.inf)
        best = slope.max(axis=1)
        # Of units on one face the farthest is its corner.
        level = slope >= (best - NEAR * np.abs(best))[:, None]
        then = np.where(level & right, along, -np.inf).argmax(axis=1)
        ended = ~right.any(axis=1)
        then = np.where(ended, at, then)
        prices = np.stack([y - up[rows, then], along[rows, then] - x], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            prices = prices / (y * along[rows, then] - x * up[rows, then])[:, None]
        found.append(np.where(ended[:, None], last, prices))
        corners[rows, then] = True
        at = then


def worth(ratios: Floats, prices: Floats) -> Floats:
    """θ of offices by faces of a frontier: (units, 2) and (sets, faces, 2) → (sets, units). Above 1 where one lies beyond it."""
    found: Floats = np.zeros((len(prices), len(ratios)))
    for face in range(prices.shape[1]):
        np.maximum(found, prices[:, face] @ ratios.T, out=found)
    return found


def interval(
    ratios: Floats, theta: Floats, runs: int = RUNS, seed: int = SEED, tail: float = TAIL
) -> tuple[Floats, Floats] | None:
    """Within which the efficiency lies by the smoothed bootstrap, for one input and two outputs; None where all are efficient.

    ratios: (units, 2), outputs over the input; theta: (units,). Efficiencies are drawn anew from their own smoothed
    distribution, reflected at 1; units are moved to the frontier and off it again by them, and measured against that frontier.
    The best offices seen are at most as good as the best there can be, so the interval lies below θ. Simar and Wilson 1998,
    Management Science 44, 49–61, steps 1 to 6, the variance corrected about 1 as the sample reflected there has its middle there;
    the interval after the same 2000, J. Applied Statistics 27, 779–802, §2; bandwidth by Silverman 1986, Density estimation,
    eq. 3.31, on the reflected sample.
    """
    inside = theta[theta < 1 - NEAR]
    if not len(inside):
        return None
    both = np.concatenate([inside, 2 - inside])
    spread = float(np.std(both, ddof=1))
    quarters = np.quantile(both, [0.25, 0.75])
    width = 0.9 * min(spread, float(quarters[1] - quarters[0]) / 1.34) * len(theta) ** -0.2
    draws = np.random.default_rng(seed)
    picked = theta[draws.integers(0, len(theta), (runs, len(theta)))]
    away = np.abs(picked - 1 + width * draws.standard_normal(picked.shape))
    # Smoothed draws spread more than what they are drawn from, by this factor about 1, where the reflected sample has its middle.
    drawn = 1 - away / np.sqrt(1 + width**2 / float(np.mean(np.square(theta - 1))))
    drawn = np.clip(drawn, theta.min() / 2, 1.0)
    # An office's input becomes θ ÷ drawn times itself, so its outputs per input the reverse.
    prices, _ = faces(ratios[None] * (drawn / theta)[:, :, None])
    again = worth(ratios, prices)
    low, high = np.quantile(again, [tail, 1 - tail], axis=0)
    return np.clip(2 * theta - high, 0.0, 1.0), np.clip(2 * theta - low, 0.0, 1.0)


def judged(work: pl.DataFrame) -> pl.DataFrame:
    """Efficiency of the offices of each KIND: one input, people at work; two outputs, standard hours of the kind's largest
    activity and of all others together.

    work: `staging.office_work`: unit_id, office_id, KIND, activity, hours, people, people_with_external; a row an office × year ×
    activity. Contract staff count as people where 30 offices tell theirs: an office that does not is left out then; else
    establishment staff alone. Returns JUDGED, a row an office compared; under 30 compared there are no figures.
    """
    offices = _offices(work)
    few, many = (offices.filter(met) for met in (pl.col("compared") < FEWEST, pl.col("compared") >= FEWEST))
    none = {name: pl.lit(None, dtype=kind) for name, kind in JUDGED.items() if name not in offices.columns}
    groups = many.group_by(*KIND, maintain_order=True)
    frames = [few.with_columns(**none), *(group.with_columns(_figures(group)) for _, group in groups)]
    return pl.concat([frame.select(JUDGED.keys()).cast(pl.Schema(JUDGED)) for frame in frames]).sort(
        "year", "office_id"
    )


def _offices(work: pl.DataFrame) -> pl.DataFrame:
    """Input and outputs of each office compared. The order of rows, and which of equal activities is main, is by name."""
    told = pl.col("office_id").filter(pl.col("people_with_external").is_not_null()).n_unique().over(KIND) >= FEWEST
    known = work.with_columns(with_external=told).filter(
        ~pl.col("with_external") | pl.col("people_with_external").is_not_null()
    )
    summed = known.group_by(*KIND, "activity").agg(total=pl.col("hours").sum())
    largest = summed.sort(-pl.col("total"), "activity").group_by(*KIND, maintain_order=True)
    known = known.join(
        largest.agg(main_activity=pl.col("activity").first()), on=list(KIND), how="left", nulls_equal=True
    )
    main = pl.col("activity") == pl.col("main_activity")
    offices = known.group_by(*KIND, "office_id").agg(
        pl.col("unit_id", "with_external", "main_activity").first(),
        people=pl.when(pl.col("with_external")).then("people_with_external").otherwise("people").first(),
        hours_main=pl.col("hours").filter(main).sum(),
        hours_other=pl.col("hours").filter(~main).sum(),
    )
    return offices.with_columns(compared=pl.len().over(KIND)).sort(*KIND, "office_id")


def _figures(offices: pl.DataFrame) -> list[pl.Series]:
    people = offices["people"].to_numpy()[:, None]
    hours = offices.select("hours_main", "hours_other").to_numpy()
    ratios = hours / people
    if not (ratios > 0).any(axis=0).all():
        # All work is of one activity: the second output is nought for all and says nothing.
        ratios = np.repeat(ratios.max(axis=1, keepdims=True), 2, axis=1)
    corners = np.flatnonzero(faces(ratios[None])[1][0])
    found = ccr(people, hours, corners)
    span = interval(ratios, found.theta)
    ids = offices["office_id"].to_numpy()[corners]
    low, high = (None, None) if span is None else span
    nothing = [None] * offices.height
    return [
        pl.Series("efficiency", found.theta),
        pl.Series("low", nothing if low is None else low, dtype=pl.Float64),
        pl.Series("high", nothing if high is None else high, dtype=pl.Float64),
        pl.Series("more_main", found.more[:, 0]),
        pl.Series("more_other", found.more[:, 1]),
        pl.Series("models", [ids[row > 0].tolist() for row in found.weights], dtype=pl.List(pl.Int64)),
        pl.Series("shares", [row[row > 0].tolist() for row in found.weights], dtype=pl.List(pl.Float64)),
    ]
