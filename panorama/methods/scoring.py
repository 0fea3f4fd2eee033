"""Units ranked by what they were scored, index by index and kind by kind, as firmly as the scores allow (methods §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from panorama.methods.agreement import alpha
from panorama.methods.ranks import Flip, flip, p_above, ranks, score
from panorama.methods.raters import severity

FEWEST: Final = 3
"""Units ranked together at least."""
OUTSIDE: Final = ("评估组", "互评")
"""Kinds of raters whose severity is told: people from outside the unit."""
RANKED: Final[dict[str, pl.DataType]] = {
    "unit_id": pl.Int64(),
    "round_name": pl.String(),
    "index_name": pl.String(),
    "compared": pl.Int64(),
    "rank_median": pl.Float64(),
    "rank_low": pl.Float64(),
    "rank_high": pl.Float64(),
    "tie_group": pl.Int64(),
    "next_unit_id": pl.Int64(),
    "p_above_next": pl.Float64(),
    "flip_code": pl.String(),
    "flip_weight": pl.Float64(),
    "flip_needed": pl.Float64(),
}
RATED: Final[dict[str, pl.DataType]] = {
    "round_name": pl.String(),
    "rater": pl.String(),
    "n": pl.Int64(),
    "units": pl.Int64(),
    "severity": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "lacking": pl.String(),
    "alpha": pl.Float64(),
    "items": pl.Int64(),
}

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def ranked(scores: pl.DataFrame) -> pl.DataFrame:
    """Rank intervals of the units of each round, index and kind of unit.

    scores: `mart.indicator_score`. Compared are the common indicators, by score ÷ weight: an individual one has nobody to be set
    beside. Left out: units of which none of these is scored. Returns RANKED; a group of fewer than 3 units has no rows. tie_group
    is 1 for the first; next: who comes next by the plain composite, or by median rank where any value is missing.
    """
    common = scores.filter(~pl.col("individual") & (pl.col("weight") > 0))
    ordered = common.sort("round_name", "index_name", "kind", "unit_id", "ind_code")
    groups = ordered.group_by("round_name", "index_name", "kind", maintain_order=True)
    frames = [_ranked(group) for _, group in groups]
    return pl.concat([pl.DataFrame(schema=RANKED), *frames])


def _ranked(group: pl.DataFrame) -> pl.DataFrame:
    held = _table(group)
    if len(held.units) < FEWEST:
        return pl.DataFrame(schema=RANKED)
    units, codes, values, weights, applies = held.units, held.codes, held.values, held.weights, held.applies
    found = ranks(values, weights, applies)
    plain = score(values, weights, applies)
    order = np.lexsort((np.arange(len(units)), found.median, np.zeros(len(units)) if np.isnan(plain).any() else -plain))
    rows = []
    for place, unit in enumerate(order):
        after = int(order[place + 1]) if place + 1 < len(order) else None
        rows.append(
            {
                "unit_id": units[int(unit)],
                "round_name": group["round_name"][0],
                "index_name": group["index_name"][0],
                "compared": len(units),
                "rank_median": found.median[unit],
                "rank_low": found.low[unit],
                "rank_high": found.high[unit],
                "tie_group": int(found.group[unit]),
                **_next(values, weights, applies, found.above, codes, units, int(unit), after),
            }
        )
    return pl.DataFrame(rows, schema=RANKED)


@dataclass(frozen=True)
class Table:
    """Units × common indicators: share of the weight scored, NaN where missing or not applying; weights; which apply."""

    units: pl.Series
    codes: pl.Series
    values: Floats
    weights: Floats
    applies: Flags


def _table(group: pl.DataFrame) -> Table:
    """Of the units of one round, index and kind that are scored at all; rows in order of unit and indicator."""
    seen = group.filter((pl.col("state") == "scored").any().over("unit_id"))
    units, codes = (seen[name].unique(maintain_order=True) for name in ("unit_id", "ind_code"))
    codes = codes.sort()
    at = (_places(seen["unit_id"], units), _places(seen["ind_code"], codes))
    values = np.full((len(units), len(codes)), np.nan)
    values[at] = (seen["score"] / seen["weight"]).to_numpy()
    applies = np.zeros(values.shape, dtype=bool)
    applies[at] = (seen["state"] != "na").to_numpy()
    values[~applies] = np.nan
    weights = seen.group_by("ind_code").agg(pl.col("weight").first()).sort("ind_code")["weight"].to_numpy()
    return Table(units, codes, values, weights, applies)


@dataclass(frozen=True)
class Pair:
    """above: the share of the runs in which the one stands above the other, ties half. compared: units of the group.
    flip: the smallest change of one weight that brings both level, and its indicator's code; else `lacking` says why there is
    none: none (no single weight does), apply (what applies differs), missing (a value is)."""

    above: float
    compared: int
    flip: Flip | None
    code: str | None
    lacking: Literal["none", "apply", "missing"] | None


def pair(scores: pl.DataFrame, one: int, other: int) -> Pair | Literal["few", "unscored"]:
    """Any two units of one round, index and kind by the very runs of `ranked`.

    scores: rows of `mart.indicator_score` of that round, index and kind. few: under 3 units are scored; unscored: one of the two is not.
    """
    common = scores.filter(~pl.col("individual") & (pl.col("weight") > 0)).sort("unit_id", "ind_code")
    held = _table(common)
    known = held.units.to_list()
    if len(known) < FEWEST:
        return "few"
    if one not in known or other not in known:
        return "unscored"
    first, second = known.index(one), known.index(other)
    share = p_above(held.values, held.weights, first, second, held.applies)
    both = np.flatnonzero(held.applies[first])
    if not np.array_equal(held.applies[first], held.applies[second]):
        return Pair(share, len(known), None, None, "apply")
    if np.isnan(held.values[[first, second]][:, both]).any():
        return Pair(share, len(known), None, None, "missing")
    found = flip(held.values[:, both], held.weights[both], first, second)
    if found is None:
        return Pair(share, len(known), None, None, "none")
    return Pair(share, len(known), found, held.codes[int(both[found.indicator])], None)


def _places(values: pl.Series, known: pl.Series) -> NDArray[np.int64]:
    places = dict(zip(known.to_list(), range(len(known)), strict=True))
    return np.array([places[one] for one in values], dtype=np.int64)


def _next(
    values: Floats,
    weights: Floats,
    applies: Flags,
    above: Floats,
    codes: pl.Series,
    units: pl.Series,
    unit: int,
    after: int | None,
) -> dict[str, Any]:
    if after is None:
        return {}
    told: dict[str, Any] = {"next_unit_id": units[after], "p_above_next": above[unit, after]}
    both = np.flatnonzero(applies[unit])
    # What applies to one alone is weighed in one alone: no closed form holds.
    found = flip(values[:, both], weights[both], unit, after) if np.array_equal(applies[unit], applies[after]) else None
    if found is None:
        return told
    code = codes[int(both[found.indicator])]
    return {**told, "flip_code": code, "flip_weight": found.weight, "flip_needed": found.needed}


def rated(scores: pl.DataFrame) -> pl.DataFrame:
    """How severe the raters of each round are, and how far they agree. scores: `mart.score`. Returns RATED.

    What was agreed on is nobody's own judgement, whoever stands as its rater, and counts in neither.
    """
    known = scores.filter(
        pl.col("rater_kind").is_in(OUTSIDE) & ~pl.col("agreed") & pl.col("leaf") & (pl.col("weight") > 0)
    )
    known = known.drop_nulls("score").sort("round_name", "rater", "unit_id", "ind_code")
    frames = [_rated(group) for _, group in known.group_by("round_name", maintain_order=True)]
    return pl.concat([pl.DataFrame(schema=RATED), *frames])


def _rated(group: pl.DataFrame) -> pl.DataFrame:
    shares = group.select(
        "rater",
        unit=pl.col("unit_id").cast(pl.String),
        indicator=pl.concat_str("template_kind", "version", "ind_code", separator=" ", ignore_nulls=True),
        score=pl.col("score") / pl.col("weight"),
    )
    agreed, items = _alpha(shares)
    units = group.group_by("rater").agg(units=pl.col("unit_id").n_unique())
    return (
        severity(shares)
        .join(units, on="rater", how="left", maintain_order="left")
        .with_columns(
            round_name=pl.lit(group["round_name"][0]), alpha=pl.lit(agreed, pl.Float64), items=pl.lit(items, pl.Int64)
        )
        .select(RATED.keys())
        .cast(pl.Schema(RATED))
    )


def _alpha(shares: pl.DataFrame) -> tuple[float | None, int]:
    """α of scores to the whole percent (of thousands of different values the tables would be too large), and of how many items."""
    whole = shares.with_columns(
        item=pl.concat_str("unit", "indicator", separator=" "), score=(pl.col("score") * 100).round()
    )
    items = whole["item"].unique().sort()
    raters = whole["rater"].unique().sort()
    ratings = np.full((len(raters), len(items)), np.nan)
    ratings[_places(whole["rater"], raters), _places(whole["item"], items)] = whole["score"].to_numpy()
    paired = int(((~np.isnan(ratings)).sum(axis=0) >= 2).sum())
    return alpha(ratings), paired
