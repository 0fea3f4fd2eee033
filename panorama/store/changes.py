"""What is new, gone or different between two snapshots, and why: the world, a file, a decision, or this program.

Two snapshots are two files, and neither reads the other: each is asked the same, within the asker's scope, and the answers
are compared here. Parts never change, so where the same rows count nothing has; only where they differ are keys compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from panorama.access.actor import Actor
from panorama.store.door import Snapshot
from panorama.store.history import Kept
from panorama.store.parts import ROW_BITS

WORLD: Final = "world"
"""Keys that were not there: a new period, a new finding."""
CORRECTED: Final = "corrected"
"""The same key with another value; and a row that had been refused, mended."""
DECISION: Final = "decision"
"""What a person decided: a name answered, a drop taken back, a theme reviewed."""
PROGRAM: Final = "program"
"""The same rows, counted by another version of this program."""
OTHERS: Final = "others"
"""Nothing of the unit's own: it hangs on what others reported."""
CAUSES: Final = (CORRECTED, DECISION, WORLD, PROGRAM, OTHERS)
"""Where several hold, the first is the one it is told under."""

_STAFF: Final = ("staffing_ledger",)
_LEADERS: Final = ("leader_quota",)
_TOLD: Final = ("inspection_finding", "audit_finding")
_LOAD: Final = ("workload", "activity_standard", "availability", "staffing_ledger", "post")
_EVERY: Final = (*_STAFF, *_LEADERS, *_TOLD, "performance_rating", "industry_ranking", *_LOAD[:2])
DEPENDS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("approved", "actual", "excess", "vacancy", "external", "external_share"), _STAFF),
    **dict.fromkeys(("leaders_approved", "leaders_actual", "leaders_excess"), _LEADERS),
    **dict.fromkeys(("findings", "findings_open"), _TOLD),
    "audit_amount": ("audit_finding",),
    **dict.fromkeys(("performance_grade", "performance_percentile"), ("performance_rating",)),
    "ranking_percentile": ("industry_ranking",),
    "required_staff": _LOAD[:3],
    "effective_staff": ("staffing_ledger", "post"),
    **dict.fromkeys(("saturation", "saturation_with_external"), _LOAD),
    "families": _EVERY,
}
"""Figure → datasets whose rows it is made of."""
_CARRIED: Final = ("staffing_ledger", "post")
"""For saturation the newest ledger counts, however old: a change of an earlier year matters too."""
_CELL: Final = ["dataset", "unit_id", "period"]
_FIGURE: Final = ["unit_id", "figure", "period", "subject"]
_SAID: Final = ("text", "state", "severity", "due", "amount_wan")
_TINY: Final = 1e-9


@dataclass(frozen=True)
class Changes:
    """figures: unit_id, figure, period, subject, before, after, before_words, after_words, kind, cause, also.

    findings: unit_id, finding_id, family, year, text, kind, fields (those that differ), cause, row_id, before_row_id, and
    state, severity, due, amount_wan with their twins before_….
    kind: new, gone, different.
    """

    figures: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True)
