"""Rows that only the whole store can judge: unknown units, keys given twice. They join what intake refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import duckdb
import polars as pl

from panorama.sources import SOURCES
from panorama.store.keys import find_duplicates, refused
from panorama.store.names import OWN, Names, Reference, datasets_with_rows, references
from panorama.store.parts import ROW_BITS, PartRecord
from panorama.store.register import ID_DIGITS
from panorama.store.work import count_lines, resolve_work

REFUSED: Final[dict[str, pl.DataType]] = {
    "dataset": pl.String(),
    "row_id": pl.Int64(),
    "field": pl.String(),
    "value": pl.String(),
    "rule": pl.String(),
    "severity": pl.String(),
    "message": pl.String(),
    "message_en": pl.String(),
    "waiting": pl.Boolean(),
}


def judge(con: duckdb.DuckDBPyConnection, names: Names, parts: Mapping[int, PartRecord]) -> set[str]:
    """Fill raw.judged; the datasets that hold rows refused for good (their raw view must leave these out)."""
    con.execute(
        "create table raw.judged (dataset varchar, row_id bigint, field varchar, value varchar, rule varchar,"
        " severity varchar, message varchar, message_en varchar, waiting boolean)"
    )
    found = datasets_with_rows(con)
    _waiting(con, found)
    _unknown_successors(con)
    _unknown_conflicts(con)
    _unknown_too(con)
    _homeless(con, found)
    _disputed(con, names)
    _unregistered(con, found)
    # By name, so that standards come before the workload that is written in their words; models read its keys.
    for dataset in sorted({*found, "workload"}):
        if dataset == "workload":
            name_activities(con)
            resolve_work(con)
        add(con, _duplicates(con, dataset, parts))
    count_lines(con)
    held = con.execute("select distinct dataset from raw.judged where severity = 'refused' and not waiting")
    return {row[0] for row in held.fetchall()}


_NUMBER: Final = f"cast('0x' || left(sha256({{}}), {ID_DIGITS}) as bigint)"
"""As `identity` makes one of a single name."""


def name_activities(con: duckdb.DuckDBPyConnection) -> None:
    """raw.activity_name: each way an activity is written → its code where the standards tell it, else the writing itself.

    activity_id numbers the codes, ref_id the writings: a code may be told by another unit's standard alone, and what one
    unit is told of an activity is how it wrote it.

    A name that several codes share names none of them: it stays as written and is matched within its scope.
    """
    con.execute(
        "create table raw.activity_name as with standard as ("
        "select distinct activity_code, activity_name from raw.whole_activity_standard"
        f" where row_id not in ({refused('activity_standard')})),"
        " coded as (select distinct activity_code from standard),"
        " named as (select activity_name as ref, min(activity_code) as activity_code from standard"
        " where activity_name is not null group by activity_name having count(distinct activity_code) = 1),"
        " written as (select activity_code as ref from raw.done union select activity_code from coded),"
        " told as (select w.ref, coalesce(c.activity_code, m.activity_code, w.ref) as activity_code from written as w"
        " left join coded as c on c.activity_code = w.ref left join named as m on m.ref = w.ref)"
        f" select ref, {_NUMBER.format('ref')} as ref_id, activity_code,"
        f" {_NUMBER.format('activity_code')} as activity_id from told"
    )


def _waiting(con: duckdb.DuckDBPyConnection, found: Collection[str]) -> None:
    """V-ID-1: the row waits when the unit it is about is unknown; another unknown unit is a warning."""
    missing = con.execute("select distinct dataset from raw.unit_name where unit_id is null").fetchall()
    for of in references():
        if (of.dataset,) not in missing or of.dataset not in found or not (of.leading or of.column.endswith("_ref")):
            continue
        if of.column == "scope_ref":
            continue
        message, english = _MESSAGES[of.leading]
        con.execute(
            "insert into raw.judged"
            f" select '{of.dataset}', r.row_id, '{of.column}', r.ref, 'V-ID-1', $severity,"
            " replace($zh, '%', r.ref), replace($en, '%', r.ref), $waiting"
            f" from (select distinct w.row_id, n.ref from (select *, {of.ref} as ref, {of.day} as day from raw.{of.dataset}) as w"
            f" inner join raw.unit_name as n on n.dataset = '{of.dataset}' and n.ref = w.ref"
            " and n.day is not distinct from w.day where n.unit_id is null) as r"
            " where not ($waiting and r.ref in (from raw.nobody))",
            {
                "severity": "refused" if of.leading else "warning",
                "zh": message,
                "en": english,
                "waiting": of.leading,
            },
        )
        if of.leading:
            _of_nobody(con, of)


def _of_nobody(con: duckdb.DuckDBPyConnection, of: Reference) -> None:
    """V-ID-3: a person said that what stands for the unit is none. The row stays refused with that reason, and is nobody's task."""
    con.execute(
        f"insert into raw.judged select '{of.dataset}', w.row_id, '{of.column}', w.ref, 'V-ID-3', 'refused',"
        " replace($zh, '%', w.ref), replace($en, '%', w.ref), false"
        f" from (select *, {of.ref} as ref, {of.day} as day from raw.{of.dataset}) as w"
        f" inner join raw.unit_name as n on n.dataset = '{of.dataset}' and n.ref = w.ref"
        " and n.day is not distinct from w.day where n.unit_id is null and n.ref in (from raw.nobody)",
        NO_UNIT,
    )


