"""Tables whose rows are of one year each, and models that make the rows of a year of that year's rows alone.

When a month of workload comes in, such a model makes that year's rows again and leaves the others. Whatever looks beyond a
year (what was before, the newest of several, totals over years) has no place here; a test makes every model that has one year
by year and holds it against the whole. What a model reads besides (registers, ledgers carried forward) has to stand as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SPAN: Final = "span // 100"
_PERIOD: Final = "cast(period as int)"

OF_WORK: Final = "raw.work"
"""Its years are those of which workload tells; where all of them have changed tables are made whole."""

YEAR: Final[Mapping[str, str]] = {
    "mart.imbalance": "year",
    "mart.leaf_year": "year",
    "mart.month": "year",
    "mart.office_efficiency": "year",
    "mart.saturation_stored": "year",
    "mart.unit_time": "year",
    "mart.work_overlap": "year",
    "mart.activity_gap": "year",
    "raw.work": "year",
    "staging.activity_load": "year",
    "staging.activity_standard": "valid_year",
    "staging.allowance": "year",
    "staging.availability": "year",
    "staging.available_time": "year",
    "staging.effective_staff": _SPAN,
    "staging.far_load": "year",
    "staging.full_year": "year",
    "staging.leaf_work": "year",
    "staging.month_load": "year",
    "staging.office_efficiency": "year",
    "staging.office_work": "year",
    "staging.past_month": "year",
    "staging.saturation_interval": _PERIOD,
    "staging.saturation_office": _SPAN,
    "staging.saturation_part": _PERIOD,
    "staging.work_told": "year",
    "staging.workload_place": "year",
    "staging.year_load": "year",
}
"""Table → by what a row of it says its year."""

KEYED: Final[Mapping[str, tuple[str, str]]] = {
    "mart.activity": ("activity_id", "raw.activity_year"),
    "mart.activity_name": ("activity_id", "raw.activity_year"),
    "mart.office": ("office_id", "raw.meant"),
    "mart.post": ("post_id", "raw.meant"),
    "staging.activity_called": ("activity_id", "raw.activity_year"),
    "staging.leaf": ("leaf_id", "raw.meant"),
    "staging.leaf_scope": ("leaf_id", "raw.meant"),
}
"""Table whose rows serve in those years in which somebody worked there, or did that → the column that says where or what, and
the table that says in which years: a post that a month names for the first time is nothing to the years before."""

BY_YEAR: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(tables)
    for name, tables in {
        "mart.activity_gap": (
            "mart.activity_name",
            "staging.leaf",
            "staging.activity_load",
        ),
        "mart.imbalance": ("mart.saturation_stored",),
        "mart.leaf_year": ("staging.leaf", "staging.allowance", "staging.available_time"),
        "mart.office_efficiency": ("staging.office_efficiency",),
        "mart.saturation_stored": (
            "mart.post",
            "mart.leaf_year",
            "staging.effective_staff",
            "staging.saturation_interval",
            "staging.saturation_office",
            "staging.year_load",
        ),
        "mart.unit_time": ("mart.activity_name", "staging.leaf_scope", "raw.work", "staging.activity_standard"),
        "mart.work_overlap": ("raw.work",),
        "staging.activity_load": ("mart.unit_time", "raw.work"),
        "staging.allowance": ("staging.leaf", "staging.leaf_scope", "staging.activity_standard", "staging.year_load"),
        "staging.available_time": ("staging.leaf", "staging.leaf_work", "staging.availability"),
        # Ledgers serve until there is a newer one, and all posts of an office count in each of its years.
        "staging.effective_staff": ("staging.month_load", "staging.saturation_office", "staging.year_load"),
        "staging.far_load": ("mart.unit_time", "raw.work"),
        "staging.full_year": ("mart.saturation_stored",),
        "staging.leaf_work": ("raw.work",),
        "staging.month_load": ("mart.unit_time", "raw.work"),
        "staging.office_efficiency": ("staging.office_work",),
        "staging.office_work": (
            "mart.activity",
            "staging.activity_called",
            "mart.office",
            "mart.leaf_year",
            "mart.saturation_stored",
            "staging.activity_load",
            "staging.year_load",
        ),
        "staging.past_month": ("mart.month",),
        "staging.saturation_interval": ("staging.saturation_part",),
        "staging.saturation_office": (
            "mart.post",
            "mart.leaf_year",
            "mart.month",
            "staging.month_load",
            "staging.year_load",
        ),
        "staging.saturation_part": (
            "mart.post",
            "mart.activity",
            "mart.leaf_year",
            "staging.activity_load",
            "staging.effective_staff",
            "staging.month_load",
            "staging.saturation_office",
            "staging.year_load",
        ),
        "staging.work_told": (
            "staging.leaf",
            "raw.work",
        ),
        "staging.workload_place": (
            "staging.leaf",
            "staging.leaf_work",
        ),
        "staging.year_load": (
            "staging.leaf",
            "mart.month",
            "staging.activity_load",
            "staging.leaf_work",
            "staging.month_load",
            "staging.past_month",
        ),
    }.items()
}
"""Model → tables of which, for its rows of a year, it reads the rows of that year alone, or those that serve in it; views are
looked through."""


def rows_of(table: str, years: frozenset[int]) -> str:
    """A select of a table's rows of these years."""
    return f"from {table} where {of(table, years)}"


def of(table: str, years: frozenset[int]) -> str:
    """The condition that a row of a table is of one of these years, or serves in one."""
    listed = ", ".join(map(str, sorted(years)))
    if table in KEYED:
        key, served = KEYED[table]
        return f"{key} in (select {key} from {served} where year in ({listed}))"
    return f"{YEAR[table]} in ({listed})"
