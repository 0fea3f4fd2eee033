"""What may be seen: a view over each table, through which every question looks. Default deny."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from panorama.store.parsed import execute
from panorama.text import Text

OPEN: Final = frozenset({"choice", "theme", "snapshot", "round", "rule"})
"""Tables that speak of no unit and no file: anyone may read them."""

THROUGH: Final = {
    "finding_theme": ("finding_id", "finding"),
    "part": ("part_id", "part_unit"),
    "drop": ("drop_id", "part"),
}
"""Tables without unit_id → the column, and the seen view, through which their rows belong to a unit; in this order."""

ORIGIN: Final = {
    "part": frozenset({"part_id", "drop_id", "file", "sheet", "dataset"}),
    "drop": frozenset({"drop_id", "loaded_at", "loaded_by", "state"}),
    "snapshot": frozenset({"id", "built_at", "day"}),
}
"""Who sees units alone learns of a file where a row comes from; the other columns speak of everybody's rows, and are null."""

BESIDE_OTHERS: Final = {
    "contradiction": "of_others",
    "peer": "true",
    "funnel": "true",
    "office_peer": "true",
    "office_efficiency": "true",
    "indicator_score": "true",
    "index_score": "true",
    "system_score": "true",
    "score_entry": "true",
    "avoided": "true",
    "score": "rater_kind <> '自评'",
}
"""Tables whose rows, or some, set a unit beside others → what says so of a row: these are for who sees everything."""

_TOLD: Final = "coalesce(list_contains(getvariable('told'), row_id), false)"
_OF_ONE: Final = f"source_family <> '巡视巡察' or {_TOLD}"
_OF_SEVERAL: Final = "list_has_all(coalesce(getvariable('told'), []::bigint[]), coalesce(inspected, []::bigint[]))"
NOT_YET: Final = Text("（巡视巡察原文，反馈后可见）", "(words of an inspection, to be read once fed back)")

UNTOLD: Final = {
    "finding": (("text", "measures", "category"), _OF_ONE),
    "statement": (("text", "category"), _OF_ONE),
    "contradiction": (("left_text", "left_text_en", "right_text", "right_text_en"), _OF_SEVERAL),
    "finding_theme": (("words",), "false"),
    "statement_theme": (("words",), "false"),
    "finding_link": (("words",), "false"),
}
"""Tables with words of inspections → these columns, and when who sees single units reads them: once the row was fed back.

Words that only the evaluation team's pages show are for nobody else."""

_IN_WORDS: Final = ("text", "left_text", "right_text")
"""Columns that say so where they are not to be read; the others are null."""

_EVERYTHING = "coalesce(getvariable('everything'), false)"
_OF_UNIT = "list_contains(getvariable('units'), unit_id)"


def make_views(con: duckdb.DuckDBPyConnection) -> None:
    """Schema seen over mart and meta, but for views that stand. What has no unit_id and no rule above is for those who see everything."""
    tables = con.execute(
        "select schema_name, table_name, list(column_name order by column_index) from duckdb_columns()"
        " where database_name = current_catalog() and schema_name in ('mart', 'meta', 'seen') group by all order by all"
    ).fetchall()
    last = list(THROUGH)
    standing = {name for schema, name, _ in tables if schema == "seen"}
    lacking = [table for table in tables if table[0] != "seen" and table[1] not in standing]
    for schema, name, columns in sorted(lacking, key=lambda row: last.index(row[1]) if row[1] in last else -1):
        _make_view(con, schema, name, columns)


def _make_view(con: duckdb.DuckDBPyConnection, schema: str, name: str, columns: Sequence[str]) -> None:
    """What may be seen of one table."""
    shown = _narrowed(name, columns) if name in ORIGIN else _untold(name) if name in UNTOLD else "*"
    of_unit = "unit_id" in columns
    execute(con, f'create view seen."{name}" as select {shown} from {schema}."{name}" {_filter(name, of_unit)}')


def _narrowed(name: str, columns: Sequence[str]) -> str:
    """All columns, those that are not for everyone null for who does not see everything."""
    hidden = (column for column in columns if column not in ORIGIN[name])
    replaced = ", ".join(f'case when {_EVERYTHING} then "{column}" end as "{column}"' for column in hidden)
    return f"* replace ({replaced})"


def _untold(name: str) -> str:
    """All columns, words of inspections as UNTOLD says; told: whether the row's words are shown, where it is of one row."""
    columns, shown = UNTOLD[name]
    may = f"({_EVERYTHING} or {shown})"
    replaced = ", ".join(f'case when {may} then "{column}"{_instead(column)} end as "{column}"' for column in columns)
    told = f", {may} as told" if shown == _OF_ONE else ""
    return f"* replace ({replaced}){told}"


def _instead(column: str) -> str:
    said = (
        NOT_YET.en
        if column.endswith("_en")
        else f"{NOT_YET.zh} {NOT_YET.en}"
        if column in ("text", "read")
        else NOT_YET.zh
    )
    return f""" when "{column}" is not null then '{said}'""" if column.removesuffix("_en") in _IN_WORDS else ""


def _filter(name: str, of_unit: bool) -> str:
    if name in OPEN:
        return ""
    if of_unit:
        alone = f" and not {BESIDE_OTHERS[name]}" if name in BESIDE_OTHERS else ""
        return f"where {_EVERYTHING} or ({_OF_UNIT}{alone})"
    if name in THROUGH:
        column, view = THROUGH[name]
        return f"where {_EVERYTHING} or {column} in (select {column} from seen.{view})"
    return f"where {_EVERYTHING}"
