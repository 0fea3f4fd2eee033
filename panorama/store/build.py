"""A snapshot: every live part read, names resolved, models run, into a database file of its own."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from panorama.calendar import CIVIL, today, working_days
from panorama.definitions.formulas import FORMULAS
from panorama.errors import StoreError
from panorama.sources import SOURCES
from panorama.sources.choices import ENUMERATIONS
from panorama.store import keys, meta, models
from panorama.store.answers import Answers
from panorama.store.by_year import BY_YEAR
from panorama.store.clock import civil
from panorama.store.faults import judge_scoring
from panorama.store.home import disk_faults, fsync, fsync_folder, sha256_of
from panorama.store.lines import Shelf, view_lines
from panorama.store.moves import Move, write_moves
from panorama.store.names import datasets_with_rows, resolve_places, resolve_units
from panorama.store.outdated import program
from panorama.store.parts import DropRecord, PartRecord
from panorama.store.refusals import judge
from panorama.store.register import Decision
from panorama.store.rows import READ_IN_PLACE, columns_of, keep_view, quoted, rows_of, write_table
from panorama.store.rulebook import Rulebook
from panorama.store.rules import write_rules
from panorama.store.seen import make_views
from panorama.store.steps import KEPT, Steps, begin, keep
from panorama.store.work import number_slots
from panorama.themes import themes

MADE_UP: Final = "模拟数据"
"""A file whose name says so holds made-up data, and so do pages that count it in."""

_FILE: Final = "(recovery_mode no_wal_writes, block_size 65536)"
"""Of the files that a build fills: without a log, for one half built is of no use to anyone. A table takes a block at least: by
default, four times as large, a small store would be mostly air."""

FIRST_YEAR: Final = 2010
"""Working days are kept from this year on."""


@dataclass(frozen=True)
class Plan:
    """What a snapshot is made of. drops: all that are told of; parts: those of every told drop; live: ids that count."""

    id: str
    built_at: datetime
    drops: Sequence[DropRecord]
    parts: Sequence[PartRecord]
    live: frozenset[int]
    decisions: Sequence[Decision]
    moves: Sequence[Move] = ()
    """What earlier drops moved."""
    newest: int | None = None
    """The drop whose moves are to be told, against `before`."""
    before: Mapping[str, int | None] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    lines: Path | None = None
    """Where lines of work put together over parts are kept; None: nowhere."""
    keeps: bool = True
    """Whether those that are missing there may be put there."""
    round: tuple[int, int] | None = None
    """First and last year of the evaluation round; None: the five years ending with the newest on record."""
    stands: Steps | None = None
    """The snapshot to begin from; None: from nothing."""

    @property
    def counted(self) -> list[PartRecord]:
        return [part for part in self.parts if part.drop_id in self.live]


def build(plan: Plan, out: Path, memory: str, book: Rulebook, steps: Path | None = None) -> dict[str, Any]:
    """Make the snapshot file `out`. Returns its manifest: sha256, rows of each table, by which program, rules and answers.

    memory: what the database may take (2GB); beyond it works on the disk. steps: where to keep the steps for the build to come.
    Raises StoreError on a full disk.
    """
    try:
        return _made(plan, out, memory, book, steps)
    except duckdb.Error as fault:
        if plan.stands is None or isinstance(fault, duckdb.OutOfMemoryException) or "No space left" in str(fault):
            raise _sentence(fault) from fault
        # Parts say everything: whatever is wrong with what was kept, without it the build is what it always was.
        logging.getLogger("panorama").warning("begun again from nothing: %s", fault)
        return build(replace(plan, stands=None), out, memory, book, steps)


def _made(plan: Plan, out: Path, memory: str, book: Rulebook, steps: Path | None) -> dict[str, Any]:
    """The snapshot and its steps, where they belong. Returns the manifest."""
    spill = Path(tempfile.mkdtemp(prefix="spill-", dir=out.parent))
    try:
        if plan.stands is not None:
            begin(plan.stands, out, spill)
        rows = _database(plan, out, spill, memory, book)
        with disk_faults(out):
            out.chmod(0o600)
            fsync(out)
            fsync_folder(out.parent)
            snapshot = sha256_of(out)
        if steps is not None:
            keep(spill, steps, snapshot)
    except duckdb.Error:
        out.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    made_by = {"program": program(), "rules": book.digest, "answers": plan.answers.mark, "round": plan.round}
    return {"sha256": snapshot, "rows": rows, **made_by}


def _database(plan: Plan, out: Path, spill: Path, memory: str, book: Rulebook) -> dict[str, int]:
    """Fill `out`, and the steps in `spill`; either may hold what the build before left in them."""
    config: dict[str, Any] = {
        "temp_directory": str(spill),
        "memory_limit": memory,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "TimeZone": str(CIVIL),
    }
    con = duckdb.connect(config=config)
    try:
        con.execute(f"attach {quoted(str(out))} as snapshot {_FILE}; use snapshot")
        # Raw, staging and rule are databases of their own, so that nothing but marts and meta reaches the file. On the disk:
        # in memory their tables would lie uncompressed, and a province's would take more than the limit.
        for aside in ("raw", "files", *KEPT):
            con.execute(f"attach {quoted(str(spill / aside))} as {aside} {_FILE}")
        # Who may see what is said anew by every build: nothing of it is taken over from another.
        con.execute("create schema if not exists mart; drop schema if exists seen cascade; create schema seen")
        con.execute("drop schema if exists meta cascade; create schema meta")
        _fill(con, plan, spill, book)
        rows = count_rows(con)
        con.execute("use memory; detach snapshot")
        for aside in KEPT:
            con.execute(f"detach {aside}")
        # What lies beside it is thrown away, and need not be written out first.
        con.execute("pragma disable_checkpoint_on_shutdown")
    finally:
        con.close()
    return rows


def _fill(con: duckdb.DuckDBPyConnection, plan: Plan, spill: Path, book: Rulebook) -> None:
    counted = plan.counted
    by_id = {part.id: part for part in counted}
    _registers(con, plan, book)
    meta.write_parts(con, plan.parts, plan.live)
    _views(con, counted)
    keep_view(con, [file for part in counted if part.dataset == READ_IN_PLACE for file in part.rows])
    kept = plan.lines or spill
    view_lines(con, counted, spill, Shelf(kept, kept if plan.keeps else spill))
    number_slots(con)
    meta.write_remarks(con, counted)
    names = resolve_units(con, plan.decisions)
    resolve_places(con)
    for dataset in judge(con, names, by_id):
        _view(con, dataset, counted, without_refused=True)
    models.run(con)
    judge_scoring(con)
    meta.write(con, plan.drops, counted, names)
    write_rules(con)
    keys.write_differences(con, datasets_with_rows(con))
    _snapshot(con, plan)
    make_views(con)
    write_moves(con, plan.moves, plan.newest, plan.before)
    make_views(con)


def _views(con: duckdb.DuckDBPyConnection, parts: Sequence[PartRecord]) -> None:
    for dataset in SOURCES:
        _view(con, dataset, parts)


def _view(
    con: duckdb.DuckDBPyConnection, dataset: str, parts: Sequence[PartRecord], without_refused: bool = False
) -> None:
    """raw.<dataset>: part_id, src_row, drop_seq, row_id and the fields, over the Parquet of its parts."""
    files = [file for part in parts if part.dataset == dataset for file in part.rows]
    if not files:
        # A table, for to look through views takes every statement that reads them longer than to find no rows.
        columns = columns_of(dataset)
        con.execute(f"create table if not exists raw.whole_{dataset} ({columns})")
        con.execute(f"create table if not exists raw.{dataset} ({columns})")
        return
    con.execute(f"create or replace view raw.whole_{dataset} as {rows_of(con, dataset, files)}")
    kept = f" where row_id not in ({keys.refused(dataset)})" if without_refused else ""
    con.execute(f"create or replace view raw.{dataset} as select * from raw.whole_{dataset}{kept}")


def _registers(con: duckdb.DuckDBPyConnection, plan: Plan, book: Rulebook) -> None:
    listed = [(name, c.value, c.label.zh, c.label.en) for name, choices in ENUMERATIONS.items() for c in choices]
    choice = pl.DataFrame(listed, schema=["enumeration", "value", "zh", "en"], orient="row")
    months = [
        (year, month, *working_days(year, month))
        for year in range(FIRST_YEAR, today().year + 2)
        for month in range(1, 13)
    ]
    schema = {"year": pl.Int32(), "month": pl.Int32(), "days": pl.Int32(), "estimated": pl.Boolean()}
    tables = {
        "raw.choice": choice,
        "meta.choice": choice,
        "raw.workdays": pl.DataFrame(months, schema=schema, orient="row"),
        "raw.today": pl.DataFrame({"day": [today()]}, schema={"day": pl.Date()}),
        "raw.formula": formulas(),
        "raw.theme": themes(),
        "raw.theme_rule": book.rules,
        "raw.round": pl.DataFrame(
            [plan.round] if plan.round else [], schema={"first_year": pl.Int32(), "last_year": pl.Int32()}, orient="row"
        ),
        **{f"raw.{name}": held for name, held in plan.answers.held.items()},
    }
    for name, frame in tables.items():
        write_table(con, name, frame)


def formulas() -> pl.DataFrame:
    """name, direction, low, high of every formula that scores an indicator."""
    rows = [(one.name, one.direction, float(one.low), float(one.high)) for one in FORMULAS.values()]
    return pl.DataFrame(rows, schema=["name", "direction", "low", "high"], orient="row")


def _snapshot(con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    names = {(part.drop_id, part.file) for part in plan.counted}
    made_up = sum(MADE_UP in name for _, name in names)
    con.execute(
        "create table meta.snapshot (id varchar, built_at timestamp, day date, drops varchar, files bigint, made_up bigint)"
    )
    con.execute(
        "insert into meta.snapshot values (?, ?, ?, ?, ?, ?)",
        [
            plan.id,
            civil(plan.built_at),
            civil(plan.built_at).date(),
            json.dumps(sorted(plan.live)),
            len(names),
            made_up,
        ],
    )


def count_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table of mart and meta: part of the manifest."""
    found = dict(
        con.execute(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
            " where database_name = current_catalog() and schema_name in ('mart', 'meta') order by all"
        ).fetchall()
    )
    # Rows are deleted of these alone; of all others the catalog's size is no estimate.
    each = [f"select '{name}', count(*) from {name}" for name in found.keys() & BY_YEAR.keys()]
    return found | dict(con.execute(" union all ".join(each)).fetchall())


def _sentence(fault: duckdb.Error) -> StoreError:
    text = str(fault)
    if isinstance(fault, duckdb.IOException | duckdb.FatalException) or "No space left" in text:
        return StoreError(
            f"生成快照时写盘失败（{text.splitlines()[0]}）。已装入的数据没有变化；请检查磁盘空间和权限后再试。",
            f"The snapshot could not be written ({text.splitlines()[0]}). Nothing has changed; check disk space and permissions.",
        )
    if isinstance(fault, duckdb.OutOfMemoryException):
        return StoreError(
            "生成快照时内存不足。已装入的数据没有变化；请把 PANORAMA_BUILD_MEMORY 调大（默认 2GB），或在内存更大的机器上装入。",
            "Not enough memory to build the snapshot. Nothing has changed; raise PANORAMA_BUILD_MEMORY (2GB unless set), "
            "or load it on a machine with more memory.",
        )
    return StoreError(
        f"生成快照失败：{text.splitlines()[0]}。已装入的数据没有变化。",
        f"The snapshot could not be built: {text.splitlines()[0]}. Nothing has changed.",
    )
