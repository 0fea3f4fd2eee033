"""A small world for tests of the models: rows as dicts in, a DuckDB with staging and mart out.

It stands in for the build where a test wants a handful of rows: names resolve to themselves, nothing is read from files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import sqlglot

from panorama.calendar import working_days
from panorama.sources import SOURCES
from panorama.sources.choices import ENUMERATIONS
from panorama.store.answers import Answers
from panorama.store.keys import find_duplicates
from panorama.store.models import COMPUTED
from panorama.store.refusals import name_activities
from panorama.themes import rules, themes

SQL = Path(__file__).parents[1] / "panorama" / "sql"
Row = Mapping[str, Any]


def ident(*path: str | None) -> int:
    """A stable id of 48 bits, as the build makes them."""
    return int(hashlib.sha256("|".join(part or "" for part in path).encode()).hexdigest()[:12], 16)


@cache
def models() -> dict[str, Path]:
    """schema.table → its file."""
    folders = {"staging": "staging", "mart": "marts"}
    return {f"{schema}.{file.stem}": file for schema, at in folders.items() for file in (SQL / at).glob("*.sql")}


@cache
def reads(file: Path) -> set[str]:
    """schema.table names that a model reads."""
    tree = sqlglot.parse_one(file.read_text(encoding="utf-8"), read="duckdb")
    return {f"{table.db}.{table.name}" for table in tree.find_all(sqlglot.exp.Table) if table.db}


@cache
def order() -> list[str]:
    """Every model after those it reads; tables that SQL can't say stand between their parts and the marts."""
    found = models()
    known = found.keys() | COMPUTED.keys()
    graph = {name: reads(file) & known for name, file in found.items()}
    graph |= {name: set(made.made_of) & known for name, made in COMPUTED.items()}
    return list(TopologicalSorter(graph).static_order())


def world(today: date = date(2026, 6, 30), **rows: Sequence[Row]) -> duckdb.DuckDBPyConnection:
    """Run every model over `rows` (dataset → dicts of fields; `drop_seq` may be given)."""
    con = duckdb.connect()
    con.sql("create schema raw; create schema staging; create schema mart")
    for dataset in SOURCES:
        _raw(con, dataset, rows.get(dataset, ()))
    _names(con, rows)
    _registers(con, today)
    _keys(con)
    run(con)
    return con


def _keys(con: duckdb.DuckDBPyConnection) -> None:
    """What the store tells of activities and of keys given more than once."""
    con.sql("create view raw.whole_activity_standard as from raw.activity_standard")
    con.sql("create table raw.judged (dataset varchar, row_id bigint, severity varchar, waiting boolean)")
    name_activities(con)
    find_duplicates(con, "workload")


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Run every model over what stands in raw."""
    found = models()
    for name in order():
        if name in COMPUTED:
            made = COMPUTED[name]
            con.register("made", made.function(*(con.sql(f"from {table}").pl() for table in made.made_of)))
            con.sql(f"create table {name} as from made")
        else:
            con.sql(f"create table {name} as {found[name].read_text(encoding='utf-8')}")


def one(con: duckdb.DuckDBPyConnection, sql: str, *params: Any) -> dict[str, Any]:
    """The only row of a query."""
    frame = con.sql(sql, params=list(params)).pl()
    assert frame.height == 1, f"{frame.height} rows: {sql}"
    return frame.row(0, named=True)


def every(con: duckdb.DuckDBPyConnection, sql: str, *params: Any) -> list[dict[str, Any]]:
    return con.sql(sql, params=list(params)).pl().to_dicts()


def _raw(con: duckdb.DuckDBPyConnection, dataset: str, rows: Sequence[Row]) -> None:
    source = SOURCES[dataset]
    part = list(SOURCES).index(dataset) + 1
    schema = {
        "part_id": pl.Int32(),
        "drop_seq": pl.Int32(),
        "row_id": pl.Int64(),
        **source.schema_of_part(),
    }
    defaults = source.defaults()
    filled = [
        {
            **dict.fromkeys(schema),
            **defaults,
            "part_id": part,
            "src_row": at,
            "drop_seq": 1,
            "row_id": part * 2**32 + at,
            **row,
        }
        for at, row in enumerate(rows, start=2)
    ]
    frame = pl.DataFrame(filled, schema=schema, strict=False)
    con.register("given", frame)
    con.sql(f"create table raw.{dataset} as from given")


def _names(con: duckdb.DuckDBPyConnection, rows: Mapping[str, Sequence[Row]]) -> None:
    units = {
        name: ident(unit.get("unit_code") or unit.get("uscc"))
        for unit in rows.get("unit", ())
        for name in (unit.get("unit_code"), unit.get("uscc"), unit.get("name"), unit.get("short_name"))
        if name
    }
    names, offices, posts = set(), {}, {}
    for dataset, given in rows.items():
        source = SOURCES[dataset]
        for row in given:
            day = row.get(source.day) if source.day else None
            refs = [row.get(name) for name, column in source.columns().items() if column.kind == "unit"]
            refs += [row.get("unit_code") or row.get("uscc")] if dataset == "unit" else []
            names |= {(dataset, ref, None if day is None else str(day), units.get(ref), "name") for ref in refs if ref}
            office_ref = row.get("office_ref") or row.get("office_code") or row.get("office_name")
            unit_id = units.get(row.get("unit_ref", ""))
            if unit_id is None or office_ref is None or dataset == "unit":
                continue
            office_id = ident(str(unit_id), office_ref)
            offices[unit_id, office_ref] = (
                office_id,
                offices.get((unit_id, office_ref), (0, False))[1] or dataset == "office",
            )
            post_ref = row.get("post_ref") or row.get("post_code") or row.get("post_name")
            if post_ref:
                posts[office_id, post_ref] = ident(str(office_id), post_ref)
    _table(
        con,
        "unit_name",
        sorted(names, key=str),
        "dataset varchar, ref varchar, day varchar, unit_id bigint, how varchar",
    )
    registered = [(unit, ref, office, known) for (unit, ref), (office, known) in offices.items()]
    _table(con, "office_name", registered, "unit_id bigint, ref varchar, office_id bigint, registered boolean")
    _table(
        con, "post_name", [(*key, post) for key, post in posts.items()], "office_id bigint, ref varchar, post_id bigint"
    )


def _registers(con: duckdb.DuckDBPyConnection, today: date) -> None:
    listed = [(name, c.value, c.label.zh, c.label.en) for name, choices in ENUMERATIONS.items() for c in choices]
    _table(con, "choice", listed, "enumeration varchar, value varchar, zh varchar, en varchar")
    months = [(year, month, *working_days(year, month)) for year in range(2019, 2027) for month in range(1, 13)]
    _table(con, "workdays", months, "year integer, month integer, days integer, estimated boolean")
    _table(con, "today", [(today,)], "day date")
    told = {"theme": themes(), "theme_rule": rules(), **Answers().held}
    for name, frame in told.items():
        con.register("given", frame)
        con.sql(f"create table raw.{name} as from given")


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[Any]], columns: str) -> None:
    con.sql(f"create table raw.{name} ({columns})")
    if rows:
        con.register("given", pl.DataFrame(rows, schema=[c.split()[0] for c in columns.split(", ")], orient="row"))
        con.sql(f"insert into raw.{name} from given")
