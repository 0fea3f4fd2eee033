"""Names in the rows to integer keys: units, offices, posts. Each distinct name is looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from panorama.sources import SOURCES
from panorama.store.proposals import propose, why
from panorama.store.register import Answer, Decision, Register, add_aliases, identity, normalise, register, successors
from panorama.store.rows import write_table
from panorama.text import Text

UNIT_NAME: Final[dict[str, pl.DataType]] = {
    "dataset": pl.String(),
    "ref": pl.String(),
    "day": pl.String(),
    "unit_id": pl.Int64(),
    "how": pl.String(),
}
OFFICE_NAME: Final[dict[str, pl.DataType]] = {
    "unit_id": pl.Int64(),
    "ref": pl.String(),
    "office_id": pl.Int64(),
    "registered": pl.Boolean(),
}
POST_NAME: Final[dict[str, pl.DataType]] = {"office_id": pl.Int64(), "ref": pl.String(), "post_id": pl.Int64()}

MAYBE: Final = {"availability": "applies_to", "activity_standard": "scope_ref"}
"""Columns that may name a unit or a kind of unit: resolved where they can be, never waited for."""
OWN: Final = {"unit": "coalesce(unit_code, uscc)"}
"""How a row names the unit it is about, where that is no reference."""
SEVERAL: Final = "successor_ref"
"""The column of the register that may name several units: resolved part by part, in raw.successor."""


@dataclass(frozen=True)
class Reference:
    """A column of a dataset that names a unit."""

    dataset: str
    column: str
    ref: str
    day: str
    leading: bool
    """The row is about this unit: unresolved, the row waits."""


@dataclass(frozen=True)
class Waiting:
    """A name that no unit answers to."""

    ref: str
    why: Text
    candidates: list[dict[str, object]]


@dataclass(frozen=True)
class Names:
    """What became of the names."""

    book: Register
    unit_name: pl.DataFrame
    waiting: list[Waiting]
    disputed: pl.DataFrame
    """Rows of D2 that claim another unit's name: row_id, alias."""


def references() -> list[Reference]:
    """Every column that names one unit."""
    found = []
    for dataset, model in SOURCES.items():
        day = f"cast({model.day} as varchar)" if model.day else "cast(null as varchar)"
        if dataset in OWN:
            found.append(Reference(dataset, "unit_code", OWN[dataset], day, True))
        units = [name for name, column in model.columns().items() if column.kind == "unit"]
        for name in (name for name in units if name != SEVERAL):
            found.append(Reference(dataset, name, name, day, name == "unit_ref"))
        if dataset in MAYBE:
            found.append(Reference(dataset, MAYBE[dataset], MAYBE[dataset], day, False))
    return found


