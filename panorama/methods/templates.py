"""Which indicators of a template can not stand: weights that do not add up, places that there are none of, changes to a version in use (D20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

import polars as pl

FAULT: Final[dict[str, pl.DataType]] = {
    "row_id": pl.Int64(),
    "rule": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "said": pl.List(pl.String()),
}
PLACE: Final = frozenset({"drop_seq", "part_id", "src_row", "row_id"})
"""Columns that say where a row stands, and nothing of the indicator."""

Row = Mapping[str, Any]
Key = tuple[str, str, str | None, int | None]
"""Code, version, kind of unit of a common indicator, unit of an individual one."""
Template = tuple[str | None, str, int | None]
"""Kind of unit, version, unit of individual indicators."""


@dataclass(frozen=True)
class Fault:
    """One row that can not stand. said: what its sentence names, in order."""

    row_id: int
    rule: str
    field: str
    value: str | None
    said: tuple[str, ...]


def faults(indicators: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """The rows of `staging.indicator_row` that can not stand, by `staging.round_version`: frame FAULT.

    V-IND-1: siblings whose weights do not add up to the one above; said: its name, how many, their sum, its weight. Of several
    drops the one that upset the sum is refused, so that what stood before it stands again. V-IND-2: another content in a version
    of which a round has agreed scores; said: version, round. V-IND-3: the one above was refused; said: its name. V-IND-4: the one
    above is not in the template; said: as it was written, codes and names like it. V-IND-5: the one above is of the other index;
    said: its name, its index.
    """
    if indicators.is_empty():
        return pl.DataFrame(schema=FAULT)
    rows = indicators.sort("drop_seq", "part_id", "src_row").to_dicts()
    found = {one.row_id: one for one in _locked(rows, versions)}
    while True:
        standing = _newest(row for row in rows if row["row_id"] not in found)
        refused = [row for row in rows if row["row_id"] in found]
        more = [*_unequal(standing, refused), *_orphans(standing, refused), *_misplaced(standing, refused)]
        if not more:
            break
        for one in more:
            found.setdefault(one.row_id, one)
    return pl.DataFrame([vars(found[at]) for at in sorted(found)], schema=FAULT)


def _newest(rows: Iterable[Row]) -> list[Row]:
    """Of each key the row that came last. Rows in the order of their coming."""
    return list({_key(row): row for row in rows}.values())


def _key(row: Row) -> Key:
    return row["ind_code"], row["version"], row["template_kind"] if row["unit_id"] is None else None, row["unit_id"]


def _template(row: Row) -> Template:
    return row["template_kind"], row["version"], row["unit_id"]


def _locked(rows: Sequence[Row], versions: pl.DataFrame) -> list[Fault]:
    locks: dict[Template, tuple[int, str]] = {}
    for one in versions.drop_nulls("locked_seq").sort("locked_seq", descending=True).iter_rows(named=True):
        # A unit's own indicators are told by the unit, whatever its kind.
        kind = one["template_kind"] if one["unit_id"] is None else None
        locks[kind, one["version"], one["unit_id"]] = (one["locked_seq"], one["round_name"])
    held: dict[Key, Row] = {}
    found = []
    for row in rows:
        kind = row["template_kind"] if row["unit_id"] is None else None
        locked_seq, round_name = locks.get((kind, row["version"], row["unit_id"]), (None, ""))
        before = held.get(_key(row))
        if locked_seq is not None and row["drop_seq"] > locked_seq and (before is None or _said(before) != _said(row)):
            found.append(Fault(row["row_id"], "V-IND-2", "version", row["version"], (row["version"], round_name)))
        else:
            held[_key(row)] = row
    return found


def _said(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in PLACE}


def _unequal(standing: Sequence[Row], refused: Sequence[Row]) -> list[Fault]:
    # Below such a one the common indicators are in doubt, and say nothing of a unit's own beside them.
    doubtful = {(_template(row), row["parent"]) for row in refused if row["unit_id"] is None}
    templates: dict[Template, list[Row]] = defaultdict(list)
    for row in standing:
        templates[_template(row)].append(row)
    found = []
    for (kind, version, unit_id), own in templates.items():
        common = [] if unit_id is None else templates.get((kind, version, None), [])
        codes = {row["ind_code"] for row in own}
        # An individual indicator stands in for the common one of its code.
        served = [*own, *(row for row in common if row["ind_code"] not in codes)]
        for parent, children in _families(served):
            mine = [row for row in children if row["unit_id"] == unit_id]
            total = sum((row["weight"] for row in children), Decimal(0))
            of_common = {((kind, version, None), name) for name in (parent["ind_code"], parent["name"])}
            if unit_id is not None and of_common & doubtful:
                continue
            if mine and total != parent["weight"]:
                found += _upset(parent, mine, children, total, unit_id)
    return found


def _families(served: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """Each indicator that has others below it, with these."""
    children: dict[str, list[Row]] = defaultdict(list)
    by_code = {row["ind_code"]: row for row in served}
    by_name: dict[str, Row] = {}
    for row in sorted(served, key=lambda row: str(row["ind_code"])):
        by_name.setdefault(row["name"], row)
    for row in served:
        above = by_code.get(row["parent"]) or by_name.get(row["parent"])
        if above is not None and above["ind_code"] != row["ind_code"]:
            children[above["ind_code"]].append(row)
    return [(by_code[code], below) for code, below in children.items()]


def _upset(
    parent: Row, mine: Sequence[Row], children: Sequence[Row], total: Decimal, unit_id: int | None
) -> list[Fault]:
    """The rows of the drop that upset a sum: of the siblings, or of the one above where that alone came later."""
    changed = [*mine, parent] if parent["unit_id"] == unit_id else list(mine)
    last = max(row["drop_seq"] for row in changed)
    late = [row for row in mine if row["drop_seq"] == last] or [parent]
    said = (parent["name"], str(len(children)), _plain(total), _plain(parent["weight"]))
    return [Fault(row["row_id"], "V-IND-1", "weight", _plain(row["weight"]), said) for row in late]


def _plain(weight: Decimal) -> str:
    return f"{weight.normalize():f}"


def _orphans(standing: Sequence[Row], refused: Sequence[Row]) -> list[Fault]:
    """Indicators below one that was refused, and does not stand by any other row."""
    known = {(_template(row), name) for row in standing for name in (row["ind_code"], row["name"])}
    gone = {(_template(row), name): row["name"] for row in refused for name in (row["ind_code"], row["name"])}
    return [
        Fault(row["row_id"], "V-IND-3", "parent", row["parent"], (gone[_template(row), row["parent"]],))
        for row in standing
        if (_template(row), row["parent"]) in gone and (_template(row), row["parent"]) not in known
    ]


def _misplaced(standing: Sequence[Row], refused: Sequence[Row]) -> list[Fault]:
    """Indicators below one that nobody told of, or that is of the other index."""
    known: dict[tuple[Template, str], Row] = {}
    for name in ("name", "ind_code"):
        known |= {(place, row[name]): row for row in standing for place in _within(row)}
    gone = {(place, row[name]) for row in refused for name in ("ind_code", "name") for place in _within(row)}
    found = []
    for row in standing:
        parent = row["parent"]
        if parent is None or parent in (row["ind_code"], row["name"]):
            continue
        # A unit's own may stand below a common one, of whichever version serves the unit beside it.
        kind, version, unit_id = _template(row)
        places = [(kind, version, unit_id), (kind, version, None), (kind, "", None)][: 1 if unit_id is None else 3]
        above = next((known[place, parent] for place in places if (place, parent) in known), None)
        if above is None and not any((place, parent) in gone for place in places):
            found.append(Fault(row["row_id"], "V-IND-4", "parent", parent, (parent, _near(row, places, known))))
        elif above is not None and above["index_name"] != row["index_name"]:
            said = (above["name"], above["index_name"])
            found.append(Fault(row["row_id"], "V-IND-5", "index", row["index_name"], said))
    return found


def _within(row: Row) -> list[Template]:
    """Where an indicator is found by its name: in its template, and a common one in that of its kind in any version ("")."""
    kind, version, unit_id = _template(row)
    return [(kind, version, unit_id), *([(kind, "", None)] if unit_id is None else [])]


def _near(row: Row, places: Sequence[Template], known: Mapping[tuple[Template, str], Row]) -> str:
    """Codes on offer that the parent may have been meant for, with their names: those like it, else the first five."""
    offered = {name: one for (place, name), one in known.items() if place in places and one is not row}
    like = get_close_matches(row["parent"], sorted(offered), 3) or sorted(one["ind_code"] for one in offered.values())
    codes = list(dict.fromkeys(offered[name]["ind_code"] for name in like))[:5]
    names = {one["ind_code"]: one["name"] for one in offered.values()}
    return "、".join(f"{code} {names[code]}" for code in codes) or "—"
