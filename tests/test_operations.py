"""The operations store: migrations, durability, and a log that shows every change."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text

import panorama.store
from panorama.access.actor import local_actor
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store.clock import now
from panorama.store.home import Home
from panorama.store.operations import HEAD, Operations, append
from panorama.store.tables import Drop, Event, Table
from panorama.store.verify import verify

ACTOR = local_actor()


def store(folder: Path) -> Operations:
    return Operations(Home.of(Settings(home=folder / "store")))


def drop() -> Drop:
    return Drop(loaded_at=now(), loaded_by="甲", state="live")


def test_the_migrations_make_the_tables_that_the_program_knows(tmp_path: Path) -> None:
    operations = store(tmp_path)
    with create_engine(f"sqlite:///{operations.path}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(panorama.store.__path__[0]) / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_every_commit_is_on_the_disk_before_it_is_said(tmp_path: Path) -> None:
    with store(tmp_path).reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 30000


@pytest.mark.usefixtures("database")
def test_a_store_of_a_newer_program_is_refused_with_a_sentence(tmp_path: Path) -> None:
    operations = store(tmp_path)
    with operations.changing() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match="Upgrade the program"):
        store(tmp_path)


def test_a_store_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    home = Home(tmp_path / "store")
    home.prepare()
    home.operations.write_text("不是数据库" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        Operations(home)


@pytest.mark.usefixtures("database")
def test_a_fault_in_a_command_leaves_nothing_of_it(tmp_path: Path) -> None:
    operations = store(tmp_path)

    def faulty() -> None:
        with operations.changing() as session:
            session.add(drop())
            append(session, ACTOR, "drop.load", {})
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        faulty()
    with operations.reading() as session:
        assert session.scalars(select(Drop)).all() == []
        assert session.scalars(select(Event)).all() == []


def logged(folder: Path) -> Operations:
    operations = store(folder)
    for at in range(5):
        with operations.changing() as session:
            append(session, ACTOR, "drop.load", {"drop": at, "文": "件"})
    return operations


@pytest.mark.usefixtures("database")
def test_an_untouched_log_is_whole(tmp_path: Path) -> None:
    logged(tmp_path)
    verdict = verify(Settings(home=tmp_path / "store"))
    assert verdict.broken is None
    assert verdict.events == 5


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("update event set payload = '{}' where seq = 3", "3"),
        ("update event set actor = 'x' where seq = 2", "2"),
        ("delete from event where seq = 4", "4"),
        ("delete from event where seq = 1", "1"),
        ("update event set seq = case seq when 2 then 30 when 3 then 2 else seq end where seq in (2, 3)", "2"),
        ("update event set hash = upper(hash) where seq = 5", "5"),
    ],
)
def test_a_log_that_was_altered_is_named_at_its_first_break(tmp_path: Path, change: str, named: str) -> None:
    operations = logged(tmp_path)
    with operations.changing() as session:
        session.execute(text(change))
    broken = verify(Settings(home=tmp_path / "store")).broken
    assert broken is not None
    assert named in broken.en


def test_the_version_is_another_one_after_each_commit_of_anybody_and_only_then(tmp_path: Path) -> None:
    watching, same_process = store(tmp_path), store(tmp_path)
    seen = [watching.version(), watching.version()]
    assert len(set(seen)) == 1
    for operations in (same_process, watching):
        with operations.changing() as session:
            session.add(drop())
        seen.append(watching.version())
        assert seen[-1] == watching.version()
    with watching.reading() as session:
        session.scalars(select(Drop)).all()
    assert watching.version() == seen[-1]
    # As another process would: by a connection that the store knows nothing of.
    with sqlite3.connect(watching.path) as other:
        other.execute("update alembic_version set version_num = version_num")
    seen.append(watching.version())
    assert len(set(seen)) == 4


def test_a_lock_that_is_held_makes_others_wait(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock(), pytest.raises(StoreError, match="Another load"), home.lock(wait_seconds=0.2):
        pass
    with home.lock(wait_seconds=0.2):
        pass


@pytest.mark.usefixtures("database")
def test_numbers_of_drops_are_never_used_again(tmp_path: Path) -> None:
    operations = store(tmp_path)
    with operations.changing() as session:
        first = drop()
        session.add(first)
        session.flush()
        number = first.id
        session.delete(first)
    with operations.changing() as session:
        second = drop()
        session.add(second)
        session.flush()
        assert second.id > number
