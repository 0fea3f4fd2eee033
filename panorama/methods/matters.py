"""Which findings are one matter: those that confirmed links join, directly or through others."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

MATTER: Final[dict[str, pl.DataType]] = {"finding_id": pl.String(), "matter_id": pl.String(), "findings": pl.Int64()}
"""Columns of the result; the build makes `staging.matter` of them."""


def matters(links: pl.DataFrame) -> pl.DataFrame:
    """Findings that are joined to others.

    links: `staging.link`: one, other (finding_id), state; only what is confirmed joins. Returns MATTER, one row per finding
    joined: matter_id is the least finding_id among those it is joined to, findings their number.
    """
    joined = links.filter(pl.col("state") == "confirmed")
    ids = pl.concat([joined["one"], joined["other"]]).unique().sort()
    if ids.is_empty():
        return pl.DataFrame(schema=MATTER)
    ends = (ids.search_sorted(joined["one"]), ids.search_sorted(joined["other"]))
    # Loaded by a build alone: a page that only asks starts without it.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(joined.height), ends), shape=(len(ids), len(ids)))
    _, group = connected_components(graph, directed=False)
    named = pl.DataFrame({"finding_id": ids, "group": group})
    whole = named.with_columns(matter_id=pl.col("finding_id").min().over("group"), findings=pl.len().over("group"))
    return whole.select(MATTER.keys()).cast(pl.Schema(MATTER))
