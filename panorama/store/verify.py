"""Is the store whole? The event chain, originals and parts against their hashes, the snapshot against its manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
from pydantic import BaseModel, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from panorama.applications.application import Application
from panorama.errors import StoreError
from panorama.intake.yearly import YEARLY, by_year
from panorama.issues.commands import Apply
from panorama.issues.issue import Issue
from panorama.issues.nil import NilReturn
from panorama.settings import Settings
from panorama.store import audit, tables
from panorama.store.build import count_rows
from panorama.store.commands import replayed
from panorama.store.evidence import told_in
from panorama.store.home import Home
from panorama.store.instance import instance
from panorama.store.lines import kept_lines, sound
from panorama.store.operations import GENESIS, Operations, event_hash
from panorama.store.parts import hash_of
from panorama.store.publish import TOLD
from panorama.store.records import part_of
from panorama.text import Text

_AT_ONCE: Final = 500
"""Rows that are held against their events together."""


@dataclass(frozen=True)
class Verdict:
    """broken: the first break found, None when all is well. The counts say what was looked at."""

    events: int
    lines: int
    """Of the audit log."""
    issues: int
    applications: int
    files: int
    """Handed in as evidence."""
    parts: int
    snapshots: int
    broken: Text | None = None


def verify(settings: Settings) -> Verdict:
    """Look at everything; the first break is named. Raises StoreError when there is no store."""
    home = Home.of(settings)
    if not home.exists():
        raise StoreError(f"{home.root} 里没有数据。", f"There is no store in {home.root}.")
    operations = Operations(home)
    try:
        with operations.reading() as session:
            looked: Counter[str] = Counter()
            for kind, broken in _looks(session, home, settings):
                looked[kind] += 1
                if broken is not None:
                    return _verdict(looked, broken)
            return _verdict(looked, None)
    finally:
        operations.close()


def _verdict(looked: Counter[str], broken: Text | None) -> Verdict:
    counts = {
        name: looked[name] for name in ("events", "lines", "issues", "applications", "files", "parts", "snapshots")
    }
    return Verdict(**counts, broken=broken)


def _looks(session: Session, home: Home, settings: Settings) -> Iterator[tuple[str, Text | None]]:
    yield from (("events", broken) for broken in _chain(session))
    yield from (("lines", broken) for broken in audit.broken(session))
    yield from (("issues", broken) for broken in _issues(session))
    yield from (("applications", broken) for broken in _applications(session))
    yield from (("nil returns", broken) for broken in _nil_returns(session))
    yield from (("files", broken) for broken in _evidence(session, home))
    yield from (("parts", broken) for broken in _parts(session, home))
    yield from (("parts", broken) for broken in _put_together(home, settings))
    yield from (("snapshots", broken) for broken in _snapshots(session, home, settings))


def _chain(session: Session) -> Iterator[Text | None]:
    before, expected = GENESIS, 1
    for event in session.scalars(select(tables.Event).order_by(tables.Event.seq)):
        if event.seq != expected:
            yield Text(f"操作记录第{expected}条缺失", f"event {expected} is missing")
            return
        if event.prev_hash != before or event.hash != event_hash(event):
            yield Text(f"操作记录第{event.seq}条被改动过", f"event {event.seq} was altered")
            return
        before, expected = event.hash, expected + 1
        yield None


def _issues(session: Session) -> Iterator[Text | None]:
    yield from _told_by_events(session, "issue", Issue, Text("问题", "issue"), tables.Issue, "issue_no")


def _applications(session: Session) -> Iterator[Text | None]:
    what = Text("申请", "application")
    yield from _told_by_events(session, "application", Application, what, tables.Application, "app_no")


def _nil_returns(session: Session) -> Iterator[Text | None]:
    yield from _told_by_events(session, "nil", NilReturn, Text("零报告", "nil return"), tables.NilReturn, "id")


def _told_by_events(
    session: Session, kind: str, model: type[BaseModel], what: Text, table: type[Any], number: str
) -> Iterator[Text | None]:
    """Each row as its events tell it: a row changed past the log, an event lost at the log's end, a row that is gone.

    number: the field by which a row is called, its id where that says nothing.
    """
    event, known, last = tables.Event, set[str](), 0
    ours = event.kind.startswith(f"{kind}.")
    while rows := session.scalars(select(table).where(table.id > last).order_by(table.id).limit(_AT_ONCE)).all():
        # So many stories at a time: all of them would not fit into memory.
        stories: dict[str, list[dict[str, Any]]] = {f"{kind}:{row.id}": [] for row in rows}
        told = select(event.subject, event.payload).where(ours, event.subject.in_(stories)).order_by(event.seq)
        for subject, payload in session.execute(told):
            stories[subject].append(payload)
        for row in rows:
            story = stories[f"{kind}:{row.id}"]
            sound = len(story) == row.version and _as_told(model, story, row)
            name = getattr(row, number) or row.id
            yield (
                None
                if sound
                else Text(f"{what.zh} {name} 与操作记录不符", f"{what.en} {name} does not agree with the event log")
            )
        known |= stories.keys()
        last = rows[-1].id
        session.expunge_all()
    for subject in session.scalars(
        select(event.subject).where(ours).group_by(event.subject).order_by(func.min(event.seq))
    ):
        if subject in known:
            continue
        number = str(subject).partition(":")[2]
        yield Text(f"登记过的{what.zh} {number} 不见了", f"{what.en} {number} was registered and is missing")


def _as_told(model: type[BaseModel], story: list[dict[str, Any]], row: Any) -> bool:
    """Fields that came later than an event have in it what they have when nothing is said."""
    try:
        return model.model_validate(replayed(story)) == model.model_validate(row)
    except ValidationError:
        return False


def _evidence(session: Session, home: Home) -> Iterator[Text | None]:
    """Each file that was handed in here, once; the event log says which there are."""
    seen: set[str] = set()
    for payload in session.scalars(select(tables.Event.payload).where(tables.Event.kind == Apply.kind)):
        for one in told_in(payload):
            if one.sha256 in seen:
                continue
            seen.add(one.sha256)
            broken = _files([home.evidence / one.sha256], one.sha256)
            yield broken and Text(f"{broken.zh}（佐证文件“{one.name}”）", f'{broken.en} (evidence file "{one.name}")')


def _parts(session: Session, home: Home) -> Iterator[Text | None]:
    query = (
        select(tables.Part).join(tables.Drop, tables.Drop.id == tables.Part.drop_id).where(tables.Drop.state.in_(TOLD))
    )
    originals: dict[str, Text | None] = {}
    for part in session.scalars(query.order_by(tables.Part.id)):
        record = part_of(part, home.parts)
        for files, digest in (
            (record.rows, record.parquet_sha256),
            (record.remarks, record.remarks_sha256),
        ):
            if digest is not None:
                yield _files(files, digest)
        yield from (_lines(rows, lines) for rows, lines in zip(record.rows, record.yearly, strict=False))
        original = home.originals / part.sha256
        # One that held personal numbers was never kept.
        if part.sha256 not in originals and original.exists():
            originals[part.sha256] = _files([original], part.sha256)
            yield originals[part.sha256]


def _put_together(home: Home, settings: Settings) -> Iterator[Text | None]:
    """Lines put together over parts, held against the parts' own."""
    for file in kept_lines(home.lines):
        try:
            holds = sound(file, home.parts, settings.build_memory)
        except duckdb.Error:
            holds = False
        place = f"{file.parent.name}/{file.name}"
        yield (
            None
            if holds
            else Text(
                f"文件 {place} 与各批次的工作量不符：删除它，下次装入会重新生成",
                f"the file {place} does not agree with the workload of its drops: delete it, and the next load makes it anew",
            )
        )


