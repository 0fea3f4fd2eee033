"""Tables made by a function: what is given some rows at a time is what is given at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest
from world import World, world

from panorama.store import models
from panorama.store.models import COMPUTED, Computed

INTERVAL = COMPUTED["staging.saturation_interval"]


def connected(folder: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"attach '{folder / 'snapshot'}' as snapshot; attach '{folder / 'staging'}' as staging")
    return con


def parts(units: int) -> pl.DataFrame:
    """Three activities of two posts each, over two years, with months missing in some; units in no order."""
    rows = [
        (unit * 7919 % 104729, office, office * 10, str(year), f"A{at}", 0.1 + at / 9 + unit / 50, 0.2, 0.0)
        for unit in range(units)
        for office in (1, 2)
        for year in (2024, 2025)
        for at in range(3)
    ]
    schema = ["unit_id", "office_id", "post_id", "period", "activity_code", "load", "cv", "fixed"]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(
        missing=(pl.col("unit_id") % 3) / 12, month_cv=pl.lit(0.3),
        post_staff=pl.lit(1.0), office_staff=pl.lit(1.0), unit_staff=pl.lit(2.0),
    )  # fmt: skip


def made(folder: Path, frame: pl.DataFrame, how: Computed) -> pl.DataFrame:
    folder.mkdir()
    con = connected(folder)
    con.register("given", frame)
    con.execute("create table staging.saturation_part as from given")
    con.execute("use snapshot")
    models._compute(con, "staging.saturation_interval", how)
    found = con.sql("from staging.saturation_interval order by all").pl()
    con.close()
    return found


@pytest.mark.parametrize("at_a_time", [1, 13, 24, 10_000])
def test_intervals_of_some_units_at_a_time_are_those_of_all_at_once(tmp_path: Path, at_a_time: int) -> None:
    given: list[pl.DataFrame] = []

    def watched(rows: pl.DataFrame) -> pl.DataFrame:
        given.append(rows)
        return INTERVAL.function(rows)

    frame = parts(20)
    some = made(tmp_path / "some", frame, replace(INTERVAL, function=watched, at_a_time=at_a_time))
    assert some.equals(made(tmp_path / "all", frame, replace(INTERVAL, at_a_time=None)))
    assert some.height == 20 * 2 * (2 + 2 + 1)
    units = [set(rows["unit_id"]) for rows in given]
    assert sum(len(found) for found in units) == 20, "no unit is given twice or in pieces"
    assert sum(rows.height for rows in given) == frame.height
    assert max(rows.height for rows in given) < at_a_time + 2 * 12


def test_a_table_of_nothing_is_made_all_the_same(tmp_path: Path) -> None:
    assert made(tmp_path / "none", parts(1).clear(), INTERVAL).is_empty()


@pytest.fixture(scope="module")
def nothing() -> World:
    """A world without rows."""
    return world()


@pytest.mark.parametrize("name", COMPUTED)
def test_of_no_rows_a_function_gives_none_and_the_columns_that_are_said_of_it(name: str, nothing: World) -> None:
    """A build makes such a table without asking the function."""
    made = COMPUTED[name]
    first, *others = (nothing.sql(f"from {table}").pl() for table in made.made_of)
    found = made.function(first.clear(), *others)
    assert found.is_empty()
    con = duckdb.connect()
    con.execute("create schema staging")
    models._make_empty(con, name)
    said = con.execute(f"describe {name}").fetchall()
    con.register("found", found)
    assert said == con.execute("describe found").fetchall()
