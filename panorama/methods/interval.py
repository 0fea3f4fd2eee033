"""How sure a saturation is: its 90 % interval by Monte Carlo (methods §2).

Two things are uncertain: the unit time of each activity (lognormal, its mean the declared time, its spread by kind of
evidence) and the months that were not reported. One draw per activity is shared by all rows that use it, in every
office and post, since a wrong standard is wrong everywhere at once.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

DRAWS: Final = 1000
SEED: Final = 20260101
TAIL: Final = 0.05
UNDER: Final = 0.80
OVER: Final = 1.15
KEY: Final = ("period", "unit_id", "office_id", "post_id")
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

_TEXTS: Final = ("period", "activity_code")
_FLOATS: Final = ("load", "cv", "fixed", "missing", "month_cv", "post_staff", "office_staff", "unit_staff")
# Rows × draws held by one worker at a time: 2 MB of float32 stays in the processor's cache.
_CELLS: Final = 500_000
# Lines of draws for missing months; leaves pick theirs by id. Few enough to make once, many enough to be independent.
_LINES: Final = 509

Floats = NDArray[np.float64]
Draws = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Parts:
    """The parts, sorted by period, unit, office, post, so that each level is a run of rows of the level below."""

    load: Draws
    line: Ints
    """Which line of `factors` a part uses."""
    factors: Draws
    leaf: Ints
    """First part of each leaf."""
    office: Ints
    """First leaf of each office (or of a unit's own work, which has no office)."""
    unit: Ints
    """First office of each unit × period."""
    missing: Floats
    month_cv: Floats
    fixed: Floats
    spare: Ints
    months: Draws
    """Lines of standard normal draws for missing months; `spare` says which one a leaf uses."""
    staff: tuple[Floats, Floats, Floats]
    """People per leaf, office, unit; not a number where no figure is wanted."""


def interval(parts: pl.DataFrame, seed: int = SEED, draws: int = DRAWS) -> pl.DataFrame:
    """Interval of each post, office and unit × period.

    parts: `staging.saturation_part`: one row per leaf (unit, office, post; the latter two may be null) × period × activity
    × cv: load (people) and cv of its unit time; and, the same on each row of a leaf: fixed (people, not drawn), missing (0
    to 1, part of the period not reported), month_cv (spread of what the missing months hold), post_staff, office_staff,
    unit_staff (people; null = no figure at that level).
    Returns RESULT, one row per key with staff: the 5th and 95th percentile of saturation, P(S < 0.80) and P(S > 1.15).
    The same parts give the same figures, in whatever order and with whatever other units beside them.
    """
    if parts.is_empty():
        return pl.DataFrame(schema=RESULT)
    ordered = _in_order(parts.with_columns(pl.col(_FLOATS).cast(pl.Float64)))
    ready, keys = _ready(ordered, seed, draws)
    blocks = _blocks(ready, draws)
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        drawn = list(pool.map(lambda block: _drawn(ready, *block), blocks))
    frames = [_named(keys[level], np.concatenate([block[level] for block in drawn])) for level in range(3)]
    return pl.concat(frames).select(RESULT.keys()).cast(pl.Schema(RESULT))


def lognormal(cv: float | Floats, normal: Floats | Draws) -> Floats:
    """Draws with mean 1 and coefficient of variation `cv`, from standard normal ones."""
    variance = np.log1p(np.square(cv))
    return np.asarray(np.exp(np.sqrt(variance) * normal - variance / 2))


def _ready(
    ordered: pl.DataFrame, seed: int, draws: int
) -> tuple[_Parts, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    leaf = _starts(ordered, KEY)
    leaves = ordered[leaf]
    office = _starts(leaves, KEY[:3])
    offices = leaves[office]
    unit = _starts(offices, KEY[:2])
    units = offices[unit]
    factors, line = _factors(ordered, seed, draws)
    picked = leaves.select(
        pl.sum_horizontal(pl.col("unit_id") % _LINES, pl.col("office_id") % _LINES, pl.col("post_id") % _LINES)
        + pl.col("period").cast(pl.Int64)
    ).to_series()
    none = pl.lit(None, dtype=pl.Int64)
    keys = (leaves, offices.with_columns(post_id=none), units.with_columns(office_id=none, post_id=none))
    # A leaf without a post is an office's or a unit's own work: it has no row of its own.
    at_post = pl.when(pl.col("post_id").is_not_null()).then("post_staff")
    at_office = pl.when(pl.col("office_id").is_not_null()).then("office_staff")
    ready = _Parts(
        load=ordered["load"].to_numpy().astype(np.float32),
        line=line,
        factors=factors,
        leaf=leaf,
        office=office,
        unit=unit,
        missing=leaves["missing"].fill_null(0).to_numpy(),
        month_cv=leaves["month_cv"].fill_null(0).to_numpy(),
        fixed=leaves["fixed"].fill_null(0).to_numpy(),
        spare=(picked % _LINES).to_numpy().astype(np.int64),
        months=_stream(seed, 1).standard_normal((_LINES, draws), dtype=np.float32),
        staff=(_floats(leaves, at_post), _floats(offices, at_office), _floats(units, pl.col("unit_staff"))),
    )
    return ready, keys


def _floats(frame: pl.DataFrame, column: pl.Expr) -> Floats:
    return frame.select(column.cast(pl.Float64).fill_null(float("nan"))).to_series().to_numpy()


def _in_order(parts: pl.DataFrame) -> pl.DataFrame:
    """By KEY, activity and cv; what has none of them first."""
    texts = {
        name: pl.col(name).cast(pl.Enum(parts[name].drop_nulls().unique().sort())).to_physical() for name in _TEXTS
    }
    # Numbers alone, and no column moved before the order is known: half of what it takes to sort the whole.
    keys = parts.select(*KEY, "activity_code", "cv").with_columns(**texts).fill_null(-1)
    return parts[np.lexsort([keys[name].to_numpy() for name in reversed(keys.columns)])]


def _starts(frame: pl.DataFrame, key: tuple[str, ...]) -> Ints:
    """Where each run of one key begins."""
    run = frame.select(pl.struct(key).rle_id()).to_series().to_numpy().astype(np.int64)
    return np.flatnonzero(np.diff(run, prepend=-1)).astype(np.int64)


def _factors(ordered: pl.DataFrame, seed: int, draws: int) -> tuple[Draws, Ints]:
    """A line of draws for each activity × cv, and the line that each part uses."""
    pairs = ordered.select("activity_code", "cv").unique().sort("activity_code", "cv")
    factors = np.empty((pairs.height, draws), dtype=np.float32)
    for at, (activity, cv) in enumerate(pairs.rows()):
        # A stream of its own: what else is in the files changes nothing of this activity's draws.
        own = int.from_bytes(blake2b(activity.encode(), digest_size=8).digest())
        normal = _stream(seed, 0, own).standard_normal(draws)
        factors[at] = lognormal(cv, normal)
    numbered = pairs.with_row_index("line")
    lines = ordered.select("activity_code", "cv").join(numbered, on=["activity_code", "cv"], maintain_order="left")
    return factors, lines["line"].to_numpy().astype(np.int64)


def _stream(*seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(list(seed)))


def _blocks(ready: _Parts, draws: int) -> list[tuple[int, int]]:
    """Runs of whole units whose parts × draws fit a block; a unit larger than that is a block of its own."""
    ends = np.append(ready.leaf[ready.office[ready.unit]][1:], len(ready.load))
    blocks, first, begin = [], 0, 0
    while first < len(ready.unit):
        last = max(int(np.searchsorted(ends, begin + _CELLS // draws, side="right")), first + 1)
        blocks.append((first, last))
        first, begin = last, int(ends[last - 1])
    return blocks


def _drawn(ready: _Parts, first: int, last: int) -> tuple[Floats, Floats, Floats]:
    """Figures of the leaves, offices and units of a block."""
    units, office0, office1 = _span(ready.unit, first, last, len(ready.office))
    offices, leaf0, leaf1 = _span(ready.office, office0, office1, len(ready.leaf))
    leaves, part0, part1 = _span(ready.leaf, leaf0, leaf1, len(ready.load))
    people = _added(ready.load[part0:part1], ready.line[part0:part1], leaves, ready.factors)
    _miss(people, ready, leaf0, leaf1)
    people += ready.fixed[leaf0:leaf1, None].astype(np.float32)
    in_office = _runs(people, offices)
    in_unit = _runs(in_office, units)
    return (
        _figures(people, ready.staff[0][leaf0:leaf1]),
        _figures(in_office, ready.staff[1][office0:office1]),
        _figures(in_unit, ready.staff[2][first:last]),
    )


def _span(starts: Ints, first: int, last: int, end: int) -> tuple[Ints, int, int]:
    """Starts of a run of groups counted from its own beginning, and its beginning and end one level below."""
    begin = int(starts[first])
    return starts[first:last] - begin, begin, int(starts[last]) if last < len(starts) else end


def _added(weights: Draws, columns: Ints, starts: Ints, lines: Draws) -> Draws:
    """Weighted sums of lines, one for each run of weights: `columns` says which line a weight is of, `starts` where each
    run begins. Each sum is taken in the order of its weights, whatever stands beside it."""
    # Loaded by a build alone: a page that only asks starts without it.
    from scipy import sparse

    ends = np.append(starts, len(weights))
    table = sparse.csr_array((weights, columns, ends), shape=(len(starts), len(lines)))
    return np.asarray(table @ lines)


def _runs(rows: Draws, starts: Ints) -> Draws:
    """Sums of runs of rows."""
    return _added(np.ones(len(rows), dtype=np.float32), np.arange(len(rows)), starts, rows)


def _miss(people: Draws, ready: _Parts, first: int, last: int) -> None:
    """Of a leaf with months missing: the reported part as it is, the missing part as much on average, with its spread."""
    rows = np.flatnonzero(ready.missing[first:last] > 0)
    if not len(rows):
        return
    missing = ready.missing[first:last][rows, None]
    months = lognormal(ready.month_cv[first:last][rows, None], ready.months[ready.spare[first:last][rows]])
    people[rows] *= ((1 - missing) + missing * months).astype(np.float32)


def _figures(people: Draws, staff: Floats) -> Floats:
    """Low, high, P(S < 0.80), P(S > 1.15) of each line of drawn people; no numbers where no staff is known."""
    figures = np.full((len(staff), 4), np.nan)
    known = np.flatnonzero(staff > 0)
    if not len(known):
        return figures
    lines, staff = people[known] if len(known) < len(staff) else people, staff[known]
    draws = people.shape[1]
    tail = round(TAIL * draws)
    # Sorting whole lines is twice as fast as partitioning them at two places.
    ranked = np.sort(lines, axis=1)
    edge = staff.astype(np.float32)[:, None]
    figures[known, 0] = ranked[:, tail - 1] / staff
    figures[known, 1] = ranked[:, draws - tail] / staff
    figures[known, 2] = np.count_nonzero(lines < np.float32(UNDER) * edge, axis=1) / draws
    figures[known, 3] = np.count_nonzero(lines > np.float32(OVER) * edge, axis=1) / draws
    return figures


def _named(keys: pl.DataFrame, figures: Floats) -> pl.DataFrame:
    columns = {name: pl.Series(figures[:, at]) for at, name in enumerate(("low", "high", "p_under", "p_over"))}
    return keys.select(KEY).with_columns(**columns).filter(pl.col("low").is_not_nan())
