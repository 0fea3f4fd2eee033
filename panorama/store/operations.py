"""The operations store: what people did and decided. Every commit is on the disk before it is said."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store.clock import now
from panorama.store.database import Database
from panorama.store.home import Home, disk_faults
from panorama.store.tables import Drop, Event, Store

HEAD: Final = "0013"
"""The newest migration. A test holds it to the migrations folder."""

GENESIS: Final = "0" * 64

_paired: set[tuple[Path, str]] = set()
"""Folders and databases that this process saw to belong together."""


class Operations:
    """One store's tables. `reading()` for looks, `changing()` for commands: one transaction that takes the write lock at once.

    `trying()` is a command that is never committed.
    """

    def __init__(self, home: Home) -> None:
        """Opens the store, making or migrating it.

        Raises StoreError when it is damaged, newer than this program, cannot be reached, or belongs to another folder.
        """
        home.prepare()
        self.path = home.operations
        self._database = Database(home)
        if home.database is None:
            _refuse_moved(home)
        with self._database.told():
            if self._database.migration() != HEAD:
                with home.lock():
                    migrate(self._database)
            if home.database is not None:
                _pair(home, self._database)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._database.told(), Session(self._database.looking) as session:
            yield session

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """All of it is committed at the end, or, on any fault, nothing."""
        with (
            self._database.told(),
            Session(self._database.writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def trying(self) -> Iterator[Session]:
        """For a look at what a change would lead to: whatever is written in it is undone at its end."""
        with self._database.told(), Session(self._database.writing) as session:
            yield session
            session.rollback()

    def version(self) -> object:
        """Another value after every commit, by whatever process: what was read is as it stands while this is the same.

        A fraction of what a look costs. Ask for it before the look that it is to stand for.
        """
        return self._database.version()

    def close(self) -> None:
        self._database.close()


@contextmanager
def changing(settings: Settings) -> Iterator[Session]:
    """One transaction: all of it is committed at the end, or nothing."""
    operations = Operations(Home.of(settings))
    try:
        with operations.changing() as session:
            yield session
    finally:
        operations.close()


@contextmanager
def looking(settings: Settings) -> Iterator[Session]:
    """A look at the store as it stands."""
    operations = Operations(Home.of(settings))
    try:
        with operations.reading() as session:
            yield session
    finally:
        operations.close()


@contextmanager
def looking_if_begun(settings: Settings) -> Iterator[Session | None]:
    """Likewise; None while there is no store, which a look shall not make."""
    if not Home.of(settings).exists():
        yield None
        return
    with looking(settings) as session:
        yield session


def append(
    session: Session,
    actor: Actor,
    kind: str,
    payload: dict[str, Any],
    subject: str | None = None,
    key: str | None = None,
) -> None:
    """Add an event to the chain, within the transaction of what it tells of. subject, key: as in the table."""
    last = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).first()
    seq, before = (last.seq + 1, last.hash) if last else (1, GENESIS)
    told = Event(
        seq=seq, at=now(), actor=actor.name, kind=kind, payload=payload, prev_hash=before, subject=subject, key=key,
        role=actor.role,
    )  # fmt: skip
    told.hash = event_hash(told)
    session.add(told)


def event_hash(told: Event) -> str:
    """sha256 over the event in one canonical writing, the hash of the event before included."""
    written: list[Any] = [
        told.seq, told.at.isoformat(timespec="microseconds"), told.actor, told.kind, told.payload, told.prev_hash,
    ]  # fmt: skip
    # Events of before there were issues have neither, and keep their hash.
    if told.subject is not None or told.key is not None:
        written += [told.subject, told.key]
    # Likewise those of before the role was kept.
    if told.role is not None:
        written.append({"role": told.role})
    return hashlib.sha256(json.dumps(written, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def migrate(database: Database) -> None:
    """Bring the tables to HEAD. The caller holds the lock. Raises StoreError for a store of a newer program."""
    found = database.migration()
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise StoreError(
            f"数据库 {database.name} 由更新版本的程序写成（{found}，本程序 {HEAD}）。请升级程序后再打开。",
            f"{database.name} was written by a newer program ({found}; this one knows {HEAD}). Upgrade the program to open it.",
        )
    # Needed once in the life of a store; every start would pay for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with database.writing.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        connection.commit()


def _refuse_moved(home: Home) -> None:
    if home.mark.exists():
        raise StoreError(
            f"{home.root} 的记录在 PostgreSQL 里：请设置 PANORAMA_DATABASE_URL 后再打开。",
            f"The records of {home.root} are in PostgreSQL: set PANORAMA_DATABASE_URL to open it.",
        )


def _pair(home: Home, database: Database) -> None:
    """See that folder and database belong together: the files of one store under the records of another would destroy both."""
    if (home.root, database.name) in _paired:
        return
    with home.lock():
        here = home.mark.read_text(encoding="ascii").strip() if home.mark.exists() else None
        if here is None and home.operations.exists():
            raise StoreError(
                f"{home.root} 的记录还在 {home.operations.name} 里。请先运行 panorama move，把记录搬到 PostgreSQL。",
                f"The records of {home.root} are still in {home.operations.name}: panorama move takes them to PostgreSQL.",
            )
        with Session(database.writing) as session, session.begin():
            there = session.scalar(select(Store.id))
            used = session.scalars(select(Drop.id).limit(1)).first() is not None
            if there is None and here is None:
                there = uuid.uuid4().hex
                session.add(Store(id=there))
        # A mark that a crash kept from being written is written now; to a database in use no other folder is let in.
        if here is None and there is not None and not used:
            here = there
            write_mark(home, here)
    if here != there:
        raise StoreError(
            f"数据库 {database.name} 属于另一个数据目录，不是 {home.root}。请核对 PANORAMA_HOME 和 PANORAMA_DATABASE_URL。",
            f"{database.name} belongs to another folder than {home.root}. Check PANORAMA_HOME and PANORAMA_DATABASE_URL.",
        )
    _paired.add((home.root, database.name))


def write_mark(home: Home, told: str) -> None:
    """Note in the folder which database it belongs to."""
    with disk_faults(home.root):
        home.mark.write_text(told, encoding="ascii")