def datasets_with_rows(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Datasets that some drop brought rows of."""
    found = con.execute("select distinct dataset from raw.part where has_rows order by dataset")
    return [row[0] for row in found.fetchall()]


def resolve_units(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> Names:
    """Fill raw.unit_name from the rows in raw."""
    book, disputed = known_units(con, decisions)
    _take_successors(con, book)
    _take_conflicts(con, book)
    _take_raters(con, book)
    refs = _distinct(con)
    frame, open_refs = _answers(book, refs)
    open_refs = [(ref, answer) for ref, answer in open_refs if ref not in book.nobody]
    write_table(con, "raw.nobody", pl.DataFrame({"ref": sorted(book.nobody)}, {"ref": pl.String()}))
    write_table(con, "raw.unit_name", frame)
    proposals = propose(book, open_refs)
    waiting = [
        Waiting(ref, why(answer), [proposal.told() for proposal in found])
        for (ref, answer), found in zip(open_refs, proposals, strict=True)
    ]
    return Names(book, frame, waiting, disputed)


def known_units(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> tuple[Register, pl.DataFrame]:
    """Every way to call a unit, from raw.unit, raw.unit_alias and decisions; and the rows of D2 that claim another's name."""
    fields = "unit_code, uscc, name, short_name, other_names, region, admin_level, valid_from, end_date, successor_ref"
    rows = con.sql(f"select {fields}, drop_seq, part_id, src_row from raw.unit")
    book = register(rows.pl().to_dicts(), decisions)
    return book, _take_aliases(con, book)


def _take_aliases(con: duckdb.DuckDBPyConnection, book: Register) -> pl.DataFrame:
    rows = con.sql(
        "select row_id, alias, unit_ref, valid_from, valid_to from raw.unit_alias"
        " qualify row_number() over (partition by alias, unit_ref, valid_from order by drop_seq desc, row_id) = 1"
        " order by row_id"
    )
    resolved = [{**row, "unit_id": book.find(row["unit_ref"], None).unit_id} for row in rows.pl().to_dicts()]
    disputed = add_aliases(book, resolved)
    return pl.DataFrame(
        [(row["row_id"], row["alias"]) for row in disputed],
        schema={"row_id": pl.Int64(), "alias": pl.String()},
        orient="row",
    )


def _take_successors(con: duckdb.DuckDBPyConnection, book: Register) -> None:
    """raw.successor: each cell that names who took over → its parts in the order written (place), each with its unit, null = not known."""
    cells = con.execute("select distinct successor_ref from raw.unit where successor_ref is not null order by all")
    rows = [(cell, at, *told) for (cell,) in cells.fetchall() for at, told in enumerate(successors(book, cell))]
    schema = {"ref": pl.String(), "place": pl.Int32(), "part": pl.String(), "unit_id": pl.Int64()}
    write_table(con, "raw.successor", pl.DataFrame(rows, schema=schema, orient="row"))


def _take_conflicts(con: duckdb.DuckDBPyConnection, book: Register) -> None:
    """raw.conflict: each name of a unit that some evaluator is to avoid → the unit, null = not known."""
    named = con.execute("select distinct unnest(conflicts) as ref from raw.evaluator order by all").fetchall()
    rows = [(ref, book.find(ref, None).unit_id) for (ref,) in named if ref is not None]
    write_table(
        con, "raw.conflict", pl.DataFrame(rows, schema={"ref": pl.String(), "unit_id": pl.Int64()}, orient="row")
    )


def _take_raters(con: duckdb.DuckDBPyConnection, book: Register) -> None:
    """raw.rater: each rater of scores → the unit that goes by that name, null = none does."""
    named = con.execute("select distinct rater from raw.score where rater is not null order by all").fetchall()
    rows = [(ref, book.find(ref, None).unit_id) for (ref,) in named]
    write_table(con, "raw.rater", pl.DataFrame(rows, schema={"ref": pl.String(), "unit_id": pl.Int64()}, orient="row"))


def _distinct(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    found = datasets_with_rows(con)
    selects = [
        f"select '{of.dataset}' as dataset, {of.ref} as ref, {of.day} as day, {of.leading} as asked"
        f" from raw.{of.dataset} where {of.ref} is not null group by all"
        for of in references()
        if of.dataset in found and of.dataset != "workload"
    ]
    if "workload" in found:
        selects.append(
            f"select 'workload' as dataset, unit_ref as ref, period as day, true as asked from ({by_period('unit_ref')})"
        )
    # Nobody is asked about a name for the sake of refused rows: their sender must mend them anyway.
    selects.append("select dataset, ref, day, false as asked from raw.about group by all")
    refs: pl.DataFrame = con.sql(" union ".join(selects)).pl()
    return refs


def _answers(book: Register, refs: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[str, Answer]]]:
    """The rows of raw.unit_name, and the names that found no unit with why."""
    refs = refs.unique(subset=["dataset", "ref", "day"]).sort("dataset", "ref", "day")
    steady = _steady(book, refs)
    rows = []
    waiting: dict[str, Answer] = {}
    for dataset, ref, day, asked in refs.join(steady, on="ref", how="anti", maintain_order="left").iter_rows():
        answer = book.find(ref, day)
        rows.append((dataset, ref, day, answer.unit_id, answer.how))
        if answer.unit_id is None and asked:
            waiting.setdefault(ref, answer)
    changing = pl.DataFrame(rows, schema=UNIT_NAME, orient="row")
    lasting = refs.join(steady, on="ref").select(pl.col(name).cast(kind) for name, kind in UNIT_NAME.items())
    return pl.concat([lasting, changing]).sort("dataset", "ref", "day"), list(waiting.items())


def _steady(book: Register, refs: pl.DataFrame) -> pl.DataFrame:
    """The names that mean one unit on every day: ref, unit_id, how. Of months there are many times as many as of names."""
    once = refs.unique("ref", keep="first", maintain_order=True).select("ref", "day")
    answers = [(ref, book.find(ref, day)) for ref, day in once.iter_rows()]
    rows = [(ref, answer.unit_id, answer.how) for ref, answer in answers if answer.steady]
    schema = {name: UNIT_NAME[name] for name in ("ref", "unit_id", "how")}
    return pl.DataFrame(rows, schema=schema, orient="row")


def resolve_places(con: duckdb.DuckDBPyConnection) -> None:
    """Fill raw.office_name and raw.post_name; every name gets an id, registered or not."""
    offices = _offices(con)
    write_table(con, "raw.office_name", offices)
    write_table(con, "raw.post_name", _posts(con))


def _offices(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Registered ones by code or name; any other name within a unit stands for an office of its own."""
    found: dict[tuple[int, str], tuple[int, bool]] = {}
    plain: dict[tuple[int, str], int] = {}
    registered = con.execute(
        "select n.unit_id, r.office_code, r.office_name from raw.office as r"
        " inner join raw.unit_name as n on n.dataset = 'office' and n.ref = r.unit_ref and n.day is null"
        " where n.unit_id is not null"
        # The newest row says whose a name is, should two offices have borne it.
        " order by r.drop_seq desc, r.valid_from desc nulls last, r.row_id"
    )
    for unit_id, code, name in registered.fetchall():
        office_id = identity(unit_id, code or normalise(name))
        for ref in filter(None, (code, name)):
            found.setdefault((unit_id, ref), (office_id, True))
            plain.setdefault((unit_id, normalise(ref)), office_id)
    for unit_id, ref in _named(con, "office"):
        known = plain.get((unit_id, normalise(ref)))
        found.setdefault((unit_id, ref), (known or identity(unit_id, normalise(ref)), known is not None))
    rows = [(unit_id, ref, office_id, known) for (unit_id, ref), (office_id, known) in found.items()]
    return pl.DataFrame(rows, schema=OFFICE_NAME, orient="row")


def _posts(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    found: dict[tuple[int, str], int] = {}
    plain: dict[tuple[int, str], int] = {}
    registered = con.execute(
        "select distinct o.office_id, r.post_code, r.post_name from raw.post as r"
        " inner join raw.unit_name as n on n.dataset = 'post' and n.ref = r.unit_ref and n.day is null"
        " inner join raw.office_name as o on o.unit_id = n.unit_id and o.ref = r.office_ref order by all"
    )
    for office_id, code, name in registered.fetchall():
        post_id = identity(office_id, code or normalise(name))
        for ref in filter(None, (code, name)):
            found.setdefault((office_id, ref), post_id)
            plain.setdefault((office_id, normalise(ref)), post_id)
    for office_id, ref in _named(con, "post"):
        if (office_id, ref) not in found:
            key = (office_id, normalise(ref))
            found[office_id, ref] = plain.get(key) or identity(*key)
    return pl.DataFrame([(*key, post_id) for key, post_id in found.items()], schema=POST_NAME, orient="row")


def _named(con: duckdb.DuckDBPyConnection, kind: str) -> list[tuple[int, str]]:
    """Distinct (unit, office name) or (office, post name) that rows speak of."""
    selects = [
        _named_in(dataset, kind) for dataset in datasets_with_rows(con) if f"{kind}_ref" in SOURCES[dataset].columns()
    ]
    return con.execute(" union ".join(selects) + " order by all").fetchall() if selects else []


def by_period(fields: str, where: str = "true") -> str:
    """Of workload: these fields of its lines with each period that they tell of, written as its rows write it."""
    return (
        f"select distinct {fields}, cast(year as varchar) || s.written as period from"
        f" (select {fields}, year, bit_or(given) as given from raw.place where {where} group by all) as y"
        " inner join raw.slot as s on (y.given >> s.slot) & 1 = 1"
    )


def _named_in(dataset: str, kind: str) -> str:
    """Names that mean one unit all the time are looked up without the day: there are far fewer of them without it."""
    day = references_day(dataset)
    distinct = "unit_ref, office_ref" if kind == "office" else "unit_ref, office_ref, post_ref"
    office = (
        " inner join raw.office_name as o on o.unit_id = n.unit_id and o.ref = r.office_ref" if kind == "post" else ""
    )
    owner = "n.unit_id" if kind == "office" else "o.office_id"
    steady = (
        f"select ref, min(unit_id) as unit_id from raw.unit_name where dataset = '{dataset}'"
        " group by ref having min(unit_id) = max(unit_id) and count(*) = count(unit_id)"
    )
    changing = f"{kind}_ref is not null and unit_ref not in (select ref from ({steady}))"
    rows, dated = f"raw.{dataset}", f"select distinct {distinct}, {day} as day from raw.{dataset} where {changing}"
    if dataset == "workload":
        rows, dated = "raw.place", f"select * exclude (period), period as day from ({by_period(distinct, changing)})"
    return (
        f"select distinct {owner}, r.{kind}_ref from"
        f" (select distinct {distinct} from {rows} where {kind}_ref is not null) as r"
        f" inner join ({steady}) as n on n.ref = r.unit_ref{office}"
        f" union select distinct {owner}, r.{kind}_ref from"
        f" ({dated}) as r"
        f" inner join raw.unit_name as n on n.dataset = '{dataset}' and n.ref = r.unit_ref and n.day is not distinct from r.day"
        f"{office} where n.unit_id is not null"
    )


def references_day(dataset: str) -> str:
    """SQL of the day by which names of this dataset are resolved."""
    day = SOURCES[dataset].day
    return f"cast({day} as varchar)" if day else "cast(null as varchar)"
