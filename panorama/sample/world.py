"""The whole made-up world as rows by dataset, before any of it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.sample import places
from panorama.sample.findings import DENSITY, audits, inspections
from panorama.sample.ratings import rankings, ratings
from panorama.sample.scores import evaluators, indicators, scores
from panorama.sample.staff import MISCOUNT, Staff, staff
from panorama.sample.tasks import availabilities, standards
from panorama.sample.units import INSTITUTIONS, YEARS, Unit, units
from panorama.sample.work import last_year, leads, post_rows, workload

Row = dict[str, Any]
ROUND: Final = "2025年评估试点（模拟）"
DUTIES: Final = "贯彻落实本领域方针政策，承担本单位法定和三定规定的职责（模拟）"


@dataclass(frozen=True)
class World:
    """rows: dataset → rows by field; workload stands apart as a frame, for its size."""

    units: Sequence[Unit]
    staff: Staff
    rows: dict[str, list[Row]]
    workload: pl.DataFrame


def world(scale: str, seed: int, today: date, part: int = 1) -> World:
    """Everything that the files say. The same seed gives the same world; the pilot's units are in pilot and city.

    part: which city, where there are several.
    """
    all_units = units(scale, seed, part)
    known = {unit.name for unit in all_units}
    people = staff(all_units, seed)
    density = DENSITY[scale]
    rows = {
        "unit": [_unit(unit) for unit in all_units],
        "unit_alias": [row for row in _aliases() if row["unit_ref"] in known],
        "office": _offices(all_units, people),
        "post": post_rows(all_units, people),
        "staffing_ledger": ledger(all_units, people),
        "leader_quota": _quotas(all_units, people, seed),
        "estab_change": [row for row in people.changes if row["unit_ref"] in known],
        "activity_standard": standards(),
        "availability": availabilities(),
        "inspection_finding": inspections(all_units, seed, today, density),
        "audit_finding": audits(all_units, seed, today, density),
        "performance_rating": ratings(all_units, seed),
        "industry_ranking": rankings(all_units, seed),
        "peer_group": _groups(all_units),
        "evaluator": evaluators(all_units),
        "indicator": indicators(),
        "score": scores(all_units, seed),
    }
    return World(all_units, people, rows, workload(all_units, people, seed))


def _unit(unit: Unit) -> Row:
    institution = unit.kind in INSTITUTIONS
    return {
        "unit_code": unit.code,
        "uscc": unit.uscc,
        "org_code9": unit.uscc[8:17],
        "name": unit.name,
        "short_name": unit.short,
        "unit_kind": unit.kind,
        "admin_level": unit.admin,
        "level": unit.level,
        "region": unit.region,
        "parent_ref": unit.parent,
        "fund": "财政拨款" if institution else None,
        "welfare_class": "公益一类" if institution else None,
        "sector": unit.sector,
        "set_doc": f"模编委发〔{unit.founded.year}〕{int(unit.code)}号",
        "set_date": unit.founded,
        "duties_text": DUTIES,
        "head": "示例",
        "contact": "示例",
        "is_pilot": unit.pilot,
        "round_id": ROUND if unit.pilot else None,
        "status": "合并" if unit.ended else "在册",
        "end_date": unit.ended,
        "successor_ref": unit.successor,
    }


def _aliases() -> list[Row]:
    """Former and short names; 执法总队 is claimed by two units, so that a person must say which is meant."""
    listed = (
        (places.OLD_NAME, "市公共资源交易中心", "曾用名", date(2016, 3, 1), date(2022, 6, 30)),
        ("市环境保护局", "市生态环境局", "曾用名", date(2009, 5, 1), date(2018, 10, 31)),
        ("市场监管局", "市市场监督管理局", "简称", None, None),
        ("市委社工部", "市委社会工作部", "简称", date(2023, 10, 1), None),
        ("公共资源中心", "市公共资源交易中心", "简称", date(2022, 7, 1), None),
        ("执法总队", "市生态环境保护综合行政执法总队", "简称", None, None),
        ("执法总队", "市市场监管综合行政执法总队", "简称", None, None),
    )
    return [
        {"alias": alias, "unit_ref": unit, "kind": kind, "valid_from": since, "valid_to": until, "confirmed_by": "示例"}
        for alias, unit, kind, since, until in listed
    ]


def _groups(all_units: Sequence[Unit]) -> list[Row]:
    """Groups that a person set: the districts, and the departments of the pilot."""
    names = {"DISTRICT": "区级比较组", "GOV": "试点政府部门组"}
    reasons = {
        "DISTRICT": "职能和层级相同",
        "GOV": "同为试点，职责以行政监管为主",
        "INST": "同为试点，职责以公共服务为主",
    }
    return [
        {
            "group_name": f"{names[unit.template]}（模拟）",
            "unit_ref": unit.name,
            "reason": reasons[unit.template],
            "fixed_by": "示例",
            "valid_from": date(YEARS[0], 1, 1),
        }
        for unit in all_units
        if unit.template in names
        and unit.ended is None
        and (unit.pilot or unit.kind == "区(县)")
        and unit.founded < date(YEARS[0], 1, 1)
    ]


def _offices(all_units: Sequence[Unit], people: Staff) -> list[Row]:
    now = last_year(people)
    found = []
    for unit in all_units:
        for office in unit.offices:
            total = sum(now[unit.name, office.name][0].values())
            full, deputies = leads(total)
            found.append(
                {
                    "unit_ref": unit.name,
                    "office_code": office.code,
                    "office_name": office.name,
                    "office_kind": office.kind,
                    "level": "正处" if unit.level == "正厅(局)" else "正科",
                    "approved_staff": total,
                    "lead_full": full,
                    "lead_dep": deputies,
                    "duties_text": f"承担{office.tag}方面工作",
                    "set_doc": f"模编办发〔{unit.founded.year}〕{int(unit.code)}号",
                    "set_date": unit.founded,
                    "key_office": office.tag in ("行政审批", "监督执法", "财务审计"),
                    "peer_tag": office.tag,
                }
            )
    return found


def ledger(all_units: Sequence[Unit], people: Staff) -> list[Row]:
    """Ledger rows: each office by type, its people not told by type, then the unit's own sums."""
    by_unit = {unit.name: unit for unit in all_units}
    offices = people.cells.filter(pl.col("office").is_not_null())
    sums = people.cells.group_by("unit", "year", "type", maintain_order=True).agg(pl.col("approved", "actual").sum())
    loose = [name for name in people.free.columns if name not in ("unit", "office", "year")]
    free_sums = people.free.group_by("unit", "year", maintain_order=True).agg(pl.col(loose).sum())
    found = [_typed(by_unit, *cell) for cell in offices.iter_rows()]
    free = people.free.filter(pl.col("office").is_not_null())
    found += [_loose(by_unit, cell) for cell in free.iter_rows(named=True)]
    for unit, year, kind, approved, actual in sums.iter_rows():
        more = MISCOUNT[3] if (unit, kind, year) == MISCOUNT[:3] else 0
        row = _typed(by_unit, unit, None, year, kind, approved, actual + more)
        if kind == "SY" and by_unit[unit].kind in INSTITUTIONS:
            managers, support = approved // 4, approved // 12
            row |= {
                "structure_mgmt": managers,
                "structure_prof": approved - managers - support,
                "structure_work": support,
            }
        found.append(row)
    found += [_loose(by_unit, {**cell, "office": None}) for cell in free_sums.iter_rows(named=True)]
    order = {unit.name: at for at, unit in enumerate(all_units)}
    by_name = {name: order[unit.name] for unit in all_units for name in (unit.name, unit.name_in(YEARS[0]))}
    return sorted(found, key=lambda row: (row["snapshot_date"], by_name[row["unit_ref"]]))


