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
from panorama.store import rules, steps
from panorama.store.answers import ANSWERED
from panorama.store.loads import write_loads
from panorama.store.parsed import execute
from panorama.store.rows import quoted, typed_columns

FOLDERS: Final = {"staging": "staging", "mart": "marts"}
"""Schema → folder under panorama/sql."""


@dataclass(frozen=True)
class Computed:
    """A table that SQL can't say: made of these tables by a function. gives: its columns. Of no rows of the first it gives none.

    at_a_time: about how many rows of the first table are given at a time; None: all. together: rows that are equal in this
    column are given together. apart: rows that differ in this column of the first table and the outcome have nothing to do with
    each other; what came out for a value stands as long as its rows do.
    """

    made_of: tuple[str, ...]
    function: Callable[..., pl.DataFrame]
    gives: Mapping[str, pl.DataType]
    at_a_time: int | None = None
    together: str | None = None
    apart: str | None = None


COMPUTED: Final[dict[str, Computed]] = {
    "staging.saturation_interval": Computed(
        ("staging.saturation_part",), interval.interval, interval.RESULT, 500_000, "unit_id", "period"
    ),
    "staging.nearest": Computed(("staging.peer_size",), peers.nearest, peers.RESULT),
    "staging.office_nearest": Computed(("staging.office_size",), peers.nearest, peers.RESULT),
    "staging.office_efficiency": Computed(
        ("staging.office_work",), efficiency.judged, efficiency.JUDGED, 1, "year", "year"
    ),
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

WORKED: Final[dict[str, tuple[tuple[str, ...], Callable[[duckdb.DuckDBPyConnection], Mapping[str, int]]]]] = {
    "staging.activity_load": (("mart.unit_time", "raw.work"), write_loads),
}
"""Likewise steps that make their tables themselves, the first of which is named here, and tell how many rows each has."""
_ALONG: Final = {"staging.month_load": "staging.activity_load", "staging.far_load": "staging.activity_load"}
"""Tables made along with another."""

VIEWS: Final = frozenset({"mart.workload", "mart.saturation"})
"""Read from the parts when asked for: to copy their rows would cost more than all else."""

PASSED: Final = frozenset({"staging.saturation_point", rules.SPOKEN})
"""Views among the steps: their rows pass through once or twice, and written down they would cost more than to be made again."""

AT_ONCE: Final = 2
"""Tables made at once: most are small, and one thread each."""

_ASIDE: Final = re.compile(r"--[^\n]*|'[^']*'")
_TABLE: Final = re.compile(rf"\b(?:{'|'.join((*FOLDERS, 'rule', 'raw'))})\.\w+")


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
def order() -> list[str]:
    """Every model after those it reads."""
    return list(TopologicalSorter(_graph()).static_order())


@cache
def _graph() -> dict[str, set[str]]:
    known = _reads().keys() | _ALONG.keys()
    return {name: {_ALONG.get(table, table) for table in tables if table in known} for name, tables in _reads().items()}


@cache
def _reads() -> dict[str, set[str]]:
    """Every model → the tables it reads."""
    found = {name: reads(text) for name, text in models().items()}
    found |= {name: set(made.made_of) for name, made in COMPUTED.items()}
    return found | {name: set(made_of) for name, (made_of, _) in WORKED.items()}


@cache
def _given_tables() -> frozenset[str]:
    """The tables of raw that models read."""
    return frozenset(table for tables in _reads().values() for table in tables if table.startswith("raw."))


@cache
def _read_tables() -> frozenset[str]:
    """The tables that models read, made by models or given."""
    return frozenset().union(*_reads().values())


def reads(text: str) -> set[str]:
    """schema.table names in a select, whatever stands in its comments and strings aside."""
    # By pattern: to parse them all takes longer than to run most of them.
    return set(_TABLE.findall(_ASIDE.sub("", text)))


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table of staging and mart that does not stand as it would be made; two at a time, each after those it reads."""
    making = _Making(con)
    waiting = TopologicalSorter(_graph())
    waiting.prepare()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        busy: set[Future[str]] = set()
        while waiting.is_active():
            busy |= {pool.submit(making.step, name) for name in waiting.get_ready()}
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
        self._apart: dict[str, dict[str, str]] = {}
        self._given = self._marked(con, sorted(_given_tables()))
        self._marks = dict(self._given)
        self._stands: set[str] = set()

    def step(self, name: str) -> str:
        """Make one table unless it stands."""
        con = self._free.get()
        try:
            # Those of raw first: their marks are known.
            changed = (table for table in sorted(_reads()[name], key=_is_made) if self._changed(con, table))
            if self._again and next(changed, None) is None:
                self._stands.add(name)
            else:
                self._make(con, name)
        finally:
            # Whatever went wrong, others wait for it.
            self._free.put(con)
        return name

    def _make(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        in_part = self._stands_in_part(con, name)
        if self._again:
            self._remember(con, name)
        if in_part:
            self._rows |= _make_some(con, name, COMPUTED[name], self._apart[name])
        else:
            of_nothing = name in COMPUTED and self._rows.get(COMPUTED[name].made_of[0]) == 0
            self._rows |= _make(con, name, of_nothing)

    def _remember(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Take the marks of what is about to be replaced."""
        replaced = [name, *(table for table, made_with in _ALONG.items() if made_with == name)]
        self._before |= self._marked(con, [table for table in replaced if table in _read_tables() - VIEWS - PASSED])
        for computed, made in COMPUTED.items():
            if made.apart is not None and made.made_of[0] == name:
                self._apart[computed] = steps.marks_apart(con, name, made.apart)

    def _marked(self, con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, str]:
        """The marks of tables as they are now."""
        empty = [table for table in tables if self._rows.get(table) == 0]
        return dict.fromkeys(empty, steps.EMPTY) | steps.marks(con, [table for table in tables if table not in empty])

    def _stands_in_part(self, con: duckdb.DuckDBPyConnection, name: str) -> bool:
        """Whether only some rows of what a table is computed of are others, and the rest has nothing to do with them."""
        if name not in COMPUTED or name not in self._apart:
            return False
        return not any(self._changed(con, table) for table in COMPUTED[name].made_of[1:])

    def _changed(self, con: duckdb.DuckDBPyConnection, table: str) -> bool:
        """Whether a table's rows are others than at the build before."""
        if _ALONG.get(table, table) in self._stands:
            return False
        if table in VIEWS | PASSED:
            return True
        if table not in self._marks:
            self._marks |= self._marked(con, [table])
        return self._marks[table] != self._before.get(table)

    def finish(self) -> None:
        """Write down the marks of what was given, for the build to come."""
        steps.write_marks(self._con, self._given)


def _is_made(table: str) -> bool:
    return table not in _given_tables()


@cache
def _statements(name: str) -> tuple[str, ...]:
    """What makes the table of a model, and what says in the snapshot what it is: the first lines of the model's file."""
    text = models()[name]
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
    """One table, or several that are made along; how many rows each has, but for views. of_nothing: what it is computed of has no rows."""
    if of_nothing:
        return _make_empty(con, name)
    if name in COMPUTED:
        return _compute(con, name, COMPUTED[name])
    if name in WORKED:
        return WORKED[name][1](con)
    create, *said = _statements(name)
    made = execute(con, create).fetchall()
    for statement in said:
        execute(con, statement)
    return {name: made[0][0]} if made else {}


def _make_some(
    con: duckdb.DuckDBPyConnection, name: str, made: Computed, before: Mapping[str, str]
) -> Mapping[str, int]:
    """What came out for rows that are not as they were, made again; the rest of the table stays."""
    column = str(made.apart)
    now = steps.marks_apart(con, made.made_of[0], column)
    other = sorted(value for value in now.keys() | before.keys() if now.get(value) != before.get(value))
    chosen = f"where cast({column} as varchar) in ({', '.join(quoted(value) for value in other)})"
    con.execute(f"create or replace table {name}_again as from {made.made_of[0]} {chosen}")
    con.execute(f"delete from {name} {chosen}")
    _fill(con, name, replace(made, made_of=(f"{name}_again", *made.made_of[1:])))
    con.execute(f"drop table {name}_again")
    return {name: con.execute(f"select count(*) from {name}").fetchall()[0][0]}


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
