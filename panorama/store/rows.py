"""The accepted rows of a dataset as they lie in the parts, as a select; and those that a snapshot reads where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
from polars.datatypes import DataTypeClass

from panorama.sources import SOURCES
from panorama.store.parts import ROW_BITS, exactly, scan

READ_IN_PLACE: Final = "workload"
"""The dataset whose rows a snapshot does not copy: mart.workload is a view over files.workload."""

_FOLDER: Final = "{parts}"
_SQL: Final[Mapping[DataTypeClass, str]] = {
    pl.String: "varchar",
    pl.Int64: "bigint",
    pl.Int32: "integer",
    pl.UInt32: "uinteger",
    pl.Float64: "double",
    pl.Date: "date",
    pl.Datetime: "timestamp",
    pl.Boolean: "boolean",
}


def sql_type(kind: pl.DataType | DataTypeClass) -> str:
    """The DuckDB type of a stored column."""
    if isinstance(kind, pl.Decimal):
        return f"decimal({kind.precision}, {kind.scale})"
    if isinstance(kind, pl.List):
        return f"{sql_type(kind.inner)}[]"
    return _SQL[kind.base_type()]


def typed(con: duckdb.DuckDBPyConnection, files: Sequence[Path], fields: Mapping[str, pl.DataType]) -> str:
    """A select of part_id, drop_seq and these fields from files of parts; typed, and empty when there are none."""
    columns = {"part_id": "integer", "drop_seq": "integer", **{name: sql_type(kind) for name, kind in fields.items()}}
    source = scan(files) if files else "(select 1) where false"
    found = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()} if files else set()
    # A part written before a field was added has none of it.
    picked = [name if name in found else f"cast(null as {kind}) as {name}" for name, kind in columns.items()]
    return f"select {', '.join(picked)} from {source}"


def rows_of(con: duckdb.DuckDBPyConnection, dataset: str, files: Sequence[Path]) -> str:
    """A select of part_id, drop_seq, src_row, the fields, and row_id."""
    row_id = f"(cast(part_id as bigint) << {ROW_BITS}) | src_row as row_id"
    return f"select *, {row_id} from ({typed(con, files, SOURCES[dataset].schema_of_part())})"


def columns_of(dataset: str) -> str:
    """The columns of `rows_of` with their types."""
    fields = SOURCES[dataset].schema_of_part()
    return typed_columns({"part_id": pl.Int32(), "drop_seq": pl.Int32(), **fields, "row_id": pl.Int64()})


def typed_columns(fields: Mapping[str, pl.DataType]) -> str:
    """The columns of a table, as its statement lists them."""
    return ", ".join(f'"{name}" {sql_type(kind)}' for name, kind in fields.items())


def write_table(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Make a table of a frame."""
    if frame.is_empty():
        # To hand a frame over takes five times as long as to say its columns.
        con.execute(f"create or replace table {name} ({typed_columns(frame.schema)})")
        return
    con.register("given", frame)
    con.execute(f"create or replace table {name} as from given")
    con.unregister("given")


def keep_view(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Make files.workload, and meta.row_view, by which a snapshot makes it again wherever its store lies."""
    body = rows_of(con, READ_IN_PLACE, files)
    con.execute(f"create view files.{READ_IN_PLACE} as {body}")
    folder = exactly(files[0].parent) if files else _FOLDER
    con.execute("create table meta.row_view as select ? as body", [body.replace(_inside(folder), _FOLDER)])


def restore_view(con: duckdb.DuckDBPyConnection, parts: Path) -> None:
    """Make files.workload anew in an open snapshot. parts: the folder of parts that belongs to it."""
    # Asked for outright: to look for it among all tables takes as long as the rest of opening a snapshot.
    try:
        ((body,),) = con.execute("select body from meta.row_view").fetchall()
    except duckdb.CatalogException:
        return  # built by a program of before there was one
    con.execute("attach ':memory:' as files (read_write)")
    con.execute(f"create view files.{READ_IN_PLACE} as {body.replace(_FOLDER, _inside(exactly(parts)))}")


def quoted(text: str) -> str:
    """A string literal of SQL: the one place that writes a value into a statement (views take no parameters)."""
    return f"'{_inside(text)}'"


def _inside(text: str) -> str:
    """As it stands within a string literal of SQL."""
    return text.replace("'", "''")
