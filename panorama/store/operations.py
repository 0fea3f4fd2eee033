"""The operations store: what people did and decided. SQLite in WAL mode, every commit on the disk before it is said."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from panorama.access.actor import Actor
from panorama.errors import Conflict, StoreError
from panorama.store.clock import now
from panorama.store.home import Home
from panorama.store.tables import Event

HEAD: Final = "0007"
"""The newest migration. A test holds it to the migrations folder."""

GENESIS: Final = "0" * 64


class Operations:
    """One store's tables. `reading()` for looks, `changing()` for commands: one transaction that takes the write lock at once."""

    def __init__(self, home: Home) -> None:
        """Opens the store, making or migrating it. Raises StoreError when it is damaged or newer than this program."""
        home.prepare()
        self.path = home.operations
        self._engine = _engine(self.path)
        self._lock = Lock()
        self._watch: sqlite3.Connection | None = None
        with _told(self.path):
            if _version(self._engine) != HEAD:
                with home.lock():
                    _migrate(self._engine, self.path)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with _told(self.path), Session(self._engine) as session:
            yield session

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """All of it is committed at the end, or, on any fault, nothing."""
        with (
            _told(self.path),
            Session(self._engine.execution_options(panorama_write=True), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def version(self) -> int:
        """Another number after every commit, by whatever process: what was read is as it stands while this is the same.

        A hundredth of what a look costs. Ask for it before the look that it is to stand for.
        """
        with _told(self.path), self._lock:
            if self._watch is None:
                # Of its own, for the number tells of the commits of others only: nothing is ever written by this one.
                self._watch = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            try:
                return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as fault:
                raise _sentence(self.path, str(fault)) from fault

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._engine.dispose()


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
        seq=seq, at=now(), actor=actor.name, kind=kind, payload=payload, prev_hash=before, subject=subject, key=key
    )
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
    return hashlib.sha256(json.dumps(written, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver must not open transactions by itself: `begin` below says how they begin.
        connection.isolation_level = None
        for setting in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A command takes the write lock at once, so that it never fails half-way for having read too early.
        write = connection.get_execution_options().get("panorama_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not connection.execute(text("select 1 from sqlite_master where name = 'alembic_version'")).first():
            return None
        return connection.execute(text("select version_num from alembic_version")).scalar()


def _migrate(engine: Engine, path: Path) -> None:
    found = _version(engine)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise StoreError(
            f"数据库 {path} 由更新版本的程序写成（{found}，本程序 {HEAD}）。请升级程序后再打开。",
            f"{path} was written by a newer program ({found}; this one knows {HEAD}). Upgrade the program to open it.",
        )
    # Needed once in the life of a store; every start would pay for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.execution_options(panorama_write=True).connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        connection.commit()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns what SQLite may answer into a sentence."""
    try:
        yield
    except StaleDataError as fault:
        raise Conflict(
            "这条记录刚被他人修改，您的操作没有执行。请看过最新情况再办。",
            "Somebody changed this just now: your command was not done. Look at the newest state, then decide.",
        ) from fault
    except OperationalError as fault:
        raise _sentence(path, str(fault.orig)) from fault
    except SQLAlchemyError as fault:
        raise StoreError(
            f"数据库 {path} 可能已损坏：{fault}。请用备份恢复。",
            f"{path} may be damaged: {fault}. Restore it from a backup.",
        ) from fault


def _sentence(path: Path, reason: str) -> StoreError:
    if "full" in reason:
        return StoreError(
            f"磁盘空间不足，写不进 {path}。数据没有变化；请清出空间后再试。",
            f"The disk is full: {path} cannot be written. Nothing has changed; free some space and try again.",
        )
    if "readonly" in reason or "unable to open" in reason:
        return StoreError(
            f"没有权限写 {path}。请检查文件夹的权限，或用 --home 指定别的位置。",
            f"{path} may not be written. Check its permissions, or name another place with --home.",
        )
    if "locked" in reason:
        return StoreError(
            f"数据库 {path} 正被另一个程序占用。请稍后再试。",
            f"{path} is held by another program. Try again later.",
        )
    return StoreError(
        f"数据库 {path} 打不开或已损坏（{reason}）。请用备份恢复。",
        f"{path} cannot be opened or is damaged ({reason}). Restore it from a backup.",
    )
