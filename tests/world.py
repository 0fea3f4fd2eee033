"""A small world for tests of the models: rows as dicts in, a DuckDB with staging and mart out.

It stands in for the build where a test wants a handful of rows: names resolve to themselves, nothing is read from files.
A model runs when something first asks for it: most tests ask for one table, and to plan all takes longer than any test.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import sqlglot

from panorama.calendar import working_days
from panorama.intake.yearly import by_year
from panorama.sources import SOURCES
from panorama.sources.choices import ENUMERATIONS
from panorama.store import loads
from panorama.store import rules as contradictions
from panorama.store.answers import ANSWERED
from panorama.store.build import formulas
from panorama.store.keys import find_duplicates
from panorama.store.lines import activities, as_lines, places
from panorama.store.models import COMPUTED
from panorama.store.models import reads as spoken_of
from panorama.store.refusals import name_activities
from panorama.store.work import count_lines, number_slots, resolve_work
from panorama.themes import rules, themes

SQL = Path(__file__).parents[1] / "panorama" / "sql"
Row = Mapping[str, Any]


def ident(*path: str | None) -> int:
    """A stable id of 48 bits, as the build makes them."""
    return int(hashlib.sha256("|".join(part or "" for part in path).encode()).hexdigest()[:12], 16)


def _id_of(unit: Row) -> int:
    return ident(unit.get("unit_code") or unit.get("uscc"))


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
def graph() -> dict[str, set[str]]:
    """Every model → those it reads; what the store computes stands between them, the rules' rows before theirs."""
    found = models()
    spoken = {contradictions.SPOKEN: {name for name in found if name.startswith("rule.")}}
    known = found.keys() | COMPUTED.keys() | spoken.keys() | loads.models().keys()
    read = {name: reads(file) & known for name, file in found.items()} | spoken
    read |= {name: set(made.made_of) & known for name, made in COMPUTED.items()}
    return read | {name: spoken_of(text) & known for name, text in loads.models().items()}


@cache
def order() -> list[str]:
    """Every model after those it reads."""
    return list(TopologicalSorter(graph()).static_order())


@cache
def needs(name: str) -> frozenset[str]:
    """This table and all that it is made of."""
    return frozenset({name}).union(*(needs(other) for other in graph().get(name, ())))


class World:
    """A database in which raw stands; models are made when they are first asked for."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self.database = database
        self._made: set[str] = set()

    def sql(self, text: str, params: Sequence[Any] = ()) -> duckdb.DuckDBPyRelation:
        """What these words answer, with all made that they name."""
        self.make(*spoken_of(text) & graph().keys())
        return self.database.sql(text, params=list(params))

    def make(self, *names: str) -> None:
        """Run these models, after those they read."""
        wanted = frozenset().union(*map(needs, names))
        for name in order():
            if name in wanted and name not in self._made:
                _make(self.database, name)
                self._made.add(name)

    def make_all(self) -> World:
        self.make(*graph())
        return self

    def make_again(self, *names: str) -> None:
        """Run these models, and no other, once more: after a test has put something else into what they read."""
        for name in names:
            self.database.execute(f"drop table {name}")
            _make(self.database, name)


def world(today: date = date(2026, 6, 30), years: tuple[int, int] | None = None, **rows: Sequence[Row]) -> World:
    """The models over `rows` (dataset → dicts of fields; `drop_seq` may be given). years: of the round."""
    con = duckdb.connect()
    for schema in ("raw", "staging", "mart", "rule", "files"):
        con.sql(f"create schema {schema}")
    for dataset in SOURCES:
        _raw(con, dataset, rows.get(dataset, ()))
    for name, (_, schema) in ANSWERED.items():
        told = [{**dict.fromkeys(schema), "id": at, **row} for at, row in enumerate(rows.pop(name, ()), start=1)]
        con.register("given", pl.DataFrame(told, schema=schema))
        con.sql(f"create table raw.{name} as from given")
    _names(con, rows)
    _registers(con, today)
    _table(con, "round", [years] if years else [], "first_year integer, last_year integer")
    _table(con, "part", [], "part_id bigint, drop_id bigint, dataset varchar")
    _table(con, "mend", [], "row_id bigint, mended_by bigint")
    _keys(con)
    return World(con)


class Together:
    """Cases that stand side by side in one world, each in units of its own: to make a world takes as long as all of them.

    A case sees the rows of its units alone, so it fails by itself. Whatever looks over all units (the round, the years of
    mart.unit_year, peers) has a world of its own, or stands beside cases that are alike in it.
    """

    def __init__(self, today: date = date(2026, 6, 30)) -> None:
        self._today = today
        self._cases: list[dict[str, list[Row]]] = []
        self._world: World | None = None

    def __call__(self, **rows: Sequence[Row]) -> pytest.MarkDecorator:
        """A test of this case, which it gets as `con`."""
        return pytest.mark.parametrize("con", [pytest.param(self.case(**rows), id="beside others")])

    def cases(self, **cases: Mapping[str, Sequence[Row]]) -> pytest.MarkDecorator:
        """A test of several cases, which it gets by their names."""
        return pytest.mark.parametrize(
            tuple(cases), [pytest.param(*(self.case(**rows) for rows in cases.values()), id="beside others")]
        )

    def case(self, **rows: Sequence[Row]) -> Case:
        """One case more; before any of them is asked."""
        assert self._world is None, "the world of these cases is made already"
        number = len(self._cases) + 1
        self._cases.append(_moved(rows, number))
        return Case(self, [_id_of(unit) for unit in self._cases[-1]["unit"]])

    def world(self) -> World:
        if self._world is None:
            found: dict[str, list[Row]] = defaultdict(list)
            for case in self._cases:
                for dataset, listed in case.items():
                    found[dataset] += listed
            self._world = world(self._today, **found)
        return self._world


class Case:
    """What one case of many sees of their world."""

    def __init__(self, together: Together, units: Sequence[int]) -> None:
        self._together = together
        self._units = ", ".join(map(str, units))

    def sql(self, text: str, params: Sequence[Any] = ()) -> duckdb.DuckDBPyRelation:
        """What these words answer of this case's units."""
        whole = self._together.world()
        for name in sorted(spoken_of(text) - SAME_FOR_ALL):
            columns = whole.sql(f"select * from {name} limit 0").pl().columns
            assert "unit_id" in columns, f"{name} does not tell whose its rows are: ask in a world of its own"
            own = f"(select * from {name} where unit_id in ({self._units}))"
            text = re.sub(rf"\b{re.escape(name)}\b", own, text)
        return whole.sql(text, params)


