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
from panorama.intake.yearly import by_year
from panorama.sources import SOURCES
from panorama.sources.choices import ENUMERATIONS
from panorama.store import rules as contradictions
from panorama.store.answers import ANSWERED
from panorama.store.keys import find_duplicates
from panorama.store.loads import write_loads
from panorama.store.models import COMPUTED
from panorama.store.refusals import name_activities
from panorama.store.work import count_lines, number_slots, resolve_work
from panorama.themes import rules, themes

SQL = Path(__file__).parents[1] / "panorama" / "sql"
LOADS = ("staging.activity_load", "staging.month_load", "staging.far_load")
Row = Mapping[str, Any]


def ident(*path: str | None) -> int:
    """A stable id of 48 bits, as the build makes them."""
    return int(hashlib.sha256("|".join(part or "" for part in path).encode()).hexdigest()[:12], 16)


@cache
def models() -> dict[str, Path]:
    """schema.table → its file; rules of contradiction that wait for data have no table."""
    folders = {"staging": "staging", "mart": "marts", "rule": "rules"}
    found = {f"{schema}.{file.stem}": file for schema, at in folders.items() for file in (SQL / at).glob("*.sql")}
    waiting = {f"rule.{rule.id.lower()}" for rule in contradictions.rules().values() if not rule.select}
    return {name: file for name, file in found.items() if name not in waiting}


@cache
def reads(file: Path) -> set[str]:
    """schema.table names that a model reads."""
    tree = sqlglot.parse_one(file.read_text(encoding="utf-8"), read="duckdb")
    return {f"{table.db}.{table.name}" for table in tree.find_all(sqlglot.exp.Table) if table.db}


@cache
def order() -> list[str]:
    """Every model after those it reads; what the store computes stands between them, the rules' rows before theirs."""
    found = models()
    spoken = {contradictions.SPOKEN: {name for name in found if name.startswith("rule.")}}
    known = found.keys() | COMPUTED.keys() | spoken.keys() | set(LOADS)
    graph = {name: reads(file) & known for name, file in found.items()} | spoken
    graph |= {name: set(made.made_of) & known for name, made in COMPUTED.items()}
    graph |= {name: {"mart.unit_time"} for name in LOADS}
    return list(TopologicalSorter(graph).static_order())


def world(
    today: date = date(2026, 6, 30), years: tuple[int, int] | None = None, **rows: Sequence[Row]
) -> duckdb.DuckDBPyConnection:
    """Run every model over `rows` (dataset → dicts of fields; `drop_seq` may be given). years: of the round."""
    con = duckdb.connect()
    for schema in ("raw", "staging", "mart", "rule", "files"):
        con.sql(f"create schema {schema}")
    for dataset in SOURCES:
        _raw(con, dataset, rows.get(dataset, ()))
    _names(con, rows)
    _registers(con, today)
    _table(con, "round", [years] if years else [], "first_year integer, last_year integer")
    for name, (_, schema) in ANSWERED.items():
        con.register("given", pl.DataFrame(schema=schema))
        con.sql(f"create table raw.{name} as from given")
    _keys(con)
    run(con)
    return con


def _keys(con: duckdb.DuckDBPyConnection) -> None:
    """What the store tells of activities and of keys given more than once."""
    con.sql("create view raw.whole_activity_standard as from raw.activity_standard")
    con.sql("create table raw.judged (dataset varchar, row_id bigint, severity varchar, waiting boolean)")
    con.sql("create view files.workload as from raw.workload")
    _lines(con)
    name_activities(con)
    resolve_work(con)
    find_duplicates(con, "workload")
    count_lines(con)


def _lines(con: duckdb.DuckDBPyConnection) -> None:
    """The lines that intake makes of workload rows, file by file: here each drop is one."""
    rows = con.sql("from raw.workload").pl()
    drops = rows.partition_by("part_id", "drop_seq", as_dict=True) or {(1, 1): rows}
    lines = [
        by_year(part).with_columns(part_id=pl.lit(int(at)), drop_seq=pl.lit(int(drop)))
        for (at, drop), part in drops.items()
    ]
    con.register("given", pl.concat(lines))
    con.sql("create table raw.yearly as from given")
    number_slots(con)


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Run every model over what stands in raw."""
    found = models()
    for name in order():
        if name in COMPUTED:
            made = COMPUTED[name]
            con.register("made", made.function(*(con.sql(f"from {table}").pl() for table in made.made_of)))
            con.sql(f"create table {name} as from made")
        elif name == LOADS[0]:
            write_loads(con)
        elif name == contradictions.SPOKEN:
            con.sql(f"create table {name} as {contradictions.models()[name]}")
        elif name not in LOADS:
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
    told = {row.get("successor_ref") for row in rows.get("unit", ())} - {None}
    successors = [(ref, part, units.get(part)) for ref in sorted(told) for part in ref.split("、")]
    _table(con, "successor", successors, "ref varchar, part varchar, unit_id bigint")
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
    told = {"theme": themes(), "theme_rule": rules()}
    for name, frame in told.items():
        con.register("given", frame)
        con.sql(f"create table raw.{name} as from given")


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[Any]], columns: str) -> None:
    con.sql(f"create table raw.{name} ({columns})")
    if rows:
        con.register("given", pl.DataFrame(rows, schema=[c.split()[0] for c in columns.split(", ")], orient="row"))
        con.sql(f"insert into raw.{name} from given")
