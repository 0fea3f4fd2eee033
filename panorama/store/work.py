"""Workload, line by line: which place each line means, and where two rows speak of one period, which of them counts.

Of nearly all lines (intake/yearly.py) the sums can be used as they stand. Only where a period is told twice, or where a
name means one unit in one month and another in the next, is it looked up row by row.

A year whose files, places and activities are what they were at the build before stands: its lines are not put to their places
again unless a model is made that wants them (gather_lines).
"""

from __future__ import annotations

from typing import Final

import duckdb

from panorama.intake.yearly import DATASET, PLACE, SLOTS, YEARLY
from panorama.store.keys import refused
from panorama.store.lines import VALUES
from panorama.store.rows import sql_type

_QUARTERS: Final = 0b1111 << 12
_YEAR: Final = 1 << 16
_MONTHS: Final = (1 << 12) - 1
_MIXED: Final = " + ".join(f"(% & {mask} > 0)::int" for mask in (_MONTHS, _QUARTERS, _YEAR)) + " > 1"
"""Told by month and also by quarter or year: the rows say which of them counts."""
_WRITTEN_YEAR: Final = "cast(substring(r.period, 1, 4) as int)"

_LINE: Final = (
    "leaf_id", "activity_id", "ref_id", "year", "first_row_id", "rows", "rows_sum", "told", "given", "valued", "overtime",
    "overtime_rows", "doubtful",
)  # fmt: skip
_MARK: Final = "concat(count(*), ':', sum(hash(hash(t))))"
_LINES_BEFORE: Final = "staging.lines_before"
"""Among the steps: raw.line_mark as the build before had it."""
_CONTESTED_BEFORE: Final = "staging.contested_before"


def number_slots(con: duckdb.DuckDBPyConnection) -> None:
    """raw.slot: slot, and how a period of that slot ends as rows write it."""
    con.execute("create table raw.slot (slot integer, written varchar)")
    con.executemany(
        "insert into raw.slot values (?, ?)", [(at, "" if slot == "Y" else f"-{slot}") for at, slot in enumerate(SLOTS)]
    )


def resolve_work(con: duckdb.DuckDBPyConnection) -> None:
    """Make raw.meant, raw.line_mark, raw.line, raw.contested and raw.contested_row of raw.yearly and the names.

    raw.meant: one row per place as written × year (× period where a name means several units in it): unit_id, office_id,
    post_id, leaf_id. raw.line_mark: by year what its lines are made of, and whether it stands. raw.line: the lines whose place
    is known, with leaf_id and activity_id; of years that stand once they are gathered. raw.contested: leaf × activity × year
    that must be judged by row. raw.contested_row: the workload rows of these.
    """
    _units(con)
    _places(con)
    _line_marks(con)
    _put(con, "raw.fresh_line", "not stands")
    _show(con, "raw.fresh_line")
    _contested(con)


