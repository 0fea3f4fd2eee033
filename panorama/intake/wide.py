"""A recognised table as one or more frames of text by field: wide sheets turn long, 一正三副 turns into two rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from panorama.intake.cell import BLANKS, folded
from panorama.intake.grid import Header, Table
from panorama.intake.numbers import plain_number
from panorama.intake.recognise import RANKS, Recognition

_RANKS: Final = re.compile(
    r"([一二两三四五六七八九十]+|\d+)\s*正(?:职)?\s*[、,，和]?\s*([一二两三四五六七八九十]+|\d+)\s*副(?:职)?"
)
_HEADS: Final = ("正职", "副职")


@dataclass(frozen=True)
class Plan:
    """Rows to be judged together.

    frame: "row" and one String column a field, as found. places: field → the header its cells stand under.
    values: fields that are the same in every row, typed. unsplit: (row, field) of cells that count all ranks at once
    beside a cell that counts them one by one.
    """

    frame: pl.DataFrame
    places: Mapping[str, Header]
    values: Mapping[str, Any] = field(default_factory=dict)
    unsplit: tuple[tuple[int, str], ...] = ()
    as_found: Mapping[str, str] = field(default_factory=dict)
    """Field → letter of the column whose cells it has as they stand."""


@dataclass(frozen=True)
class Share:
    """The columns that make one plan. mapping: field → header. values: as in Plan. needed: fields of which one must be given."""

    mapping: Mapping[str, Header]
    values: Mapping[str, Any]
    needed: tuple[str, ...] = ()


def plans(table: Table, found: Recognition) -> list[Plan]:
    """The frames of a table. In a wide one each group of columns is one; free fields make one of their own."""
    made = [_plan(table, found, share) for share in shares(found)]
    return made if found.groups else [_ranked(made[0], found)]


def shares(found: Recognition) -> list[Share]:
    """What the frames of a table are made of."""
    if not found.groups:
        return [Share(found.mapping, found.context)]
    wide = found.source.wide
    free = frozenset(wide.free) if wide else frozenset()
    only = dict(wide.only) if wide else {}
    base = {name: header for name, header in found.mapping.items() if name not in free and name not in only}
    made = [
        Share({**base, **spread}, {**found.context, **dict(values)}, tuple(spread))
        for values, spread in _groups(found, only).items()
    ]
    loose = {name: header for name, header in found.mapping.items() if name in free}
    return [*made, Share({**base, **loose}, found.context, tuple(loose))] if loose else made


def rows_of(share: Share, found: Recognition) -> pl.Expr:
    """Which of the rows that a table gave, typed and put together, are those of a share."""
    wide, schema, defaults = found.source.wide, found.source.schema_of_part(), found.source.defaults()
    told = {name for group in found.groups for name in group.values}
    told |= {name for values in (wide.only.values() if wide else ()) for name in values} if found.groups else set()
    here = pl.lit(True)
    for name in sorted(told):
        value = share.values.get(name, defaults.get(name))
        if wide and name == wide.period and name in share.mapping:
            here &= pl.col(name).str.ends_with(str(value))
        elif name in share.values or name not in share.mapping:
            here &= pl.col(name).eq_missing(pl.lit(value, schema[name]))
    return here


GroupKey = tuple[tuple[str, Any], ...]


def _groups(found: Recognition, only: Mapping[str, Mapping[str, Any]]) -> dict[GroupKey, dict[str, Header]]:
    """Columns by what their headers give; a column of one group only (管理编制 is 事业编制) goes there."""
    groups: dict[GroupKey, dict[str, Header]] = {
        tuple(sorted(group.values.items())): dict(group.mapping) for group in found.groups
    }
    for name, values in only.items():
        if name in found.mapping:
            groups.setdefault(tuple(sorted(values.items())), {})[name] = found.mapping[name]
    return groups


def _plan(table: Table, found: Recognition, share: Share) -> Plan:
    mapping, values = share.mapping, share.values
    columns = [_cells(name, header, found).alias(name) for name, header in mapping.items()]
    period = found.source.wide.period if found.source.wide else None
    if period in values and period in mapping:
        # The column says the year, the header the rest.
        columns = [
            _within(cells, str(values[period])).alias(name) if name == period else cells
            for name, cells in zip(mapping, columns, strict=True)
        ]
        values = {name: value for name, value in values.items() if name != period}
    frame = table.frame.select("row", *columns)
    if share.needed:
        frame = frame.filter(pl.any_horizontal(_is_given(name) for name in share.needed))
    return Plan(frame, mapping, values, as_found=_as_found(share, found, period))


def _as_found(share: Share, found: Recognition, period: str | None) -> dict[str, str]:
    changed = {*found.fallbacks, *found.reads, *({period} & share.values.keys())}
    return {name: header.letter for name, header in share.mapping.items() if name not in changed}


def _within(years: pl.Expr, rest: str) -> pl.Expr:
    """2026 and -01 make 2026-01; what is no year stays beside it, so that it is refused as it was written."""
    said = years.str.normalize("NFKC").str.strip_chars()
    year = said.str.extract(r"^((?:19|20)\d{2})(?:\.0+)?\s*年?度?$", 1)
    return pl.when(year.is_not_null()).then(year + rest).otherwise(said + f"（{rest.strip('-')}）")


def _cells(name: str, header: Header, found: Recognition) -> pl.Expr:
    cells, fallback, read = pl.col(header.letter), found.fallbacks.get(name), found.reads.get(name)
    if fallback is not None:
        cells = pl.when(_is_given(header.letter)).then(cells).otherwise(pl.col(fallback.letter))
    return cells if read is None else read(cells)


def _is_given(column: str) -> pl.Expr:
    stripped = pl.col(column).str.strip_chars()
    return stripped.is_not_null() & (stripped != "") & ~stripped.is_in(list(BLANKS))


def unused_rows(table: Table, made: Sequence[Plan]) -> pl.Series:
    """Numbers of sheet rows that gave no row at all: a wide row without any figure."""
    used = pl.concat([plan.frame["row"] for plan in made]) if made else pl.Series("row", [], pl.UInt32)
    if len(made) == 1 and len(used) == table.frame.height:
        return used.clear()
    return table.frame["row"].filter(~table.frame["row"].is_in(used.unique().implode()))


def _ranked(plan: Plan, found: Recognition) -> Plan:
    """Rows with 一正三副 as two rows, heads and deputies."""
    columns = found.source.columns()
    counts = [name for name in plan.places if columns[name].ranks]
    if not counts or "rank" not in columns:
        return plan
    hit = pl.any_horizontal(pl.col(name).str.contains(RANKS).fill_null(False) for name in counts)
    both = plan.frame.filter(hit)
    frame = (
        plan.frame if "rank" in plan.frame.columns else plan.frame.with_columns(pl.lit(None, pl.String).alias("rank"))
    )
    if both.height == 0:
        return replace(plan, frame=frame) if "rank" in plan.places else plan
    numbers = [name for name in plan.places if columns[name].kind == "int"]
    split: list[dict[str, Any]] = []
    unsplit: list[tuple[int, str]] = []
    for cells in frame.filter(hit).iter_rows(named=True):
        halves, left = _halves(cells, numbers)
        split.extend(halves)
        unsplit.extend((cells["row"], name) for name in left)
    rows = pl.concat([frame.filter(~hit), pl.DataFrame(split, schema=frame.schema)]).sort("row", maintain_order=True)
    return Plan(rows, plan.places, plan.values, tuple(unsplit))


def _halves(cells: Mapping[str, Any], numbers: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The two rows of one row, and the fields whose cell cannot be told apart by rank."""
    halves = [{**cells, "rank": rank} for rank in _HEADS]
    left = ["rank"] if cells.get("rank") else []
    for name in numbers:
        text = folded(cells[name] or "")
        found = _RANKS.fullmatch(text)
        for at, half in enumerate(halves):
            half[name] = str(plain_number(found[at + 1])) if found else None
        if text and found is None and text not in BLANKS:
            left.append(name)
    return halves, left
