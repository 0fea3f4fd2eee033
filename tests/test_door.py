"""The one door: scope, hardening, many askers at once, and one snapshot from top to bottom."""

from __future__ import annotations

import io
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError, Refused, StoreError
from panorama.settings import Settings
from panorama.store import instance, publish
from panorama.store.clock import now
from panorama.store.door import LOOKS, Door, Snapshot, asked_now, question_text
from panorama.store.drops import rebuild, undo
from panorama.store.register import identity
from panorama.ui import show, visit
from panorama.ui.contents import SCREEN
from tests.stock import WORK, current, dropped, settings_at, stocked, work

ACTOR = local_actor()
EDUCATION, ECOLOGY = identity("001"), identity("002")
NOBODY = Actor("路人", "none")
ONE_UNIT = Actor("联络员", "unit", units=frozenset({EDUCATION}))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return current(stocked(tmp_path_factory.mktemp("door")))


def seen(snapshot: Snapshot, actor: Actor, table: str) -> int:
    return snapshot._run(f"select * from seen.{table}", actor, {}).height


def views(snapshot: Snapshot) -> list[str]:
    found = snapshot.ask_sql("select view_name from duckdb_views() where schema_name = 'seen'", ACTOR)
    return found["view_name"].to_list()


def test_who_was_granted_nothing_sees_nothing_but_the_registers_of_words(snapshot: Snapshot) -> None:
    assert {name for name in views(snapshot) if seen(snapshot, NOBODY, name)} <= {
        "choice",
        "theme",
        "activity",
        "snapshot",
        "round",
        "rule",
    }


def test_who_sees_everything_sees_every_table_as_it_is(snapshot: Snapshot) -> None:
    for name in ("unit", "office", "workload", "part", "drop"):
        assert seen(snapshot, ACTOR, name) > 0
    assert seen(snapshot, ACTOR, "workload") == 3


def test_who_has_one_unit_sees_its_rows_only(snapshot: Snapshot) -> None:
    assert seen(snapshot, ONE_UNIT, "workload") == 2
    # Of files it learns where its rows come from: the register, and the workload.
    assert seen(snapshot, ONE_UNIT, "part") == 2
    assert seen(snapshot, ONE_UNIT, "reject") == 0
    for name in views(snapshot):
        rows = snapshot._run(f"select * from seen.{name}", ONE_UNIT, {})
        if "unit_id" in rows.columns:
            assert set(rows["unit_id"].unique()) <= {EDUCATION}


def test_every_table_of_a_snapshot_has_its_view(snapshot: Snapshot) -> None:
    tables = snapshot.ask_sql(
        "select table_name from information_schema.tables where table_schema in ('mart', 'meta') order by 1", ACTOR
    )["table_name"]
    assert sorted(views(snapshot)) == tables.to_list()