def _typed(
    by_unit: dict[str, Unit], unit: str, office: str | None, year: int, kind: str, approved: int, actual: int
) -> Row:
    return {
        "snapshot_date": date(year, 12, 31),
        "unit_ref": by_unit[unit].name_in(year),
        "office_ref": office,
        "estab_type": kind,
        "approved": approved,
        "actual": actual,
        "vacant": max(0, approved - actual),
    }


def _loose(by_unit: dict[str, Unit], cell: Row) -> Row:
    row = dict(cell)
    unit, year, office = row.pop("unit"), row.pop("year"), row.pop("office")
    base = {"snapshot_date": date(year, 12, 31), "unit_ref": by_unit[unit].name_in(year), "office_ref": office}
    return base | row | {"note": "不分编制类型"}


def _quotas(all_units: Sequence[Unit], people: Staff, seed: int) -> list[Row]:
    """Leader posts of units and of offices, by rank and year."""
    approved = people.cells.group_by("unit", "office", "year").agg(pl.col("approved").sum())
    totals = {(unit, office, year): total for unit, office, year, total in approved.iter_rows()}
    found: list[Row] = []
    for unit in all_units:
        random = unit.random(seed, "leaders")
        deputies = int(random.integers(3, 6)) if unit.level == "正厅(局)" else 2
        odd = unit.beyond and random.random() < 0.05
        for year in unit.years:
            head = {"snapshot_date": date(year, 12, 31), "unit_ref": unit.name_in(year)}
            own = head | {"office_ref": None, "scope": "单位领导"}
            chief = unit.name == "市生态环境局" and year >= 2022
            too_many = int((chief and year >= 2024) or odd)
            missing = 0 if chief or odd else int(random.random() < 0.25)
            found.append(own | _count("正职", 1, 1))
            found.append(own | _count("副职", deputies, deputies + too_many - missing))
            if chief:
                found.append(own | _count("总师", 1, 1 - too_many))
            for office in unit.offices:
                full, dep = leads(totals[unit.name, office.name, year])
                inside = head | {"office_ref": office.name, "scope": "内设机构领导"}
                found.append(inside | _count("正职", full, full - int(random.random() < 0.04)))
                found.append(inside | _count("副职", dep, dep - int(random.random() < 0.12)))
    return found


def _count(rank: str, approved: int, actual: int) -> Row:
    return {"rank": rank, "approved": approved, "actual": actual}
