"""The database under the operations store: SQLite in the store's folder, or PostgreSQL where its address is set.

What differs between the two stands here: how transactions begin, how a change by somebody else is seen, what faults mean.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from panorama.errors import Conflict, StoreError
from panorama.store.home import Home

WAIT_SECONDS: Final = 30
"""So long a command waits for another one to end."""
_WRITERS: Final = 0x70616E6F72616D61
"""The lock that commands take in PostgreSQL, one after the other as in SQLite: events are one chain."""


class Database:
    """Where the operations store of a home is kept."""

    def __init__(self, home: Home) -> None:
        """Raises StoreError for an address that is none of PostgreSQL."""
        self.path = home.operations
        self.url = None if home.database is None else _address(home.database)
        # One engine an address and process: what statements compiled to outlives the command. Whoever closes last lets its
        # connections go: let go of while others use some, those would come back to a pool that nobody closes any more.
        self.engine = _sqlite(self.path.absolute()) if self.url is None else _postgresql(self.url)
        _enter(self.engine)
        self._leave = weakref.finalize(self, _leave, self.engine)
        # Without the password: it stands in sentences.
        self.name = str(self.path) if self.url is None else self.url.render_as_string(hide_password=True)
        self.looking = self.engine if self.url is None else self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )  # fmt: skip
        """For looks: everything a session reads is of one moment."""
        self.writing = self.engine.execution_options(panorama_write=True)
        """For commands: they take the right to write at once, so that none fails half-way for having read too early."""
        self._lock = Lock()
        self._file: sqlite3.Connection | None = None
        self._server: Connection | None = None

    def migration(self) -> str | None:
        """The migration that the database is at; null for an empty one."""
        known = "select 1 from sqlite_master where name = 'alembic_version'"
        if self.url is not None:
            known = "select to_regclass('alembic_version')"
        with self.engine.connect() as connection:
            if connection.execute(text(known)).scalar() is None:
                return None
            return connection.execute(text("select version_num from alembic_version")).scalar()

    def version(self) -> object:
        """Another value after every commit, by whatever process; raises StoreError when the database cannot be asked."""
        with self.told(), self._lock:
            return self._sqlite_version() if self.url is None else self._postgresql_version()

    def _sqlite_version(self) -> int:
        if self._file is None:
            # Of its own, for the number tells of the commits of others only: nothing is ever written by this one.
            self._file = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])

    def _postgresql_version(self) -> str:
        """Which transactions a look would see: two looks that would see the same ones see the same rows."""
        if self._server is None:
            self._server = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            return str(self._server.execute(text("select pg_current_snapshot()::text")).scalar())
        except SQLAlchemyError:
            # The server was away: the next look connects anew.
            self._server.invalidate()
            self._server.close()
            self._server = None
            raise

    def close(self) -> None:
        for held in (self._file, self._server):
            if held is not None:
                held.close()
        self._file = self._server = None
        self._leave()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turns what the database may answer into a sentence."""
        try:
            yield
        except StaleDataError as fault:
            raise Conflict(
                "这条记录刚被他人修改，您的操作没有执行。请看过最新情况再办。",
                "Somebody changed this just now: your command was not done. Look at the newest state, then decide.",
            ) from fault
        except OperationalError as fault:
            raise self._sentence(str(fault.orig)) from fault
        except sqlite3.Error as fault:
            raise self._sentence(str(fault)) from fault
        except SQLAlchemyError as fault:
            raise StoreError(
                f"数据库 {self.name} 可能已损坏：{fault}。请用备份恢复。",
                f"{self.name} may be damaged: {fault}. Restore it from a backup.",
            ) from fault

    def _sentence(self, reason: str) -> StoreError:
        name = self.name
        if "full" in reason or "No space left" in reason:
            return StoreError(
                f"磁盘空间不足，写不进 {name}。数据没有变化；请清出空间后再试。",
                f"The disk is full: {name} cannot be written. Nothing has changed; free some space and try again.",
            )
        if "locked" in reason or "lock timeout" in reason:
            return StoreError(
                f"数据库 {name} 正被另一个程序占用。请稍后再试。",
                f"{name} is held by another program. Try again later.",
            )
        if self.url is not None:
            line = reason.strip().splitlines()[0] if reason.strip() else ""
            return StoreError(
                f"连不上数据库 {name}（{line}）。请检查数据库是否在运行、PANORAMA_DATABASE_URL 是否正确；数据没有变化。",
                f"{name} cannot be reached ({line}). Is it running, and is PANORAMA_DATABASE_URL right? Nothing has changed.",
            )
        if "readonly" in reason or "unable to open" in reason:
            return StoreError(
                f"没有权限写 {name}。请检查文件夹的权限，或用 --home 指定别的位置。",
                f"{name} may not be written. Check its permissions, or name another place with --home.",
            )
        return StoreError(
            f"数据库 {name} 打不开或已损坏（{reason}）。请用备份恢复。",
            f"{name} cannot be opened or is damaged ({reason}). Restore it from a backup.",
        )


_users: Counter[Engine] = Counter()
"""How many databases of this process use each engine."""
# The collector may close one while another is being opened, in the same thread.
_counting: Final = RLock()


def _enter(engine: Engine) -> None:
    with _counting:
        _users[engine] += 1


def _leave(engine: Engine) -> None:
    with _counting:
        _users[engine] -= 1
        if not _users[engine]:
            del _users[engine]
            engine.dispose()


def _address(written: str) -> URL:
    try:
        url = make_url(written)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        raise StoreError(
            "PANORAMA_DATABASE_URL 要写成 postgresql://用户:密码@主机:端口/数据库；不设则用本地 SQLite。",
            "PANORAMA_DATABASE_URL is written postgresql://user:password@host:port/database; unset, SQLite is used.",
        )
    return url.set(drivername="postgresql+psycopg")


@lru_cache(maxsize=32)
def _sqlite(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver must not open transactions by itself: `begin` below says how they begin.
        connection.isolation_level = None
        waiting = f"busy_timeout = {WAIT_SECONDS * 1000}"
        for setting in (waiting, "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("panorama_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@lru_cache(maxsize=32)
def _postgresql(url: URL) -> Engine:
    # A connection that the server closed meanwhile is replaced before it is used.
    engine = create_engine(
        url, pool_pre_ping=True, connect_args={"connect_timeout": 10, "application_name": "panorama"}
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("panorama_write", False):
            connection.exec_driver_sql(f"set local lock_timeout = '{WAIT_SECONDS}s'")
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({_WRITERS})")

    return engine
