"""Approved and actual staff by office, type and year, and the documents that explain every change but one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from panorama.sample.units import INSTITUTIONS, YEARS, Unit

EXCESS: Final = {"办公室", "人事处", "法规处", "信用监管处", "特种设备安全处", "标准计量处", "财务处"}
"""Offices of 市市场监督管理局 with one person too many on administrative posts."""
HIDING: Final = "市市场监督管理局"
TRANSFER: Final = (HIDING, "食品安全协调处", "市委社会工作部", 2023, 4)
JUMP: Final = ("南开区", "区教育局", "SY", 2024, 14)
"""Posts added without a document (V-LED-3, V-LED-5)."""
MISCOUNT: Final = ("武清区", "SY", 2023, 2)
"""People that only the unit's row counts (V-LED-2)."""

CELLS: Final[dict[str, pl.DataType]] = {
    "unit": pl.String(), "office": pl.String(), "year": pl.Int64(), "type": pl.String(),
    "approved": pl.Int64(), "actual": pl.Int64(),
}  # fmt: skip
FREE: Final[dict[str, pl.DataType]] = {
    "unit": pl.String(), "office": pl.String(), "year": pl.Int64(), "external": pl.Int64(), "seconded_in": pl.Int64(),
    "seconded_out": pl.Int64(), "absent": pl.Int64(), "mixed_post": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """cells: one row per unit × office (null = a unit without offices) × year × type. free: people not told by type.

    changes: rows of the change dataset.
    """

    cells: pl.DataFrame
    free: pl.DataFrame
    changes: list[dict[str, Any]]

    def at_work(self) -> pl.DataFrame:
        """unit, office, year, actual, staff (on the establishment and at work), approved."""
        actual = self.cells.group_by("unit", "office", "year", maintain_order=True).agg(
            pl.col("actual").sum(), pl.col("approved").sum()
        )
        joined = actual.join(self.free, on=["unit", "office", "year"], nulls_equal=True, maintain_order="left")
        return joined.with_columns(
            (pl.col("actual") - pl.col("seconded_out") - pl.col("absent") + pl.col("seconded_in")).alias("staff")
        )


def staff(all_units: Sequence[Unit], seed: int) -> Staff:
    """Staff of all units over the years in which they stood."""
    cells: list[tuple[Any, ...]] = []
    free: list[tuple[Any, ...]] = []
    changes: list[dict[str, Any]] = []
    for unit in all_units:
        random = unit.random(seed, "staff")
        desks: list[Desk] = [(office.name, kind, count) for office in unit.offices for kind, count in office.staff]
        desks += [(None, kind, count) for kind, count in unit.whole]
        deltas = _deltas(unit, desks, random)
        changes += _documents(unit, deltas, random)
        for desk in desks:
            cells += _cells(unit, desk, deltas, random)
        for name, people in _rooms(unit):
            free += [(unit.name, name, year, *_free(unit, name, year, people, random)) for year in unit.years]
    changes += _special(all_units)
    return Staff(
        pl.DataFrame(cells, schema=CELLS, orient="row"),
        pl.DataFrame(free, schema=FREE, orient="row"),
        _numbered(changes),
    )


Desk = tuple[str | None, str, int]
Deltas = dict[tuple[str | None, str, int], int]


def _rooms(unit: Unit) -> list[tuple[str | None, int]]:
    if unit.offices:
        return [(office.name, office.people) for office in unit.offices]
    return [(None, sum(count for _, count in unit.whole))]


def _deltas(unit: Unit, desks: Sequence[Desk], random: np.random.Generator) -> Deltas:
    """Changes of approved posts by office, type and year, in about half of the years."""
    found: Deltas = {}
    for year in unit.years[1:]:
        if random.random() < 0.5:
            office, kind, count = desks[int(random.integers(len(desks)))]
            delta = int(random.choice([-2, -1, 1, 2, 3] if count > 6 else [1, 2]))
            if unit.name != HIDING and (unit.name, kind, year) != (JUMP[0], *JUMP[2:4]):
                found[office, kind, year] = delta
    if unit.name == HIDING:
        found[TRANSFER[1], "XZ", TRANSFER[3]] = -TRANSFER[4]
    return found


def _cells(unit: Unit, desk: Desk, deltas: Deltas, random: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    office, kind, approved = desk
    vacant = round(approved * float(random.uniform(0, 0.1)))
    over = int(random.integers(1, 5)) if unit.beyond and random.random() < 0.015 else 0
    for year in unit.years:
        change = deltas.get((office, kind, year), 0)
        if (unit.name, office, kind, year) == JUMP[:4]:
            change, vacant = change + JUMP[4], vacant + 1
        approved += change
        vacant = max(0, min(vacant + int(random.integers(-1, 2)), approved // 8))
        gap = -over if over else _gap(unit, office, kind, year, approved, vacant)
        yield unit.name, office, year, kind, approved, approved - gap


def _gap(unit: Unit, office: str | None, kind: str, year: int, approved: int, vacant: int) -> int:
    """Vacant posts, negative where there are too many people."""
    if unit.name == HIDING and year >= 2022:
        # Not all at once: a jump of more than a fifth without a document would be another story.
        if kind == "XZ" and year >= 2023:
            return -1 if office in EXCESS else 0
        if kind == "SY":
            return approved * (2 if year == 2022 else 3) // 10
    return min(vacant, approved)


def _free(unit: Unit, office: str | None, year: int, people: int, random: np.random.Generator) -> tuple[int, ...]:
    """External, seconded in, seconded out, absent, mixed posts."""
    rare = random.random(4)
    share = 0.08 if unit.kind in (*INSTITUTIONS, "区(县)") else 0.03
    external = int(random.binomial(people, share))
    came = int(rare[0] < 0.06)
    lent = int(rare[1] < 0.12) + int(rare[1] < 0.03)
    absent = int(rare[2] < 0.05)
    mixed = int(rare[3] < 0.05) if unit.name != "南开区" else 0
    if (unit.name, office) == ("南开区", "区政务服务办"):
        external = 16 + 3 * (year - YEARS[0])
    if (unit.name, office) == ("市教育局", "基础教育处"):
        lent = 6 if year >= 2023 else 1
    if unit.name == "市委社会工作部" and office in ("办公室", "基层治理处"):
        came = 2
    return external, came, min(lent, people // 3), absent, mixed


def _documents(unit: Unit, deltas: Deltas, random: np.random.Generator) -> list[dict[str, Any]]:
    found = []
    for (office, kind, year), delta in deltas.items():
        day = date(year, 1, 10) + timedelta(days=int(random.integers(0, 330)))
        if unit.name == HIDING:
            continue
        found.append(
            {
                "unit_ref": unit.name,
                "office_ref": office,
                "change_date": day,
                "kind": "增加" if delta > 0 else "核减",
                "estab_type": kind,
                "delta": delta,
                "approver": "编办",
                "gist": f"{'增加' if delta > 0 else '核减'}{unit.short}{office or ''}编制{abs(delta)}名",
            }
        )
    return found


def _special(all_units: Sequence[Unit]) -> list[dict[str, Any]]:
    """The renaming, the merger, the transfer to the new department, and its founding."""
    giver, office, taker, year, count = TRANSFER
    day = date(year, 10, 20)
    gist = f"划转行政编制{count}名，用于组建市委社会工作部"
    moved = {"kind": "划转", "estab_type": "XZ", "change_date": day, "from_ref": giver, "to_ref": taker, "gist": gist}
    found: list[dict[str, Any]] = [
        {**moved, "unit_ref": giver, "office_ref": office, "delta": -count, "approver": "编委", "doc": "transfer"},
        {**moved, "unit_ref": taker, "delta": count, "approver": "编委", "doc": "transfer"},
    ]
    merged = [unit for unit in all_units if unit.successor]
    for unit in merged:
        total = sum(count for _, count in unit.whole)
        shared = {
            "kind": "合并",
            "estab_type": "SY",
            "change_date": date(2023, 6, 20),
            "effective_from": date(2023, 7, 1),
            "from_ref": unit.name,
            "to_ref": unit.successor,
            "approver": "编委",
            "doc": unit.name,
            "gist": f"{unit.name}并入{unit.successor}，事业编制{total}名随之划入",
        }
        found.append({**shared, "unit_ref": unit.name, "delta": -total})
        found.append({**shared, "unit_ref": unit.successor, "delta": total})
    found.append(
        {
            "unit_ref": "市公共资源交易中心",
            "change_date": date(2022, 6, 24),
            "effective_from": date(2022, 7, 1),
            "kind": "更名",
            "approver": "编委",
            "gist": "市公共资源交易服务中心更名为市公共资源交易中心",
        }
    )
    found.append(
        {
            "unit_ref": "市生态环境局",
            "change_date": date(2022, 4, 12),
            "kind": "职数",
            "leader_delta": 1,
            "approver": "编委",
            "gist": "增设总工程师职数1名",
        }
    )
    return found


def _numbered(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with a document number; rows of one document share it."""
    known: dict[str, str] = {}
    counts: dict[int, int] = {}
    ordered = sorted(changes, key=lambda row: row["change_date"])
    for row in ordered:
        year = row["change_date"].year
        name = row.pop("doc", None)
        if name in known:
            row["doc_no"] = known[name]
            continue
        counts[year] = counts.get(year, 0) + 1
        row["doc_no"] = f"模编{'委' if row['approver'] == '编委' else '办'}发〔{year}〕{counts[year]}号"
        if name:
            known[name] = row["doc_no"]
    return ordered
