"""Lines hold all that sums of workload take: held against the rows themselves, added up one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from world import Case, Together, every, world

from panorama.intake.yearly import SLOTS, YEARLY, by_year
from panorama.sources import SOURCES

PERIODS = ("2024-01", "2024-02", "2024-06", "2024-12", "2024-Q2", "2024-Q4", "2024", "2025-01", "2025")
UNIT = {"unit_code": "001", "name": "甲局", "unit_kind": "政府部门", "admin_level": "市"}
Row = dict[str, Any]
beside = Together()


def some_rows(seed: int, count: int) -> list[Row]:
    chance = random.Random(seed)
    return [
        {
            "src_row": at,
            "unit_ref": chance.choice(("甲局", "乙局")),
            "office_ref": chance.choice((None, "一处", "二处")),
            "post_ref": None,
            "activity_code": chance.choice("AB"),
            "period": chance.choice(PERIODS),
            "volume": chance.choice((None, Decimal(chance.randrange(1000)) / 100)),
            "hours_actual": chance.choice((None, Decimal(chance.randrange(500)) / 100)),
            "source": "业务系统",
        }
        for at in range(2, count + 2)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_a_line_says_what_its_rows_say(seed: int) -> None:
    rows = some_rows(seed, 60)
    frame = pl.DataFrame(rows, schema=SOURCES["workload"].schema_of_part())
    lines = by_year(frame)
    assert lines.schema == YEARLY
    assert lines["rows"].sum() == len(rows)
    told: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        told[row["unit_ref"], row["office_ref"], row["activity_code"], int(row["period"][:4])].append(row)
    assert lines.height == len(told)
    for line in lines.iter_rows(named=True):
        own = told[line["unit_ref"], line["office_ref"], line["activity_code"], line["year"]]
        by_slot: dict[str, list[Row]] = defaultdict(list)
        for row in own:
            by_slot[row["period"][5:] or "Y"].append(row)
        assert line["rows"] == len(own)
        assert line["first_row"] == min(row["src_row"] for row in own)
        assert line["again"] == any(len(found) > 1 for found in by_slot.values())
        assert line["given"] == sum(1 << SLOTS.index(slot) for slot in by_slot)
        if line["again"]:
            continue
        for slot in SLOTS:
            (row,) = by_slot.get(slot) or [{"volume": None, "hours_actual": None}]
            assert line[f"v{slot}"] == (None if row["volume"] is None else int(row["volume"] * 100))
            assert line[f"h{slot}"] == (None if row["hours_actual"] is None else int(row["hours_actual"] * 100))


def test_the_order_of_rows_changes_nothing_but_the_order_of_lines() -> None:
    frame = pl.DataFrame(some_rows(1, 40), schema=SOURCES["workload"].schema_of_part())
    once = frame.unique(subset=["unit_ref", "office_ref", "activity_code", "period"], keep="first", maintain_order=True)
    one, other = by_year(once), by_year(once.reverse())
    key = ["unit_ref", "office_ref", "activity_code", "year"]
    assert one.sort(key).equals(other.sort(key))


def in_drops(seed: int) -> list[Row]:
    rows = [row | {"drop_seq": 1 + at // 12, "unit_ref": "甲局"} for at, row in enumerate(some_rows(seed, 48))]
    # A key twice in one drop is refused where it comes in; here each drop says a thing once.
    return list({(r["drop_seq"], r["office_ref"], r["activity_code"], r["period"]): r for r in rows}.values())


TIMES = {"A": 0.5, "B": 1.25}
STANDARDS = [
    {"activity_code": code, "activity_name": code, "scope_ref": "政府部门", "wisn_class": "核心", "unit_of_work": "件",
     "std_hours": Decimal(str(hours)), "evidence": "写实", "valid_year": year, "version": "1"}
    for code, hours in TIMES.items() for year in (2024, 2025)
]  # fmt: skip


@pytest.mark.parametrize(
    ("con", "once"),
    [
        pytest.param(beside.case(unit=[UNIT], workload=once, activity_standard=STANDARDS), once, id=f"seed {seed}")
        for seed, once in ((seed, in_drops(seed)) for seed in range(8))
    ],
)
def test_hours_are_those_of_the_rows_added_up_one_by_one(con: Case, once: list[Row]) -> None:
    """Several drops, keys that come again, months beside quarters and years: by lines as by rows."""
    newest = {(r["office_ref"], r["activity_code"], r["period"]): r for r in sorted(once, key=lambda r: r["drop_seq"])}
    wanted: dict[tuple[str | None, str], float] = defaultdict(float)
    for (office, code, period), row in newest.items():
        if row["volume"] is None:
            continue
        hours = round(float(row["volume"]) * TIMES[code], 4)
        if len(period) == 7 and period[5] != "Q":
            wanted[office, period] += hours
        quarter = (
            None
            if len(period) == 4
            else f"{period[:5]}{period[5:] if period[5] == 'Q' else f'Q{-(-int(period[5:]) // 3)}'}"
        )
        hidden = len(period) > 4 and (office, code, period[:4]) in newest
        hidden |= len(period) == 7 and period[5] != "Q" and (office, code, quarter) in newest
        if not hidden:
            wanted[office, period[:4]] += hours
    found = every(
        con,
        "select o.name as office, s.period, s.required_hours as hours from mart.saturation as s"
        " left join mart.office as o on o.office_id = s.office_id where s.required_hours is not null and s.office_id is not null",
    )
    assert {(row["office"], row["period"]): row["hours"] for row in found} == pytest.approx(
        {key: hours for key, hours in wanted.items() if key[0] is not None}
    )
    whole = every(con, "select period, required_hours as hours from mart.saturation where office_id is null")
    total: dict[str, float] = defaultdict(float)
    for (_, period), hours in wanted.items():
        total[period] += hours
    assert {row["period"]: row["hours"] for row in whole if row["hours"] is not None} == pytest.approx(dict(total))
    listed = every(con, "select sum(hours) as hours from mart.workload where in_year")
    assert float(listed[0]["hours"] or 0) == pytest.approx(
        sum(hours for (_, period), hours in wanted.items() if len(period) == 4)
    )


def test_quarters_of_one_activity_in_two_files_are_each_told_once() -> None:
    row = {"unit_ref": "甲局", "office_ref": "一处", "activity_code": "A", "source": "业务系统", "volume": Decimal(3)}
    rows = [row | {"period": f"2024-Q{quarter}", "drop_seq": (quarter + 1) // 2} for quarter in range(1, 5)]
    con = world(unit=[UNIT], workload=rows)
    told = every(con, "select period, in_year from mart.workload order by period")
    assert told == [{"period": f"2024-Q{quarter}", "in_year": True} for quarter in range(1, 5)]
    assert every(con, "select count(*) as n from mart.work_overlap") == [{"n": 0}]
    whole = every(
        con, "select volume_without_standard as v from mart.saturation where office_id is null and period = '2024'"
    )
    assert whole == [{"v": 12.0}]


PIECES = {"unit_ref": "甲局", "office_ref": "一处", "activity_code": "A", "source": "业务系统", "volume": Decimal(3)}


@pytest.mark.parametrize(
    ("con", "coarse"),
    [
        pytest.param(
            beside.case(
                unit=[UNIT],
                workload=[
                    *(PIECES | {"period": f"2024-{month:02d}", "drop_seq": month} for month in (1, 2, 7)),
                    PIECES | {"period": coarse, "volume": Decimal(10), "drop_seq": 9},
                ],
            ),
            coarse,
            id=coarse,
        )
        for coarse in ("2024", "2024-Q1")
    ],
)
def test_a_coarser_period_in_another_file_hides_the_finer_ones_and_doubles_none(con: Case, coarse: str) -> None:
    told = {one["period"]: one["in_year"] for one in every(con, "select period, in_year from mart.workload")}
    assert told == {"2024-01": False, "2024-02": False, "2024-07": coarse != "2024", coarse: True}
    assert len(every(con, "from mart.workload")) == 4
