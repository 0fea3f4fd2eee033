"""The models in panorama/sql, run in the order that their own SQL says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from queue import SimpleQueue
from threading import Lock
from typing import Final

import duckdb
import polars as pl

from panorama.methods import (
    below,
    efficiency,
    funnel,
    interval,
    matching,
    matters,
    peers,
    scoring,
    similarity,
    templates,
)
from panorama.store import loads, rules, steps
from panorama.store.answers import ANSWERED
from panorama.store.by_year import BY_YEAR, KEYED, OF_WORK, YEAR, of, rows_of
from panorama.store.parsed import execute
from panorama.store.rows import typed_columns
from panorama.store.work import fresh_years, gather_lines

FOLDERS: Final = {"staging": "staging", "mart": "marts"}
"""Schema → folder under panorama/sql."""


@dataclass(frozen=True)
class Computed:
    """A table that SQL can't say: made of these tables by a function. gives: its columns. Of no rows of the first it gives none.

    at_a_time: about how many rows of the first table are given at a time; None: all. together: rows that are equal in this
    column are given together.
    """

    made_of: tuple[str, ...]
    function: Callable[..., pl.DataFrame]
    gives: Mapping[str, pl.DataType]
    at_a_time: int | None = None
    together: str | None = None


COMPUTED: Final[dict[str, Computed]] = {
    "staging.saturation_interval": Computed(
        ("staging.saturation_part",), interval.interval, interval.RESULT, 500_000, "unit_id"
    ),
    "staging.nearest": Computed(("staging.peer_size",), peers.nearest, peers.RESULT),
    "staging.office_nearest": Computed(("staging.office_size",), peers.nearest, peers.RESULT),
    "staging.office_efficiency": Computed(("staging.office_work",), efficiency.judged, efficiency.JUDGED, 1, "year"),
    "staging.funnel_limit": Computed(("staging.funnel_unit",), funnel.judged, funnel.JUDGED),
    "staging.indicator_fault": Computed(
        ("staging.indicator_row", "staging.round_version"), templates.faults, templates.FAULT
    ),
    "staging.index_rank": Computed(("mart.indicator_score",), scoring.ranked, scoring.RANKED),
    "staging.rater_severity": Computed(("mart.score",), scoring.rated, scoring.RATED),
    "staging.feature_seen": Computed(("staging.finding_text",), similarity.seen, similarity.SEEN, 100_000, "unit_id"),
    "staging.likeness": Computed(
        ("staging.finding_text", "staging.feature_seen"), similarity.likeness, similarity.RESULT, 100_000, "unit_id"
    ),
    "staging.unit_kin": Computed(("mart.unit",), below.kin, below.KIN),
    "staging.nil_covered": Computed(
        ("raw.nil_return", "mart.unit"), below.covered, ANSWERED["nil_return"][1] | below.COVERED
    ),
    "staging.matter": Computed(("staging.link",), matters.matters, matters.MATTER),
    "staging.text_theme": Computed(
        ("staging.statement_text", "raw.theme_rule"), matching.proposed, matching.FOUND_SCHEMA, 200_000
    ),
}

VIEWS: Final = frozenset({"mart.workload", "mart.saturation"})
"""Read from the parts when asked for: to copy their rows would cost more than all else."""

PASSED: Final = frozenset({"staging.saturation_point", rules.SPOKEN})
"""Views among the steps: their rows pass through once or twice, and written down they would cost more than to be made again."""

AT_ONCE: Final = 2
"""Tables made at once: most are small, and one thread each."""

_ASIDE: Final = re.compile(r"--[^\n]*|'[^']*'")
_TABLE: Final = re.compile(rf"\b(?:{'|'.join((*FOLDERS, 'rule', 'raw'))})\.\w+")
_DATASET: Final = re.compile(rf"\b{steps.NAMES}(?: as \w+)?\s+(?:on|where) (?:\w+\.)?dataset = '(\w+)'")
_NAMED: Final = re.compile(rf"'[^']*'|{_TABLE.pattern}")
"""A table, or a string in which one may be named."""


@cache
def models() -> dict[str, str]:
    """schema.table → its select, the rules of contradiction among them."""
    root = files("panorama").joinpath("sql")
    found = {
        f"{schema}.{file.name.removesuffix('.sql')}": file.read_text(encoding="utf-8")
        for schema, folder in FOLDERS.items()
        for file in sorted(root.joinpath(folder).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    }
    return found | rules.models()


@cache
def _selects() -> dict[str, str]:
    """schema.table → its select, those that no file says among them."""
    return models() | loads.models()


@cache
def order() -> list[str]:
    """Every model after those it reads."""
    return list(TopologicalSorter(_graph()).static_order())


@cache
def _graph() -> dict[str, set[str]]:
    known = _reads().keys()
    return {name: {table for table in tables if table in known} for name, tables in _reads().items()}


@cache
def _ahead(name: str) -> int:
    """How many models come after one another that wait for this one."""
    return max((1 + _ahead(other) for other, tables in _graph().items() if name in tables), default=0)


@cache
def _reads() -> dict[str, set[str]]:
    """Every model → the tables it reads."""
    found = {name: reads(text) for name, text in _selects().items()}
    return found | {name: set(made.made_of) for name, made in COMPUTED.items()}


@cache
def sources(name: str) -> frozenset[str]:
    """The tables whose rows a model is made of: views are looked through. Of the names of units those of the datasets it says."""
    seen = (sources(table) if table in VIEWS | PASSED else {table} for table in _reads()[name])
    made_of = frozenset().union(*seen)
    text = _bare(_selects().get(name, ""))
    datasets = _DATASET.findall(text)
    if len(datasets) < len(re.findall(rf"\b{steps.NAMES}\b", text)):
        return made_of
    return made_of - {steps.NAMES} | {f"{steps.NAMES} {dataset}" for dataset in datasets}


@cache
def _given_tables() -> frozenset[str]:
    """The tables of raw that models read."""
    return frozenset(table for table in _read_tables() if table.startswith("raw."))


@cache
def _read_tables() -> frozenset[str]:
    """The tables that models are made of, made by models or given."""
    return frozenset().union(*map(sources, _reads()))


def reads(text: str) -> set[str]:
    """schema.table names in a select, whatever stands in its comments and strings aside."""
    # By pattern: to parse them all takes longer than to run most of them.
    return set(_TABLE.findall(_ASIDE.sub("", text)))


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table of staging and mart that does not stand as it would be made; two at a time, each after those it reads."""
    making = _Making(con)
    waiting = TopologicalSorter(_graph())
    waiting.prepare()
    ready: list[str] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        busy: set[Future[str]] = set()
        while waiting.is_active():
            # What most steps one after the other wait for comes first; pop takes the last.
            ready = sorted((*ready, *waiting.get_ready()), key=_ahead)
            while ready and len(busy) < AT_ONCE:
                busy.add(pool.submit(making.step, ready.pop()))
            done, busy = wait(busy, return_when=FIRST_COMPLETED)
            waiting.done(*(made.result() for made in done))
    making.finish()


