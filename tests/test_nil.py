"""Nil returns: one a unit and round, never over open issues, taken back with a reason, told by the log."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.charts import nil
from panorama.errors import Conflict, PanoramaError, Refused
from panorama.issues.commands import Command, End, Feedback, Register, Triage
from panorama.issues.issue import Source
from panorama.issues.nil import GiveNil, WithdrawNil
from panorama.settings import Settings
from panorama.store.audit import logged
from panorama.store.caseload import issue_at
from panorama.store.database import Database
from panorama.store.home import Home
from panorama.store.issues import perform, register
from panorama.store.nil import Spoken, current_round, give, spoken, withdraw
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.stock import UNIT_HEAD, at_once, copied, current, dropped, events, settings_at, stocked, write

ROOT = Path(__file__).parents[1]
ACTOR = local_actor()
UNIT, OTHER = identity("001"), identity("002")
CONTACT = Actor("联络员", "unit", units=frozenset({UNIT}))
SUPERVISION = Actor("李四", "supervision", everything=True)


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path, with_work=False)


REGISTERS = {
    "below": ("机构编码,单位名称,简称,单位类别,行政层级,上级单位", (
        "001,天津市教育局,,政府部门,市级,",
        "003,天津市教育考试院,,直属事业单位,市级,天津市教育局",
        "002,天津市生态环境局,,政府部门,市级,",
    )),
    "taken over": (UNIT_HEAD, (
        "001,天津市教育局,,政府部门,市级,正局级,,,,",
        "002,天津市生态环境局,,政府部门,市级,正局级,,,,",
        "003,天津市科教委,,政府部门,市级,正局级,撤销,,2023-03-01,天津市教育局",
    )),
    "two levels": (f"{UNIT_HEAD},上级单位", (
        "010,市甲局,甲局,政府部门,市级,正局级,,,,,",
        "011,市甲局信息中心,甲中心,部门所属事业单位,市级,正处级,,,,,市甲局",
    )),
}  # fmt: skip


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """A store of each of these registers: a test takes a copy."""
    made = {}
    for name, (head, rows) in REGISTERS.items():
        folder = tmp_path_factory.mktemp("register")
        made[name] = settings_at(folder)
        dropped(made[name], write(folder / "单位.csv", head, rows))
    return made


def issue(settings: Settings, unit_id: int = UNIT, *commands: Command) -> int:
    told: dict[str, Any] = {
        "title": "超编",
        "text": "超编2名",
        "themes": ("T10",),
        "found_on": today() - timedelta(days=9),
    }
    issue_id = register(Register(unit_id=unit_id, sources=(Source(text="审计"),), **told), uuid4().hex, settings, ACTOR)
    for command in commands:
        perform(issue_id, command, issue_at(issue_id, settings, ACTOR).version, uuid4().hex, settings, ACTOR)
    return issue_id


def said(settings: Settings, unit_id: int = UNIT, actor: Actor = ACTOR, **more: Any) -> int:
    return give(GiveNil(unit_id=unit_id, signed_by="王某", **more), uuid4().hex, settings, actor)


@pytest.mark.parametrize("who", [CONTACT, SUPERVISION, ACTOR], ids=lambda who: who.role)
def test_a_contact_or_the_office_records_that_a_unit_has_no_issue(settings: Settings, who: Actor) -> None:
    nil_id = said(settings, actor=who, note="  已逐项自查 11010519491231002X ")
    found = spoken(settings, who)
    kept = found.nil[UNIT]
    assert (kept.id, kept.version, kept.registered_by) == (nil_id, 1, who.name)
    assert (kept.nil.unit_name, kept.nil.signed_by, kept.nil.given_on) == ("市教育局", "王某", today())
    assert (kept.nil.first_year, kept.nil.last_year) == found.years == current_round(settings)
    assert kept.nil.note is not None
    assert "11010519491231002X" not in kept.nil.note
    assert events(settings, "nil.give") == 1
    assert verify(settings).broken is None


def test_the_round_that_is_set_is_the_one_spoken_of(tmp_path: Path) -> None:
    settings = settings_at(tmp_path, round="2021-2025")
    dropped(settings, write(tmp_path / "单位.csv", UNIT_HEAD, ("001,天津市教育局,市教育局,政府部门,市级,正局级,,,,",)))
    said(settings)
    assert spoken(settings, ACTOR).years == (2021, 2025)
    assert UNIT in spoken(settings, ACTOR).nil


def test_it_is_refused_where_open_issues_stand_of_the_unit_or_below_and_not_where_they_are_over(
    registers: dict[str, Settings], tmp_path: Path, database: str
) -> None:
    settings = copied(registers["below"], tmp_path)
    below = identity("003")
    draft = issue(settings, below)
    for unit_id in (UNIT, below):
        with pytest.raises(Refused, match="1 open issues"):
            said(settings, unit_id)
    with pytest.raises(Refused):
        said(settings, UNIT, CONTACT)
    said(settings, OTHER)
    perform(draft, End(reason="重复"), 1, uuid4().hex, settings, ACTOR)
    said(settings, UNIT, CONTACT)
    assert events(settings, "nil.give") == 2


def test_it_is_refused_where_open_issues_stand_of_a_unit_that_was_taken_over(
    registers: dict[str, Settings], tmp_path: Path, database: str
) -> None:
    settings = copied(registers["taken over"], tmp_path)
    passed = identity("003")
    left = issue(settings, passed)
    for who in (ACTOR, CONTACT):
        with pytest.raises(Refused, match="those it took over, still has 1 open issues"):
            said(settings, UNIT, who)
    said(settings, OTHER)
    perform(left, End(reason="重复"), 1, uuid4().hex, settings, ACTOR)
    said(settings, UNIT, CONTACT)
    # One that comes to light afterwards contradicts it, for those who see it.
    issue(settings, passed)
    assert states(spoken(settings, ACTOR), settings) == {UNIT: "both", OTHER: "nil"}
    assert states(spoken(settings, CONTACT), settings)[UNIT] == "nil"


def test_an_issue_that_comes_after_a_nil_return_stands_beside_it_for_all_to_see(settings: Settings) -> None:
    said(settings)
    issue(settings, UNIT, Triage(issue_class="A", reason="x"), Feedback(on=today(), suggestion="x"))
    found = spoken(settings, CONTACT)
    assert UNIT in found.nil
    assert found.issues.rows() == [(UNIT, 1, 0)]


def test_one_a_unit_and_round_and_a_triple_click_is_one(settings: Settings) -> None:
    command, key = GiveNil(unit_id=UNIT, signed_by="王某"), uuid4().hex
    (nil_id,) = set(at_once(lambda: give(command, key, settings, ACTOR)))
    with pytest.raises(Refused, match="already"):
        said(settings)
    assert withdraw(nil_id, WithdrawNil(reason="又查出问题"), 1, "w", settings, CONTACT) == 2
    assert withdraw(nil_id, WithdrawNil(reason="又查出问题"), 1, "w", settings, CONTACT) == 2
    assert said(settings) != nil_id
    assert (events(settings, "nil.give"), events(settings, "nil.withdraw")) == (2, 1)
    assert verify(settings).broken is None


def test_it_is_withdrawn_with_a_reason_once_and_by_whom_it_concerns(settings: Settings) -> None:
    nil_id = said(settings)
    stranger = Actor("外", "unit", units=frozenset({OTHER}))
    for who in (stranger, Actor("领导", "leader", everything=True), Actor("审", "auditor", everything=True)):
        with pytest.raises(Refused):
            withdraw(nil_id, WithdrawNil(reason="x"), 1, uuid4().hex, settings, who)
        with pytest.raises(Refused):
            said(settings, UNIT, who)
    with pytest.raises(Refused, match="needs: Reason"):
        withdraw(nil_id, WithdrawNil(reason=" "), 1, uuid4().hex, settings, ACTOR)
    withdraw(nil_id, WithdrawNil(reason="填错"), 1, uuid4().hex, settings, CONTACT)
    with pytest.raises(Conflict, match="Withdraw the nil return"):
        withdraw(nil_id, WithdrawNil(reason="填错"), 1, uuid4().hex, settings, SUPERVISION)
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw(nil_id, WithdrawNil(reason="填错"), 2, uuid4().hex, settings, SUPERVISION)
    assert UNIT not in spoken(settings, ACTOR).nil
    assert "nil.give" in set(logged(settings, ACTOR, kinds=frozenset({"forbidden"}))["what"])


def test_nobody_is_told_of_other_units(settings: Settings) -> None:
    said(settings, OTHER)
    issue(settings, OTHER)
    found = spoken(settings, CONTACT)
    assert found.nil == {}
    assert found.issues.is_empty()
    with pytest.raises(Refused):
        said(settings, OTHER, CONTACT)
    with pytest.raises(PanoramaError, match="no such unit"):
        give(GiveNil(unit_id=7, signed_by="x"), "k", settings, ACTOR)


@pytest.mark.parametrize(
    "tampering",
    [
        "update nil_return set signed_by = '别人'",
        "delete from nil_return",
        "update nil_return set withdrawn_on = '2026-01-01'",
    ],
)
def test_whatever_is_changed_past_the_door_is_named(settings: Settings, tampering: str) -> None:
    said(settings)
    assert verify(settings).broken is None
    database = Database(Home.of(settings))
    with database.engine.begin() as connection:
        connection.execute(text(tampering))
    database.close()
    broken = verify(settings).broken
    assert broken is not None
    assert "nil return 1" in broken.en


KILLED = """
import os, signal, sys
from pathlib import Path
import panorama.store.nil as nil
from panorama.access.actor import local_actor
from panorama.settings import Settings
def dies(session, *_):
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
nil.append = dies
nil.give(nil.GiveNil(unit_id=int(sys.argv[2]), signed_by="王某"), "k", Settings(home=Path(sys.argv[1])), local_actor())
"""


def test_a_process_killed_between_record_and_event_leaves_neither(settings: Settings) -> None:
    told = [sys.executable, "-c", KILLED, str(settings.home), str(UNIT)]
    killed = subprocess.run(told, cwd=ROOT, timeout=120, env={**os.environ})
    assert killed.returncode == -signal.SIGKILL
    assert spoken(settings, ACTOR).nil == {}
    assert verify(settings).broken is None
    give(GiveNil(unit_id=UNIT, signed_by="王某"), "k", settings, ACTOR)
    assert verify(settings).broken is None


PARENT, CHILD = identity("010"), identity("011")


def test_it_is_of_the_units_below_too_and_an_issue_of_theirs_contradicts_it(
    registers: dict[str, Settings], tmp_path: Path, database: str
) -> None:
    settings = copied(registers["two levels"], tmp_path)
    said(settings, PARENT)
    told = spoken(settings, ACTOR)
    assert told.near == {PARENT: frozenset({PARENT, CHILD})}
    assert states(told, settings) == {PARENT: "nil", CHILD: "covered"}
    issue(settings, CHILD)
    assert states(spoken(settings, ACTOR), settings) == {PARENT: "both", CHILD: "open"}


def states(told: Spoken, settings: Settings) -> dict[int, str]:
    found = nil.coverage(current(settings).ask("units", ACTOR), told, "zh")
    shown = found.table["state"].to_list()
    # Each unit stands in one of the numbers of the title.
    numbers = [int(one) for one in re.findall(r"[0-9]+", found.title.split("；")[0])]
    assert numbers[0] == sum(numbers[1:]) == len(shown)
    return dict(zip(found.table["unit_id"].to_list(), shown, strict=True))


def test_what_was_over_before_the_round_says_nothing_of_the_round(settings: Settings) -> None:
    old = Register(
        unit_id=UNIT,
        title="旧事",
        text="旧事",
        themes=("T10",),
        found_on=date(2015, 5, 1),
        sources=(Source(text="审计"),),
    )
    issue_id = register(old, uuid4().hex, settings, ACTOR)
    perform(issue_id, End(reason="查无此事"), 1, uuid4().hex, settings, ACTOR)
    told = spoken(settings, ACTOR)
    assert told.years[0] > 2015
    assert states(told, settings)[UNIT] == "none"