def _unknown_successors(con: duckdb.DuckDBPyConnection) -> None:
    """Likewise a warning for each of several successors that is not known."""
    message, english = _MESSAGES[False]
    con.execute(
        "insert into raw.judged select 'unit', u.row_id, 'successor_ref', s.part, 'V-ID-1', 'warning',"
        " replace($zh, '%', s.part), replace($en, '%', s.part), false"
        " from raw.unit as u inner join raw.successor as s on s.ref = u.successor_ref where s.unit_id is null",
        {"zh": message, "en": english},
    )


def _unknown_conflicts(con: duckdb.DuckDBPyConnection) -> None:
    """Likewise for each unit that an evaluator is to avoid: until its name is known nobody can be kept from it."""
    con.execute(
        "insert into raw.judged select 'evaluator', e.row_id, 'conflicts', c.ref, 'V-ID-1', 'warning',"
        " replace($zh, '%', c.ref), replace($en, '%', c.ref), false"
        " from (select row_id, unnest(conflicts) as ref from raw.evaluator) as e"
        " inner join raw.conflict as c on c.ref = e.ref where c.unit_id is null",
        {
            "zh": "回避单位“%”未能识别，这一条回避还不起作用：请改成名录中的名称，或补充名称对照",
            "en": 'The unit to avoid, "%", is not known, so nobody is kept from it yet: write a name of the register, or add an alias',
        },
    )


def _unknown_too(con: duckdb.DuckDBPyConnection) -> None:
    """V-ID-1 on rows that intake refused for another reason: all reasons at once, so that a row is mended once."""
    con.execute(
        "insert into raw.judged select a.dataset, a.row_id, 'unit_ref', a.ref, 'V-ID-1', 'refused',"
        f" replace($zh, '%', a.ref), replace($en, '%', a.ref), false {_ABOUT} and a.ref not in (from raw.nobody)",
        {
            "zh": "单位“%”也未能识别：请一并核对名称",
            "en": 'The unit "%" is not known either: check its name as well',
        },
    )
    con.execute(
        "insert into raw.judged select a.dataset, a.row_id, 'unit_ref', a.ref, 'V-ID-3', 'refused',"
        f" replace($zh, '%', a.ref), replace($en, '%', a.ref), false {_ABOUT} and a.ref in (from raw.nobody)",
        NO_UNIT,
    )


_ABOUT: Final = (
    "from raw.about as a inner join raw.unit_name as n"
    " on n.dataset = a.dataset and n.ref = a.ref and n.day is not distinct from a.day where n.unit_id is null"
)
NO_UNIT: Final = {
    "zh": "“%”已由人确认不是任何单位：该行不计入，也不用再处理；收回这一回答，该行即恢复等待",
    "en": 'A person said that "%" is no unit: the row does not count and is nobody\'s task; it waits again once that answer is taken back',
}
_MESSAGES: Final = {
    True: (
        "单位“%”未能识别，该行待确认：在“数据接入”确认名称后自动生效，不必重新导入",
        'The unit "%" is not known: the row waits, and comes alive when its name is confirmed, without loading it again',
    ),
    False: (
        "相关单位“%”未能识别，该行已接收，但不与它关联",
        'The other unit "%" is not known: the row is taken in, but not linked to it',
    ),
}


