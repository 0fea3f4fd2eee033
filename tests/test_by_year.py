"""Models that are made year by year: of the rows of a year they make what they make of all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from panorama.settings import Settings
from panorama.store import models
from panorama.store.by_year import BY_YEAR, KEYED, OF_WORK, YEAR, rows_of
from panorama.store.home import Home
from tests.contents import plain
from tests.stock import WORK_HEAD, answer, copied, dropped, write

BEYOND = {
    # A unit time is held against that of the year before.
    "mart.rule_break": ("year", {"mart.unit_time": "year"}),
    # A ledger serves until there is a newer one.
    "staging.effective_staff": ("span // 100", {"staging.staffing_ledger": "year(snapshot_date)"}),
}
"""Models that look beyond a year when they are said to read these tables by year."""


def differing(con: duckdb.DuckDBPyConnection, name: str) -> tuple[set[int], set[int]]:
    """The years of workload in which a table has rows, and those whose rows are others when they are made by themselves."""
    columns = con.execute(f"describe {name}").fetchall()
    asked = ", ".join(plain(f'"{column}"', kind) for column, kind, *_ in columns)
    years = {year for (year,) in con.execute(f"select distinct year from {OF_WORK}").fetchall()}
    told, others = set(), set()
    for year in years:
        make(con, name, frozenset({year}))
        alone = con.execute(f"select {asked} from again order by all").fetchall()
        among = con.execute(f"select {asked} from ({rows_of(name, frozenset({year}))}) order by all").fetchall()
        told |= {year} if among else set()
        others |= {year} if alone != among else set()
    return told, others


def make(con: duckdb.DuckDBPyConnection, name: str, years: frozenset[int]) -> None:
    """The rows of these years, into a table aside."""
    if name not in models.COMPUTED:
        con.execute(f"create or replace temp table again as {models.select_of_years(name, years)}")
        return
    first, *rest = models.COMPUTED[name].made_of
    given = [con.sql(f"from {table}").pl() for table in rest]
    con.register("given", models.COMPUTED[name].function(con.sql(rows_of(first, years)).pl(), *given))
    con.execute("create or replace temp table again as from given")


@pytest.fixture(scope="module")
def found(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[set[int], set[int]]]:
    """What `differing` says of every model that is made by year, over the sample while it is built."""
    told: dict[str, tuple[set[int], set[int]]] = {}
    run = models.run

    def looking(con: duckdb.DuckDBPyConnection) -> None:
        run(con)
        told.update({name: differing(con, name) for name in BY_YEAR})
        for name, (year, tables) in BEYOND.items():
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr("panorama.store.by_year.YEAR", {**YEAR, **tables, name: year})
                patched.setitem(models.BY_YEAR, name, {*BY_YEAR.get(name, ()), *tables})
                told[f"beyond {name}"] = differing(con, name)

    folder = tmp_path_factory.mktemp("by-year")
    settings = copied(Settings(home=sample_home), folder)
    files = unusual(settings, folder)
    # Of all years at once.
    shutil.rmtree(Home.of(settings).steps)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(models, "run", looking)
        dropped(settings, *files)
    return told


def unusual(settings: Settings, folder: Path) -> tuple[Path, Path]:
    """What the sample has none of: a quarter beside its months, hours far from the unit time, a time that a new version changes."""
    (place,) = answer(
        settings,
        "select min(p.unit_ref), min(p.office_ref), min(p.post_ref), min(a.ref), max(a.ref) from mart.unit_time as t"
        " inner join mart.work_place as p on p.leaf_id = t.leaf_id and p.year = t.year"
        " inner join mart.activity_name as a on a.activity_id = t.activity_id"
        " where t.year in (2023, 2024) and t.std_hours > 0 and not t.shared and p.post_ref is not null"
        " group by t.leaf_id having count(distinct t.activity_id) > 1 and count(distinct t.year) = 2 order by t.leaf_id limit 1",
    )
    unit, office, post, one, another = place
    work = [
        f"{unit},{office},{post},{activity},{year}-{period},业务系统,1,{hours}"
        for year in (2023, 2024)
        for activity, period, hours in ((one, "Q1", ""), (another, "01", 900))
    ]
    times = [f"{one},另一时,{unit}/{office}/{post},经常性,件,{year - 2000},写实,{year},{year}" for year in (2023, 2024)]
    return (
        write(folder / "工作量.csv", f"{WORK_HEAD},实际工时", work),
        write(
            folder / "标准.csv",
            "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本",
            times,
        ),
    )


@pytest.mark.parametrize("name", BY_YEAR)
def test_a_model_makes_of_a_year_what_it_makes_of_all(
    name: str, found: Mapping[str, tuple[set[int], set[int]]]
) -> None:
    told, others = found[name]
    assert not others
    assert len(told) > 1, "the sample has rows of several years to tell by"


@pytest.mark.parametrize("name", BEYOND)
def test_one_that_looks_beyond_a_year_is_found_out(name: str, found: Mapping[str, tuple[set[int], set[int]]]) -> None:
    _, others = found[f"beyond {name}"]
    assert others


def test_what_is_said_of_models_names_what_they_read() -> None:
    for name, tables in BY_YEAR.items():
        assert {name, *tables - KEYED.keys()} <= YEAR.keys()
        assert tables <= models.sources(name)
        assert name not in models.COMPUTED or tables == {models.COMPUTED[name].made_of[0]}
