"""The models in panorama/sql, run in the order that their own SQL says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import Final

import duckdb
import polars as pl

from panorama.methods.interval import interval

FOLDERS: Final = {"staging": "staging", "mart": "marts"}
"""Schema → folder under panorama/sql."""

COMPUTED: Final[dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]]] = {
    "staging.saturation_interval": ("staging.saturation_part", interval),
}
"""Tables that SQL can't say: name → the table they are made of, and the function."""

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
def order() -> list[str]:
    """Every model after those it reads."""
    found = models()
    known = found.keys() | COMPUTED.keys()
    graph = {name: reads(text) & known for name, text in found.items()}
    graph |= {name: {made_of} for name, (made_of, _) in COMPUTED.items()}
    return list(TopologicalSorter(graph).static_order())


def reads(text: str) -> set[str]:
    """schema.table names in a select, whatever stands in its comments and strings aside."""
    # By pattern: to parse them all takes longer than to run most of them.
    return set(_TABLE.findall(_ASIDE.sub("", text)))


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table of staging and mart; the first lines of a file become the table's comment."""
    found = models()
    for name in order():
        if name in COMPUTED:
            made_of, function = COMPUTED[name]
            con.register("given", function(con.sql(f"from {made_of}").pl()))
            con.execute(f"create table {name} as from given")
            con.unregister("given")
        else:
            con.execute(f"create table {name} as {found[name]}")
            con.execute(f"comment on table {name} is '{_comment(found[name])}'")


def _comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines).replace("'", "''")
