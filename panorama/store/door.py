"""The one door through which anything is asked: a snapshot, an actor, a question."""

from __future__ import annotations

import re
import warnings
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final, TypeVar

import duckdb
import polars as pl
from cachetools import LRUCache
from rapidfuzz import process
from sqlalchemy import select

from panorama.access.actor import Actor
from panorama.errors import PanoramaError, Refused, StoreError
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil, end_of
from panorama.store.history import Kept, kept
from panorama.store.home import Home
from panorama.store.instance import instance
from panorama.store.notes import NoteRecord, seen_notes, written
from panorama.store.operations import Operations
from panorama.store.outdated import program
from panorama.store.rules import rules
from panorama.text import Text

# It advises a relation, which plans each question twice: that costs more than the copy of a small answer.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")

OPEN_AT_ONCE: Final = 4
"""Snapshots held open by one process: the current one, and those that sessions still look at."""

LOOKS: Final = 64
"""Looks at the operations store that are kept."""

IDLE: Final = 16
"""Cursors kept ready for the next question of the same scope."""

BY_OLDER: Final = Text(
    "这个旧状态由旧版程序生成，只供能查看全部数据的人查看。请选更近的日期，或回到最新状态。",
    "This state was built by an older program and is only for those who see everything. Choose a later one, or the newest.",
)
"""Said to who sees single units."""

_TRACE: Final = (
    "select r.row_id, p.file, p.sheet, (r.row_id & 4294967295)::integer as src_row, p.part_id, p.dataset, d.drop_id,"
    " d.loaded_at, d.loaded_by from (select unnest($row_ids::bigint[]) as row_id) as r"
    " inner join seen.part as p on p.part_id = r.row_id >> 32 inner join seen.drop as d on d.drop_id = p.drop_id"
    " order by r.row_id"
)


_MISSING: Final = re.compile(r"Catalog Error: Table with name (\S+) does not exist")
_TABLES: Final = (
    "select distinct table_schema, table_name from information_schema.tables where table_schema in ('meta', 'mart')"
    " order by all desc"
)
_NEAREST: Final = 3


class Snapshot:
    """One published state, open for reading. Threads may share it: every query has a cursor to itself while it runs."""

    def __init__(
        self, snapshot_id: str, built_at: datetime, path: Path, settings: Settings, built_by: str | None
    ) -> None:
        self.id = snapshot_id
        self.path = path
        self.built_at = built_at
        """Naive time in Asia/Shanghai."""
        self.by_older = built_by != program()
        """Built by another program than this one: it may lack what is asked for."""
        self._seconds = settings.query_seconds
        self._instance = instance(path, settings)
        self._idle: deque[tuple[Actor, duckdb.DuckDBPyConnection]] = deque(maxlen=IDLE)
        self._lock = Lock()
        self._looking = Lock()

    @property
    def day(self) -> date:
        """The civil day of its making."""
        return self.built_at.date()

    def closed_to(self, actor: Actor) -> bool:
        """Whether this reader may not ask it: what is seen of each unit was settled by the program that built it.

        Another program may have shown more than today's rules allow; who sees everything cannot be shown too much.
        """
        return self.by_older and not actor.everything

    def ask(self, question: str, actor: Actor, **params: Any) -> pl.DataFrame:
        """The answer of sql/questions/<question>.sql within the actor's scope; parameters are bound as $name."""
        return self._run(question_text(question), actor, params)

    def ask_sql(self, text: str, actor: Actor) -> pl.DataFrame:
        """The answer of any one select. Only for those who see everything: it may read past the scope."""
        if not actor.everything:
            raise Refused("只有能查看全部数据的人才能直接写查询。", "Only those who see everything may write queries.")
        try:
            kinds = [statement.type for statement in self._instance.con.cursor().extract_statements(text)]
        except duckdb.Error as fault:
            raise _sentence(fault, "sql") from fault
        if kinds != [duckdb.StatementType.SELECT]:
            raise Refused("只能执行一条查询（SELECT）。", "Exactly one query (SELECT) may be asked.")
        return self._run(text, actor, {}, "sql")

    def ask_rule(self, rule: str, actor: Actor, **params: Any) -> pl.DataFrame:
        """What a rule that is asked at reading says, within the actor's scope; what the ledger holds is bound as $name."""
        return self._run(rules()[rule].asked, actor, params, rule)

    def trace(self, row_ids: list[int], actor: Actor) -> pl.DataFrame:
        """Where rows come from: row_id, file, sheet, src_row, part_id, dataset, drop_id, loaded_at, loaded_by."""
        return self._run(_TRACE, actor, {"row_ids": row_ids})

    def behind(self, question: str, actor: Actor, **params: Any) -> pl.DataFrame:
        """The rows behind a figure by a rows_… question, with drop_id and loaded_by of each that has a file."""
        rows = self.ask(question, actor, **params)
        ids = rows["row_id"].drop_nulls().unique().to_list()
        traced = self.trace(ids, actor).select("row_id", "drop_id", "loaded_by")
        return rows.join(traced, on="row_id", how="left", maintain_order="left")

    def _run(self, text: str, actor: Actor, params: dict[str, Any], name: str = "question") -> pl.DataFrame:
        if self.closed_to(actor):
            raise StoreError(BY_OLDER.zh, BY_OLDER.en)
        cursor = self._cursor(actor)
        try:
            with _within(cursor, self._seconds):
                answer = pl.DataFrame(cursor.execute(text, params or None).to_arrow_reader())
        except duckdb.CatalogException as fault:
            said = self._no_table(str(fault), cursor) if name == "sql" else None
            cursor.close()
            raise said or _sentence(fault, name) from fault
        except duckdb.Error as fault:
            cursor.close()
            raise _sentence(fault, name) from fault
        except pl.exceptions.DuplicateError as fault:
            raise PanoramaError(
                "查询结果里有两列同名：请用 as 给它们不同的名字。",
                "Two columns of the answer have one name: give them different ones with “as”.",
            ) from fault
        with self._lock:
            self._idle.append((actor, cursor))
        return answer

    @staticmethod
    def _no_table(said: str, cursor: duckdb.DuckDBPyConnection) -> PanoramaError | None:
        """That there is no such table, with those whose names are nearest; None where something else is wrong."""
        missing = _MISSING.match(said)
        if missing is None:
            return None
        known = {name: f"{schema}.{name}" for schema, name in cursor.execute(_TABLES).fetchall()}
        wanted = missing[1].casefold()
        near = (
            [wanted] if wanted in known else [name for name, *_ in process.extract(wanted, list(known), limit=_NEAREST)]
        )
        listed = [known[name] for name in near]
        return PanoramaError(
            f"没有“{missing[1]}”这张表：表名前要写 mart.（数据）或 meta.（装入情况）。最接近的是 {'、'.join(listed)}。",
            f'There is no table "{missing[1]}": tables are mart.… (data) or meta.… (what was taken in).'
            f" The nearest: {', '.join(listed)}.",
        )

    def _cursor(self, actor: Actor) -> duckdb.DuckDBPyConnection:
        """An idle cursor of this very actor, or a new one. Its scope is set once and never changed."""
        with self._lock:
            for at, (whose, cursor) in enumerate(self._idle):
                if whose == actor:
                    del self._idle[at]
                    return cursor
        cursor = self._instance.con.cursor()
        # Set on this cursor only; on a cursor where they are not set nothing is seen.
        cursor.execute("set variable everything = ?", [actor.everything])
        cursor.execute("set variable units = ?::bigint[]", [sorted(actor.units)])
        cursor.execute("set variable told = ?::bigint[]", [sorted(actor.told)])
        return cursor


