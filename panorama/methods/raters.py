"""How severe each rater is, once units and indicators are allowed for (methods §5)."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

LEVEL: Final = 0.90
RESULT: Final[dict[str, pl.DataType]] = {
    "rater": pl.String(),
    "n": pl.Int64(),
    "severity": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "lacking": pl.String(),
}

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def severity(scores: pl.DataFrame, level: float = LEVEL) -> pl.DataFrame:
    """How far each rater scores below (negative) or above the mean of the raters compared.

    scores: unit, indicator, rater (text), score (share of the indicator's weight, 0 to 1); nulls are left out, and what a
    rater gave the own unit must not be here. By least squares: score = unit + indicator + rater + ε; interval by Student's t.
    Returns RESULT, sorted by rater. lacking: why a rater has no figure: apart = what units and indicators this rater scored
    leaves no way to compare with the largest set of raters that can be compared; few = there are no more scores than effects,
    so that nothing is left to tell chance by. Searle 1971, Linear models, chapters 5 and 7.
    """
    known = scores.drop_nulls(["unit", "indicator", "rater", "score"])
    if known.is_empty():
        return pl.DataFrame(schema=RESULT)
    raters = known["rater"].unique().sort()
    design = np.concatenate([_columns(known, name) for name in ("rater", "unit", "indicator")], axis=1)
    score = known["score"].cast(pl.Float64).to_numpy()
    inverse, free = _solved(design, len(score))
    mine = _together(inverse @ (design.T @ design), len(raters))
    contrast = np.zeros((len(mine), design.shape[1]))
    contrast[:, mine] = np.eye(len(mine)) - 1 / len(mine)
    solved = inverse @ (design.T @ score)
    figures = pl.DataFrame({"rater": raters.gather(mine)})
    if free > 0:
        variance = float(np.square(score - design @ solved).sum()) / free
        reach = _student(level, free) * np.sqrt(np.einsum("ij,jk,ik->i", contrast, inverse, contrast) * variance)
        at = contrast @ solved
        figures = figures.with_columns(severity=pl.Series(at), low=pl.Series(at - reach), high=pl.Series(at + reach))
    else:
        figures = figures.with_columns(lacking=pl.lit("few"))
    counts = known.group_by("rater").agg(n=pl.len())
    found = counts.join(figures.with_columns(compared=True), on="rater", how="left")
    return _full(found).sort("rater")


def _columns(known: pl.DataFrame, name: str) -> Floats:
    """One column a value, sorted, 1 where a row has it."""
    values = known[name].unique().sort()
    at = known[name].replace_strict(values, range(len(values)), return_dtype=pl.Int64).to_numpy()
    return np.asarray(np.eye(len(values))[at])


def _solved(design: Floats, n: int) -> tuple[Floats, int]:
    """Pseudo-inverse of the normal equations, and how many scores there are beyond its rank."""
    normal = design.T @ design
    rank = int(np.linalg.matrix_rank(normal, hermitian=True))
    return np.asarray(np.linalg.pinv(normal, hermitian=True), dtype=np.float64), n - rank


def _together(projection: Floats, raters: int) -> Ints:
    """The largest set of raters whose differences the scores tell.

    A difference is told where it lies in the row space of the design: where two raters leave the same outside of it.
    """
    left = np.round(np.eye(len(projection)) - projection, 6)[:raters] + 0.0
    _, label = np.unique(left, axis=0, return_inverse=True)
    return np.flatnonzero(label == np.bincount(label.ravel()).argmax())


def _student(level: float, free: int) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, free))


def _full(found: pl.DataFrame) -> pl.DataFrame:
    missing = {name: pl.lit(None, dtype=kind) for name, kind in RESULT.items() if name not in found.columns}
    apart = pl.when(pl.col("compared").is_null()).then(pl.lit("apart")).otherwise("lacking")
    return found.with_columns(**missing).with_columns(lacking=apart).select(RESULT.keys()).cast(pl.Schema(RESULT))
