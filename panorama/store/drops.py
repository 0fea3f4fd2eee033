"""Drops: files taken in as one, all or nothing; tried out; taken back."""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError
from panorama.intake import nursery
from panorama.intake.grid import Reading
from panorama.intake.mapping import SavedMapping
from panorama.intake.reading import read_file
from panorama.settings import Settings
from panorama.store import part_files, tables
from panorama.store.account import account, none_read, none_to_check, with_alike
from panorama.store.audit import demand
from panorama.store.build import build
from panorama.store.clock import civil, now
from panorama.store.door import Door
from panorama.store.given import Given, given_files
from panorama.store.home import Home, keep_original
from panorama.store.mappings import kept_mappings
from panorama.store.moves import standing
from panorama.store.operations import Operations, append, looking_if_begun
from panorama.store.part_files import parts_of, set_aside, size_of, write
from panorama.store.parts import DropRecord, FileRecord, PartRecord, erase
from panorama.store.publish import State, publish, state_of, sweep
from panorama.store.records import file_row, part_row
from panorama.store.report import DropReport, Said
from panorama.store.rulebook import in_force
from panorama.store.unread import given_again
from panorama.text import Text

Progress = Callable[[int, int, Text], None]
"""Called with steps done, steps in all, and what is done now."""

AT_ONCE: Final = 2
"""Files read at once."""


def load(
    paths: Sequence[Path],
    settings: Settings,
    actor: Actor,
    dataset: str | None = None,
    snapshot_date: date | None = None,
    progress: Progress | None = None,
    names: Mapping[Path, str] | None = None,
    password: str | None = None,
) -> DropReport:
    """Take files, folders or archives of files in as one drop and publish a snapshot with them.

    dataset, snapshot_date: what the person says the sheets are. names: what each path is called in reports (uploads).
    password: opens those that are protected; used and forgotten.
    Files that cannot be read are told of and left out; when none can, nothing happens. Raises StoreError when the store
    cannot be written: then nothing has changed.
    """
    demand("drop.load", settings, actor)
    nursery.warm()
    given = Given(paths, dataset, snapshot_date, names, password)
    with given_files(given, settings) as files:
        return with_alike(_load(files, settings, actor, progress, password), files)


def _load(
    files: Sequence[FileRecord], settings: Settings, actor: Actor, progress: Progress | None, password: str | None
) -> DropReport:
    home = Home.of(settings)
    operations = Operations(home)
    try:
        fresh, known = _sorted_out(operations, files)
        if known:
            with operations.changing() as session:
                given_again(session, known, actor)
        if not fresh:
            return _nothing_new(operations, known)
        with home.reading() as folder:
            readings = _read(fresh, folder, settings, progress, password)
            with home.lock():
                sweep(home, operations, actor)
                # Another load may have brought the same bytes while these were read.
                fresh, known = _sorted_out(operations, fresh)
                if not fresh:
                    return _nothing_new(operations, known)
                kept = [(file, reading) for file, reading in readings if file in fresh]
                return _take_in(home, operations, settings, actor, kept, progress)
    finally:
        operations.close()


def check(
    paths: Sequence[Path],
    settings: Settings,
    actor: Actor,
    dataset: str | None = None,
    snapshot_date: date | None = None,
    progress: Progress | None = None,
    names: Mapping[Path, str] | None = None,
    password: str | None = None,
) -> DropReport:
    """What `load` would do, over the live drops, in a folder that is thrown away. Changes nothing."""
    demand("drop.check", settings, actor)
    with tempfile.TemporaryDirectory(prefix="panorama-check-") as place:
        folder = Path(place)
        with given_files(Given(paths, dataset, snapshot_date, names, password), settings) as files:
            readings = _read(files, folder, settings, progress, password)
        state, drop_id, part_id = _standing_state(settings)
        parts: list[PartRecord] = []
        for _, reading in readings:
            parts += _written(reading, drop_id, part_id + len(parts), folder)
        if all(part.dataset is None for part in parts):
            return with_alike(none_to_check(parts), files)
        state = state.with_drop(DropRecord(drop_id, now(), actor.name, "live"), parts, standing(settings))
        out = folder / "check.duckdb"
        _tell(progress, len(readings), len(readings), Text("核对名称与关键字", "Checking names and keys"))
        plan = replace(state.plan("check", now(), settings), keeps=False)
        build(plan, out, settings.build_memory, in_force(settings))
        return with_alike(account(out, settings, "check", drop_id, None), files)


def _standing_state(settings: Settings) -> tuple[State, int, int]:
    """What is live, and the numbers that a drop and its first part would get."""
    home = Home.of(settings)
    if not home.exists():
        return State(), 1, 1
    operations = Operations(home)
    try:
        with operations.reading() as session:
            drop_id = (session.scalar(select(func.max(tables.Drop.id))) or 0) + 1
            part_id = (session.scalar(select(func.max(tables.Part.id))) or 0) + 1
            return state_of(session, home), drop_id, part_id
    finally:
        operations.close()