def _snapshots(session: Session, home: Home, settings: Settings) -> Iterator[Text | None]:
    query = select(tables.Snapshot).where(tables.Snapshot.removed.is_(False)).order_by(tables.Snapshot.number)
    for snapshot in session.scalars(query):
        path = home.snapshots / f"{snapshot.id}.duckdb"
        broken = _files([path], snapshot.manifest["sha256"])
        yield broken or (_rows(path, settings, snapshot) if snapshot.current else None)


def _files(files: Sequence[Path], digest: str) -> Text | None:
    places = [f"{path.parent.name}/{path.name}" for path in files]
    for path, place in zip(files, places, strict=True):
        if not path.exists():
            return Text(f"文件 {place} 不见了", f"the file {place} is missing")
    if hash_of(files) != digest:
        more = Text(f"（或其后 {len(places) - 1} 个）", f" (or one of the {len(places) - 1} after it)")
        zh, en = (more.zh, more.en) if len(places) > 1 else ("", "")
        return Text(f"文件 {places[0]}{zh} 的内容与记录不符", f"the file {places[0]}{en} is not what was recorded")
    return None


def _lines(rows: Path, lines: Path) -> Text | None:
    """Lines are made of rows, so they are held against them."""
    try:
        kept = pl.read_parquet(lines, glob=False)
        sound = kept.select(YEARLY.keys()).equals(by_year(pl.read_parquet(rows, glob=False)))
    except (pl.exceptions.PolarsError, OSError):
        sound = False
    if sound:
        return None
    place = f"{lines.parent.name}/{lines.name}"
    return Text(
        f"文件 {place} 与 {rows.name} 里的行不符", f"the file {place} does not agree with the rows of {rows.name}"
    )


def _rows(path: Path, settings: Settings, snapshot: tables.Snapshot) -> Text | None:
    try:
        opened = instance(path, settings)
        counts = count_rows(opened.con.cursor())
    except (duckdb.Error, StoreError):
        return Text(f"快照 {snapshot.id} 打不开", f"the snapshot {snapshot.id} cannot be opened")
    if counts != snapshot.manifest["rows"]:
        return Text(
            f"快照 {snapshot.id} 的行数与清单不符", f"the snapshot {snapshot.id} has other row counts than its manifest"
        )
    return None
