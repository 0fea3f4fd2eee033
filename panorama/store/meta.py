"""What a snapshot says of itself: drops, parts, refused rows, remarks, names that wait."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import duckdb
import polars as pl

from panorama.sources import SOURCES
from panorama.store.clock import civil
from panorama.store.names import Names
from panorama.store.parts import ROW_BITS, DropRecord, PartRecord, scan
from panorama.store.rows import write_table

_COLUMNS: Final = (
    'part_id, (cast(part_id as bigint) << 32) | src_row as row_id, src_row, "column", header, field, value, rule,'
    " severity, message, message_en"
)


def write_parts(con: duckdb.DuckDBPyConnection, parts: Sequence[PartRecord], live: frozenset[int]) -> None:
    """raw.part: one row per sheet of every drop told of, and whether its rows count."""
    rows = [
        (
            part.id, part.drop_id, part.file, part.sheet, part.dataset, part.sha256, part.kind, part.encoding,
            part.rows_read, part.rows_accepted, part.rows_refused, part.rows_skipped,
            part.problem.zh if part.problem else None, part.problem.en if part.problem else None,
            list(part.hidden), bool(part.rows) and part.drop_id in live,
        )
        for part in parts
    ]  # fmt: skip
    write_table(con, "raw.part", pl.DataFrame(rows, schema=_PART, orient="row"))


_PART: Final[dict[str, pl.DataType]] = {
    "part_id": pl.Int32(),
    "drop_id": pl.Int32(),
    "file": pl.String(),
    "sheet": pl.String(),
    "dataset": pl.String(),
    "sha256": pl.String(),
    "kind": pl.String(),
    "encoding": pl.String(),
    "rows_read": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_refused": pl.Int64(),
    "rows_skipped": pl.Int64(),
    "problem": pl.String(),
    "problem_en": pl.String(),
    "hidden": pl.List(pl.String()),
    "has_rows": pl.Boolean(),
}


def write(
    con: duckdb.DuckDBPyConnection, drops: Sequence[DropRecord], counted: Sequence[PartRecord], names: Names
) -> None:
    """meta.drop, part, reject, remark, waiting. Counts are of sheet rows: read = accepted + rejected + skipped."""
    _drops(con, drops)
    _judged(con, counted)
    con.execute(
        "create table meta.reject as select r.* exclude (severity), m.mended_by from raw.remark as r"
        " left join raw.mend as m on m.row_id = r.row_id where r.severity = 'refused' order by r.part_id, r.src_row"
    )
    con.execute(
        "create table meta.remark as select * exclude (waiting) from raw.remark where severity <> 'refused'"
        " order by part_id, src_row"
    )
    _parts(con)
    _waiting(con, names)


def _drops(con: duckdb.DuckDBPyConnection, drops: Sequence[DropRecord]) -> None:
    """loaded_at is told in civil time, as people read it."""
    rows = [
        (
            drop.id,
            civil(drop.loaded_at),
            drop.loaded_by,
            drop.state,
            drop.note,
        )
        for drop in drops
    ]
    schema = {
        "drop_id": pl.Int32(),
        "loaded_at": pl.Datetime("us"),
        "loaded_by": pl.String(),
        "state": pl.String(),
        "note": pl.String(),
    }
    write_table(con, "meta.drop", pl.DataFrame(rows, schema=schema, orient="row"))


def write_remarks(con: duckdb.DuckDBPyConnection, counted: Sequence[PartRecord]) -> None:
    """raw.remark: what intake said; raw.about: of which unit and day each row is that it refused; raw.mend: by row mended."""
    files = [file for part in counted for file in part.remarks]
    source = scan(files) if files else f"(select {_EMPTY}) where false"
    con.execute(f"create table raw.whole_remark as select {_COLUMNS}, false as waiting from {source}")
    con.execute("create table raw.remark as from raw.whole_remark where severity not in ('about', 'mends')")
    con.execute(
        "create table raw.about as select p.dataset, r.row_id, r.value as ref, r.message as day"
        " from raw.whole_remark as r inner join raw.part as p on p.part_id = r.part_id where r.severity = 'about'"
    )
    # A row closes refusals of its own dataset only. It need not be accepted itself: if not, it is the one to mend now.
    con.execute(
        "create table raw.mend as select try_cast(n.value as bigint) as row_id, max(n.row_id) as mended_by"
        " from raw.whole_remark as n inner join raw.part as np on np.part_id = n.part_id"
        f" inner join raw.part as op on op.part_id = try_cast(n.value as bigint) >> {ROW_BITS} and op.dataset = np.dataset"
        " where n.severity = 'mends' group by all"
    )


_EMPTY: Final = (
    "0::bigint as part_id, 0::uinteger as src_row, ''::varchar as \"column\", ''::varchar as header, ''::varchar as field,"
    " ''::varchar as value, ''::varchar as rule, ''::varchar as severity, ''::varchar as message, ''::varchar as message_en"
)


def _judged(con: duckdb.DuckDBPyConnection, counted: Sequence[PartRecord]) -> None:
    """What the build refused or warned of, with the column as its sheet has it."""
    places = [
        (part.id, field, letter, SOURCES[part.dataset].columns()[field].zh)
        for part in counted
        if part.dataset is not None and part.dataset in SOURCES and part.mapping
        for letter, field in part.mapping.items()
        if field in SOURCES[part.dataset].columns()
    ]
    schema = {"part_id": pl.Int32(), "field": pl.String(), "letter": pl.String(), "header": pl.String()}
    write_table(con, "raw.place", pl.DataFrame(places, schema=schema, orient="row"))
    con.execute(
        "insert into raw.remark"
        f" select j.row_id >> {ROW_BITS}, j.row_id, j.row_id & 4294967295, p.letter, p.header, j.field, j.value, j.rule,"
        " j.severity, j.message, j.message_en, j.waiting"
        " from (select distinct * from raw.judged) as j"
        " left join (select part_id, field, min(letter) as letter, any_value(header) as header from raw.place group by all) as p"
        f" on p.part_id = j.row_id >> {ROW_BITS} and p.field = j.field"
    )


def _parts(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table meta.part as"
        " with late as ("
        f" select row_id >> {ROW_BITS} as part_id, count(distinct row_id) as n,"
        " count(distinct row_id) filter (where waiting) as waits"
        " from raw.judged where severity = 'refused' and row_id not in (select row_id from raw.about) group by all)"
        " select p.part_id, p.drop_id, p.file, p.sheet, p.dataset, p.sha256, p.kind, p.encoding, p.rows_read,"
        " p.rows_accepted - coalesce(l.n, 0) as rows_accepted, p.rows_refused + coalesce(l.n, 0) as rows_rejected,"
        " p.rows_skipped, coalesce(l.waits, 0) as rows_waiting, coalesce(m.n, 0) as rows_mended,"
        " coalesce(m.again, 0) as rows_repeated,"
        " coalesce(m.closed, 0) as rows_closed, p.problem, p.problem_en, p.hidden"
        " from raw.part as p left join late as l on l.part_id = p.part_id"
        # Repeated: the very same row stands before it, so nobody has to do anything about it.
        " left join (select part_id, count(distinct row_id) filter (where mended_by is not null) as n,"
        " count(distinct row_id) filter (where mended_by is null and rule = 'V-DUP' and field is null) as again,"
        # Closed: a person said that the row is of no unit.
        " count(distinct row_id) filter (where mended_by is null and rule = 'V-ID-3') as closed"
        " from meta.reject group by all)"
        " as m on m.part_id = p.part_id order by p.part_id"
    )


def _waiting(con: duckdb.DuckDBPyConnection, names: Names) -> None:
    """meta.waiting: one row per name and dataset, with what it may mean (a JSON list) and why it waits."""
    rows = [
        (waiting.ref, json.dumps(waiting.candidates, ensure_ascii=False), waiting.why.zh, waiting.why.en)
        for waiting in names.waiting
    ]
    schema = {"ref": pl.String(), "candidates": pl.String(), "reason": pl.String(), "reason_en": pl.String()}
    write_table(con, "raw.proposal", pl.DataFrame(rows, schema=schema, orient="row"))
    con.execute(
        "create table meta.waiting as"
        " select j.value as ref, j.dataset, count(distinct j.row_id) as rows, list_sort(list(distinct p.file)) as files,"
        " coalesce(any_value(w.candidates), '[]') as candidates, any_value(w.reason) as reason,"
        " any_value(w.reason_en) as reason_en"
        " from raw.judged as j"
        f" inner join raw.part as p on p.part_id = j.row_id >> {ROW_BITS}"
        " left join raw.proposal as w on w.ref = j.value where j.waiting group by j.value, j.dataset order by rows desc, ref"
    )
