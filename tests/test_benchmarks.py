"""Benchmarks lean on the models' own names: one that has not run for weeks must still run."""

from __future__ import annotations

import duckdb

from benchmarks import evidence


def test_the_benchmark_of_evidence_makes_every_table_and_lets_rules_speak() -> None:
    con = duckdb.connect()
    *tables, whole = evidence.measured(con, 0.001)
    assert {row[0] for row in tables} >= {"mart.evidence", "mart.corroboration", "mart.contradiction"}
    spoken = con.execute("select count(distinct rule) from mart.contradiction").fetchall()
    assert spoken[0][0] >= 10
    assert "goal < 60 s" in whole[2]