def test_every_mart_says_its_grain_in_its_comment(snapshot: Snapshot) -> None:
    told = snapshot.ask_sql("select comment from duckdb_tables() where schema_name = 'mart'", ACTOR)["comment"]
    assert all(text.startswith("One row per") for text in told)


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/*')",
        "select * from '/etc/passwd'",
        "copy (select 1) to '/tmp/panorama-leak.csv'",
        "export database '/tmp/panorama-leak'",
        "attach '/tmp/panorama-leak.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "create table mart.x as select 1",
        "insert into mart.unit select * from mart.unit",
        "delete from mart.unit",
        "drop view seen.unit",
        "set variable everything = true",
        "select 1; select 2",
        "select * from ACTOR",
        "pragma database_list",
        "",
    ],
)
def test_a_query_reaches_no_file_and_changes_nothing(snapshot: Snapshot, query: str) -> None:
    with pytest.raises(PanoramaError):
        snapshot.ask_sql(query, ACTOR)
    assert not list(Path("/tmp").glob("panorama-leak*"))


def test_a_file_is_out_of_reach_of_questions_too(snapshot: Snapshot) -> None:
    with pytest.raises(StoreError):
        snapshot._run("select * from read_text('/etc/passwd')", ACTOR, {})


def test_only_those_who_see_everything_may_write_queries(snapshot: Snapshot) -> None:
    with pytest.raises(Refused):
        snapshot.ask_sql("select 1", ONE_UNIT)


@pytest.mark.parametrize("name", ["gibt_es_nicht", "../staging/unit", "a/b", ""])
def test_a_question_that_is_not_there_is_said_so(name: str) -> None:
    with pytest.raises(PanoramaError):
        question_text(name)


def test_a_runaway_query_is_stopped(tmp_path: Path) -> None:
    snapshot = current(stocked(tmp_path, query_seconds=0.5))
    start = time.perf_counter()
    with pytest.raises(PanoramaError, match="too long"):
        snapshot.ask_sql("select count(*) from range(100000000) a, range(100000) b where a.range + b.range = 7", ACTOR)
    assert time.perf_counter() - start < 5
    assert snapshot.ask_sql("select 1 as one", ACTOR)["one"].to_list() == [1]


def test_eight_threads_get_their_own_right_answers(snapshot: Snapshot) -> None:
    # A stored table: what is tried is who asks, and the view of workload takes several times as long to answer.
    counted = snapshot.ask_sql("select unit_id, count(*) as n from mart.saturation_stored group by all", ACTOR)
    rows_of = dict(counted.iter_rows())
    one, other = rows_of[EDUCATION], rows_of[ECOLOGY]
    actors = {one: ONE_UNIT, other: Actor("乙", "unit", units=frozenset({ECOLOGY})), one + other: ACTOR, 0: NOBODY}
    assert len(actors) == 4

    def hammer(seed: int) -> int:
        chance = random.Random(seed)
        wrong = 0
        for _ in range(200):
            expected = chance.choice(list(actors))
            number = chance.randrange(10**6)
            rows = snapshot._run("select *, $n as n from seen.saturation_stored", actors[expected], {"n": number})
            wrong += rows.height != expected or not (rows["n"] == number).all()
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(hammer, range(8))) == 0


def test_civil_time_is_that_of_shanghai(snapshot: Snapshot) -> None:
    asked = "select cast(timestamptz '2026-01-01 07:00+08' as date)::varchar as day"
    assert snapshot.ask_sql(asked, ACTOR)["day"].to_list() == ["2026-01-01"]


def test_readers_keep_one_snapshot_while_others_load(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    door = Door(settings)
    faults: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.wait(0.05):
            snapshot = door.snapshot()
            assert snapshot is not None
            first, second = (
                snapshot.ask_sql("select count(*) as n from mart.workload", ACTOR)["n"][0] for _ in range(2)
            )
            (told,) = snapshot.ask_sql("select id from meta.snapshot", ACTOR)["id"].to_list()
            if first != second or told != snapshot.id or first not in (0, 3):
                faults.append(f"{first} {second} {told} {snapshot.id}")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    dropped(settings, work(tmp_path))
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert door.snapshot().ask_sql("select count(*) as n from mart.workload", ACTOR)["n"].to_list() == [3]  # type: ignore[union-attr]


@dataclass(frozen=True)
class Outlived:
    """A snapshot in use, files asked for of it, and the two that followed, after which no more than two are kept."""

    settings: Settings
    held: Snapshot
    files: list[Callable[[], bytes]]
    second: str | None
    third: str | None


@pytest.fixture(scope="module")
def outlived(tmp_path_factory: pytest.TempPathFactory) -> Outlived:
    """The clock had run ahead when the first was made, and was set right."""
    folder = tmp_path_factory.mktemp("outlived")
    settings = stocked(folder, keep_snapshots=2)
    held = current(settings)
    files: list[Callable[[], bytes]] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(show.st, "download_button", lambda *_, data, **__: files.append(data))
        seen = visit.Visit(SCREEN["saturation"], ACTOR, held, "zh")
        rows = held.ask_sql("select period, volume::double as volume from mart.workload order by row_id", ACTOR)
        show.downloads(seen, rows, {"period": "统计期", "volume": "工作量"}, "表", "工作量")
        patched.setattr(publish, "now", lambda: now() - timedelta(days=400))
        second = dropped(settings, work(folder, [line.replace("2024-", "2025-") for line in WORK], "新.csv"))
        third = rebuild(settings, ACTOR)
    return Outlived(settings, held, files, second.snapshot_id, third.snapshot_id)


def test_a_snapshot_in_use_outlives_those_that_follow(outlived: Outlived) -> None:
    settings, held = outlived.settings, outlived.held
    assert not (settings.home / "snapshots" / f"{held.id}.duckdb").exists()
    assert held.ask_sql("select count(*) as n from mart.workload", ACTOR)["n"].to_list() == [3]
    assert current(settings).id != held.id


def test_snapshots_follow_each_other_as_they_were_made_whatever_the_clock_says(outlived: Outlived) -> None:
    door = Door(outlived.settings)
    assert door.current_id() == outlived.third
    newest, older = door.kept()
    assert (newest.id, older.id) == (outlived.third, outlived.second)
    assert newest.built_at < outlived.held.built_at
    assert (newest.until, older.until) == (None, newest.built_at)
    assert door.of(older).ask_sql("select count(*) as n from mart.workload", ACTOR)["n"].to_list() == [6]
    held = door.snapshot(newest.built_at.date())
    assert held is not None
    assert held.id == outlived.third
    door.close()


def test_a_file_asked_for_before_a_new_snapshot_is_whole_and_of_the_old_one(outlived: Outlived) -> None:
    assert not (outlived.settings.home / "snapshots" / f"{outlived.held.id}.duckdb").exists()
    text, book = (make() for make in outlived.files)
    first, head, *lines = text.decode("utf-8-sig").splitlines()
    assert outlived.held.id in first
    assert head == "统计期,工作量"
    assert [line.split(",")[0] for line in lines] == ["2024-01", "2024-02", "2024-01"]
    sheet = openpyxl.load_workbook(io.BytesIO(book))["数据"]
    assert [row[0] for row in sheet.iter_rows(values_only=True)][-3:] == ["2024-01", "2024-02", "2024-01"]


def test_a_store_with_nothing_in_it_has_no_snapshot(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    assert Door(settings).snapshot() is None
    assert Door(settings).current_id() is None
    assert not settings.home.exists()


def test_what_was_found_in_the_operations_store_stands_until_somebody_commits(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    door = Door(settings)
    looks: list[int] = []

    def look() -> int:
        looks.append(len(looks))
        return len(looks)

    try:
        assert [door.while_unchanged("a", look), door.while_unchanged("a", look)] == [1, 1]
        assert door.while_unchanged("b", look) == 2
        undo(1, settings, local_actor())
        assert [door.while_unchanged("a", look), door.while_unchanged("a", look)] == [3, 3]
        empty = Door(settings_at(tmp_path / "nothing"))
        assert [empty.while_unchanged("a", look), empty.while_unchanged("a", look)] == [4, 5]
    finally:
        door.close()


def test_many_sessions_ask_at_once_for_more_than_is_kept(tmp_path: Path) -> None:
    door = Door(stocked(tmp_path))
    try:
        asked = [at % (2 * LOOKS) for at in range(4_000)]
        with ThreadPoolExecutor(8) as sessions:
            found = list(sessions.map(lambda at: door.while_unchanged(f"look {at}", lambda: at), asked))
        assert found == asked
    finally:
        door.close()


@pytest.mark.closes
def test_a_snapshot_of_before_rows_were_read_where_they_lie_opens_too(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    with duckdb.connect(str(current(settings).path)) as con:
        con.execute("drop table meta.row_view")
    snapshot = current(settings)
    assert snapshot.ask("units", ACTOR).height == 2
    with pytest.raises(StoreError):
        seen(snapshot, ACTOR, "workload")


@pytest.mark.closes
def test_a_snapshot_is_opened_while_another_thread_is_just_closing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path, with_work=False)
    close, closing = instance._close, threading.Event()

    def slowly(*of: Any) -> None:
        closing.set()
        time.sleep(0.5)
        close(*of)

    monkeypatch.setattr(instance, "_close", slowly)
    # A door of its own: with it goes the last who held the file.
    first = threading.Thread(target=asked_now, args=("units", settings, ACTOR))
    first.start()
    assert closing.wait(10)
    assert asked_now("units", settings, ACTOR) is not None
    first.join()
