"""The models in panorama/sql, run in the order that their own SQL says."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from importlib.resources import files
from typing import Final

import duckdb
import polars as pl

from panorama.methods.interval import interval
from panorama.methods.matching import proposed

FOLDERS: Final = {"staging": "staging", "mart": "marts"}
"""Schema → folder under panorama/sql."""


@dataclass(frozen=True)
class Computed:
    """A table that SQL can't say: made of these tables by a function. at_a_time: rows of the first given at a time."""

    made_of: tuple[str, ...]
    function: Callable[..., pl.DataFrame]
    at_a_time: int | None = None


COMPUTED: Final[dict[str, Computed]] = {
    "staging.saturation_interval": Computed(("staging.saturation_part",), interval),
    "staging.text_theme": Computed(("staging.statement_text", "raw.theme_rule"), proposed, 200_000),
}

AT_ONCE: Final = 2
"""Tables made at once: most are small, and one thread each."""

_ASIDE: Final = re.compile(r"--[^\n]*|'[^']*'")
_TABLE: Final = re.compile(rf"\b(?:{'|'.join(FOLDERS)})\.\w+")


@cache
def models() -> dict[str, str]:
    """schema.table → its select."""
    root = files("panorama").joinpath("sql")
    return {
        f"{schema}.{file.name.removesuffix('.sql')}": file.read_text(encoding="utf-8")
        for schema, folder in FOLDERS.items()
        for file in sorted(root.joinpath(folder).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    }


@cache
def program() -> str:
    """What shapes a snapshot, as one hash: another value means that this program would build another one."""
    root = files("panorama")
    folders = ("sql/staging", "sql/marts", "sources", "methods", "store", "definitions")
    shaping = [file for folder in folders for file in root.joinpath(folder).iterdir()]
    shaping += [root.joinpath(name) for name in ("themes.csv", "themes.toml", "themes.py", "calendar.py")]
    digest = sha256()
    for file in sorted((file for file in shaping if file.is_file()), key=lambda file: file.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def order() -> list[str]:
    """Every model after those it reads."""
    return list(TopologicalSorter(_graph()).static_order())


@cache
def _graph() -> dict[str, set[str]]:
    found = models()
    known = found.keys() | COMPUTED.keys()
    graph = {name: reads(text) & known for name, text in found.items()}
    return graph | {name: set(made.made_of) & known for name, made in COMPUTED.items()}


def reads(text: str) -> set[str]:
    """schema.table names in a select, whatever stands in its comments and strings aside."""
    # By pattern: to parse them all takes longer than to run most of them.
    return set(_TABLE.findall(_ASIDE.sub("", text)))


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table of staging and mart, two at a time, each after those it reads."""
    waiting = TopologicalSorter(_graph())
    waiting.prepare()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        busy: set[Future[str]] = set()
        while waiting.is_active():
            busy |= {pool.submit(_make, con.cursor(), name) for name in waiting.get_ready()}
            done, busy = wait(busy, return_when=FIRST_COMPLETED)
            waiting.done(*(made.result() for made in done))


def _make(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """One table; the first lines of its file become its comment."""
    con.execute("use snapshot")
    if name in COMPUTED:
        _compute(con, name, COMPUTED[name])
    else:
        text = models()[name]
        con.execute(f"create table {name} as {text}")
        con.execute(f"comment on table {name} is '{_comment(text)}'")
    con.close()
    return name


def _compute(con: duckdb.DuckDBPyConnection, name: str, made: Computed) -> None:
    first, *others = made.made_of
    given = [con.sql(f"from {other}").pl() for other in others]
    if made.at_a_time is None:
        con.register("made", made.function(con.sql(f"from {first}").pl(), *given))
        con.execute(f"create table {name} as from made")
        return
    # A cursor of its own: what it still has to give is not disturbed by the inserts.
    read = con.cursor()
    read.execute("use snapshot")
    rows = read.sql(f"from {first}").to_arrow_reader(made.at_a_time)
    con.register("made", made.function(pl.DataFrame(rows.schema.empty_table()), *given))
    con.execute(f"create table {name} as from made")
    for batch in rows:
        con.register("made", made.function(pl.DataFrame(batch), *given))
        con.execute(f"insert into {name} from made")
    read.close()


def _comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines).replace("'", "''")
