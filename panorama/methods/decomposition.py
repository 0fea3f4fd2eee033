"""Why a saturation changed: its change split exactly among what it is made of, by Shapley values (methods §3)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import factorial
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FACTORS: Final = ("volume", "unit_time", "staff", "available_time")
"""What a change comes from: how many pieces of work; how long a piece takes on average, allowance for support and extra work
among it (mix and unit times); people; the rule on available working time."""
LOAD: Final = ("volume", "hours", "allowance", "extra_hours", "staff", "awt")
"""Columns of a load: pieces of work with a unit time; their hours; CAF (1 or more); hours of extra work a year; effective
staff, people; AWT, hours a person a year."""

Floats = NDArray[np.float64]


def shapley(value: Callable[[list[Floats]], Floats], before: list[Floats], after: list[Floats]) -> list[Floats]:
    """What each factor adds to value(after) − value(before), averaged over every order in which they may change.

    before, after: one array a factor, rows along the first axis. value: arrays of the factors → one value a row. Returns one
    array a factor; they sum to the change. 2^k values are worked out for k factors. Shapley 1953, A value for n-person games;
    for decompositions Shorrocks 2013, J. Econ. Inequality 11, 99–126.
    """
    k = len(before)
    worth = {
        chosen: value([after[at] if taken else before[at] for at, taken in enumerate(chosen)])
        for chosen in product((False, True), repeat=k)
    }
    parts = [np.zeros_like(worth[(False,) * k]) for _ in range(k)]
    for chosen, without in worth.items():
        size = sum(chosen)
        share = factorial(size) * factorial(k - size - 1) / factorial(k) if size < k else 0.0
        for at in range(k):
            if not chosen[at]:
                parts[at] += share * (worth[(*chosen[:at], True, *chosen[at + 1 :])] - without)
    return parts


def split(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """A change of saturation, row by row, split into FACTORS.

    before, after: columns LOAD, the same rows in the same order. Returns one column a factor and `change`, in saturation. A
    row is null where either side has no saturation or no volume: a piece of work then has no average time.
    """
    sides = [_factors(side) for side in (before, after)]
    parts = shapley(_saturation, *sides)
    change = _saturation(sides[1]) - _saturation(sides[0])
    columns = dict(zip(FACTORS, parts, strict=True)) | {"change": change}
    return pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))


def _factors(load: pl.DataFrame) -> list[Floats]:
    column = {name: load[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in LOAD}
    usable = (column["volume"] > 0) & (column["staff"] > 0) & (column["awt"] > 0)
    volume = np.where(usable, column["volume"], np.nan)
    # Allowances are declared with the unit times, and change with them.
    unit_time = np.stack([column["hours"] / volume, column["allowance"], column["extra_hours"]], axis=1)
    staff, awt = (np.where(usable, column[name], np.nan) for name in ("staff", "awt"))
    return [volume, unit_time, staff, awt]


def _saturation(factors: list[Floats]) -> Floats:
    volume, unit_time, staff, awt = factors
    hours, allowance, extra = unit_time.T
    return np.asarray((volume * hours * allowance + extra) / (awt * staff))