def undo(drop_id: int, settings: Settings, actor: Actor) -> DropReport:
    """Take a drop back: kept, marked withdrawn; what it had replaced returns. Raises PanoramaError when it is not live."""
    demand("drop.undo", settings, actor)
    home = Home.of(settings)
    operations = Operations(home)
    try:
        with home.lock():
            sweep(home, operations, actor)
            with operations.reading() as session:
                found = session.get(tables.Drop, drop_id)
                state = state_of(session, home)
            if found is None or found.state != "live":
                raise _no_such_drop(drop_id, found.state if found else None)
            snapshot_id = publish(
                home, operations, settings, actor, state.without(drop_id), "drop.undo", partial(_withdraw, drop_id)
            )
    finally:
        operations.close()
    message = Said(
        zh=f"已撤回批次 {drop_id}，它替换过的数据已恢复", en=f"Drop {drop_id} is taken back; what it replaced is back"
    )
    return DropReport(action="undo", drop_id=drop_id, snapshot_id=snapshot_id, exit_code=0, message=message)


def taken_back(drop_id: int, settings: Settings) -> tuple[str, datetime] | None:
    """By whom a drop was taken back, and when (naive, Asia/Shanghai); None for one that was not."""
    event = tables.Event
    of_drop = event.kind == "drop.undo", event.payload["drop"].as_integer() == drop_id
    with looking_if_begun(settings) as session:
        found = None if session is None else session.scalars(select(event).where(*of_drop)).first()
        return None if found is None else (found.actor, civil(found.at))


def rebuild(settings: Settings, actor: Actor) -> DropReport:
    """Build the snapshot again from what has been taken in, and from nothing else."""
    demand("drop.build", settings, actor)
    home = Home.of(settings)
    operations = Operations(home)
    try:
        with home.lock():
            sweep(home, operations, actor)
            with operations.reading() as session:
                state = replace(state_of(session, home), stands=None)
            snapshot_id = publish(home, operations, settings, actor, state, "build", lambda _: {})
    finally:
        operations.close()
    if snapshot_id is None:
        message = Said(
            zh="还没有装入过数据，没有可生成的快照", en="Nothing has been loaded, so there is nothing to build"
        )
    else:
        message = Said(zh=f"已重新生成快照 {snapshot_id}", en=f"Snapshot {snapshot_id} is built")
    return DropReport(action="build", drop_id=None, snapshot_id=snapshot_id, exit_code=0, message=message)


def drops(settings: Settings) -> pl.DataFrame:
    """Every drop, newest first: drop_id, loaded_at (Asia/Shanghai), loaded_by, state, note, files, rows of sheets.

    Rows are counted as on the pages; of a drop that no snapshot tells of, as intake counted them.
    """
    schema = {
        "drop_id": pl.Int64(), "loaded_at": pl.Datetime("us"), "loaded_by": pl.String(), "state": pl.String(),
        "note": pl.String(), "files": pl.List(pl.String()), "rows_read": pl.Int64(), "rows_accepted": pl.Int64(),
        "rows_rejected": pl.Int64(),
    }  # fmt: skip
    home = Home.of(settings)
    if not home.exists():
        return pl.DataFrame(schema=schema)
    judged = _judged(settings)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            rows = [
                _drop_row(session, drop, judged)
                for drop in session.scalars(select(tables.Drop).order_by(tables.Drop.id.desc()))
            ]
    finally:
        operations.close()
    return pl.DataFrame(rows, schema=schema, orient="row")


def _drop_row(session: Session, drop: tables.Drop, judged: Mapping[int, tuple[int, int, int]]) -> tuple[object, ...]:
    parts = session.scalars(select(tables.Part).where(tables.Part.drop_id == drop.id)).all()
    read = sum(part.rows_read for part in parts)
    by_intake = (read, sum(part.rows_accepted for part in parts), sum(part.rows_refused for part in parts))
    files = list(dict.fromkeys(part.file for part in parts))
    counts = judged.get(drop.id, by_intake)
    return (drop.id, civil(drop.loaded_at), drop.loaded_by, drop.state, drop.note, files, *counts)


def _judged(settings: Settings) -> dict[int, tuple[int, int, int]]:
    """Rows read, accepted and refused by drop, as the current snapshot tells pages: names that wait are refused in it."""
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        if snapshot is None:
            return {}
        rows = snapshot.ask("drops_counted", local_actor()).iter_rows()
        return {drop: (read, accepted, refused) for drop, read, accepted, refused in rows}
    finally:
        door.close()


