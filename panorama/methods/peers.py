"""Which units are like a unit, and does a finding hold whichever number of them is asked (methods §4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FEWEST: Final = 3
MOST: Final = 10
"""Numbers of nearest peers that a robust finding must hold for, first and last."""
ALIKE: Final = ("kind", "level", "tag")
"""Columns in which units must agree to be compared at all; null agrees with null."""
SIZES: Final = ("approved", "offices")
"""Columns by whose logarithm they are near: approved staff, number of offices."""
RESULT: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "peer": pl.Int64(),
    "nearness": pl.Int64(),
    "distance": pl.Float64(),
}

_ROWS: Final = 256
"""Units compared with all others at a time: thousands at once would take gigabytes."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def nearest(units: pl.DataFrame, most: int = MOST) -> pl.DataFrame:
    """The nearest peers of each unit.

    units: id, ALIKE (any may be missing from the frame), SIZES; one row a unit. Returns RESULT: nearness 1 for the nearest,
    at most `most` a unit; distance: of log approved staff and log (offices + 1), each over its spread among the alike. Units
    whose approved staff is not known are near to nobody and have no peers. Equal distances go by id.
    """
    known = units.filter(pl.col("approved") > 0)
    by = [column for column in ALIKE if column in known.columns]
    groups = known.sort("id").group_by(by, maintain_order=True) if by else [((), known.sort("id"))]
    frames = [_near(group, most) for _, group in groups if group.height > 1]
    return pl.concat(frames) if frames else pl.DataFrame(schema=RESULT)


def _near(group: pl.DataFrame, most: int) -> pl.DataFrame:
    ids = group["id"].to_numpy()
    places = np.stack([_scaled(group["approved"], 0), _scaled(group["offices"], 1)], axis=1)
    kept = min(most, len(ids) - 1)
    found = [_nearest_of(places, first, kept) for first in range(0, len(ids), _ROWS)]
    order, distance = (np.concatenate(one) for one in zip(*found, strict=True))
    return pl.DataFrame(
        {
            "id": np.repeat(ids, kept),
            "peer": ids[order].ravel(),
            "nearness": np.tile(np.arange(1, kept + 1), len(ids)),
            "distance": distance.ravel(),
        },
        schema=RESULT,
    )


def _nearest_of(places: Floats, first: int, kept: int) -> tuple[Ints, Floats]:
    """Of the units from `first` on, as many as a block holds: who is nearest, and how far."""
    block = places[first : first + _ROWS]
    distance = np.sqrt(np.square(block[:, None, :] - places[None, :, :]).sum(axis=2))
    # Rounded, so that the same distance is the same whatever else stands in the group.
    ranked = np.round(distance, 9)
    ranked[np.arange(len(block)), first + np.arange(len(block))] = np.inf
    order = np.argsort(ranked, axis=1, kind="stable")[:, :kept]
    return order, np.take_along_axis(distance, order, axis=1)


def _scaled(sizes: pl.Series, more: int) -> Floats:
    """Logarithms over their standard deviation; all alike count for nothing."""
    logs = np.log(sizes.cast(pl.Float64).fill_null(0).to_numpy() + more)
    spread = float(np.std(logs))
    return np.asarray(logs / spread if spread > 1e-9 else np.zeros_like(logs))


@dataclass(frozen=True)
class Robust:
    """asked: numbers of peers k that there were enough peers for; held: those for which the finding held."""

    asked: tuple[int, ...]
    held: tuple[int, ...]

    @property
    def robust(self) -> bool:
        """It holds for every k from 3 to 10; fewer than ten peers can not tell."""
        return self.held == tuple(range(FEWEST, MOST + 1))


def robust(value: float, peers: Sequence[float], finding: Callable[[float, Sequence[float]], bool]) -> Robust:
    """Does a finding hold against the k nearest peers, for each k from 3 to 10?

    peers: their values, the nearest first. finding: (value, values of the k nearest) → held.
    """
    asked = tuple(range(FEWEST, min(MOST, len(peers)) + 1))
    return Robust(asked, tuple(k for k in asked if finding(value, peers[:k])))