def gather_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Put the lines of the years that stand to the others in raw.line, and so in raw.work."""
    _put(con, "raw.standing_line", "stands")
    _show(con, "raw.fresh_line", "raw.standing_line")


def fresh_years(con: duckdb.DuckDBPyConnection) -> frozenset[int]:
    """The years whose lines are there without being gathered."""
    return frozenset(year for (year,) in con.execute("select year from raw.line_mark where not stands").fetchall())


def _units(con: duckdb.DuckDBPyConnection) -> None:
    """raw.work_unit: each way a unit is written × year: whom it means, and whether all through the year."""
    con.execute(
        "create table raw.work_unit as with told as ("
        "select ref, cast(substring(day, 1, 4) as int) as year, day, unit_id from raw.unit_name"
        f" where dataset = '{DATASET}' and day is not null),"
        " years as (select ref, year, min(unit_id) = max(unit_id) and count(*) = count(unit_id) as steady"
        " from told group by ref, year)"
        " select distinct t.ref, t.year, t.unit_id, y.steady, case when y.steady then null else t.day end as period"
        " from told as t inner join years as y on y.ref = t.ref and y.year = t.year where t.unit_id is not null"
    )


def _places(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table raw.meant as with written as ("
        f"select {', '.join(PLACE)}, year from raw.place where post_ref is null or office_ref is not null)"
        " select w.*, u.unit_id, o.office_id, p.post_id, u.period, u.steady,"
        # Stable over snapshots, as these are: a place nobody named before renumbers no other.
        " coalesce(p.post_id, o.office_id, u.unit_id) as leaf_id from written as w"
        " inner join raw.work_unit as u on u.ref = w.unit_ref and u.year = w.year"
        " left join raw.office_name as o on o.unit_id = u.unit_id and o.ref = w.office_ref"
        " left join raw.post_name as p on p.office_id = o.office_id and p.ref = w.post_ref"
        " where (w.office_ref is null or o.office_id is not null) and (w.post_ref is null or p.post_id is not null)"
    )


def _line_marks(con: duckdb.DuckDBPyConnection) -> None:
    """raw.line_mark, and raw.activity_year: each activity × year that it was done in."""
    con.execute(
        "create table raw.activity_year as select distinct a.activity_id, d.year from raw.done as d"
        " inner join raw.activity_name as a on a.ref = d.activity_code"
    )
    con.execute(
        "create table raw.line_mark as with placed as ("
        f"select year, {_MARK} as mark from raw.meant as t group by year),"
        f" named as (select d.year, {_MARK} as mark from raw.done as d"
        " inner join raw.activity_name as t on t.ref = d.activity_code group by d.year)"
        " select l.year, concat_ws(' ', l.files, p.mark, n.mark) as mark, false as stands from raw.lines_of as l"
        " left join placed as p on p.year = l.year left join named as n on n.year = l.year"
    )
    if con.execute(f"select 1 from duckdb_tables() where table_name = '{_LINES_BEFORE.split('.')[1]}'").fetchall():
        con.execute(
            f"update raw.line_mark as n set stands = true from {_LINES_BEFORE} as b where b.year = n.year and b.mark = n.mark"
        )
    con.execute(f"create or replace table {_LINES_BEFORE} as select year, mark from raw.line_mark")


def _put(con: duckdb.DuckDBPyConnection, table: str, of: str) -> None:
    """Make a table of lines of the years that are so."""
    years = [str(year) for (year,) in con.execute(f"select year from raw.line_mark where {of}").fetchall()]
    within = f"y.year in ({', '.join(years)})" if years else "false"
    # Most workload comes by month and without hours: columns that nothing stands in take half the time if they are written.
    told = con.execute(
        f"select {', '.join(f'count({name}) > 0' for name in VALUES)} from raw.yearly as y where {within}"
    ).fetchall()[0]
    values = [name for name, is_told in zip(VALUES, told, strict=True) if is_told]
    con.execute(
        f"create table {table} as select m.leaf_id, a.activity_id, a.ref_id, y.year, y.first_row_id, y.rows, y.rows_sum,"
        " y.told, y.given, y.valued, y.overtime, y.overtime_rows,"
        f" y.again or not m.steady or {_MIXED.replace('%', 'y.given')} as doubtful"
        f"{''.join(f', y.{name}' for name in values)}"
        " from raw.yearly as y"
        # A name of several units is looked at once for each: all of them may be told twice.
        f" inner join (select distinct {', '.join(PLACE)}, year, leaf_id, steady from raw.meant) as m"
        f" on {_same_place('m', 'y')} and m.year = y.year"
        " inner join raw.activity_name as a on a.ref = y.activity_code"
        f" where {within}"
    )


def _show(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Make raw.line of these tables."""
    selects = []
    for table in tables:
        told = {column for column, *_ in con.execute(f"describe {table}").fetchall()}
        values = (name if name in told else f"cast(null as {sql_type(YEARLY[name])}) as {name}" for name in VALUES)
        selects.append(f"select {', '.join((*_LINE, *values))} from {table}")
    con.execute(f"create or replace view raw.line as {' union all '.join(selects)}")


def _contested(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table raw.contested as select leaf_id, activity_id, year from raw.fresh_line group by all"
        " having bool_or(doubtful) or (count(*) > 1 and"
        f" (sum(bit_count(given)) <> bit_count(bit_or(given)) or {_MIXED.replace('%', 'bit_or(given)')}))"
    )
    if con.execute("from raw.line_mark where stands limit 1").fetchall():
        con.execute(
            f"insert into raw.contested from {_CONTESTED_BEFORE} where year in (select year from raw.line_mark where stands)"
        )
    con.execute(f"create or replace table {_CONTESTED_BEFORE} as from raw.contested")
    if not con.execute("from raw.contested limit 1").fetchall():
        con.execute("create table raw.contested_row as from raw.workload limit 0")
        return
    con.execute(
        "create table raw.contested_row as with written as ("
        f"select distinct {', '.join(f'm.{name}' for name in PLACE)}, a.ref as activity_code, c.year"
        " from raw.contested as c inner join raw.meant as m on m.leaf_id = c.leaf_id and m.year = c.year"
        " inner join raw.activity_name as a on a.activity_id = c.activity_id)"
        " select r.* from raw.workload as r semi join written as w"
        f" on {_same_place('w', 'r')} and w.activity_code = r.activity_code and w.year = {_WRITTEN_YEAR}"
    )