class _Making:
    """What this build makes, and what stands as the build before left it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for _ in range(AT_ONCE):
            cursor = con.cursor()
            cursor.execute("use snapshot")
            self._free.put(cursor)
        self._rows = steps.counts(con)
        """Of each table, as the build before left it or as made."""
        self._again = steps.MARKS in self._rows
        self._before = steps.known_marks(con) if self._again else {}
        """The marks at the build before: of what is given, and of what was replaced since."""
        self._given = self._marked(con, sorted(_given_tables()))
        self._marks = dict(self._given)
        self._work_years = frozenset(year for year in self._given[OF_WORK] if year is not None)
        self._stands: set[str] = set()
        self._fresh = fresh_years(con)
        self._gathering = Lock()
        self._of_years: dict[str, frozenset[int]] = {}
        """Of tables of which only these years' rows were made."""

    def step(self, name: str) -> str:
        """Make one table unless it stands, or the years of it that do not."""
        con = self._free.get()
        try:
            years = self._years(con, name) if self._again else None
            if years is None or years:
                self._make(con, name, years)
            else:
                self._stands.add(name)
        finally:
            # Whatever went wrong, others wait for it.
            self._free.put(con)
        return name

    def _years(self, con: duckdb.DuckDBPyConnection, name: str) -> frozenset[int] | None:
        """The years whose rows of a table are to be made again; None: all of them, or it has no such years."""
        apart = BY_YEAR.get(name, frozenset())
        years: set[int] = set()
        # Those of raw first: their marks are known.
        for table in sorted(sources(name), key=_is_made):
            for year in self._changed(con, table):
                if table not in apart or (year is None and table not in KEYED):
                    return None
                # A row that serves in no year is nothing to any.
                years |= set() if year is None else {year}
        return frozenset(years) if not years or self._work_years - years else None

    def _make(self, con: duckdb.DuckDBPyConnection, name: str, years: frozenset[int] | None) -> None:
        if self._again and name in _read_tables():
            self._before |= self._marked(con, [name], years)
        if OF_WORK in sources(name):
            self._gather(con, years)
        if years is None:
            of_nothing = name in COMPUTED and self._rows.get(COMPUTED[name].made_of[0]) == 0
            self._rows |= _make(con, name, of_nothing)
        else:
            self._of_years[name] = years
            self._rows |= _make_years(con, name, years)

    def _gather(self, con: duckdb.DuckDBPyConnection, years: frozenset[int] | None) -> None:
        """See to it that the lines of these years are there, or of all."""
        wanted = self._work_years if years is None else years
        with self._gathering:
            if not wanted <= self._fresh:
                gather_lines(con)
                self._fresh = self._work_years

    def _changed(self, con: duckdb.DuckDBPyConnection, table: str) -> set[int | None]:
        """The years in which a table's rows are others than at the build before; None where some are, of whatever year."""
        if table in self._stands:
            return set()
        if table not in self._marks:
            self._marks |= self._marked(con, [table], self._of_years.get(table))
        now, before = self._marks[table], self._before.get(table, {})
        return {year for year in now.keys() | before.keys() if now.get(year) != before.get(year)}

    def _marked(
        self, con: duckdb.DuckDBPyConnection, tables: Sequence[str], years: frozenset[int] | None = None
    ) -> dict[str, steps.Marks]:
        """The marks of tables as they are now. years: of no others' rows, where a table has years."""
        empty = [table for table in tables if self._rows.get(table) == 0]
        whole = [table for table in tables if table not in YEAR and table not in empty]
        named = [table for table in whole if table.startswith(f"{steps.NAMES} ")]
        found: dict[str, steps.Marks] = {table: {} if table in YEAR else {None: steps.EMPTY} for table in empty}
        marks = steps.marks(con, [table for table in whole if table not in named])
        marks |= steps.marks_of_names(con, named) if named else {}
        by_key = {table: steps.marks_by_key(con, table, *KEYED[table]) for table in marks if table in KEYED}
        found |= {table: {None: mark, **by_key.get(table, {})} for table, mark in marks.items()}
        if OF_WORK in tables:
            found[OF_WORK] = dict(con.execute("from raw.work_mark").fetchall())
        for table in (table for table in tables if table not in found):
            rows = table if years is None else f"({rows_of(table, years)})"
            found[table] = steps.marks_by_year(con, rows, YEAR[table])
        return found

    def finish(self) -> None:
        """Write down the marks of what was given, for the build to come."""
        steps.write_marks(self._con, self._given)


