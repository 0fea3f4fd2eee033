"""A unit that has ended: who answers for its issues at the gate, held against the register and approvals read from the issue's side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import duckdb
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import Passed
from panorama.applications.commands import Register
from panorama.calendar import today
from panorama.charts import applications as drawn
from panorama.errors import Refused
from panorama.issues.nil import GiveNil
from panorama.settings import Settings
from panorama.store import applications
from panorama.store.docket import application_at, asked
from panorama.store.door import question_text
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_kinds import KINDS
from panorama.store.ledger_reading import read_ledger
from panorama.store.nil import give
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.stock import copied, dropped, settings_at, write
from tests.test_issues_page import BEGIN, TRIAGE, fed_back, new

ACTOR = local_actor()
A, B, MERGED, SPLIT, RENAMED, GIVER, BELOW, LOST, CHAIN = (identity(f"00{n}") for n in range(1, 10))
HEAD = "机构编码,单位名称,简称,单位类别,行政层级,机构规格,机构状态,撤销日期,承接单位,上级单位"
UNITS = (
    "001,天津市教育局,市教育局,政府部门,市级,正局级,在册,,,",
    "002,天津市生态环境局,市环境局,政府部门,市级,正局级,在册,,,",
    "003,天津市语委办,市语委办,政府部门,市级,正局级,合并,2024-07-01,天津市教育局,",
    "004,天津市科教委,市科教委,政府部门,市级,正局级,撤销,2023-03-01,天津市教育局、天津市生态环境局,",
    "005,天津市环保局,市环保局,政府部门,市级,正局级,撤销,2022-11-01,,",
    "006,天津市农业局,市农业局,政府部门,市级,正局级,在册,,,",
    "007,天津市语言学校,语言学校,事业单位,市级,正处级,在册,,,天津市语委办",
    "008,天津市旧办,旧办,政府部门,市级,正局级,撤销,2020-01-01,,",
    "009,天津市扫盲办,扫盲办,政府部门,市级,正局级,合并,2021-01-01,天津市语委办,",
)
CHANGES_HEAD = "批复文号,单位,内设机构,批复日期,变动类型,编制类型,变动数,划出,划入"
CHANGES = (
    "津编发〔2022〕8号,天津市环保局,,2022-10-20,更名,行政编制,-5,天津市环保局,天津市生态环境局",
    "津编发〔2024〕1号,天津市农业局,,2024-01-10,划转,行政编制,-2,天津市农业局,天津市教育局",
    "津编发〔2024〕2号,天津市农业局,,2024-02-10,合并,行政编制,-1,天津市农业局,天津市教育局",
    "津编发〔2019〕3号,天津市旧办,,2019-12-20,划转,行政编制,-3,天津市旧办,天津市教育局",
)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One overdue issue of each of these units but A and B."""
    folder = tmp_path_factory.mktemp("lineage")
    settings = settings_at(folder)
    dropped(settings, write(folder / "单位.csv", HEAD, UNITS), write(folder / "批文.csv", CHANGES_HEAD, CHANGES))
    for unit in (MERGED, SPLIT, RENAMED, GIVER, BELOW, LOST, CHAIN):
        new(settings, TRIAGE, fed_back(120), BEGIN, unit_id=unit)
    return settings


@pytest.fixture
def settings(stock: Settings, tmp_path: Path) -> Settings:
    return copied(stock, tmp_path)


def holds(settings: Settings, unit: int, actor: Actor = ACTOR) -> dict[int, Passed | None]:
    found = asked(unit, "增编", settings, actor, today())
    return {hold.unit_id: hold.passed for hold in found.holds}


def test_a_merged_a_split_and_a_renamed_unit_hold_whoever_took_them_over(stock: Settings) -> None:
    found = holds(stock, A)
    assert found.keys() == {MERGED, SPLIT, BELOW, CHAIN}, "what a standing or an heirless unit gave away holds nobody"
    assert found[MERGED] == Passed(unit_name="市语委办", heirs=("市教育局",), on=date(2024, 7, 1))
    assert found[BELOW] == found[MERGED], "with all that was below it"
    assert found[SPLIT] == Passed(unit_name="市科教委", heirs=("市教育局", "市环境局"), on=date(2023, 3, 1))
    assert found[CHAIN] is not None
    found = holds(stock, B)
    assert found.keys() == {SPLIT, RENAMED}
    assert found[RENAMED] == Passed(
        unit_name="市环保局", heirs=("市环境局",), on=date(2022, 11, 1), doc_no="津编发〔2022〕8号"
    )
    assert holds(stock, GIVER) == {GIVER: None}, "its own, and told as such"
    assert holds(stock, LOST) == {LOST: None}
    assert asked(A, "核减", stock, ACTOR, today()).result == "可受理"


def test_the_reason_says_how_it_came_to_this_unit_in_both_languages(stock: Settings) -> None:
    answer = asked(B, "增编", stock, ACTOR, today())
    table = drawn.holding(answer, "zh").table
    assert set(table["passed"]) == {
        "市科教委已撤并，由市教育局、市环境局承接（2023-03-01）",
        "市环保局已撤并，由市环境局承接（2022-11-01，津编发〔2022〕8号）",
    }
    assert "市环保局 has ended and passed to 市环境局 (2022-11-01, 津编发〔2022〕8号)" in set(drawn.holding(answer, "en").table["passed"])  # fmt: skip
    assert any("承接" in drawn.link(hold, "zh") for hold in answer.holds)
    assert "passed" not in drawn.holding(asked(GIVER, "增编", stock, ACTOR, today()), "zh").heads


