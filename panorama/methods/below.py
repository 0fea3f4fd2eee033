"""Units above and below each other: what is said of one is said of all below it, and nobody judges the own line."""

from __future__ import annotations

from typing import Final

import polars as pl

KIN: Final[dict[str, pl.DataType]] = {"unit_id": pl.Int64(), "kin_id": pl.Int64()}
"""Columns of `kin`; the build makes `staging.unit_kin` of them."""
COVERED: Final[dict[str, pl.DataType]] = {"of_unit_id": pl.Int64(), "steps": pl.Int64()}
"""Columns that `covered` adds to what is given."""


def covered(given: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """One row per nil return × unit that it is of: the columns of `given`, of_unit_id (who gave it), steps (levels below that one).

    given: unit_id and what is said; units: unit_id, parent_id. A register that goes round in a circle ends too.
    """
    below: dict[int, list[int]] = {}
    for unit_id, parent_id in units.select("unit_id", "parent_id").iter_rows():
        below.setdefault(parent_id, []).append(unit_id)
    rows = []
    for one in given.iter_rows(named=True):
        found, waiting = {one["unit_id"]: 0}, [one["unit_id"]]
        for at in waiting:
            new = [unit for unit in below.get(at, ()) if unit not in found]
            found |= dict.fromkeys(new, found[at] + 1)
            waiting += new
        rows += [
            {**one, "unit_id": unit, "of_unit_id": one["unit_id"], "steps": steps} for unit, steps in found.items()
        ]
    return pl.DataFrame(rows, schema={**given.schema, **COVERED})


def kin(units: pl.DataFrame) -> pl.DataFrame:
    """One row per unit × unit that it is, that stands above it or below it: unit_id, kin_id. units: unit_id, parent_id.

    A register that goes round in a circle ends too.
    """
    above = dict(units.select("unit_id", "parent_id").iter_rows())
    pairs = set()
    for unit_id in above:
        at, seen = unit_id, set[int]()
        while at in above and at not in seen:
            seen.add(at)
            at = above[at]
        pairs |= {(unit_id, one) for one in seen} | {(one, unit_id) for one in seen}
    return pl.DataFrame(sorted(pairs), schema=KIN, orient="row")
