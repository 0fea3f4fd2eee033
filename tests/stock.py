"""A small stock of files to drop: two units, their workload, and what may go wrong with them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from threading import Barrier

from sqlalchemy import select, text
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.door import Door, Snapshot
from panorama.store.drops import load
from panorama.store.home import Home
from panorama.store.move import move
from panorama.store.operations import GENESIS, Operations
from panorama.store.report import DropReport
from tests.postgres import fresh_database, keep, made_again

UNIT_HEAD = "机构编码,单位名称,简称,单位类别,行政层级,机构规格,机构状态,有效起始,撤销日期,承接单位"
WORK_HEAD = "单位名称,内设机构,岗位,事项,统计期,数据来源,工作量"
UNITS = (
    "001,天津市教育局,市教育局,政府部门,市级,正局级,,,,",
    "002,天津市生态环境局,市生态环境局,政府部门,市级,正局级,,,,",
)
WORK = (
    "天津市教育局,办公室,文书,收文,2024-01,业务系统,3",
    "天津市教育局,办公室,文书,收文,2024-02,业务系统,4",
    "天津市生态环境局,办公室,,收文,2024-01,业务系统,5",
)

NOTHING_READ: dict[str, list[object]] = {
    f"now_{name}": [] for name in ("units", "themes", "years", "families", "verdicts")
}
"""What questions that count contradictions are told of the ledger and applications where there are none."""


def write(path: Path, head: str, rows: Sequence[str]) -> Path:
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def units(folder: Path, rows: Sequence[str] = UNITS, name: str = "单位.csv") -> Path:
    return write(folder / name, UNIT_HEAD, rows)


def work(folder: Path, rows: Sequence[str] = WORK, name: str = "工作量.csv") -> Path:
    return write(folder / name, WORK_HEAD, rows)


def settings_at(folder: Path, **more: object) -> Settings:
    return Settings(home=folder / "store", **more)


def dropped(settings: Settings, *paths: Path) -> DropReport:
    return load(paths, settings, local_actor())


shared = Path()
"""A folder of the processes of one run of the tests, for what each of them would else make alike; conftest says which."""


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, filled by whichever process of the run asks first; nobody changes it afterwards."""
    place = shared / name
    with (shared / f"{name}.lock").open("a") as lock:
        # The system lets go of it when a process dies; what that one had half made lies aside, and nobody takes it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            aside = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shared))
            make(aside)
            aside.rename(place)
    return place


def stocked(folder: Path, with_work: bool = True, **more: object) -> Settings:
    """A store that has the units, and their workload, as drop 1. Built once and copied: loading takes a second."""
    return after(folder, ("units", "work") if with_work else ("units",), **more)


def after(folder: Path, *drops: tuple[str, ...], **more: object) -> Settings:
    """A store after these drops of "units" and "work"; likewise built once and copied."""
    return copied(_built(drops)[0], folder, **more)


def report_of(*drops: tuple[str, ...]) -> DropReport:
    """What was said when the last of these drops was loaded."""
    return _built(drops)[1]


def copied(made: Settings, folder: Path, **more: object) -> Settings:
    """A store of its own that holds all that stands in `made`, in the database of this test."""
    settings = settings_at(folder, **more)
    shutil.copytree(made.home, settings.home)
    if Home.of(settings).database is not None:
        _move(settings)
    return settings


def _move(settings: Settings) -> None:
    """Take the records to the database of this test: once by the program, and the same ones again by a copy of that."""
    home = Home.of(settings)
    files = [home.operations.with_name(home.operations.name + end) for end in ("", "-wal")]
    records = hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()
    if not made_again(str(home.database), records):
        move(settings)
        _marks[records] = home.mark.read_text(encoding="ascii")
        keep(str(home.database), records)
        return
    for end in ("", "-wal", "-shm"):
        home.operations.with_name(home.operations.name + end).unlink(missing_ok=True)
    home.mark.write_text(_marks[records], encoding="ascii")


_marks: dict[str, str] = {}
"""By which each store knows its database."""


def elsewhere(folder: Path) -> Settings:
    """A second store of a test that has the units, in a database of its own of the same kind."""
    url = fresh_database() if Settings(home=folder).database_url is not None else None
    return stocked(folder / "there", with_work=False, database_url=url)


_REPORT = "report.json"


@cache
def _built(drops: tuple[tuple[str, ...], ...]) -> tuple[Settings, DropReport]:
    place = made_once(" ".join("+".join(drop) for drop in drops), partial(_build, drops))
    return settings_at(place, database_url=None), DropReport.model_validate_json((place / _REPORT).read_text("utf-8"))


def _build(drops: tuple[tuple[str, ...], ...], folder: Path) -> None:
    *earlier, last = drops
    made = {"database_url": None}
    settings = copied(_built(tuple(earlier))[0], folder, **made) if earlier else settings_at(folder, **made)
    files = {"units": units(folder), "work": work(folder)}
    report = dropped(settings, *(files[name] for name in last))
    (folder / _REPORT).write_text(report.model_dump_json(), "utf-8")


def current(settings: Settings) -> Snapshot:
    snapshot = Door(settings).snapshot()
    assert snapshot is not None
    return snapshot


def without_roles(settings: Settings) -> None:
    """Make the store as a program of migration 0012 left it: events without a role, and their hashes."""
    operations = Operations(Home.of(settings))
    with operations.changing() as session:
        before = GENESIS
        for event in session.scalars(select(tables.Event).order_by(tables.Event.seq)):
            told = [
                event.seq,
                event.at.isoformat(timespec="microseconds"),
                event.actor,
                event.kind,
                event.payload,
                before,
            ]
            told += [event.subject, event.key] if event.subject or event.key else []
            event.prev_hash = before
            before = event.hash = hashlib.sha256(
                json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
            ).hexdigest()
        session.flush()
        session.execute(text("alter table event drop column role"))
        session.execute(text("update alembic_version set version_num = '0012'"))
    operations.close()


def answer(settings: Settings, sql: str, actor: Actor | None = None) -> list[tuple[object, ...]]:
    """Rows of a query on the current snapshot."""
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        assert snapshot is not None
        return snapshot.ask_sql(sql, actor or local_actor()).rows()
    finally:
        door.close()


def titles(app: AppTest) -> list[str]:
    """The titles of a page's parts, in order."""
    return [part.value[4:].partition("\n")[0] for part in app.markdown if part.value.startswith("### ")]


def at_once(act: Callable[[], int], times: int = 6) -> list[int]:
    """What this answers when it is asked so often in the same moment: a triple click in two tabs."""
    ready = Barrier(times)

    def press(_: int) -> int:
        ready.wait()
        return act()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(press, range(times)))


def events(settings: Settings, kind: str) -> int:
    """How often the log tells of this."""
    operations = Operations(Home.of(settings))
    try:
        with operations.reading() as session:
            return int(session.query(tables.Event).filter_by(kind=kind).count())
    finally:
        operations.close()


VOLUME = "select cast(sum(volume) as double) from mart.workload"