class Pair:
    """Two snapshots, the older first, and who asks."""

    before: Snapshot
    after: Snapshot
    told_before: Kept
    told_after: Kept
    actor: Actor

    @cached_property
    def loaded(self) -> set[int]:
        return set(self.told_after.drops) - set(self.told_before.drops)

    @cached_property
    def withdrawn(self) -> set[int]:
        return set(self.told_before.drops) - set(self.told_after.drops)

    def both(self, question: str, **params: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self.before.ask(question, self.actor, **params), self.after.ask(question, self.actor, **params)

    @cached_property
    def mends(self) -> list[int]:
        """Rows of the newer state that mend rows which the older one had refused."""
        told = self.after.ask("changes_mended", self.actor)
        return told.filter(pl.col("refused_in").is_in(sorted(self.told_before.drops)))["row_id_after"].to_list()

    @cached_property
    def drops(self) -> pl.DataFrame:
        """part_id, drop_id of both."""
        return pl.concat(self.both("changes_parts")).unique()


def changes(pair: Pair, unit_id: int | None = None) -> Changes:
    """All that differs between two snapshots for one who may see it; of one unit where it is given."""
    cells = _cells(pair, unit_id)
    return Changes(_figures(pair, cells, unit_id), _findings(pair, cells))


def _cells(pair: Pair, unit_id: int | None) -> pl.DataFrame:
    """dataset, unit_id, period, and how many records differ there by each cause."""
    old, new = pair.both("changes_rows", unit_id=unit_id)
    differ = old.join(new, on=_CELL, how="full", coalesce=True, suffix="_after").filter(
        ~pl.col("rows_sum").eq_missing(pl.col("rows_sum_after"))
    )
    allowed = differ.filter(pl.col("dataset") == "availability").select(
        *_CELL, cause=pl.when(pl.col("rows_sum").is_null()).then(pl.lit(WORLD)).otherwise(pl.lit(CORRECTED))
    )
    found = pl.concat([_records(pair, differ.filter(pl.col("dataset") != "availability")), allowed])
    counts = (pl.col("cause").eq(cause).sum().alias(cause) for cause in (WORLD, CORRECTED, DECISION, PROGRAM))
    return found.group_by(_CELL).agg(*counts)


def _records(pair: Pair, differ: pl.DataFrame) -> pl.DataFrame:
    """dataset, unit_id, period, cause of every record that is new, gone or different in the cells that differ."""
    named = {
        "datasets": differ["dataset"].unique().to_list(),
        "unit_ids": differ["unit_id"].unique().to_list(),
        "periods": differ["period"].unique().to_list(),
    }
    old, new = pair.both("changes_keys", **named)
    told = old.join(new, on=[*_CELL, "k"], how="full", coalesce=True, suffix="_after")
    told = told.filter(~pl.col("v").eq_missing(pl.col("v_after")))
    return _with_cause(pair, told).select(*_CELL, "cause")


def _with_cause(pair: Pair, told: pl.DataFrame) -> pl.DataFrame:
    """Frame with row_id and row_id_after (null: not there) → with cause."""
    for name in ("row_id", "row_id_after"):
        drops = pair.drops.rename({"part_id": f"{name}_part", "drop_id": f"{name}_drop"})
        parts = (pl.col(name) // 2**ROW_BITS).cast(pl.Int32).alias(f"{name}_part")
        told = told.with_columns(parts).join(drops, on=f"{name}_part", how="left", maintain_order="left")
    fresh = pl.col("row_id_after_drop").is_in(sorted(pair.loaded))
    # What was told before, and refused, is no news of the world once it is mended.
    mends = pl.col("row_id_after").is_in(pair.mends)
    cause = (
        # A row of a drop that was there before came alive, or fell out, by what someone decided.
        pl.when(pl.col("row_id").is_null())
        .then(
            pl.when(fresh & mends).then(pl.lit(CORRECTED)).when(fresh).then(pl.lit(WORLD)).otherwise(pl.lit(DECISION))
        )
        .when(pl.col("row_id_after").is_null())
        .then(pl.lit(DECISION))
        .when(fresh)
        .then(pl.lit(CORRECTED))
        .when(pl.col("row_id") == pl.col("row_id_after"))
        .then(pl.lit(PROGRAM))
        .otherwise(pl.lit(DECISION))
    )
    return told.with_columns(cause=cause)


def _figures(pair: Pair, cells: pl.DataFrame, unit_id: int | None) -> pl.DataFrame:
    old, new = (_long(snapshot, pair.actor, unit_id) for snapshot in (pair.before, pair.after))
    # A null period is a place of its own, not an unknown one.
    both = old.join(new, on=_FIGURE, how="full", coalesce=True, nulls_equal=True, suffix="_after")
    near = ((pl.col("value") - pl.col("value_after")).abs() <= _TINY).fill_null(False)
    same = (near | pl.col("value").eq_missing(pl.col("value_after"))) & pl.col("words").eq_missing(
        pl.col("words_after")
    )
    told = both.filter(~same).with_columns(kind=_kind(pl.col("there").is_null(), pl.col("there_after").is_null()))
    named = told.rename(
        {"value": "before", "value_after": "after", "words": "before_words", "words_after": "after_words"}
    )
    return _explained(pair, named.drop("there", "there_after"), cells)


def _long(snapshot: Snapshot, actor: Actor, unit_id: int | None) -> pl.DataFrame:
    """unit_id, figure, period, subject, value, words, there: a figure a row, those that are not known left out."""
    wide = snapshot.ask("changes_figures", actor, unit_id=unit_id)
    numbers = wide.drop("performance_grade").unpivot(
        index=["unit_id", "period"], variable_name="figure", value_name="value"
    )
    grades = wide.select("unit_id", "period", figure=pl.lit("performance_grade"), words=pl.col("performance_grade"))
    counts = snapshot.ask("changes_counts", actor, unit_id=unit_id)
    told = pl.concat([numbers, grades, counts], how="diagonal_relaxed").with_columns(pl.col("subject").fill_null(""))
    known = told.filter(pl.col("value").is_not_null() | pl.col("words").is_not_null())
    return known.select(*_FIGURE, pl.col("value").cast(pl.Float64), pl.col("words").cast(pl.String), there=pl.lit(True))


def _kind(absent_before: pl.Expr, absent_after: pl.Expr) -> pl.Expr:
    return (
        pl.when(absent_before)
        .then(pl.lit("new"))
        .when(absent_after)
        .then(pl.lit("gone"))
        .otherwise(pl.lit("different"))
    )


def _explained(pair: Pair, told: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Each figure with its cause, and the others that hold as well."""
    depends = pl.DataFrame(
        [(figure, dataset) for figure, datasets in DEPENDS.items() for dataset in datasets],
        schema={"figure": pl.String, "dataset": pl.String},
        orient="row",
    )
    numbered = told.with_row_index("at")
    behind = (
        numbered.select("at", "unit_id", "figure", "period", "subject")
        .join(depends, on="figure")
        .join(cells.rename({"period": "cell"}), on=["unit_id", "dataset"])
        .filter(_touches())
    )
    counts = behind.group_by("at").agg(pl.col(cause).sum() for cause in (WORLD, CORRECTED, DECISION, PROGRAM))
    joined = numbered.join(counts, on="at", how="left", maintain_order="left")
    causes = [_causes(pair, row) for row in joined.iter_rows(named=True)]
    return told.with_columns(
        cause=pl.Series([found[0] for found in causes], dtype=pl.String),
        also=pl.Series([found[1:] for found in causes], dtype=pl.List(pl.String)),
    )


def _touches() -> pl.Expr:
    """Whether a record of a cell can move a figure of a period: of the same year, or a ledger that still counts."""
    year, cell = pl.col("period").str.slice(0, 4), pl.col("cell").str.slice(0, 4)
    carried = (
        pl.col("dataset").is_in(_CARRIED)
        & pl.col("figure").is_in(["saturation", "saturation_with_external", "effective_staff"])
        & (cell <= year)
    )
    family = pl.col("subject") == pl.concat_str(
        pl.lit("family="), pl.col("dataset").replace_strict(_FAMILY, default="")
    )
    own = ~pl.col("subject").str.starts_with("family=") | family
    return (year.is_null() | (cell == year) | carried) & own


_FAMILY: Final = {"inspection_finding": "巡视巡察", "audit_finding": "审计"}


def _causes(pair: Pair, row: dict[str, Any]) -> list[str]:
    found = [cause for cause in (CORRECTED, DECISION, WORLD, PROGRAM) if row[cause]]
    if found:
        return found
    if row["figure"] == "families" and pair.told_before.answers != pair.told_after.answers:
        return [DECISION]
    return [PROGRAM if pair.told_before.program != pair.told_after.program else OTHERS]


def _findings(pair: Pair, cells: pl.DataFrame) -> pl.DataFrame:
    units = cells.filter(pl.col("dataset").is_in(_TOLD))["unit_id"].unique().to_list()
    old, new = pair.both("changes_findings", unit_ids=units)
    both = old.join(new, on="finding_id", how="full", coalesce=True, suffix="_after")
    differ = [~pl.col(name).eq_missing(pl.col(f"{name}_after")) for name in _SAID]
    absent = pl.col("row_id").is_null() | pl.col("row_id_after").is_null()
    told = both.filter(absent | pl.any_horizontal(differ)).with_columns(
        kind=_kind(pl.col("row_id").is_null(), pl.col("row_id_after").is_null()),
        fields=pl.concat_list(
            pl.when(~absent & changed).then(pl.lit(name)) for name, changed in zip(_SAID, differ, strict=True)
        ).list.drop_nulls(),
    )
    # One that is gone is told as it was.
    stands = [pl.coalesce(f"{name}_after", name).alias(name) for name in ("unit_id", "family", "year", "text")]
    values = [name for name in _SAID if name != "text"]
    return _with_cause(pair, told).select(
        "finding_id",
        *stands,
        "kind",
        "fields",
        "cause",
        pl.col("row_id_after").alias("row_id"),
        pl.col("row_id").alias("before_row_id"),
        *(pl.col(f"{name}_after").alias(name) for name in values),
        *(pl.col(name).alias(f"before_{name}") for name in values),
        pl.col("text").alias("before_text"),
    )


def apart(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Rows behind a figure on one side only (before, after), and how many stand on both. By row_id: rows never change."""
    ids_before, ids_after = before["row_id"].drop_nulls(), after["row_id"].drop_nulls()
    same = len(set(ids_before) & set(ids_after))
    if same and same == len(set(ids_before)) == len(set(ids_after)):
        return before, after, 0
    return _without(before, ids_after), _without(after, ids_before), same


def _without(rows: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return rows.filter(~pl.col("row_id").is_in(ids.to_list()).fill_null(False))
