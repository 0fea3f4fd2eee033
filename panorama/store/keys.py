"""Natural keys over resolved names: the same key twice in a drop is refused, again in a later drop it is an update."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import duckdb
import polars as pl

from panorama.sources import SOURCES
from panorama.store.names import OWN, references_day
from panorama.store.parts import ROW_BITS

CHANGES_SHOWN: Final = 300
"""Changed rows a drop and dataset whose old and new values are kept in the snapshot; the counts are of all."""

_DIFF_VALUE: Final = ("drop_id", "dataset", "row_id", "before_row_id", "field", "label", "label_en", "old", "new")

_WRITTEN: Final = {"office": "coalesce(r.office_code, r.office_name)", "post": "coalesce(r.post_code, r.post_name)"}
"""How a register of offices or posts names its own."""

_ROWS: Final = {"workload": "raw.contested_row"}
"""Where the rows stand whose keys are looked at: of workload only those that its lines leave in doubt (work.py)."""

_INSTEAD: Final[dict[str, dict[str, str]]] = {
    # A finding without a number, or with a running number and no round, is told from others by its text.
    "inspection_finding": {
        "finding_no": "r.finding_no, case when r.finding_no is null"
        " or (r.round is null and regexp_full_match(r.finding_no, '[0-9]+')) then r.text end"
    },
    "audit_finding": {
        "report_no": "coalesce(r.report_no, concat_ws(' ', r.project, cast(r.audit_year as varchar)))",
        "finding_no": "r.finding_no, case when r.finding_no is null then r.text end",
    },
    "staffing_ledger": {"single_listed": "coalesce(r.single_listed, false)"},
    # What was agreed on is a row of its own beside what the same rater gave.
    "score": {"agreed": "coalesce(r.agreed, false)"},
    "activity_standard": {"scope_ref": "trim(r.scope_ref)"},
    "availability": {"applies_to": "trim(r.applies_to)"},
    # Of a common indicator there is no unit; one of a unit that is not known yet is told from others by its name.
    # Its kind says which template a common one is of; an individual one is told by its unit, whatever its kind.
    "indicator": {
        "template_kind": "case when r.unit_ref is null then r.template_kind end",
        "unit_ref": "coalesce(cast(n.unit_id as varchar), r.unit_ref)",
    },
}


def keyed(dataset: str, extra: str = "") -> str:
    """A select of row_id, drop_seq and k, the 64-bit hash of the natural key, for rows whose unit is known."""
    fields = ", ".join(_key(dataset))
    return (
        f"select r.row_id, r.drop_seq, hash({fields}) as k{extra}"
        f" from {_ROWS.get(dataset, f'raw.{dataset}')} as r {_joins(dataset)}"
    )


def _key(dataset: str) -> list[str]:
    if dataset == "unit":
        return ["n.unit_id", "r.valid_from"]
    if dataset == "office":
        return ["o.office_id", "r.valid_from"]
    if dataset == "post":
        return ["p.post_id"]
    ids = {"unit_ref": "n.unit_id", "office_ref": "o.office_id", "post_ref": "p.post_id"}
    if dataset == "workload":
        ids["activity_code"] = "a.activity_code"
    instead = _INSTEAD.get(dataset, {})
    return [instead.get(name) or ids.get(name) or f"r.{name}" for name in SOURCES[dataset].key]


def _joins(dataset: str) -> str:
    columns = SOURCES[dataset].columns()
    if "unit_ref" not in columns and dataset not in OWN:
        return ""
    ref = "coalesce(r.unit_code, r.uscc)" if dataset in OWN else "r.unit_ref"
    day = references_day(dataset)
    join = "left join" if "unit_ref" in _INSTEAD.get(dataset, {}) else "inner join"
    joins = [
        f"{join} raw.unit_name as n on n.dataset = '{dataset}' and n.ref = {ref}"
        f" and n.day is not distinct from {day} and n.unit_id is not null"
    ]
    office = _WRITTEN["office"] if dataset == "office" else "r.office_ref" if "office_ref" in columns else None
    post = _WRITTEN["post"] if dataset == "post" else "r.post_ref" if "post_ref" in columns else None
    if office:
        joins.append(f"left join raw.office_name as o on o.unit_id = n.unit_id and o.ref = {office}")
    if post:
        joins.append(f"left join raw.post_name as p on p.office_id = o.office_id and p.ref = {post}")
    if dataset == "workload":
        joins.append("inner join raw.activity_name as a on a.ref = r.activity_code")
    return " ".join(joins)


def _body(dataset: str) -> list[str]:
    """The fields that an update may change."""
    model = SOURCES[dataset]
    own = {"office": ("office_code", "office_name"), "post": ("post_code", "post_name")}.get(dataset, ())
    return [name for name in model.columns() if name not in model.key or name in own]


def refused(dataset: str) -> str:
    """A select of the row_id that are refused for good by what only the whole store can judge."""
    return f"select row_id from raw.judged where dataset = '{dataset}' and severity = 'refused' and not waiting"


def find_duplicates(con: duckdb.DuckDBPyConnection, dataset: str) -> pl.DataFrame:
    """Rows whose key stood earlier in the same drop: row_id, first_id, same (nothing else differs either).

    Leaves raw.keyed_<dataset> (row_id, drop_seq, k) and raw.again_<dataset> (k of more than one row) for the differences.
    """
    con.execute(f"create table raw.keyed_{dataset} as {keyed(dataset)}")
    con.execute(
        f"create table raw.again_{dataset} as select k from raw.keyed_{dataset}"
        " group by k having min(row_id) <> max(row_id)"
    )
    con.execute(
        "create or replace temp table twice as select drop_seq, k, min(row_id) as first_id"
        f" from raw.keyed_{dataset} where k in (from raw.again_{dataset})"
        " group by drop_seq, k having min(row_id) <> max(row_id)"
    )
    # Most sheets have none; then nothing more is looked at.
    if not con.execute("from twice limit 1").fetchall():
        return pl.DataFrame(schema={"row_id": pl.Int64(), "first_id": pl.Int64(), "same": pl.Boolean()})
    found: pl.DataFrame = con.sql(
        f"with bodied as ({_bodied(dataset)})"
        " select d.row_id, t.first_id, bool_and(d.b = f.b) as same from bodied as d"
        " inner join twice as t on t.drop_seq = d.drop_seq and t.k = d.k and d.row_id <> t.first_id"
        " inner join bodied as f on f.row_id = t.first_id and f.k = t.k"
        " group by d.row_id, t.first_id qualify row_number() over (partition by d.row_id order by t.first_id) = 1"
    ).pl()
    return found


def _bodied(dataset: str) -> str:
    """Rows whose key stands more than once: as `keyed`, with b, the hash of all that an update may change."""
    body = ", ".join(f"r.{name}" for name in _body(dataset)) or "1"
    again = f"select row_id from raw.keyed_{dataset} where k in (from raw.again_{dataset})"
    return f"{keyed(dataset, f', hash({body}) as b')} where r.row_id in ({again})"


def write_differences(con: duckdb.DuckDBPyConnection, datasets: Iterable[str]) -> None:
    """Fill meta.diff (drop × dataset: new, changed, same), meta.diff_value (old and new of changed fields, bounded) and meta.left_behind.

    meta.left_behind (drop × dataset × file × earlier drop: rows): a drop brought a file again under its name, with some of its
    keys; rows of the earlier one that no later drop brings, which therefore still count.
    """
    con.execute('create table raw.diff (drop_id integer, dataset varchar, "new" bigint, changed bigint, same bigint)')
    con.execute(
        "create table meta.diff_value (drop_id integer, dataset varchar, row_id bigint, before_row_id bigint,"
        " field varchar, label varchar, label_en varchar, old varchar, new varchar)"
    )
    con.execute(
        "create table meta.left_behind (drop_id integer, dataset varchar, file varchar, earlier_drop integer, rows bigint)"
    )
    for dataset in datasets:
        _difference(con, dataset)
    con.execute(
        'create table meta.diff as select drop_id, dataset, cast(sum("new") as bigint) as "new",'
        " cast(sum(changed) as bigint) as changed, cast(sum(same) as bigint) as same from raw.diff group by drop_id, dataset"
    )


def _difference(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    con.execute(
        f"insert into raw.diff select drop_seq, '{dataset}', count(*), 0, 0 from raw.keyed_{dataset}"
        f" where k not in (from raw.again_{dataset}) and row_id not in ({refused(dataset)}) group by drop_seq"
    )
    if dataset == "workload":
        con.execute(
            "insert into raw.diff with counted as (select told, sum(lines) as n from staging.work_told group by told),"
            " each as (select unnest(string_split(told, ',')) as one, n from counted)"
            " select p.drop_id, 'workload', sum(e.n * cast(split_part(e.one, ':', 2) as bigint)), 0, 0 from each as e"
            " inner join raw.part as p on p.part_id = cast(split_part(e.one, ':', 1) as bigint) group by p.drop_id"
        )
    # Few drops bring a key again; then nothing more is looked at.
    if not con.execute(f"from raw.again_{dataset} limit 1").fetchall():
        return
    con.execute(
        "create or replace temp table steps as select *, lag(row_id) over older as before_id, lag(b) over older as before_b"
        # A row that was refused is no earlier value. Of the others a drop has one row a key; the row settles any tie.
        f" from ({_bodied(dataset)}) where row_id not in ({refused(dataset)})"
        " window older as (partition by k order by drop_seq, row_id)"
    )
    con.execute(
        f"insert into raw.diff select drop_seq, '{dataset}', count(*) filter (where before_id is null),"
        " count(*) filter (where before_b <> b), count(*) filter (where before_b = b) from steps group by drop_seq"
    )
    _values(con, dataset)
    _left_behind(con, dataset)


def _left_behind(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    con.execute(
        "insert into meta.left_behind with told as ("
        "select k.k, k.drop_seq, p.file, max(k.drop_seq) over (partition by k.k) as newest"
        f" from raw.keyed_{dataset} as k inner join raw.part as p on p.part_id = k.row_id >> {ROW_BITS}"
        f" where k.row_id not in ({refused(dataset)})),"
        " again as (select distinct n.drop_seq as drop_id, n.file, o.drop_seq as earlier_drop"
        " from (select distinct drop_seq, file from told) as n"
        " inner join (select distinct drop_seq, file from told) as o on o.file = n.file and o.drop_seq < n.drop_seq),"
        " shared as (select distinct a.* from again as a inner join told as n on n.drop_seq = a.drop_id and n.file = a.file"
        " inner join told as o on o.drop_seq = a.earlier_drop and o.file = a.file and o.k = n.k)"
        f" select s.drop_id, '{dataset}', s.file, s.earlier_drop, count(*) from shared as s"
        " inner join told as o on o.drop_seq = s.earlier_drop and o.file = s.file and o.newest = s.earlier_drop"
        " group by all"
    )


def _values(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    told = keyed(dataset, f", to_json(struct_pack({', '.join(f'{name} := r.{name}' for name in _body(dataset))})) as j")
    pairs = con.execute(
        "with picked as (select * from steps where before_b <> b"
        f" qualify row_number() over (partition by drop_seq order by row_id) <= {CHANGES_SHOWN}),"
        f" told as (select * from ({told}) where row_id in (select row_id from picked union select before_id from picked))"
        " select p.drop_seq, p.row_id, p.before_id, cast(o.j as varchar), cast(n.j as varchar) from picked as p"
        " inner join told as o on o.row_id = p.before_id and o.k = p.k"
        " inner join told as n on n.row_id = p.row_id and n.k = p.k order by p.drop_seq, p.row_id"
    ).fetchall()
    rows = [
        (drop, dataset, row, before, *cell)
        for drop, row, before, old, new in pairs
        for cell in _cells(dataset, old, new)
    ]
    if rows:
        con.register("given", pl.DataFrame(rows, schema=list(_DIFF_VALUE), orient="row", infer_schema_length=None))
        con.execute("insert into meta.diff_value from given")
        con.unregister("given")


def _cells(dataset: str, old: str, new: str) -> list[tuple[str, str, str, str | None, str | None]]:
    before, after = json.loads(old), json.loads(new)
    columns = SOURCES[dataset].columns()
    return [
        (name, columns[name].zh, columns[name].en, _written(before[name]), _written(after[name]))
        for name in after
        if before[name] != after[name]
    ]


def _written(value: Any) -> str | None:
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    return None if value is None else str(value)
