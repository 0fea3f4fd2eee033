"""What a snapshot says, so that two can be held against each other."""

from __future__ import annotations

from typing import Any

import duckdb
from sqlalchemy import select

from panorama.settings import Settings
from panorama.store import tables
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.rows import restore_view

HIDDEN = ("snapshot",)
"""Tables that tell of the building itself."""


def plain(value: Any) -> str:
    """A value as it counts: the order in which hours were added up may show in the sixteenth place, lists have no order."""
    if isinstance(value, list):
        return str(sorted(map(plain, value)))
    return f"{value:.12g}" if isinstance(value, float) else repr(value)


def snapshot_id(settings: Settings) -> str:
    """Which snapshot is current, without opening it."""
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        found = session.scalar(select(tables.Snapshot.id).where(tables.Snapshot.current.is_(True)))
    operations.close()
    assert found is not None
    return found


def held(settings: Settings) -> dict[str, list[tuple[str, ...]]]:
    """Every table and view of the current snapshot that speaks of the data, as sorted rows."""
    newest = settings.home / "snapshots" / f"{snapshot_id(settings)}.duckdb"
    with duckdb.connect(str(newest), read_only=True) as con:
        restore_view(con, settings.home / "parts")
        names = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('mart', 'meta') order by all"
        ).fetchall()
        return {
            name: sorted(tuple(map(plain, row)) for row in con.execute(f"from {name}").fetchall())
            for (name,) in names
            if name.split(".")[1] not in HIDDEN
        }