def _sorted_out(operations: Operations, files: Sequence[FileRecord]) -> tuple[list[FileRecord], dict[str, int]]:
    """Files that are new, and for those whose bytes are live in the same role: sha256 → drop."""
    read = select(tables.Part.id).where(
        tables.Part.drop_id == tables.File.drop_id,
        tables.Part.sha256 == tables.File.sha256,
        tables.Part.dataset.is_not(None),
    )
    unread = select(tables.Part.id).where(
        tables.Part.drop_id == tables.File.drop_id,
        tables.Part.sha256 == tables.File.sha256,
        tables.Part.problem.is_not(None),
    )
    learnt = select(tables.Mapping.id).where(tables.Mapping.saved_at > tables.Drop.loaded_at)
    query = (
        select(tables.File, tables.Drop.id)
        .join(tables.Drop, tables.Drop.id == tables.File.drop_id)
        .where(tables.Drop.state == "live", tables.File.sha256.in_([file.sha256 for file in files]))
        # A file of which nothing could be read may be tried again, and so may sheets that a mapping saved since explains.
        .where(read.exists(), ~(unread.exists() & learnt.exists()))
    )
    with operations.reading() as session:
        live = {(row.sha256, row.as_dataset, row.snapshot_date): drop_id for row, drop_id in session.execute(query)}
    known = {
        file.sha256: live[key] for file in files if (key := (file.sha256, file.as_dataset, file.snapshot_date)) in live
    }
    return [file for file in files if file.sha256 not in known], known


def _nothing_new(operations: Operations, known: Mapping[str, int]) -> DropReport:
    numbers = "、".join(str(drop) for drop in sorted(set(known.values())))
    with operations.reading() as session:
        later = _later(session, known)
        current = session.scalar(select(tables.Snapshot.id).where(tables.Snapshot.current.is_(True)))
    zh, en = (
        f"这些文件已装入过（批次 {numbers}），没有变化",
        f"These files are in already (drop {numbers}); nothing has changed",
    )
    if later:
        listed = "、".join(map(str, later))
        zh += f"；其后批次 {listed} 装入了同名文件，相同的行以后装入的为准：要恢复这里的，请撤回批次 {listed}"
        en += (
            f"; files of the same name came later in drop {listed}, whose rows count: take it back to have these again"
        )
    message = Said(zh=zh, en=en)
    return DropReport(action="nothing", drop_id=max(known.values()), snapshot_id=current, exit_code=0, message=message)


def _later(session: Session, known: Mapping[str, int]) -> list[int]:
    """Live drops that brought, later, a file of the same name with other content."""
    here, later = aliased(tables.File), aliased(tables.File)
    query = (
        select(later.drop_id)
        .join(tables.Drop, tables.Drop.id == later.drop_id)
        .join(here, (here.name == later.name) & (here.drop_id < later.drop_id) & (here.sha256 != later.sha256))
        .where(tables.Drop.state == "live", here.sha256.in_(known), here.drop_id.in_(known.values()))
    )
    return sorted(set(session.scalars(query)))


