"""A PostgreSQL cluster of the tests' own: made in a temporary folder, on a free loopback port, gone with the process."""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg
import pytest

from panorama.store.database import Database
from panorama.store.home import Home
from panorama.store.operations import migrate

IN_BOTH = pytest.mark.usefixtures("database")
"""For a test of what the operations store keeps: once in SQLite, once in PostgreSQL.

Of each kind of record those tests bear it that write it, read it back, take it back, keep it over a new snapshot, or do so at
once. The others of their files run in SQLite alone: what they are about (files read, pictures, words, refusals before
anything is written) asks no database, or lies in the folder and in snapshots, which are the same either way.
"""

_NUMBERS = itertools.count(1)
_made: list[str] = []
_kept: dict[str, str] = {}
_FEW = 4
_TEMPLATE = "panorama_template"


def fresh_database() -> str:
    """The address of an empty operations store: a copy of one that was migrated once."""
    return _create(_template(), f"template {_TEMPLATE} strategy file_copy")


def empty_database() -> str:
    """The address of a database in which there is nothing."""
    return _create(_cluster(), "template template0 encoding 'UTF8'")


def keep(url: str, name: str) -> None:
    """Keep what this database holds, under a name, for others that shall hold the same; the last few that were kept."""
    source = _name(url)
    with psycopg.connect(_address(_cluster(), "postgres"), autocommit=True) as connection:
        # No database is copied while somebody is connected to it; whoever was connects anew.
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [source])
        _kept[name] = f"panorama_kept_{next(_NUMBERS)}"
        connection.execute(f"create database {_kept[name]} template {source} strategy file_copy")
        while len(_kept) > _FEW:
            connection.execute(f"drop database {_kept.pop(next(iter(_kept)))} with (force)")


def made_again(url: str, name: str) -> bool:
    """Have this database hold what was kept under the name; false when nothing is."""
    if name not in _kept:
        return False
    with psycopg.connect(_address(_cluster(), "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {_name(url)} with (force)")
        connection.execute(f"create database {_name(url)} template {_kept[name]} strategy file_copy")
    return True


def drop_databases() -> None:
    """End every connection to the databases made so far and remove them.

    A test that leaves a store open would else keep its connections until the collector comes by, and after some hundred
    tests the cluster answers nobody any more.
    """
    if not _made:
        return
    with psycopg.connect(_address(_cluster(), "postgres"), autocommit=True) as connection:
        while _made:
            connection.execute(f"drop database if exists {_made.pop()} with (force)")


def _create(port: int, how: str) -> str:
    name = f"panorama_{next(_NUMBERS)}"
    with psycopg.connect(_address(port, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} {how}")
    _made.append(name)
    return _address(port, name)


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _address(port: int, name: str) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/{name}"


@cache
def _template() -> int:
    port = _cluster()
    with psycopg.connect(_address(port, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {_TEMPLATE}")
    database = Database(Home(Path("nowhere"), _address(port, _TEMPLATE)))
    migrate(database)
    database.close()
    # No database is copied while somebody is connected to it, and tests keep their connections to their end.
    database.engine.dispose()
    return port


@cache
def _cluster() -> int:
    """The port of this process's own cluster."""
    from tests.browser import unused_port

    programs, port = _programs(), unused_port()
    folder = Path(tempfile.mkdtemp(prefix="panorama-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        # The server refuses to run as root.
        owner = _owner()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    _run(
        str(programs / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    )
    options = (
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off -c max_connections=400"
    )
    control = (str(programs / "pg_ctl"), "-D", str(folder / "data"))
    atexit.register(_run, *control, "stop", "-m", "immediate")
    _run(*control, "start", "-w", "-l", str(folder / "log"), "-o", options)
    _until_ready(port)
    return port


def _until_ready(port: int) -> None:
    for _ in range(300):
        try:
            psycopg.connect(_address(port, "postgres")).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL did not come up")


def _run(*command: str) -> None:
    as_owner: dict[str, object] = {}
    if os.geteuid() == 0:
        owner = _owner()
        as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **as_owner)  # type: ignore[call-overload]
    if done.returncode:
        pytest.fail(f"PostgreSQL: {' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")


def _owner() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        pytest.fail(
            "The tests run as root, and PostgreSQL does not: Debian's package postgresql makes the user postgres."
        )


def _programs() -> Path:
    """Where initdb and pg_ctl are, the newest of Debian's first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("initdb")
    if found:
        return found[-1].parent
    if named:
        return Path(named).resolve().parent
    pytest.fail("The tests need PostgreSQL's programs (initdb, pg_ctl): install Debian's package postgresql.")
