"""Statements that every build runs in the same words: parsed once a process, for that takes a quarter of what small tables take."""

from __future__ import annotations

from typing import Final

import duckdb

_KNOWN: Final[dict[str, duckdb.Statement]] = {}


def execute(con: duckdb.DuckDBPyConnection, text: str) -> duckdb.DuckDBPyConnection:
    """Run one statement, which is said in these very words at each build."""
    if text not in _KNOWN:
        (_KNOWN[text],) = con.extract_statements(text)
    return con.execute(_KNOWN[text])
