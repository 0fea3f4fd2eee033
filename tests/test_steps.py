"""What a build takes over from the one before: never anything else than it would make itself, and not more work than needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store import build as building
from panorama.store import models, publish, steps
from panorama.store.by_year import BY_YEAR
from panorama.store.decisions import confirm_name, decisions, withdraw_decision
from panorama.store.drops import check, rebuild, undo
from panorama.store.home import Home
from tests.builds import Begun
from tests.contents import held, snapshot_id
from tests.stock import answer, copied, dropped, stocked, units, work, write

pytestmark = pytest.mark.from_nothing
ACTOR = local_actor()
RANKING = "单位,行业系统,排名指标,时间,排名范围,排名,参评数"
HEAVY = {
    "staging.activity_load",
    "staging.month_load",
    "staging.saturation_interval",
    "staging.likeness",
    "mart.saturation_stored",
    "mart.staffing",
}

Made = set[str]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    """The models that builds of this test made."""
    names: Made = set()
    watch(monkeypatch, names)
    return names


def watch(patch: pytest.MonkeyPatch, names: Made) -> None:
    make = models._make

    def watched(con: duckdb.DuckDBPyConnection, name: str, of_nothing: bool) -> Mapping[str, int]:
        names.add(name)
        return make(con, name, of_nothing)

    patch.setattr(models, "_make", watched)


@pytest.fixture
def sample(sample_home: Path, tmp_path: Path) -> Settings:
    """A copy of the sample's store, with the steps to its snapshot."""
    return copied(Settings(home=sample_home), tmp_path)


def ranking(folder: Path, unit: str = "天津市教育局", rank: int = 3) -> Path:
    return write(folder / f"排名{rank}.csv", RANKING, [f"{unit},教育,测试榜,2025,全市,{rank},16"])


def more_work(settings: Settings, folder: Path, year: int) -> Path:
    """A file that corrects one row of workload of that year: a volume nobody had reported."""
    ((unit, office, post, activity, period),) = answer(
        settings,
        "select u.name, o.name as office, p.name as post, w.activity, w.period from mart.workload as w"
        " inner join mart.unit as u on u.unit_id = w.unit_id inner join mart.office as o on o.office_id = w.office_id"
        " inner join mart.post as p on p.post_id = w.post_id"
        f" where w.hours > 0 and w.period like '{year}-%' order by w.row_id limit 1",
    )
    return work(folder, [f"{unit},{office},{post},{activity},{period},业务系统,7777"], "更正.csv")


def other_time(settings: Settings, folder: Path, year: int) -> Path:
    """A file that gives an activity another unit time in a year whose workload stands."""
    ((code, name),) = answer(
        settings,
        "select a.activity_code, min(t.activity_name) from mart.unit_time as t"
        " inner join mart.activity as a on a.activity_id = t.activity_id"
        f" where t.year = {year} and t.std_hours > 0 group by all order by count(*) desc, 1 limit 1",
    )
    head = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本"
    return write(folder / "标准.csv", head, [f"{code},{name},全部,经常性,件,9.5,写实,{year},99"])


def folders(settings: Settings) -> list[str]:
    return [folder.name for folder in Home.of(settings).steps.iterdir()]


def as_from_nothing(settings: Settings, folder: Path) -> dict[str, list[tuple[str, ...]]]:
    """The same store, built of its parts alone."""
    anew, names = copied(settings, folder), set[str]()
    with pytest.MonkeyPatch.context() as patched:
        watch(patched, names)
        rebuild(anew, ACTOR)
    assert names == set(models.order()), "a build that is asked for begins from nothing"
    return held(anew)


