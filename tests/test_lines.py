"""Lines of workload put together over parts: whatever came in whatever files, the snapshot is what the rows alone make it."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.store import lines
from panorama.store.decisions import confirm_name
from panorama.store.drops import check, rebuild, undo
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.contents import held
from tests.stock import answer, copied, dropped, settings_at, stocked, units, work, write

ACTOR = local_actor()
UNITS = ("天津市教育局", "天津市生态环境局", "老教育局")
OFFICES = ("办公室", "人事处", "", "没有登记的处")
ACTIVITIES = ("收文", "发文", "调研")


def put_always_together(patch: pytest.MonkeyPatch) -> None:
    """As with a year of many rows."""
    patch.setattr(lines, "LEAST", 1)


def month(folder: Path, period: str, seed: int, count: int = 25) -> Path:
    """A file of one period: places and activities that come again in other files, volumes with and without a value."""
    chance = random.Random(seed)
    keys = {
        (chance.choice(UNITS), chance.choice(OFFICES), chance.choice(ACTIVITIES)): chance.choice(("", "3", "4.25", "0"))
        for _ in range(count)
    }
    rows = [
        f"{unit},{office},,{activity},{period},业务系统,{volume}" for (unit, office, activity), volume in keys.items()
    ]
    return work(folder, rows, f"{period}-{seed}.csv")


def standards(folder: Path) -> Path:
    heads = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本"
    rows = [f"A{at},{name},全部,核心,件,{at / 2},写实,{year},1" for year in (2023, 2024) for at, name in enumerate(ACTIVITIES[:2], 1)]  # fmt: skip
    return write(folder / "标准.csv", heads, rows)


def direct(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, ...]]]:
    """The same store, built of the parts' own lines."""
    with monkeypatch.context() as plain:
        plain.setattr(lines, "LEAST", 1 << 40)
        rebuild(settings, ACTOR)
    return held(settings)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Months in files of their own, a quarter that hides some, a month that came twice, a name that waits, a unit by two names."""
    folder = tmp_path_factory.mktemp("months")
    settings = settings_at(folder)
    with pytest.MonkeyPatch.context() as many:
        put_always_together(many)
        earlier = (month(folder, f"2023-{at:02d}", at) for at in range(1, 7))
        dropped(settings, units(folder), standards(folder), *earlier)
        dropped(settings, *(month(folder, f"2024-{at:02d}", at) for at in range(1, 5)))
        dropped(settings, month(folder, "2024-02", 77), month(folder, "2024-Q1", 78, 3))
    return settings


@pytest.fixture
def told(months: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of it, for a test to change."""
    put_always_together(monkeypatch)
    return copied(months, tmp_path)


def kept(settings: Settings) -> set[str]:
    return {file.name for file in lines.kept_lines(settings.home / "lines")}


def test_a_snapshot_is_the_same_by_lines_put_together_as_by_each_file_s_own(
    told: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {name[:4] for name in kept(told)} == {"2023", "2024"}
    found = held(told)
    assert found["mart.workload"]
    assert found == direct(told, monkeypatch)


def test_after_undo_and_a_name_confirmed_it_is_the_same_too(told: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    undo(2, told, ACTOR)
    ((unit_id,),) = answer(told, "select unit_id from mart.unit where unit_code = '001'")
    confirm_name("老教育局", int(str(unit_id)), told, ACTOR)
    assert held(told) == direct(told, monkeypatch)


def test_a_month_more_touches_its_own_year_alone_and_is_put_to_what_was_kept(told: Settings, tmp_path: Path) -> None:
    folder = told.home / "lines"
    before = {file: file.read_bytes() for file in lines.kept_lines(folder)}
    used: list[str] = []
    whole = lines._base

    def base(con: duckdb.DuckDBPyConnection, year: int, wanted: set[str], kept: Path) -> tuple[Path | None, set[str]]:
        found = whole(con, year, wanted, kept)
        assert found[0] is not None
        used.append(found[0].name)
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "_base", base)
        dropped(told, month(tmp_path, "2024-05", 5))
    (one,) = used
    assert one.startswith("2024-")
    after = set(lines.kept_lines(folder))
    assert {file.name[:4] for file in after - set(before)} == {"2024"}
    assert all(file.read_bytes() == before[file] for file in after & set(before))
    assert sum(file.name.startswith("2024-") for file in after) == lines.KEPT
    assert sum(file.name.startswith("2023-") for file in after) == 1


def test_a_try_changes_nothing_and_says_the_same(told: Settings, tmp_path: Path) -> None:
    more = month(tmp_path, "2024-06", 6)
    before = {file.name: file.stat().st_mtime_ns for file in (told.home / "lines").iterdir()}
    tried = check([more], told, ACTOR)
    assert {file.name: file.stat().st_mtime_ns for file in (told.home / "lines").iterdir()} == before
    taken = dropped(told, more)
    assert (tried.accepted, tried.refused, tried.changes) == (taken.accepted, taken.refused, taken.changes)


def test_whatever_is_missing_or_half_written_is_made_anew(told: Settings) -> None:
    wanted = held(told)
    folder = told.home / "lines"
    for file in folder.glob("*.offices.parquet"):
        file.unlink()
    (folder / "left.new").write_bytes(b"half")
    rebuild(told, ACTOR)
    assert held(told) == wanted
    assert {name[:4] for name in kept(told)} == {"2023", "2024"}
    assert not list(folder.glob("*.new"))


def test_another_part_of_the_same_number_is_not_taken_for_it(told: Settings) -> None:
    """Numbers of a load that failed are given again."""
    with duckdb.connect() as con:
        (file,) = (one for one in lines.kept_lines(told.home / "lines", 2023))
        made_of = lines.made_of_parts(con, file)
    assert len(made_of) == 6
    assert all(len(one.split(":")[-1]) == 64 for one in made_of)


def test_verify_finds_a_kept_line_that_is_not_what_its_parts_say(told: Settings) -> None:
    assert verify(told).broken is None
    (file,) = lines.kept_lines(told.home / "lines", 2023)
    with duckdb.connect() as con:
        wanted = sorted(lines.made_of_parts(con, file))
        rows = pl.read_parquet(file)
        con.register("wrong", rows.with_columns(pl.col("v01") + 1))
        lines._write(con, "from wrong", file, wanted)
    broken = verify(told).broken
    assert broken is not None
    assert file.name in broken.zh
    assert file.name in broken.en


def test_few_rows_are_left_as_they_are(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    dropped(settings, units(tmp_path), month(tmp_path, "2024-01", 1), month(tmp_path, "2024-02", 2))
    assert not (settings.home / "lines").exists()


def test_an_activity_keeps_its_number_whatever_else_is_named(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    before = answer(settings, "select activity_code, activity_id from mart.activity order by all")
    dropped(
        settings,
        work(tmp_path, [f"天津市教育局,办公室,文书,{name},2024-03,业务系统,1" for name in ("办文", "印发")], "又.csv"),
    )
    after = answer(settings, "select activity_code, activity_id from mart.activity order by all")
    assert before
    assert set(before) < set(after)
    assert all(number == identity(str(name)) for name, number in after)