def _homeless(con: duckdb.DuckDBPyConnection, found: Collection[str]) -> None:
    """A post is known within its office only."""
    if "workload" not in found:
        return
    if not con.execute("from raw.place where post_ref is not null and office_ref is null limit 1").fetchall():
        return
    con.execute(
        "insert into raw.judged select distinct 'workload', row_id, 'office_ref', post_ref, 'V-REL', 'refused',"
        " '写了岗位，就须同时写明它所在的内设机构', 'A post is given, so its office must be given too', false"
        " from raw.workload where post_ref is not null and office_ref is null"
    )


def _disputed(con: duckdb.DuckDBPyConnection, names: Names) -> None:
    """V-ID-2: two units claim one name at one time; rows with that name wait."""
    rows = [
        (
            "unit_alias", row_id, "alias", alias, "V-ID-2", "warning",
            f"“{alias}”同时是另一单位的名称：用到它的行须由人确认",
            f'"{alias}" is a name of another unit too: rows that use it wait for a person',
            False,
        )
        for row_id, alias in names.disputed.iter_rows()
    ]  # fmt: skip
    add(con, pl.DataFrame(rows, schema=REFUSED, orient="row"))


_GATHERED: Final = {"workload": "sheet_office"}
"""Of workload what its sheets say is looked at, in place of as many rows."""


def _unregistered(con: duckdb.DuckDBPyConnection, found: Collection[str]) -> None:
    """V-OFF-1: an office that D3 does not know, in a unit whose other offices it knows. One warning a sheet."""
    for dataset in found:
        if dataset == "office" or "office_ref" not in SOURCES[dataset].columns():
            continue
        con.execute(
            "insert into raw.judged"
            f" select '{dataset}', min(r.row_id), 'office_ref', r.office_ref, 'V-OFF-1', 'warning',"
            " '内设机构名录中没有“' || r.office_ref || '”：已按新机构接收，请核对名称或补报名录',"
            " 'The register of offices has no \"' || r.office_ref || '\": taken in as one of its own; check its name', false"
            f" from (select min(row_id) as row_id, unit_ref, office_ref"
            f" from raw.{_GATHERED.get(dataset, dataset)}"
            " where office_ref is not null group by part_id, unit_ref, office_ref) as r"
            f" inner join (select distinct ref, unit_id from raw.unit_name where dataset = '{dataset}') as n on n.ref = r.unit_ref"
            " inner join raw.office_name as o on o.unit_id = n.unit_id and o.ref = r.office_ref"
            " where not o.registered and n.unit_id in (select unit_id from raw.office_name where registered)"
            f" group by r.row_id >> {ROW_BITS}, r.office_ref"
        )


def _duplicates(con: duckdb.DuckDBPyConnection, dataset: str, parts: Mapping[int, PartRecord]) -> pl.DataFrame:
    """V-DUP: the first row of a key counts."""
    field = OWN_KEY.get(dataset, SOURCES[dataset].key[0])
    rows = []
    for row_id, first_id, same in find_duplicates(con, dataset).iter_rows():
        place, place_en = _place(parts, row_id, first_id)
        message = f"与{place}{'完全相同' if same else '关键字相同、内容不同'}，只接收先出现的一行"
        english = f"{'The same as' if same else 'The same key as'} {place_en}{'' if same else ', with other content'}: only the first is taken in"
        # No field is wrong where the whole row is the same: nothing is to be mended.
        rows.append((dataset, row_id, None if same else field, None, "V-DUP", "refused", message, english, False))
    return pl.DataFrame(rows, schema=REFUSED, orient="row")


OWN_KEY: Final = {"office": "office_name", "post": "post_name", **dict.fromkeys(OWN, "unit_code")}


def _place(parts: Mapping[int, PartRecord], row_id: int, first_id: int) -> tuple[str, str]:
    row = first_id & ((1 << ROW_BITS) - 1)
    if row_id >> ROW_BITS == first_id >> ROW_BITS:
        return f"第{row}行", f"row {row}"
    part = parts[first_id >> ROW_BITS]
    return f"“{part.file}”工作表“{part.sheet}”第{row}行", f'row {row} of sheet "{part.sheet}" of {part.file}'


def add(con: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> None:
    """Rows of REFUSED into raw.judged."""
    if frame.is_empty():
        return
    con.register("given", frame)
    con.execute("insert into raw.judged from given")
    con.unregister("given")
