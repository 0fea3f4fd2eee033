"""How sure a saturation is: its 90 % interval by Monte Carlo (methods §2).

Two things are uncertain: the unit time of each activity (lognormal, its mean the declared time, its spread by kind of
evidence) and the months that were not reported. One draw per activity is shared by all rows that use it, in every
office and post, since a wrong standard is wrong everywhere at once.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

DRAWS: Final = 1000
SEED: Final = 20260101
LOW_TAIL: Final = 0.05
UNDER: Final = 0.80
OVER: Final = 1.15
KEY: Final = ("unit_id", "office_id", "post_id", "period")
FLOATS: Final = ("load", "cv", "staff", "fixed", "missing", "month_cv")
RESULT: Final[dict[str, pl.DataType]] = {
    "unit_id": pl.Int64(),
    "office_id": pl.Int64(),
    "post_id": pl.Int64(),
    "period": pl.String(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "p_under": pl.Float64(),
    "p_over": pl.Float64(),
}
"""Columns of the result; the build makes `staging.saturation_interval` of them."""

_CELLS: Final = 4_000_000
"""Part rows × draws held at once: 16 MB of float32 a block."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def interval(parts: pl.DataFrame, seed: int = SEED, draws: int = DRAWS) -> pl.DataFrame:
    """Interval of each unit, office or post × period.

    parts: `staging.saturation_part`: the columns of KEY, activity_code, load (people), cv of its unit time, and, the same on
    each row of one key: staff (people), fixed (people, not drawn), missing (0 to 1, part of the period not reported),
    month_cv (spread of what the missing months hold).
    Returns RESULT, one row per key: the 5th and 95th percentile of saturation, P(S < 0.80) and P(S > 1.15).
    The same parts give the same figures, whatever their order.
    """
    if parts.is_empty():
        return pl.DataFrame(schema=RESULT)
    ordered = parts.with_columns(pl.col(FLOATS).cast(pl.Float64)).sort(*KEY, "activity_code", "cv", nulls_last=False)
    starts = _starts(ordered)
    rows = ordered[starts]
    factors, column = _factors(ordered, seed, draws)
    load = ordered["load"].to_numpy().astype(np.float32)
    figures = np.empty((len(starts), 4), dtype=np.float64)
    for first, last in _blocks(starts, ordered.height, draws):
        lines = slice(int(starts[first]), int(starts[last]) if last < len(starts) else ordered.height)
        drawn = factors[column[lines]]
        drawn *= load[lines, None]
        people = np.add.reduceat(drawn, starts[first:last] - starts[first], axis=0)
        figures[first:last] = _figures(people, rows[first:last], seed)
    named = {name: figures[:, at] for at, name in enumerate(("low", "high", "p_under", "p_over"))}
    return rows.select(KEY).with_columns(**{name: pl.Series(values) for name, values in named.items()}).cast(dict(RESULT))


def lognormal(cv: float | NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draws with mean 1 and coefficient of variation `cv` from standard normal ones."""
    variance = np.log1p(np.square(cv))
    return np.asarray(np.exp(np.sqrt(variance) * normal - variance / 2))


def _starts(ordered: pl.DataFrame) -> Ints:
    """Where each key's first row stands."""
    run = ordered.select(pl.struct(KEY).rle_id()).to_series().to_numpy()
    return np.flatnonzero(np.diff(run, prepend=-1)).astype(np.int64)


def _factors(ordered: pl.DataFrame, seed: int, draws: int) -> tuple[Floats, Ints]:
    """A line of draws for each activity × spread, and the line that each row uses."""
    pairs = ordered.select("activity_code", "cv").unique().sort("activity_code", "cv")
    activities = pairs["activity_code"].unique().sort()
    # Each activity draws from its own stream, so that another activity in the file changes nothing of it.
    normal = np.stack([_stream(seed, crc32(activity.encode())).standard_normal(draws) for activity in activities])
    line = activities.search_sorted(pairs["activity_code"]).to_numpy()
    factors = lognormal(pairs["cv"].to_numpy()[:, None], normal[line]).astype(np.float32)
    numbered = pairs.with_row_index("line")
    column = ordered.select("activity_code", "cv").join(numbered, on=["activity_code", "cv"], how="left", maintain_order="left")
    return factors, column["line"].to_numpy().astype(np.int64)


def _stream(seed: int, *of: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64([seed, *of]))


def _blocks(starts: Ints, height: int, draws: int) -> list[tuple[int, int]]:
    """Runs of whole keys whose rows × draws stay within the block size."""
    ends = np.append(starts[1:], height)
    most = max(_CELLS // draws, 1)
    blocks, first = [], 0
    while first < len(starts):
        last = max(int(np.searchsorted(ends, starts[first] + most, side="right")), first + 1)
        blocks.append((first, last))
        first = last
    return blocks


def _figures(people: Floats, rows: pl.DataFrame, seed: int) -> NDArray[np.float64]:
    """Low, high, P(S < 0.80), P(S > 1.15) of each line of drawn people."""
    missing = rows["missing"].fill_null(0).to_numpy()
    if (missing > 0).any():
        people = _with_missing_months(people, rows, missing, seed)
    staff = rows["staff"].to_numpy()
    saturation = ((people + rows["fixed"].to_numpy()[:, None]) / staff[:, None]).astype(np.float32)
    at = round(LOW_TAIL * saturation.shape[1])
    ranked = np.partition(saturation, (at - 1, -at), axis=1)
    return np.column_stack(
        [ranked[:, at - 1], ranked[:, -at], (saturation < UNDER).mean(axis=1), (saturation > OVER).mean(axis=1)]
    )


def _with_missing_months(people: Floats, rows: pl.DataFrame, missing: NDArray[np.float64], seed: int) -> Floats:
    """The reported part as it is, the missing part as much on average, drawn with its own spread."""
    drawn = people.copy()
    spread = rows["month_cv"].fill_null(0).to_numpy()
    keys = rows.select(KEY).rows()
    for at in np.flatnonzero(missing > 0):
        normal = _stream(seed, crc32(repr(keys[at]).encode())).standard_normal(people.shape[1])
        drawn[at] *= (1 - missing[at]) + missing[at] * lognormal(float(spread[at]), normal)
    return drawn