T = TypeVar("T")
_Found = tuple[str, datetime, str | None]
"""A snapshot's id, when it was built (UTC), and by which program."""
_FOUND: Final = (tables.Snapshot.id, tables.Snapshot.built_at, tables.Snapshot.manifest["program"].as_string())


class Door:
    """Opens snapshots, keeps the last few open, and follows the current one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._home = Home.of(settings)
        self._operations: Operations | None = None
        self._kept: tuple[str | None, list[Kept]] = (None, [])
        self._current: tuple[object, _Found | None] = (None, None)
        self._notes: tuple[object, tuple[NoteRecord, ...]] = (None, ())
        self._looked: LRUCache[str, tuple[tuple[object, date | None], Any]] = LRUCache(LOOKS)
        self._open: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = Lock()
        self._looking = Lock()

    def current_id(self) -> str | None:
        """The snapshot that is served now; None when nothing was loaded yet."""
        found = self._find(None)
        return found[0] if found else None

    def snapshot(self, as_of: date | str | None = None) -> Snapshot | None:
        """The current snapshot, or the newest that was built on or before `as_of` (YYYY-MM-DD, Asia/Shanghai).

        None when nothing was loaded yet. Raises StoreError when no snapshot is kept that is so old, or when it is damaged.
        """
        day = _day(as_of)
        found = self._find(day)
        if found is None:
            if day is None:
                return None
            raise StoreError(
                f"没有{day}或更早的快照。请选更晚的日期。",
                f"No snapshot of {day} or before is kept. Choose a later day.",
            )
        return self._opened(*found)

    def kept(self) -> list[Kept]:
        """The snapshots that may be looked at, the newest first, and what made each. Each commit of one makes it current."""
        current = self.current_id()
        if current is None:
            return []
        if self._kept[0] != current:
            with self._asked().reading() as session:
                self._kept = (current, kept(session))
        return self._kept[1]

    def of(self, one: Kept) -> Snapshot:
        """A kept snapshot, open for reading."""
        with self._lock:
            return self._held(one.id, one.built_at, one.program)

    def notes(self, actor: Actor, until: datetime | None = None) -> list[NoteRecord]:
        """Notes on what the actor may see, as they stand now or stood at a moment; read again only when there are others."""
        if not self._home.exists():
            return []
        operations = self._asked()
        version, notes = operations.version(), self._notes
        if notes[0] != version:
            with operations.reading() as session:
                notes = self._notes = (version, written(session))
        return seen_notes(notes[1], actor, until)

    def while_unchanged(self, name: str, look: Callable[[], T], of: date | None = None) -> T:
        """What `look` finds in the operations store, under a name; looked for again only after a commit. Never mutate it.

        of: the day that it holds for, where it is another on another.
        """
        if not self._home.exists():
            return look()
        stands = (self._asked().version(), of)
        with self._looking:
            held = self._looked.get(name)
        if held is None or held[0] != stands:
            # Not under the lock: one session's long look is not another one's wait.
            held = (stands, look())
            with self._looking:
                self._looked[name] = held
        found: T = held[1]
        return found

    def _asked(self) -> Operations:
        with self._lock:
            if self._operations is None:
                self._operations = Operations(self._home)
            return self._operations

    def _find(self, day: date | None) -> _Found | None:
        if not self._home.exists():
            return None
        if day is None:
            return self._served()
        made = tables.Snapshot.built_at < end_of(day)
        query = (
            select(*_FOUND)
            .where(made, tables.Snapshot.removed.is_(False))
            .order_by(tables.Snapshot.number.desc())
            .limit(1)
        )
        with self._asked().reading() as session:
            row = session.execute(query).first()
        return (row[0], row[1], row[2]) if row else None

    def _served(self) -> _Found | None:
        """The current snapshot, looked up again only where something was committed since: each page asks several times."""
        operations = self._asked()
        version, current = operations.version(), self._current
        if current[0] != version:
            with operations.reading() as session:
                row = session.execute(select(*_FOUND).where(tables.Snapshot.current.is_(True))).first()
            current = self._current = (version, (row[0], row[1], row[2]) if row else None)
        return current[1]

    def _opened(self, snapshot_id: str, built_at: datetime, built_by: str | None) -> Snapshot:
        with self._lock:
            return self._held(snapshot_id, civil(built_at), built_by)

    def _held(self, snapshot_id: str, built_at: datetime, built_by: str | None) -> Snapshot:
        """The caller holds the lock. built_at: in Asia/Shanghai."""
        if snapshot_id not in self._open:
            path = self._home.snapshots / f"{snapshot_id}.duckdb"
            self._open[snapshot_id] = Snapshot(snapshot_id, built_at, path, self.settings, built_by)
        self._open.move_to_end(snapshot_id)
        # One that falls out closes when the last session lets go of it.
        while len(self._open) > OPEN_AT_ONCE:
            self._open.popitem(last=False)
        return self._open[snapshot_id]

    def close(self) -> None:
        with self._lock:
            self._open.clear()
            if self._operations is not None:
                self._operations.close()
                self._operations = None


def asked_now(question: str, settings: Settings, actor: Actor, **params: Any) -> pl.DataFrame | None:
    """What the current snapshot answers, by a door of its own; None when nothing was loaded yet."""
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        return None if snapshot is None else snapshot.ask(question, actor, **params)
    finally:
        door.close()


@cache
def question_text(question: str) -> str:
    """The SQL of a question. Raises PanoramaError for one that is not there."""
    if not question.replace("_", "").isalnum():
        raise PanoramaError(f"没有“{question}”这个问题。", f"There is no question {question!r}.")
    file = files("panorama").joinpath("sql", "questions", f"{question}.sql")
    if not file.is_file():
        raise PanoramaError(f"没有“{question}”这个问题。", f"There is no question {question!r}.")
    return file.read_text(encoding="utf-8")


def _day(as_of: date | str | None) -> date | None:
    if as_of is None or isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except ValueError as fault:
        raise PanoramaError(
            f"日期“{as_of}”读不出来，请写成 2026-06-30。", f'"{as_of}" is no date; write it 2026-06-30.'
        ) from fault


@contextmanager
def _within(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _sentence(fault: duckdb.Error, name: str) -> PanoramaError:
    reason = str(fault).splitlines()[0]
    if isinstance(fault, duckdb.InterruptException):
        return PanoramaError(
            "查询超过时限，已停止。请缩小范围再试。", "The query took too long and was stopped. Ask for less."
        )
    if isinstance(fault, duckdb.OutOfMemoryException):
        return PanoramaError(
            "查询所需内存超过上限，已停止。请缩小范围再试。",
            "The query needed too much memory and was stopped. Ask for less.",
        )
    if name == "sql":
        return PanoramaError(f"查询有误：{reason}", f"The query is wrong: {reason}")
    return StoreError(
        f"快照答不出这个问题（{reason}）。请运行 panorama verify 检查。",
        f"The snapshot could not answer ({reason}). Run panorama verify to check it.",
    )
