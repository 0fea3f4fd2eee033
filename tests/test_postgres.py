"""The operations store in PostgreSQL: the same records, and never those of another store."""

from __future__ import annotations

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.errors import StoreError
from panorama.issues.commands import Triage
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.caseload import listed, story
from panorama.store.database import Database
from panorama.store.door import Door
from panorama.store.drops import load, undo
from panorama.store.home import Home
from panorama.store.issues import register
from panorama.store.move import move
from panorama.store.operations import Operations, append
from panorama.store.verify import verify
from tests.postgres import empty_database, fresh_database
from tests.stock import copied, current, settings_at, stocked, units, work
from tests.test_issue_store import do, draft, kept

ACTOR = local_actor()


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database, named as an administrator names it."""
    found = empty_database()
    monkeypatch.setenv("PANORAMA_DATABASE_URL", found)
    return found


def test_a_new_store_is_made_loaded_undone_and_whole(tmp_path: Path, url: str) -> None:
    settings = settings_at(tmp_path)
    load([units(tmp_path)], settings, ACTOR)
    report = load([work(tmp_path)], settings, ACTOR)
    first = current(settings).id
    undo(report.drop_id or 0, settings, ACTOR)
    assert current(settings).id != first
    assert verify(settings).broken is None
    assert not Home.of(settings).operations.exists(), "nothing is kept beside the database"
    assert [one.id for one in Door(settings).kept()][-1] != first


def test_the_migrations_make_the_tables_that_the_program_knows(tmp_path: Path, url: str) -> None:
    Operations(Home.of(settings_at(tmp_path))).close()
    database = Database(Home(tmp_path, url))
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.Table.metadata) == []
    database.close()


def test_who_closes_first_leaves_no_connection_behind_of_those_still_at_work(tmp_path: Path, url: str) -> None:
    home = Home(tmp_path, url)
    looker = psycopg.connect(url, autocommit=True)
    gc.disable()
    try:
        for _ in range(5):
            first, second = Database(home), Database(home)
            with second.engine.connect() as connection:
                first.close()
                connection.execute(text("select 1"))
            second.close()
            second.close()
        # What the server still tells of is on its way out; what was left behind stays.
        for _ in range(100):
            ((left,),) = looker.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            ).fetchall()
            if not left:
                break
            time.sleep(0.05)
        assert left == 0
    finally:
        gc.enable()
        looker.close()


def test_records_are_taken_over_whole_and_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = stocked(tmp_path)
    issue_id = register(draft(), "one", settings, ACTOR)
    do(settings, issue_id, Triage(issue_class="A", reason="属单位职责"))
    before, told, snapshot = kept(settings, issue_id), story(issue_id, settings, ACTOR), current(settings).id
    monkeypatch.setenv("PANORAMA_DATABASE_URL", empty_database())
    there = settings_at(tmp_path)
    with pytest.raises(StoreError, match="panorama move"):
        Operations(Home.of(there))
    assert move(there) > 10
    assert (kept(there, issue_id), story(issue_id, there, ACTOR), current(there).id) == (before, told, snapshot)
    assert verify(there).broken is None
    assert register(draft(title="又一件"), "two", there, ACTOR) == issue_id + 1, (
        "numbers go on after those that came along"
    )
    load([work(tmp_path, ("天津市教育局,办公室,文书,收文,2024-03,业务系统,9",), "三月.csv")], there, ACTOR)
    assert verify(there).broken is None
    monkeypatch.delenv("PANORAMA_DATABASE_URL")
    with pytest.raises(StoreError, match="PANORAMA_DATABASE_URL"):
        Operations(Home.of(settings_at(tmp_path)))


def test_no_records_are_moved_onto_others_nor_from_nowhere(tmp_path: Path, url: str) -> None:
    one, other = settings_at(tmp_path / "one"), settings_at(tmp_path / "other")
    Operations(Home.of(one)).close()
    copied(stocked(tmp_path / "stock", database_url=None), tmp_path / "third", database_url=None)
    with pytest.raises(StoreError, match="no records"):
        move(other)
    with pytest.raises(StoreError, match="holds a store already"):
        move(Settings(home=tmp_path / "third" / "store"))
    assert Home.of(Settings(home=tmp_path / "third" / "store", database_url=None)).operations.exists()


def test_a_database_in_use_lets_no_other_folder_in(tmp_path: Path, url: str) -> None:
    stocked(tmp_path / "one", with_work=False)
    with pytest.raises(StoreError, match="another folder"):
        Operations(Home.of(settings_at(tmp_path / "other")))


def test_a_folder_lets_no_other_database_in(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked(tmp_path, with_work=False)
    monkeypatch.setenv("PANORAMA_DATABASE_URL", fresh_database())
    with pytest.raises(StoreError, match="another folder"):
        Operations(Home.of(settings_at(tmp_path)))


def test_a_crash_between_database_and_folder_is_mended_by_the_next_start(tmp_path: Path, url: str) -> None:
    home = Home.of(settings_at(tmp_path))
    Operations(home).close()
    home.mark.unlink()
    again = Home(tmp_path / "." / "store", url + "?application_name=again")
    Operations(again).close()
    assert again.mark.exists()


def test_who_looks_sees_one_moment_and_may_not_write(tmp_path: Path, url: str) -> None:
    operations = Operations(Home.of(settings_at(tmp_path)))
    with operations.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Event)) == 0
        with operations.changing() as other:
            append(other, ACTOR, "drop.load", {})
        assert session.scalar(select(func.count()).select_from(tables.Event)) == 0
    with pytest.raises(StoreError), operations.reading() as session:
        session.execute(text("delete from event"))
    operations.close()


def test_the_version_changes_with_every_commit_and_with_nothing_else(tmp_path: Path, url: str) -> None:
    one, other = (Operations(Home.of(settings_at(tmp_path))) for _ in range(2))
    seen = one.version()
    with other.reading() as session:
        session.scalars(select(tables.Event)).all()
    assert one.version() == seen
    with other.changing() as session:
        append(session, ACTOR, "drop.load", {})
        flushed = one.version()
    assert one.version() not in (seen, flushed), "a look during a change never stands for one after it"
    one.close()
    other.close()


def test_events_of_eight_writers_are_one_chain(tmp_path: Path, url: str) -> None:
    settings = settings_at(tmp_path)
    Operations(Home.of(settings)).close()

    def write(at: int) -> None:
        operations = Operations(Home.of(settings))
        for n in range(10):
            with operations.changing() as session:
                append(session, ACTOR, "drop.load", {"at": at, "n": n})
        operations.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    verdict = verify(settings)
    assert (verdict.events, verdict.broken) == (80, None)


@pytest.mark.parametrize(
    "written", ["mysql://a@b/c", "postgresql://", "not an address", "sqlite:///x.db", "postgresql://127.0.0.1"]
)
def test_an_address_that_is_none_is_told_in_one_sentence(tmp_path: Path, written: str) -> None:
    with pytest.raises(StoreError, match="postgresql://user:password@host:port/database"):
        Operations(Home(tmp_path / "store", written))


def test_a_server_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as told:
        Operations(Home(tmp_path / "store", "postgresql://clerk:geheim@127.0.0.1:9/panorama"))
    assert "127.0.0.1:9/panorama" in told.value.text.en
    assert "geheim" not in f"{told.value.text.zh}{told.value.text.en}"


def test_pages_follow_what_others_decide(tmp_path: Path, url: str) -> None:
    settings = stocked(tmp_path, with_work=False)
    door = Door(settings)
    assert door.while_unchanged("open", lambda: listed(settings, ACTOR, today()).height) == 0
    issue_id = register(draft(), "one", settings, ACTOR)
    assert door.while_unchanged("open", lambda: listed(settings, ACTOR, today()).height) == 1
    do(settings, issue_id, Triage(issue_class="A", reason="属单位职责"))
    assert kept(settings, issue_id).issue_no
    door.close()
