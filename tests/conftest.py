"""What several tests stand on: the sample loaded once, and a free port."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner

from panorama.access.actor import local_actor
from panorama.errors import PanoramaError
from panorama.intake import child, nursery
from panorama.sample import write_sample
from panorama.settings import Settings
from panorama.store import audit, database, instance, operations
from panorama.store.audit import write_waiting
from panorama.store.database import Database
from panorama.store.drops import load
from panorama.store.home import Home
from panorama.store.instance import Instance
from tests import stock
from tests.browser import Chromium, serving, unused_port
from tests.builds import Begun, begun_alike
from tests.postgres import drop_databases, fresh_database

# How fast examples are made tells how busy the machine is, and not whether the program is right.
hypothesis.settings.register_profile(
    "any machine", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None
)
hypothesis.settings.load_profile("any machine")

# As in a server: to look through all modules for what nobody holds takes longer than what it finds is worth.
gc.set_threshold(50_000)

# A server looks once which installed packages bring components, and AppTest at each page's first run: five sixths of its time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

LONG = (
    "test_setup.py", "test_browser.py", "test_large.py", "test_windows.py", "test_store.py", "test_steps.py",
    "test_application_store.py", "test_crash.py", "test_trace_browser.py", "test_oidc_browser.py", "test_ledger_kinds.py",
    "test_ledger_files.py", "test_links.py", "test_inbox.py", "test_issue_store.py", "test_evidence_files.py",
)  # fmt: skip
"""Files that take longest: they begin first, so that no worker is left alone with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The folders of all processes of `make test` lie in one of the run."""
    own = tmp_path_factory.getbasetemp()
    stock.shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(_shared: None) -> Iterator[None]:
    """A new store's records in SQLite are a copy of those that were migrated once: to be migrated takes longer than most tests."""
    migrate = operations.migrate

    def make(folder: Path) -> None:
        database = Database(Home(folder))
        migrate(database)
        database.close()

    def copy(database: Database) -> None:
        if database.url is not None or database.migration() is not None:
            migrate(database)
            return
        made = Home(stock.made_once("migrated", make)).operations
        with closing(sqlite3.connect(made)) as empty, database.writing.connect() as connection:
            empty.backup(connection.connection.driver_connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "migrate", copy)
        yield


@pytest.fixture(scope="session", autouse=True)
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    with begun_alike(tmp_path_factory.mktemp("begun")) as begun:
        yield begun


@pytest.fixture(autouse=True)
def _from_nothing(request: pytest.FixtureRequest, begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    """In tests that are marked so, builds begin as they would in the program alone."""
    if request.node.get_closest_marker("from_nothing") is not None:
        monkeypatch.setattr(begun, "nearest", begun.own)


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pilot sample as files."""
    out = tmp_path_factory.mktemp("sample")
    write_sample(out, "pilot", seed=7)
    return out


@pytest.fixture(scope="session")
def sample_home(sample_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the pilot sample in it. Read only: a test that changes it takes a copy.

    Each process has one of its own: that somebody looked at it is written into it.
    """
    made = stock.made_once(
        "sample", lambda folder: load([sample_files], Settings(home=folder / "store"), local_actor())
    )
    return Path(shutil.copytree(made / "store", tmp_path_factory.mktemp("sample") / "store"))


@pytest.fixture(scope="session")
def home_of_two_states(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Likewise, the sample and a drop more: two states to look at."""

    def make(folder: Path) -> None:
        shutil.copytree(sample_home, folder / "store")
        rows = ["2026-06-30,市教育局,行政编制,97,99", "2025-12-31,市教育局,事业编制,1,2"]
        head = "统计日期,机构名称,编制类型,核定编制数,实有人数"
        stock.dropped(stock.settings_at(folder), stock.write(folder / "补充台账.csv", head, rows))

    made = stock.made_once("sample of two states", make)
    return Path(shutil.copytree(made / "store", tmp_path_factory.mktemp("two-states") / "store"))


@pytest.fixture(autouse=True)
def _written() -> Iterator[None]:
    """What a test looked at is on the disk when the next one begins: nobody writes into a store while it is copied."""
    yield
    with suppress(PanoramaError):
        write_waiting()
    # What could not be written waits for a disk or a database that is gone: it would be tried again until the run ends.
    for waiting in audit._waiting.values():
        waiting._lines.clear()
    audit._waiting.clear()
    drop_databases()


@pytest.fixture(autouse=True)
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Snapshots, and records in SQLite, stay open until the test ends, as a server holds them: each of many commands would
    open them anew.

    Not in tests that are marked `closes`: what they are about is how either is opened, closed, changed or damaged.
    """
    if request.node.get_closest_marker("closes") is not None:
        yield
        return
    opened: list[Instance] = []
    engines: set[Engine] = set()
    sqlite = database._sqlite

    def holding(path: Path, settings: Settings) -> Instance:
        opened.append(Instance(path, settings))
        return opened[-1]

    def used(path: Path) -> Engine:
        engine = sqlite(path)
        if engine not in engines:
            engines.add(engine)
            database._enter(engine)
        return engine

    monkeypatch.setattr(instance, "Instance", holding)
    monkeypatch.setattr(database, "_sqlite", used)
    yield
    for engine in engines:
        database._leave(engine)


@pytest.fixture(autouse=True)
def opened_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are opened in this process: a child of its own for each of thousands takes longer than most of them take to read.

    Not in tests that are marked `children`: what they are about is what a child may do, how it ends, and that it does the same.
    """
    if request.node.get_closest_marker("children") is not None:
        return

    def run(folder: Path, seconds: int, password: str | None = None) -> int:
        with suppress(Exception):
            return child.main(folder, password)
        return 1

    monkeypatch.setattr(child, "_limit", lambda memory_mib, seconds: None)
    monkeypatch.setattr(nursery, "run", run)
    monkeypatch.setattr(nursery, "ready", lambda count: None)


@pytest.fixture(name="database", params=["sqlite", "postgresql"])
def _database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The operations store of this test, once in each database that it may be in: modules on it use this for all tests."""
    if request.param == "postgresql":
        monkeypatch.setenv("PANORAMA_DATABASE_URL", fresh_database())
    return str(request.param)


@pytest.fixture
def free_port() -> int:
    return unused_port()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    opened = Chromium()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    with chromium.lent() as lent:
        yield lent


@pytest.fixture(scope="module")
def address(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a copy of the sample's store."""
    home = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(sample_home, home)
    with serving(home) as found:
        yield found