def _read(
    files: Sequence[FileRecord], folder: Path, settings: Settings, progress: Progress | None, password: str | None
) -> list[tuple[FileRecord, Reading]]:
    """Every file read, two at a time, in the order given; rows of large ones lie in `folder`."""
    found: list[tuple[FileRecord, Reading]] = []
    room = part_files.ROOM_OF_DROP
    mappings = [kept.mapping for kept in kept_mappings(settings)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = deque(
            pool.submit(_reading, file, folder / str(at), settings, password, mappings) for at, file in enumerate(files)
        )
        for done, file in enumerate(files):
            _tell(progress, done, len(files), Text(f"读取 {file.name}", f"Reading {file.name}"))
            # Taken out: what has been read would stay in memory with the list.
            reading = waiting.popleft().result()
            if size_of(reading) > room:
                reading = set_aside(reading, folder / str(done), room=0)
            room -= size_of(reading)
            found.append((file, reading))
    return found


def _reading(
    file: FileRecord, folder: Path, settings: Settings, password: str | None, mappings: Sequence[SavedMapping]
) -> Reading:
    if file.problem is not None:
        return Reading(file.name, file.sha256, None, None, (), problem=file.problem)
    folder.mkdir()
    reading = read_file(
        file.path, settings, file.as_dataset, file.snapshot_date, file.name, file.sha256, password, mappings, folder
    )
    return set_aside(reading, folder, part_files.ROOM)


def _tell(progress: Progress | None, done: int, total: int, text: Text) -> None:
    if progress is not None:
        progress(done, total, text)


def _take_in(
    home: Home,
    operations: Operations,
    settings: Settings,
    actor: Actor,
    readings: Sequence[tuple[FileRecord, Reading]],
    progress: Progress | None,
) -> DropReport:
    with operations.changing() as session:
        drop = tables.Drop(loaded_at=now(), loaded_by=actor.name, state="staged", note=None, pid=os.getpid())
        session.add(drop)
        session.flush()
        first_part = (session.scalar(select(func.max(tables.Part.id))) or 0) + 1
        parts = [part for _, reading in readings for part in parts_of(reading, drop.id, 0, home.parts)]
        parts = [replace(part, id=first_part + at) for at, part in enumerate(parts)]
        session.add_all(file_row(drop.id, file, reading) for file, reading in readings)
        session.add_all(part_row(part) for part in parts)
    record = DropRecord(drop.id, drop.loaded_at, actor.name, "live")
    try:
        return _publish_drop(home, operations, settings, actor, record, parts, readings, progress)
    except BaseException:
        _give_up(home, operations, actor, drop.id, [part.id for part in parts])
        raise


def _publish_drop(
    home: Home,
    operations: Operations,
    settings: Settings,
    actor: Actor,
    drop: DropRecord,
    parts: list[PartRecord],
    readings: Sequence[tuple[FileRecord, Reading]],
    progress: Progress | None,
) -> DropReport:
    written: list[PartRecord] = []
    for file, reading in readings:
        mine = parts[len(written) : len(written) + max(len(reading.sheets), 1)]
        written += _write_parts(reading, mine)
        if _may_be_kept(reading):
            keep_original(home, file.path, file.sha256)
    if all(part.dataset is None for part in written):
        _give_up(home, operations, actor, drop.id, [part.id for part in written])
        return none_read(drop.id, written)
    _tell(progress, len(readings), len(readings), Text("生成快照", "Building the snapshot"))
    with operations.reading() as session:
        state = state_of(session, home)
    state = state.with_drop(drop, written, standing(settings))
    reports: list[DropReport] = []
    snapshot_id = publish(
        home, operations, settings, actor, state, "drop.load", partial(_go_live, drop.id, written, reports),
        lambda path: reports.append(account(path, settings, "load", drop.id, path.stem)),
    )  # fmt: skip
    return reports[0].model_copy(update={"snapshot_id": snapshot_id})


def _written(reading: Reading, drop_id: int, first_id: int, folder: Path) -> list[PartRecord]:
    return _write_parts(reading, parts_of(reading, drop_id, first_id, folder))


def _write_parts(reading: Reading, parts: Sequence[PartRecord]) -> list[PartRecord]:
    parsed = [sheet.parsed for sheet in reading.sheets] if reading.problem is None and reading.sheets else [None]
    return [write(part, rows) if rows is not None else part for part, rows in zip(parts, parsed, strict=True)]


def _may_be_kept(reading: Reading) -> bool:
    """What was read, or can be once a person adds what it lacks. Never a secret file, nor one with identity-card numbers."""
    of_use = any(sheet.parsed is not None or sheet.lacks is not None for sheet in reading.sheets)
    return reading.problem is None and of_use and not reading.personal


def _go_live(
    drop_id: int, parts: Sequence[PartRecord], reports: Sequence[DropReport], session: Session
) -> dict[str, object]:
    session.execute(update(tables.Drop).where(tables.Drop.id == drop_id).values(state="live", pid=None))
    for part in parts:
        hashes = {"parquet_sha256": part.parquet_sha256, "remarks_sha256": part.remarks_sha256}
        session.execute(update(tables.Part).where(tables.Part.id == part.id).values(**hashes))
    moves = [(move.figure, move.before, move.after) for move in reports[0].moves]
    return {"drop": drop_id, "files": sorted({part.sha256 for part in parts}), "moves": moves}


def _withdraw(drop_id: int, session: Session) -> dict[str, object]:
    session.execute(update(tables.Drop).where(tables.Drop.id == drop_id).values(state="withdrawn"))
    return {"drop": drop_id}


def _give_up(home: Home, operations: Operations, actor: Actor, drop_id: int, parts: Sequence[int]) -> None:
    erase(home.parts, parts)
    with operations.changing() as session:
        # A drop that went live before the fault (while old snapshots were cleared) stays live.
        failed = update(tables.Drop).where(tables.Drop.id == drop_id, tables.Drop.state == "staged")
        if session.execute(failed.values(state="failed", pid=None)).rowcount:  # type: ignore[attr-defined]
            append(session, actor, "drop.failed", {"drops": [drop_id]})


def _no_such_drop(drop_id: int, state: str | None) -> PanoramaError:
    if state == "withdrawn":
        return PanoramaError(f"批次 {drop_id} 已经撤回过了。", f"Drop {drop_id} was taken back already.")
    return PanoramaError(
        f"没有批次 {drop_id}。用 panorama drops 查看有哪些批次。",
        f"There is no drop {drop_id}. See panorama drops for those there are.",
    )
