"""Counts of people of other units: whoever sees one unit reads the same whatever the others' numbers are, so none can be worked out."""

from __future__ import annotations

from pathlib import Path

import pytest

from panorama.access.actor import Actor, local_actor
from panorama.settings import Settings
from panorama.store.door import Snapshot
from panorama.store.register import identity
from tests.stock import UNIT_HEAD, WORK_HEAD, current, dropped, settings_at, write

ALL = local_actor()
OWN = identity("001")
ONE_UNIT = Actor("联络员", "unit", units=frozenset({OWN}))
NAMES = ("市甲局", "市乙局", "市丙局", "市丁局", "市戊局", "市己局")
LEDGER_HEAD = "统计日期,机构名称,内设机构,编制类型,核定编制数,实有人数,混编混岗人数,编外人数"
WHEN = {"loaded_at", "built_at", "decided_at", "id", "day"}
"""When and as what it was built: never the same twice."""


def made(folder: Path, people: tuple[int, ...], volumes: tuple[int, ...]) -> Settings:
    """Six units in one file each, the reader's own first. people, volumes: of the five others."""
    found = settings_at(folder)
    register = [f"{at:03d},{name},{name},政府部门,市级,正局级,,,," for at, name in enumerate(NAMES, 1)]
    staffed = [
        f"2024-12-31,{name},办公室,行政编制,6,{n},{n % 2},{n % 3}" for name, n in zip(NAMES, (3, *people), strict=True)
    ]
    worked = [f"{name},办公室,,A1,2024-{month:02d},业务系统,{n}" for name, n in zip(NAMES, (300, *volumes), strict=True) for month in range(1, 13)]  # fmt: skip
    standards = [f"A1,来文,{name},核心,件,1,专家,2024,1" for name in NAMES]
    audited = [f"A{at},{name},预算执行,预算执行,2024,超编进人{n}名,整改中,2025-01-31,严重" for at, (name, n) in enumerate(zip(NAMES, (3, *people), strict=True))]  # fmt: skip
    rated = [f"{name},绩效考核,2024,{80 + n},良好" for name, n in zip(NAMES, (3, *people), strict=True)]
    report = dropped(
        found,
        write(folder / "单位.csv", UNIT_HEAD, register),
        write(folder / "编制台账.csv", LEDGER_HEAD, staffed),
        write(folder / "标准.csv", "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本", standards),
        write(folder / "工作量.csv", WORK_HEAD, worked),
        write(folder / "审计.csv", "问题编号,被审计单位,审计项目,审计类型,审计年度,问题描述,整改状态,整改期限,严重程度", audited),
        write(folder / "绩效考核.csv", "被考核单位,考核名称,考核年度,考核得分,考核等次", rated),
    )  # fmt: skip
    assert report.refused == 0, report
    return found


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Snapshot]:
    """The same but for how many people the others have, and how much they do."""
    few = made(tmp_path_factory.mktemp("few"), (1, 2, 3, 4, 2), (40, 50, 60, 70, 80))
    more = made(tmp_path_factory.mktemp("more"), (4, 3, 1, 2, 5), (900, 10, 310, 5, 70))
    return current(few), current(more)


def views(snapshot: Snapshot) -> list[str]:
    found = snapshot.ask_sql("select view_name from duckdb_views() where schema_name = 'seen' order by 1", ALL)
    return [str(name) for name in found["view_name"]]


def rows(snapshot: Snapshot, name: str, reader: Actor) -> list[str]:
    """Every row of a view with each of its values, in one order."""
    found = snapshot._run(f'select * from seen."{name}"', reader, {})
    return sorted(str(row) for row in found.drop(WHEN & set(found.columns)).to_dicts())


def test_no_view_differs_by_others_numbers_for_who_sees_one_unit(worlds: tuple[Snapshot, Snapshot]) -> None:
    few, more = worlds
    assert views(few) == views(more)
    shown = set()
    for name in views(few):
        mine = rows(few, name, ONE_UNIT)
        assert mine == rows(more, name, ONE_UNIT), name
        shown |= {name} if mine else set()
    # It is no proof where nothing is shown: the reader does see the own unit's people, work, findings and ratings.
    assert {
        "unit",
        "staffing",
        "unit_staffing",
        "workload",
        "saturation_stored",
        "finding",
        "rating",
        "unit_year",
    } <= shown


def test_what_is_hidden_does_differ(worlds: tuple[Snapshot, Snapshot]) -> None:
    few, more = worlds
    differ = {name for name in views(few) if rows(few, name, ALL) != rows(more, name, ALL)}
    assert {"staffing", "unit_staffing", "saturation_stored", "finding", "rating", "unit_year"} <= differ