def _is_made(table: str) -> bool:
    return table not in _given_tables()


@cache
def _statements(name: str) -> tuple[str, ...]:
    """What makes the table of a model, and what says in the snapshot what it is: the first lines of the model's file."""
    text = _selects()[name]
    kind = "view" if name in VIEWS | PASSED else "table"
    select = _bare(text)
    if name in PASSED:
        # A view looks for tables in its own database first.
        select = re.sub(r"\bmart\.", "snapshot.mart.", select)
    create = f"create or replace {kind} {name} as {select}"
    return (create, f"comment on {kind} {name} is '{_comment(text)}'") if name.startswith("mart.") else (create,)


def _bare(text: str) -> str:
    """A select without its comments."""
    return _ASIDE.sub(lambda found: "" if found[0].startswith("--") else found[0], text)


def _make(con: duckdb.DuckDBPyConnection, name: str, of_nothing: bool) -> Mapping[str, int]:
    """One table; how many rows it has, but for a view. of_nothing: what it is computed of has no rows."""
    if of_nothing:
        return _make_empty(con, name)
    if name in COMPUTED:
        return _compute(con, name, COMPUTED[name])
    create, *said = _statements(name)
    made = execute(con, create).fetchall()
    for statement in said:
        execute(con, statement)
    return {name: made[0][0]} if made else {}