SAME_FOR_ALL = frozenset({"mart.month"})
"""Tables that say the same in whatever world."""


def _moved(case: Mapping[str, Sequence[Row]], number: int) -> dict[str, list[Row]]:
    """The rows of a case with its units, and their kinds, called otherwise than those of the others."""
    told = ("unit_code", "uscc", "name", "short_name", "unit_kind")
    called = {unit[field] for unit in case.get("unit", ()) for field in told if unit.get(field)}

    def moved(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        # A cell may name several units.
        return "、".join(f"{part}#{number}" if part in called else part for part in value.split("、"))

    return {
        dataset: [{field: moved(value) for field, value in row.items()} for row in listed]
        for dataset, listed in case.items()
    }


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
    con.sql(f"create table raw.yearly as {as_lines('from given')}")
    con.sql(f"create table raw.place as {places('from given')}")
    con.sql(f"create table raw.done as {activities('from given')}")
    con.sql("create table raw.lines_of as select distinct year, '' as files from raw.yearly")
    number_slots(con)


def _make(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one model over what it reads."""
    if name in COMPUTED:
        made = COMPUTED[name]
        con.register("made", made.function(*(con.sql(f"from {table}").pl() for table in made.made_of)))
        con.execute(f"create table {name} as from made")
    elif name in loads.models():
        con.execute(f"create table {name} as {loads.models()[name]}")
    elif name == contradictions.SPOKEN:
        con.execute(f"create table {name} as {contradictions.models()[name]}")
    else:
        con.execute(f"create table {name} as {models()[name].read_text(encoding='utf-8')}")


def one(con: World | Case, sql: str, *params: Any) -> dict[str, Any]:
    """The only row of a query."""
    frame = con.sql(sql, params).pl()
    assert frame.height == 1, f"{frame.height} rows: {sql}"
    return frame.row(0, named=True)


def every(con: World | Case, sql: str, *params: Any) -> list[dict[str, Any]]:
    return con.sql(sql, params).pl().to_dicts()


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
        name: _id_of(unit)
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
    successors = [(ref, at, part, units.get(part)) for ref in sorted(told) for at, part in enumerate(ref.split("、"))]
    _table(con, "successor", successors, "ref varchar, place integer, part varchar, unit_id bigint")
    avoided = sorted({name for row in rows.get("evaluator", ()) for name in row.get("conflicts") or ()})
    _table(con, "conflict", [(name, units.get(name)) for name in avoided], "ref varchar, unit_id bigint")
    raters = sorted({row["rater"] for row in rows.get("score", ()) if row.get("rater")})
    _table(con, "rater", [(name, units.get(name)) for name in raters], "ref varchar, unit_id bigint")
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
    told = {"theme": themes(), "theme_rule": rules(), "formula": formulas()}
    for name, frame in told.items():
        con.register("given", frame)
        con.sql(f"create table raw.{name} as from given")


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[Any]], columns: str) -> None:
    con.sql(f"create table raw.{name} ({columns})")
    if rows:
        con.register("given", pl.DataFrame(rows, schema=[c.split()[0] for c in columns.split(", ")], orient="row"))
        con.sql(f"insert into raw.{name} from given")