def test_whatever_happens_the_snapshot_is_the_one_that_would_be_made_from_nothing(
    sample: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every dataset stands in the sample; each step changes another part of what snapshots are made of."""
    ((name, unit_id),) = answer(
        sample, "select name, unit_id from mart.unit where name like '%教育局' order by unit_id limit 1"
    )
    happening: list[Callable[[], object]] = [
        lambda: dropped(sample, ranking(tmp_path, str(name)), ranking(tmp_path, "没有登记的局", 4)),
        lambda: confirm_name("没有登记的局", int(str(unit_id)), sample, ACTOR),
        lambda: monkeypatch.setattr(building, "today", lambda: date(2027, 2, 1)),
        lambda: dropped(sample, ranking(tmp_path, str(name), 5)),
        lambda: dropped(sample, more_work(sample, tmp_path, 2024), other_time(sample, tmp_path, 2022)),
        lambda: undo(2, sample, ACTOR),
    ]
    for at, happens in enumerate(happening):
        happens()
        assert folders(sample) == [steps.folder_of(Home.of(sample), snapshot_id(sample)).name]
        # After a name, after another day, after work and an undo: what one of them left stale the next may well mend.
        if at % 2:
            assert held(sample) == as_from_nothing(sample, tmp_path / str(at)), f"after {at + 1} steps"


def test_a_drop_makes_again_what_its_rows_touch_and_nothing_else(sample: Settings, tmp_path: Path, made: Made) -> None:
    ((name,),) = answer(sample, "select name from mart.unit where name like '%教育局' order by unit_id limit 1")
    dropped(sample, ranking(tmp_path, str(name)))
    assert "mart.ranking" in made
    assert "mart.event" in made
    assert not made & HEAVY
    assert len(made) < len(models.order()) / 2


def test_work_of_one_year_makes_no_row_of_another_again(
    sample: Settings, tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a model makes of a year is what it makes of all (test_by_year); here: that it is asked for no more."""
    before = by_year(sample)
    years: dict[str, frozenset[int]] = {}
    drawn: set[object] = set()
    make, draw = models._make_years, models.COMPUTED["staging.saturation_interval"]

    def watched(con: duckdb.DuckDBPyConnection, name: str, of: frozenset[int]) -> Mapping[str, int]:
        years[name] = of
        return make(con, name, of)

    def drawing(rows: pl.DataFrame) -> pl.DataFrame:
        drawn.update(rows["period"])
        return draw.function(rows)

    monkeypatch.setattr(models, "_make_years", watched)
    monkeypatch.setitem(models.COMPUTED, "staging.saturation_interval", replace(draw, function=drawing))
    dropped(sample, more_work(sample, tmp_path, 2023))
    assert set(years.values()) == {frozenset({2023})}
    assert drawn == {"2023"}
    assert years.keys() >= {
        "mart.imbalance",
        "mart.leaf_year",
        "mart.office_efficiency",
        "mart.saturation_stored",
        "staging.activity_load",
        "staging.allowance",
        "staging.effective_staff",
        "staging.month_load",
        "staging.office_work",
        "staging.saturation_interval",
        "staging.saturation_office",
        "staging.saturation_part",
        "staging.workload_place",
        "staging.year_load",
    }
    assert not made & BY_YEAR.keys()
    assert by_year(sample) == before


def test_an_office_a_post_and_an_activity_named_for_the_first_time_are_nothing_to_the_years_before(
    sample: Settings, tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    years: dict[str, frozenset[int]] = {}
    make = models._make_years

    def watched(con: duckdb.DuckDBPyConnection, name: str, of: frozenset[int]) -> Mapping[str, int]:
        years[name] = of
        return make(con, name, of)

    monkeypatch.setattr(models, "_make_years", watched)
    ((unit,),) = answer(sample, "select name from mart.unit where name like '%教育局' order by unit_id limit 1")
    rows = [
        f"{unit},{office},{post},从没做过的事,2023-03,业务系统,5"
        for office, post in (("新设的处", ""), ("另一新处", "新岗"))
    ]
    dropped(sample, work(tmp_path, rows, "新名称.csv"))
    assert set(years.values()) == {frozenset({2023})}
    assert years.keys() >= {
        "mart.saturation_stored",
        "mart.unit_time",
        "staging.month_load",
        "staging.saturation_office",
    }
    # All posts of an office count in each of its years; a unit tells how many offices it has. Neither came out otherwise.
    assert made & BY_YEAR.keys() == {"staging.available_time", "staging.effective_staff"}
    assert held(sample) == as_from_nothing(sample, tmp_path / "anew")


def by_year(settings: Settings) -> list[tuple[object, ...]]:
    """What the sample says of saturations of other years than 2023, to the last digit."""
    return answer(
        settings,
        "select year, count(*), bit_xor(hash(row)) from (select columns(*) from mart.saturation_stored) as row"
        " where year <> 2023 group by year order by year",
    )


def test_a_try_takes_over_as_much_and_leaves_no_steps(tmp_path: Path, made: Made) -> None:
    settings = stocked(tmp_path)
    before = folders(settings)
    file = ranking(tmp_path)
    made.clear()
    tried = check([file], settings, ACTOR)
    assert len(made) < len(models.order()) / 2
    assert folders(settings) == before
    taken = dropped(settings, file)
    assert (tried.accepted, tried.changes) == (taken.accepted, taken.changes)


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def remove_one(folder: Path) -> None:
    (folder / "rule").unlink()


def cut(folder: Path) -> None:
    file = folder / "staging"
    file.write_bytes(file.read_bytes()[:5000])


def scratch(folder: Path) -> None:
    file = folder / "staging"
    content = bytearray(file.read_bytes())
    content[12288:] = bytes(byte ^ 0x55 for byte in content[12288:])
    file.write_bytes(content)


def forge(folder: Path) -> None:
    (folder / steps.HASHES).write_text("[]", "utf-8")


def damage_snapshot(folder: Path) -> None:
    (file,) = (folder.parents[1] / "snapshots").glob(f"{folder.name.split('.')[0]}.duckdb")
    file.chmod(0o600)
    # Where nobody looks who opens it: one that cannot be opened is to be built anew before anything is dropped.
    with file.open("ab") as content:
        content.write(b"\xff")


def but_drops(told: dict[str, list[tuple[str, ...]]]) -> dict[str, list[tuple[str, ...]]]:
    """Without when things came in."""
    return {name: rows for name, rows in told.items() if name != "meta.drop"}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory, begun: Begun) -> dict[str, list[tuple[str, ...]]]:
    """What a store with the stock and a ranking says, built from nothing."""
    folder = tmp_path_factory.mktemp("wanted")
    settings, names = stocked(folder), set[str]()
    shutil.rmtree(Home.of(settings).steps)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(begun, "nearest", begun.own)
        watch(patched, names)
        dropped(settings, ranking(folder))
    assert names == set(models.order()), "from nothing"
    return but_drops(held(settings))


@pytest.mark.closes
@pytest.mark.parametrize("harm", [remove, remove_one, cut, scratch, forge, damage_snapshot])
def test_steps_that_are_gone_or_damaged_cost_time_and_nothing_else(
    tmp_path: Path, made: Made, wanted: dict[str, list[tuple[str, ...]]], harm: Callable[[Path], None]
) -> None:
    settings = stocked(tmp_path)
    (folder,) = Home.of(settings).steps.iterdir()
    harm(folder)
    made.clear()
    dropped(settings, ranking(tmp_path))
    assert made == set(models.order())
    assert but_drops(held(settings)) == wanted


@pytest.mark.closes
def test_steps_of_an_earlier_build_are_not_taken_for_those_of_the_current_one(tmp_path: Path) -> None:
    """By their marks all would stand, and the snapshot would keep what was taken back."""
    settings = stocked(tmp_path)
    (folder,) = Home.of(settings).steps.iterdir()
    earlier = {name: (folder / name).read_bytes() for name in steps.KEPT}
    dropped(settings, ranking(tmp_path))
    (folder,) = Home.of(settings).steps.iterdir()
    for name, content in earlier.items():
        (folder / name).write_bytes(content)
    undo(2, settings, ACTOR)
    assert answer(settings, "select count(*) from mart.ranking") == [(0,)]
    assert held(settings) == as_from_nothing(settings, tmp_path / "anew")


def test_where_steps_cannot_be_kept_a_drop_goes_on_all_the_same(tmp_path: Path, made: Made) -> None:
    settings = stocked(tmp_path)
    shutil.rmtree(Home.of(settings).steps)
    Home.of(settings).steps.write_text("no folder", "utf-8")
    for rank in (3, 4):
        made.clear()
        dropped(settings, ranking(tmp_path, rank=rank))
        assert made == set(models.order())
    assert answer(settings, "select count(*) from mart.ranking") == [(1,)]


def test_what_a_killed_build_left_goes_with_the_next_and_is_in_nobodys_way_under_an_id_that_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path)
    monkeypatch.setattr(publish, "_fresh_id", lambda *_: "20261128-000000")
    left = steps.folder_of(Home.of(settings), "20261128-000000")
    aside = left.with_name("0123.new")
    for folder in (left, aside):
        folder.mkdir()
        (folder / "staging").write_bytes(b"half")
    dropped(settings, ranking(tmp_path))
    assert folders(settings) == [left.name]
    assert {file.name for file in left.iterdir()} == {*steps.KEPT, steps.HASHES}