def _make_years(con: duckdb.DuckDBPyConnection, name: str, years: frozenset[int]) -> Mapping[str, int]:
    """The rows of these years made again; the rest of the table stays. How many rows it has."""
    con.execute(f"delete from {name} where {of(name, years)}")
    if name in COMPUTED:
        first, *others = COMPUTED[name].made_of
        _fill(con, name, replace(COMPUTED[name], made_of=(f"({rows_of(first, years)})", *others)))
    else:
        con.execute(f"insert into {name} {select_of_years(name, years)}")
    return {name: con.execute(f"select count(*) from {name}").fetchall()[0][0]}


def select_of_years(name: str, years: frozenset[int]) -> str:
    """The select of a model over the rows of these years, of the tables that it reads by year."""

    def put(found: re.Match[str]) -> str:
        table = found[0]
        if table in PASSED:
            return f"({_NAMED.sub(put, _bare(models()[table]))})"
        return f"({rows_of(table, years)})" if table in BY_YEAR[name] else table

    return _NAMED.sub(put, _bare(_selects()[name]))


def _make_empty(con: duckdb.DuckDBPyConnection, name: str) -> Mapping[str, int]:
    """A computed table without rows."""
    execute(con, f"create or replace table {name} ({typed_columns(COMPUTED[name].gives)})")
    return {name: 0}


def _compute(con: duckdb.DuckDBPyConnection, name: str, made: Computed) -> Mapping[str, int]:
    _make_empty(con, name)
    return {name: _fill(con, name, made)}


def _fill(con: duckdb.DuckDBPyConnection, name: str, made: Computed) -> int:
    """Put into a table what comes out; how many rows these are."""
    first, *others = made.made_of
    given = [con.sql(f"from {other}").pl() for other in others]
    # A cursor of its own: what it still has to give is not disturbed by the inserts.
    read = con.cursor()
    read.execute("use snapshot")
    rows = 0
    for some in _given(read, first, made):
        found = made.function(some, *given)
        con.register("made", found)
        con.execute(f"insert into {name} from made")
        rows += found.height
    read.close()
    return rows


def _given(con: duckdb.DuckDBPyConnection, table: str, made: Computed) -> Iterator[pl.DataFrame]:
    """The rows of a table, some at a time if so wanted."""
    if made.at_a_time is None:
        yield con.sql(f"from {table}").pl()
        return
    if made.together is None:
        yield from map(pl.DataFrame, con.sql(f"from {table}").to_arrow_reader(made.at_a_time))
        return
    column = made.together
    runs = con.execute(
        f"with held as (select {column} as of, sum(count(*)) over (order by {column}) as rows from {table} group by {column})"
        " select min(of), max(of) from held group by (rows - 1) // ? order by all",
        [made.at_a_time],
    ).fetchall()
    for run in runs:
        yield con.sql(f"from {table} where {column} between ? and ?", params=run).pl()


def _comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines).replace("'", "''")
