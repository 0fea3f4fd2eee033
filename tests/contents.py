"""What a snapshot says, so that two can be held against each other."""

from __future__ import annotations

import duckdb
from sqlalchemy import select

from panorama.settings import Settings
from panorama.store import tables
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.rows import restore_view

FLOATS = ("DOUBLE", "FLOAT")
SHORT = "format('{:.12g}', {} * 1.00000000000003)"
"""The order in which hours were added up may show in the sixteenth place. Nudged: of numbers like 143.0634765625 it would show in the twelfth."""


def plain(column: str, kind: str) -> str:
    """The words that ask for a column as it counts: lists have no order."""
    if kind in FLOATS:
        return SHORT.replace("{}", column)
    if kind in {f"{one}[]" for one in FLOATS}:
        column = f"list_transform({column}, lambda one: {SHORT.replace('{}', 'one')})"
    return f"cast({f'list_sort({column})' if kind.endswith('[]') else column} as varchar)"


def snapshot_id(settings: Settings) -> str:
    """Which snapshot is current, without opening it."""
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        found = session.scalar(select(tables.Snapshot.id).where(tables.Snapshot.current.is_(True)))
    operations.close()
    assert found is not None
    return found


def held(settings: Settings) -> dict[str, list[tuple[str, ...]]]:
    """Every table and view of the current snapshot that speaks of the data, as sorted rows; and of what columns they are."""
    newest = settings.home / "snapshots" / f"{snapshot_id(settings)}.duckdb"
    with duckdb.connect(str(newest), read_only=True) as con:
        restore_view(con, settings.home / "parts")
        # meta.snapshot tells of the building itself.
        columns = con.execute(
            "select table_schema || '.' || table_name, column_name, data_type from information_schema.columns"
            " where table_schema in ('mart', 'meta') and table_name <> 'snapshot' order by 1, ordinal_position"
        ).fetchall()
        asked: dict[str, list[str]] = {}
        for table, column, kind in columns:
            asked.setdefault(table, []).append(plain(f'"{column}"', kind))
        rows = {
            table: con.execute(f"select {', '.join(each)} from {table} order by all").fetchall()
            for table, each in asked.items()
        }
    return {"columns": columns, **rows}
