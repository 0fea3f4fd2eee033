"""The steps between parts and a snapshot (staging, rules), kept beside it so that the next build takes again only some of them.

A table has a mark, a hash of its rows. A model is made again when something that it reads has another mark than at the build
before; what stands as it was comes along with the files, and so does what it was until it is replaced. Nothing here is needed:
without it a build begins from nothing.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb
import numpy as np
import polars as pl

from panorama.store.home import Home, fsync, fsync_folder, sha256_of
from panorama.store.outdated import program
from panorama.store.rows import write_table

KEPT: Final = ("staging", "rule")
"""Databases of the build that are kept; in the first stands MARKS: of every table of raw that models read, its mark."""
MARKS: Final = "staging.mark"
HASHES: Final = "hashes.json"
"""Beside them: the hashes of the snapshot and of each of these, so that none is taken for what belongs to another build."""


@dataclass(frozen=True)
class Steps:
    """A snapshot, the hash that its file has if it is whole, and the folder of the steps by which it was made."""

    snapshot: Path
    sha256: str
    folder: Path


def steps_of(home: Home, snapshot_id: str, sha256: str) -> Steps | None:
    """The kept steps of a snapshot; None where there are none that this program, with these libraries, made."""
    folder = folder_of(home, snapshot_id)
    return Steps(home.snapshots / f"{snapshot_id}.duckdb", sha256, folder) if folder.is_dir() else None


def folder_of(home: Home, snapshot_id: str) -> Path:
    """Where the steps of a snapshot are kept: the name says by what they were made."""
    libraries = (duckdb.__version__, pl.__version__, np.__version__, *sys.version_info[:3])
    made_by = sha256(" ".join(map(str, (program(), *libraries))).encode()).hexdigest()[:16]
    return home.steps / f"{snapshot_id}.{made_by}"


def begin(steps: Steps, out: Path, aside: Path) -> bool:
    """Lay a copy of the snapshot at `out`, and of its steps into `aside`. False, and nothing, where one is not what it was."""
    try:
        shutil.copyfile(steps.snapshot, out)
        for name in KEPT:
            shutil.copyfile(steps.folder / name, aside / name)
        told = json.loads((steps.folder / HASHES).read_text("utf-8"))
        whole = bool(told == _hashes(aside, sha256_of(out)) and told["snapshot"] == steps.sha256)
    except (OSError, ValueError):
        # Gone, unreadable, cut short, or no room for a copy: a build from nothing says what is wrong if that is.
        whole = False
    if not whole:
        for file in (out, *(aside / name for name in KEPT)):
            file.unlink(missing_ok=True)
    return whole


def keep(aside: Path, folder: Path, snapshot: str) -> None:
    """Put the steps of a snapshot at their place, whole or not at all; snapshot: the hash of its file.

    Where that cannot be done the next build begins from nothing.
    """
    fresh = folder.with_name(f"{uuid4().hex}.new")
    try:
        # An id may be given again within its second, after a build that was killed.
        shutil.rmtree(folder, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        (fresh / HASHES).write_text(json.dumps(_hashes(aside, snapshot)), "utf-8")
        for name in KEPT:
            (aside / name).replace(fresh / name)
            fsync(fresh / name)
        fresh.replace(folder)
        fsync_folder(folder.parent)
    except OSError as fault:
        logging.getLogger("panorama").warning("the steps of a build could not be kept: %s", fault)
        shutil.rmtree(fresh, ignore_errors=True)


def _hashes(aside: Path, snapshot: str) -> dict[str, str]:
    return {"snapshot": snapshot, **{name: sha256_of(aside / name) for name in KEPT}}


def sweep_steps(home: Home, snapshot_id: str | None) -> None:
    """Forget all steps but those of this snapshot."""
    for folder in home.steps.glob("*"):
        if snapshot_id is None or folder != folder_of(home, snapshot_id):
            shutil.rmtree(folder, ignore_errors=True)


Marks = Mapping[int | None, str]
"""The marks of a table, year by year; of one whose rows are of no year that of all, under None."""

NAMES: Final = "raw.unit_name"

EMPTY: Final = "0:"
"""The mark of a table without rows."""


def marks(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """Table → how many rows it has and the sum of their hashes: the same in whatever order they lie."""
    # Hashed twice: columns are put together by an exclusive or, in which a value that changes its row could cancel out.
    each = [f"select '{name}', concat(count(*), ':', sum(hash(hash(t)))) from {name} as t" for name in tables]
    return dict(con.execute(" union all ".join(each)).fetchall()) if each else {}


def marks_of_names(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """Of the names of units, each dataset's ("raw.unit_name post"): a month of workload names them by a day of its own, and no post."""
    mark = f"select concat('{NAMES} ', dataset), concat(count(*), ':', sum(hash(hash(t)))) from {NAMES} as t group by dataset"
    found = dict(con.execute(mark).fetchall())
    return {table: found.get(table, EMPTY) for table in tables}


def marks_by_year(con: duckdb.DuckDBPyConnection, rows: str, year: str) -> Marks:
    """The marks of a table's rows, year by year. rows: the table, or a select in brackets; year: by what a row says its year."""
    mark = f"select {year} as of, concat(count(*), ':', sum(hash(hash(t)))) from {rows} as t group by all"
    return dict(con.execute(mark).fetchall())


def marks_by_key(con: duckdb.DuckDBPyConnection, table: str, key: str, served: str) -> Marks:
    """The marks of the rows of a table that serve in a year. served: the table that says which keys do."""
    mark = (
        f"select k.year, concat(count(*), ':', sum(hash(hash(t)))) from {table} as t"
        f" inner join (select distinct {key}, year from {served}) as k on k.{key} = t.{key} group by all"
    )
    return dict(con.execute(mark).fetchall())


def counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table of the build: schema.table, or database.table where that is one of those beside the snapshot."""
    # Rows that were deleted still count here; nought stands for nought.
    found = con.execute(
        "select if(database_name = current_catalog(), schema_name, database_name) || '.' || table_name, estimated_size"
        " from duckdb_tables()"
    )
    return dict(found.fetchall())


def known_marks(con: duckdb.DuckDBPyConnection) -> dict[str, Marks]:
    """The marks of the build whose steps were laid here."""
    found: dict[str, dict[int | None, str]] = {}
    for name, year, mark in con.execute(f"from {MARKS}").fetchall():
        found.setdefault(name, {})[year] = mark
    return dict(found)


def write_marks(con: duckdb.DuckDBPyConnection, found: Mapping[str, Marks]) -> None:
    """Keep the marks of this build with its steps."""
    rows = [(name, year, mark) for name, marks in found.items() for year, mark in marks.items()]
    schema = {"name": pl.String(), "year": pl.Int32(), "mark": pl.String()}
    write_table(con, MARKS, pl.DataFrame(rows, schema=schema, orient="row"))
