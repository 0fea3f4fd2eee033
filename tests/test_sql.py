"""The models: one select a file, said at which grain, portable to Spark, reading only what lies below them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from world import SQL, models, order, reads

from panorama.store import models as stored

MODELS = sorted(models().items())
QUESTIONS = sorted((SQL / "questions").glob("*.sql"))

# What DuckDB and Spark answer differently, or only one of them at all (measured on DuckDB 2.0 and Spark 4).
FORBIDDEN = {
    "an aggregate that only one engine has": r"\b(quantile_cont|quantile_disc|percentile_cont|mad|histogram)\s*\(",
    "asof join": r"\basof\b",
    "pivot": r"\bpivot\b",
    "recursive query": r"\brecursive\b",
    "star with exclude or replace": r"\*\s*(exclude|replace)\b",
    "columns expression": r"\bcolumns\s*\(",
    "generated table": r"\bfrom\s+(range|generate_series)\s*\(",
    "engine's own hash": r"\bhash\s*\(",
    "to_days, try_strptime": r"\b(to_days|try_strptime)\s*\(",
    "difference in months": r"date_?diff\s*\(\s*'month'",
    "list slice": r"\w\[\s*\d*\s*:",
    "using": r"\busing\s*\(",
    "another answer each time": r"\b(any_value|first|last|mode|random|uuid|now|today|getvariable|nextval)\s*\(",
    "the hour of the build": r"\bcurrent_(date|time|timestamp)\b",
}
IN_ORDER = ("array_agg", "string_agg")
"""Aggregates whose rows come in whatever order they lie, unless one is said."""


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_model_begins_with_its_grain_and_is_one_select(name: str, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("-- One row per "), f"{name} does not say its grain"
    statements = sqlglot.parse(text, read="duckdb")
    assert len(statements) == 1
    assert isinstance(statements[0], exp.Query)


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_model_is_written_alike_on_spark(name: str, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    spark = sqlglot.transpile(text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert len(spark) == 1
    assert sqlglot.parse_one(spark[0], read="spark") is not None


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_model_keeps_to_what_both_engines_mean_alike(name: str, file: Path) -> None:
    code = re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8")).lower()
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, code)]
    assert not found, f"{name}: {found}"


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_model_says_the_order_of_what_it_gathers(name: str, file: Path) -> None:
    """The same files make the same snapshot, or nobody could tell what a drop has changed."""
    code = re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8"))
    for at in re.finditer(rf"\b(?:{'|'.join(IN_ORDER)})\(", code):
        before, within = code[: at.start()], _within_brackets(code[at.end() :])
        assert " order by " in within or re.search(r"list_sort\((list_distinct\()?(flatten\()?$", before), within


def _within_brackets(text: str) -> str:
    depth = 1
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[:at]
    raise AssertionError("no closing bracket")


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_model_reads_raw_staging_and_mart_alone(name: str, file: Path) -> None:
    tree = sqlglot.parse_one(file.read_text(encoding="utf-8"), read="duckdb")
    within = {cte.alias for cte in tree.find_all(exp.CTE)}
    bare = {table.name for table in tree.find_all(exp.Table) if not table.db} - within
    assert not bare, f"{name} reads {bare} without a schema"
    # What a view reads must stand in the snapshot, or beside it.
    allowed = {"files", "mart"} if name in stored.VIEWS else {"raw", "staging", "mart"}
    allowed |= {"rule"} if name == "mart.contradiction" else set()
    assert {read.split(".")[0] for read in reads(file)} <= allowed


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_build_sees_the_models_that_a_parser_sees_read(name: str, file: Path) -> None:
    parsed = {read for read in reads(file) if not read.startswith("files.")}
    assert stored.reads(file.read_text(encoding="utf-8")) == parsed


@pytest.mark.parametrize(("name", "file"), MODELS, ids=[name for name, _ in MODELS])
def test_a_build_sees_of_which_dataset_a_model_reads_the_names_of_units(name: str, file: Path) -> None:
    """Else it would be made again for each month of workload."""
    tree = sqlglot.parse_one(file.read_text(encoding="utf-8"), read="duckdb")
    named = [
        condition.expression.this
        for table in tree.find_all(exp.Table)
        if table.name == "unit_name"
        for condition in table.parent_select.find_all(exp.EQ)
        if condition.this.name == "dataset" and condition.this.table in ("", table.alias)
    ]
    seen = {read.partition(" ")[2] for read in stored.sources(name) if read.startswith("raw.unit_name")}
    assert seen >= set(named)
    assert "" not in seen


def test_models_can_be_put_in_an_order() -> None:
    ordered = order()
    placed = {name: at for at, name in enumerate(ordered)}
    for name, file in models().items():
        assert all(placed[read] < placed[name] for read in reads(file) if read in placed)


@pytest.mark.parametrize("file", QUESTIONS, ids=[file.stem for file in QUESTIONS])
def test_a_question_reads_only_what_the_asker_may_see(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("-- One row per "), "it does not say its grain"
    # DuckDB takes `drop` for a table's name; sqlglot wants it quoted.
    tree = sqlglot.parse_one(re.sub(r"\.drop\b", '."drop"', text), read="duckdb")
    within = {cte.alias for cte in tree.find_all(exp.CTE)}
    outside = {table.sql() for table in tree.find_all(exp.Table) if table.db != "seen" and table.name not in within}
    assert not outside, f"reads {outside}"