def test_a_build_none_of_whose_models_can_be_made_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that wait for their turn are not kept waiting by one that failed."""
    settings = stocked(tmp_path)

    def fails(con: duckdb.DuckDBPyConnection, name: str, of_nothing: bool) -> Mapping[str, int]:
        raise duckdb.Error(name)

    monkeypatch.setattr(models, "_make", fails)
    with pytest.raises(StoreError):
        rebuild(settings, ACTOR)


def test_steps_of_another_program_are_not_taken_over(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path)
    monkeypatch.setattr(steps, "program", lambda: "another")
    made.clear()
    dropped(settings, ranking(tmp_path))
    assert made == set(models.order())
    assert len(folders(settings)) == 1


def test_after_the_last_drop_is_taken_back_nothing_is_kept(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    undo(1, settings, ACTOR)
    assert folders(settings) == []
    dropped(settings, units(tmp_path))
    assert answer(settings, "select count(*) from mart.unit") == [(2,)]


def corrected(folder: Path, at: int) -> Path:
    """Work of one of two years, corrected."""
    return work(folder, [f"天津市教育局,办公室,文书,收文,2024-01,业务系统,{at}"], f"更正{at}.csv")


@pytest.mark.parametrize("more", [lambda folder, at: ranking(folder, rank=at), corrected], ids=["rankings", "work"])
def test_files_do_not_grow_with_the_number_of_drops(more: Callable[[Path, int], Path], tmp_path: Path) -> None:
    """What is made again takes the place of what it replaces."""
    settings = stocked(tmp_path)
    dropped(settings, work(tmp_path, ["天津市教育局,办公室,文书,收文,2023-01,业务系统,3"], "前一年.csv"))

    def sizes() -> int:
        home = Home.of(settings)
        kept = [home.snapshots / f"{snapshot_id(settings)}.duckdb", *home.steps.rglob("*")]
        return sum(file.stat().st_size for file in kept if file.is_file())

    first = sizes()
    for at in range(11, 17):
        dropped(settings, more(tmp_path, at))
    assert sizes() < 3 * first


def test_a_decision_taken_back_leaves_things_as_they_were(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    dropped(settings, ranking(tmp_path, "老教育局"))
    before = held(settings)
    ((unit_id,),) = answer(settings, "select unit_id from mart.unit where unit_code = '001'")
    confirm_name("老教育局", int(str(unit_id)), settings, ACTOR)
    assert held(settings) != before
    withdraw_decision(decisions(settings)["id"][0], settings, ACTOR)
    assert held(settings) == before
