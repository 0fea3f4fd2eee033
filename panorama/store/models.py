"""The models in panorama/sql, run in the order that their own SQL says."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from importlib.resources import files
from typing import Final

import duckdb
import polars as pl

from panorama.methods.interval import interval
from panorama.store import rules

FOLDERS: Final = {"staging": "staging", "mart": "marts"}
"""Schema → folder under panorama/sql."""

COMPUTED: Final[dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]]] = {
    "staging.saturation_interval": ("staging.saturation_part", interval),
}
"""Tables that SQL can't say: name → the table they are made of, and the function."""

AT_ONCE: Final = 2
"""Tables made at once: most are small, and one thread each."""

_ASIDE: Final = re.compile(r"--[^\n]*|'[^']*'")
_TABLE: Final = re.compile(rf"\b(?:{'|'.join((*FOLDERS, 'rule'))})\.\w+")


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
def program() -> str:
    """What shapes a snapshot, as one hash: another value means that this program would build another one."""
    root = files("panorama")
    folders = ("sql/staging", "sql/marts", "sql/rules", "sources", "methods", "store", "definitions")
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
    return graph | {name: {made_of} for name, (made_of, _) in COMPUTED.items()}


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
        made_of, function = COMPUTED[name]
        con.register("given", function(con.sql(f"from {made_of}").pl()))
        con.execute(f"create table {name} as from given")
    else:
        text = models()[name]
        # The rules' rows pass through once: kept twice they would cost as much as all rules together.
        kind = "view" if name == rules.SPOKEN else "table"
        con.execute(f"create {kind} {name} as {text}")
        con.execute(f"comment on {kind} {name} is '{_comment(text)}'")
    con.close()
    return name


def _comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines).replace("'", "''")