def test_a_reader_of_the_successor_alone_learns_that_more_hold_it_and_not_which(stock: Settings) -> None:
    found = asked(A, "增编", stock, Actor("联络员", "unit", units=frozenset({A})), today())
    assert (found.result, found.holds, found.others) == ("暂停受理", (), 4)
    assert "语委" not in found.model_dump_json()


def test_what_passed_is_stored_with_the_judgement_and_goes_out_and_in_without_loss(
    settings: Settings, tmp_path: Path
) -> None:
    command = Register(
        unit_id=B, item="增编", title="请增编制", applied_on=today(), estab_type="XZ", quantity=1, reason="增加"
    )
    made = applications.register(command, uuid4().hex, settings, ACTOR)
    kept = application_at(made, settings, ACTOR, today()).application.gate
    assert {hold.unit_id for hold in kept.holds if hold.passed} == {SPLIT, RENAMED}
    assert verify(settings).broken is None
    for kind in ("issues", "applications"):
        (tmp_path / f"{kind}.xlsx").write_bytes(ledger_workbook(settings, ACTOR, "zh", KINDS[kind]))
    there = settings_at(tmp_path / "there")
    (tmp_path / "there").mkdir()
    dropped(there, write(tmp_path / "单位.csv", HEAD, UNITS))
    for kind in ("issues", "applications"):
        reading = read_ledger(tmp_path / f"{kind}.xlsx", there, ACTOR)
        assert {line.fate for line in reading.lines} == {"new"}, reading.lines
        take_over(reading, there, ACTOR)
    assert [hold.passed for hold in application_at(1, there, ACTOR, today()).application.gate.holds] == [hold.passed for hold in kept.holds]  # fmt: skip
    assert {line.fate for line in read_ledger(tmp_path / "applications.xlsx", there, ACTOR).lines} == {"same"}


def test_a_unit_that_has_ended_gives_no_nil_return_any_more(settings: Settings) -> None:
    with pytest.raises(Refused, match="has ended"):
        give(GiveNil(unit_id=LOST, signed_by="王某"), uuid4().hex, settings, ACTOR)
    with pytest.raises(Refused, match="open issues"):
        give(GiveNil(unit_id=GIVER, signed_by="王某"), uuid4().hex, settings, ACTOR)


# The question against the design read the other way


def answering(unit: int, parents: dict[int, int | None], heirs: dict[int, set[int]]) -> set[int]:
    """Units that an issue of this one holds: up to whoever is above it, and on to whoever took over, as far as it goes."""
    found, waiting = set(), [unit]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [*heirs[at], *(one for one in (parents[at],) if one is not None)]
    return found


def test_over_hundreds_of_registers_what_has_passed_is_what_a_walk_from_the_issue_finds() -> None:
    chance, con = Random(7), duckdb.connect()
    con.execute("create schema seen")
    con.execute("create table seen.unit (unit_id bigint, unit_code varchar, name varchar, short_name varchar, parent_id bigint, successor_ids bigint[], ended boolean, end_date date)")  # fmt: skip
    con.execute("create table seen.change (from_unit_id bigint, to_unit_id bigint, office_id bigint, kind varchar, effective_from date, doc_no varchar)")  # fmt: skip
    text, crossed = question_text("unit_and_passed"), 0
    for _ in range(300):
        n = chance.randint(2, 7)
        units = range(n)
        parents = {unit: chance.choice([None, None, *units]) for unit in units}
        ended = {unit: chance.random() < 0.5 for unit in units}
        named = {unit: [chance.choice(units) for _ in range(chance.choice([0, 0, 1, 2]))] for unit in units}
        kinds = ["合并", "撤销", "更名", "划转", "增加"]
        changes = [(chance.choice([None, *units]), chance.choice([None, *units]), chance.choice([None, None, 5]), chance.choice(kinds)) for _ in range(4)]  # fmt: skip
        _fill(con, parents, ended, named, changes)
        heirs = {unit: set(named[unit]) if ended[unit] else set() for unit in units}
        for giver, taker, office, kind in changes:
            if (
                giver is not None
                and taker is not None
                and ended[giver]
                and office is None
                and kind in ("合并", "撤销", "更名")
            ):
                heirs[giver].add(taker)
        rows = con.execute(text, {"unit_ids": list(units)}).fetchall()
        told: dict[int, set[int]] = {unit: set() for unit in units}
        own: dict[int, set[int]] = {unit: set() for unit in units}
        for root, unit, from_id, *_ in rows:
            told[root].add(unit)
            own[root] |= {unit} if from_id is None else set()
        for unit in units:
            assert {root for root in units if unit in told[root]} == answering(unit, parents, heirs)
            nobody: dict[int, set[int]] = {one: set() for one in units}
            assert {root for root in units if unit in own[root]} == answering(unit, parents, nobody)
        assert len(rows) == len({row[:2] for row in rows}), "each unit once"
        crossed += sum(row[2] is not None for row in rows)
    assert crossed > 300


def _fill(
    con: duckdb.DuckDBPyConnection,
    parents: dict[int, int | None],
    ended: dict[int, bool],
    named: dict[int, list[int]],
    changes: Sequence[tuple[Any, ...]],
) -> None:
    con.execute("delete from seen.unit; delete from seen.change")
    day = date(2024, 1, 1) + timedelta(days=1)
    rows = [[unit, f"{unit:03}", f"单位{unit}", None, parents[unit], named[unit] or None, ended[unit], day if ended[unit] else None] for unit in parents]  # fmt: skip
    con.executemany("insert into seen.unit values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    con.executemany("insert into seen.change values (?, ?, ?, ?, ?, ?)", [[*change, day, "文"] for change in changes])
