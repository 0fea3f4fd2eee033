"""The models in panorama/sql, run in the order that their own SQL says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import Final

import duckdb
import polars as pl

from panorama.methods import efficiency
from panorama.methods.below import covered, kin
from panorama.methods.funnel import judged
from panorama.methods.interval import interval
from panorama.methods.matching import proposed
from panorama.methods.matters import matters
from panorama.methods.peers import nearest
from panorama.methods.scoring import ranked, rated
from panorama.methods.similarity import likeness, seen
from panorama.methods.templates import faults
from panorama.store import rules, steps
from panorama.store.loads import write_loads
from panorama.store.rows import quoted

FOLDERS: Final = {"staging": "staging", "mart": "marts"}
"""Schema → folder under panorama/sql."""


@dataclass(frozen=True)
class Computed:
    """A table that SQL can't say: made of these tables by a function.

    at_a_time: about how many rows of the first table are given at a time; None: all. together: rows that are equal in this
    column are given together. apart: rows that differ in this column of the first table and the outcome have nothing to do with
    each other; what came out for a value stands as long as its rows do.
    """

    made_of: tuple[str, ...]
    function: Callable[..., pl.DataFrame]
    at_a_time: int | None = None
    together: str | None = None
    apart: str | None = None


COMPUTED: Final[dict[str, Computed]] = {
    "staging.saturation_interval": Computed(("staging.saturation_part",), interval, 500_000, "unit_id", "period"),
    "staging.nearest": Computed(("staging.peer_size",), nearest),
    "staging.office_nearest": Computed(("staging.office_size",), nearest),
    "staging.office_efficiency": Computed(("staging.office_work",), efficiency.judged, 1, "year", "year"),
    "staging.funnel_limit": Computed(("staging.funnel_unit",), judged),
    "staging.indicator_fault": Computed(("staging.indicator_row", "staging.round_version"), faults),
    "staging.index_rank": Computed(("mart.indicator_score",), ranked),
    "staging.rater_severity": Computed(("mart.score",), rated),
    "staging.feature_seen": Computed(("staging.finding_text",), seen, 100_000, "unit_id"),
    "staging.likeness": Computed(("staging.finding_text", "staging.feature_seen"), likeness, 100_000, "unit_id"),
    "staging.unit_kin": Computed(("mart.unit",), kin),
    "staging.nil_covered": Computed(("raw.nil_return", "mart.unit"), covered),
    "staging.matter": Computed(("staging.link",), matters),
    "staging.text_theme": Computed(("staging.statement_text", "raw.theme_rule"), proposed, 200_000),
}

WORKED: Final[dict[str, tuple[tuple[str, ...], Callable[[duckdb.DuckDBPyConnection], None]]]] = {
    "staging.activity_load": (("mart.unit_time", "raw.work"), write_loads),
}
"""Likewise steps that make their tables themselves, the first of which is named here."""
_ALONG: Final = {"staging.month_load": "staging.activity_load", "staging.far_load": "staging.activity_load"}
"""Tables made along with another."""

VIEWS: Final = frozenset({"mart.workload", "mart.saturation"})
"""Read from the parts when asked for: to copy their rows would cost more than all else."""

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
def _made_tables() -> frozenset[str]:
    """Every table that models leave; views hold nothing of their own."""
    return frozenset(_reads().keys() | _ALONG.keys()) - VIEWS - {rules.SPOKEN}


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
            busy |= {pool.submit(making.step, con.cursor(), name) for name in waiting.get_ready()}
            done, busy = wait(busy, return_when=FIRST_COMPLETED)
            waiting.done(*(made.result() for made in done))
    making.finish(con)


class _Making:
    """What this build makes, and what stands as the build before left it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._before = steps.known_marks(con)
        self._apart = steps.known_marks_apart(con)
        self._marks = steps.marks(con, sorted(_given_tables()))
        self._stands: set[str] = set()

    def step(self, con: duckdb.DuckDBPyConnection, name: str) -> str:
        """Make one table unless it stands."""
        con.execute("use snapshot")
        # Those of raw first: their marks are known.
        changed = (table for table in sorted(_reads()[name], key=_is_made) if self._changed(con, table))
        if self._before and next(changed, None) is None:
            self._stands.add(name)
        elif self._stands_in_part(con, name):
            _make_some(con, name, COMPUTED[name], self._apart[name])
        else:
            _make(con, name)
        con.close()
        return name

    def _stands_in_part(self, con: duckdb.DuckDBPyConnection, name: str) -> bool:
        """Whether only some rows of what a table is computed of are others, and the rest has nothing to do with them."""
        if name not in COMPUTED or name not in self._apart:
            return False
        return not any(self._changed(con, table) for table in COMPUTED[name].made_of[1:])

    def _changed(self, con: duckdb.DuckDBPyConnection, table: str) -> bool:
        """Whether a table's rows are others than at the build before."""
        if _ALONG.get(table, table) in self._stands:
            return False
        if table in VIEWS or table == rules.SPOKEN:
            return True
        if table not in self._marks:
            self._marks |= steps.marks(con, [table])
        return self._marks[table] != self._before.get(table)

    def finish(self, con: duckdb.DuckDBPyConnection) -> None:
        """Write down the marks of all tables, for the build to come."""
        standing = {table for table in _made_tables() if _ALONG.get(table, table) in self._stands}
        kept = {table: self._before[table] for table in standing}
        fresh = steps.marks(con, sorted(_made_tables() - standing - self._marks.keys()))
        steps.write_marks(con, self._marks | kept | fresh)
        of = {name: (made.made_of[0], made.apart) for name, made in COMPUTED.items() if made.apart is not None}
        steps.write_marks_apart(con, of)