def count_lines(con: duckdb.DuckDBPyConnection) -> None:
    """raw.work: the lines that count: those nobody contests, and of the others what remains once rows were judged.

    The caller has judged raw.contested_row. Leaves raw.winner: of its rows those that count, with leaf_id, activity_id,
    ref_id, year and slot. raw.work_mark: by year what the lines that count are made of; the same mark, the same lines.
    """
    _winners(con)
    con.execute(
        "create table raw.work_mark as with contested as ("
        f"select year, {_MARK} as mark from raw.contested as t group by year),"
        f" won as (select year, {_MARK} as mark from raw.winner as t group by year)"
        " select l.year, concat_ws(' ', l.mark, c.mark, w.mark) as mark from raw.line_mark as l"
        " left join contested as c on c.year = l.year left join won as w on w.year = l.year"
    )
    plain = f"select {', '.join((*_LINE[:-1], *VALUES))} from raw.line"
    if not con.execute("from raw.contested limit 1").fetchall():
        con.execute(f"create view raw.work as {plain}")
        return
    con.execute(
        f"create view raw.work as {plain} as l where not exists (select 1 from raw.contested as c"
        " where c.leaf_id = l.leaf_id and c.activity_id = l.activity_id and c.year = l.year)"
        f" union all by name from ({_gathered()})"
    )


def _winners(con: duckdb.DuckDBPyConnection) -> None:
    """Of rows with one key the newest that was not refused. counted: no coarser period hides it (V-WL-2)."""
    given = "bit_or(1::uinteger << slot) over (partition by leaf_id, activity_id, year)"
    con.execute(
        "create table raw.winner as with newest as ("
        "select m.leaf_id, a.activity_id, a.ref_id, m.year, s.slot, r.row_id, r.volume, r.hours_actual, r.overtime"
        " from raw.contested_row as r"
        f" inner join raw.meant as m on {_same_place('m', 'r')} and m.year = {_WRITTEN_YEAR}"
        " and (m.period is null or m.period = r.period)"
        " inner join raw.activity_name as a on a.ref = r.activity_code"
        " inner join raw.slot as s on s.written = substring(r.period, 5)"
        " inner join raw.keyed_workload as k on k.row_id = r.row_id"
        f" where r.row_id not in ({refused(DATASET)})"
        " qualify row_number() over (partition by k.k order by r.drop_seq desc, r.part_id desc, r.src_row) = 1)"
        f" select *, case when slot = 16 then true when {given} & {_YEAR} > 0 then false when slot >= 12 then true"
        f" else ({given} >> (12 + slot // 3)) & 1 = 0 end as counted from newest"
    )


def _gathered() -> str:
    """Lines made of the winning rows, in SQL: at most one row a period."""
    bit = "1::uinteger << slot"
    sums = [
        f"max(cast({value} * 100 as bigint)) filter (where slot = {at}) as {letter}{slot}"
        for letter, value in (("v", "volume"), ("h", "hours_actual"))
        for at, slot in enumerate(SLOTS)
    ]
    return (
        "select leaf_id, activity_id, min(ref_id) as ref_id, year, min(row_id) as first_row_id, count(*) as rows,"
        " sum(cast(row_id as decimal(38, 0))) as rows_sum, cast(null as varchar) as told,"
        f" bit_or({bit}) as given, coalesce(bit_or({bit}) filter (where volume is not null), 0::uinteger) as valued,"
        " cast(coalesce(sum(overtime), 0) * 100 as bigint) as overtime, count(overtime) as overtime_rows,"
        f" {', '.join(sums)} from raw.winner group by leaf_id, activity_id, year"
    )


def _same_place(one: str, other: str) -> str:
    return (
        f"{one}.unit_ref = {other}.unit_ref and {one}.office_ref is not distinct from {other}.office_ref"
        f" and {one}.post_ref is not distinct from {other}.post_ref"
    )
