"""The records of a store taken from SQLite to PostgreSQL, all or nothing; the old file is kept aside."""

from __future__ import annotations

import os
import uuid
from typing import Any, Final

from sqlalchemy import Connection, Integer, func, insert, select, text

from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store.database import Database
from panorama.store.home import Home, disk_faults, fsync_folder
from panorama.store.operations import migrate, write_mark
from panorama.store.tables import Store, Table

_AT_A_TIME: Final = 5_000


def move(settings: Settings) -> int:
    """Copy every record to the database of PANORAMA_DATABASE_URL and have the store use it from now on; how many there are.

    Raises StoreError, and nothing has changed, when no address is set, there is nothing to move, or the database holds
    another store.
    """
    home = Home.of(settings)
    if home.database is None:
        raise StoreError(
            "请把 PANORAMA_DATABASE_URL 设为要搬去的数据库（postgresql://…）。",
            "Set PANORAMA_DATABASE_URL to the database that the records go to (postgresql://…).",
        )
    if not home.operations.exists():
        raise StoreError(f"{home.root} 里没有要搬的记录。", f"There are no records to move in {home.root}.")
    source, target = Database(Home(home.root)), Database(home)
    try:
        with home.lock(), source.told(), target.told():
            migrate(source)
            migrate(target)
            return _moved(home, source, target)
    finally:
        source.close()
        target.close()


def _moved(home: Home, source: Database, target: Database) -> int:
    told = uuid.uuid4().hex
    # The old store is held until the new one is whole: nothing is decided in between.
    with source.writing.connect() as old, target.writing.connect() as new:
        if new.execute(select(Store.id)).first() is not None:
            raise StoreError(
                f"数据库 {target.name} 里已有一套记录，没有搬。请换一个空的数据库。",
                f"{target.name} holds a store already; nothing was moved. Name an empty database.",
            )
        moved = sum(_copied(old, new, table) for table in Table.metadata.sorted_tables)
        new.execute(insert(Store).values(id=told))
        new.commit()
        write_mark(home, told)
        old.rollback()
    source.close()
    _put_aside(home)
    return moved


def _copied(old: Connection, new: Connection, table: Any) -> int:
    """All rows of a table, their numbers kept, and the series of numbers going on after them."""
    n = 0
    for rows in old.execute(select(table)).mappings().partitions(_AT_A_TIME):
        new.execute(insert(table), [dict(row) for row in rows])
        n += len(rows)
    found = new.scalar(select(func.count()).select_from(table))
    if found != n:
        raise StoreError(
            f"表 {table.name} 只搬了 {found} 行，应为 {n} 行。", f"{found} of {n} rows of {table.name} arrived."
        )
    key = table.c.get("id")
    if n and key is not None and isinstance(key.type, Integer):
        series = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
        new.execute(text(f'select setval({series}, (select max(id) from "{table.name}"))'))
    return n


def _put_aside(home: Home) -> None:
    """Kept under another name: it is what there was until now, and read by nobody."""
    with disk_faults(home.root):
        for end in ("-wal", "-shm"):
            home.operations.with_name(home.operations.name + end).unlink(missing_ok=True)
        os.replace(home.operations, home.operations.with_name(f"{home.operations.name}.moved"))
        fsync_folder(home.root)