def _is_made(table: str) -> bool:
    return table not in _given_tables()


def _make(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """One table; the first lines of its file become its comment."""
    if name in COMPUTED:
        _compute(con, name, COMPUTED[name])
    elif name in WORKED:
        WORKED[name][1](con)
    else:
        text = models()[name]
        # The rules' rows pass through once: kept twice they would cost as much as all rules together.
        kind = "view" if name in VIEWS or name == rules.SPOKEN else "table"
        con.execute(f"create or replace {kind} {name} as {text}")
        con.execute(f"comment on {kind} {name} is '{_comment(text)}'")


def _make_some(con: duckdb.DuckDBPyConnection, name: str, made: Computed, before: Mapping[str, str]) -> None:
    """What came out for rows that are not as they were, made again; the rest of the table stays."""
    column = str(made.apart)
    now = steps.marks_apart(con, made.made_of[0], column)
    other = sorted(value for value in now.keys() | before.keys() if now.get(value) != before.get(value))
    chosen = f"where cast({column} as varchar) in ({', '.join(quoted(value) for value in other)})"
    con.execute(f"create or replace table {name}_again as from {made.made_of[0]} {chosen}")
    con.execute(f"delete from {name} {chosen}")
    _compute(con, name, replace(made, made_of=(f"{name}_again", *made.made_of[1:])), f"insert into {name}")
    con.execute(f"drop table {name}_again")


def _compute(con: duckdb.DuckDBPyConnection, name: str, made: Computed, into: str | None = None) -> None:
    first, *others = made.made_of
    given = [con.sql(f"from {other}").pl() for other in others]
    into = into or f"create or replace table {name} as"
    # A cursor of its own: what it still has to give is not disturbed by the inserts.
    read = con.cursor()
    read.execute("use snapshot")
    for rows in _given(read, first, made):
        con.register("made", made.function(rows, *given))
        con.execute(f"{into} from made")
        into = f"insert into {name}"
    read.close()


def _given(con: duckdb.DuckDBPyConnection, table: str, made: Computed) -> Iterator[pl.DataFrame]:
    """The rows of a table, some at a time if so wanted; then first none, so that an empty table is made too."""
    if made.at_a_time is None:
        yield con.sql(f"from {table}").pl()
        return
    yield con.sql(f"from {table} limit 0").pl()
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
