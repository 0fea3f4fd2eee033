"""Reminders of limits: each step on its day over years of month ends and extensions, each reader its own, ticked off for good."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama.access.actor import Actor, local_actor
from panorama.calendar import months_after, today
from panorama.charts import reminders as drawn
from panorama.errors import PanoramaError, Refused
from panorama.issues.commands import Begin, Claim, Command, End, Extend, Feedback, Plan, Reach, Register, Strike, Triage
from panorama.issues.issue import Source
from panorama.issues.reminders import step_of
from panorama.settings import Settings
from panorama.store import reminders as kept
from panorama.store.caseload import issue_at
from panorama.store.issues import perform, register
from panorama.store.register import identity
from panorama.store.reminders import reminders, tick
from panorama.store.verify import verify
from tests.stock import at_once, events, stocked

ACTOR = local_actor()
UNIT, OTHER = identity("001"), identity("002")
CONTACT = Actor("联络员", "unit", units=frozenset({UNIT}), login="lianluo")
SUPERVISION = Actor("李四", "supervision", everything=True, login="lisi")
OFFICE = Actor("钱", "office", everything=True, office="一处", login="qian")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def expected(limit: date, day: date) -> int | None:
    """The design in words: reminded from the 30th day before, anew from the 7th, on the day, and past it."""
    if day > limit:
        return -1
    if day == limit:
        return 0
    if day >= limit - timedelta(days=7):
        return 7
    return 30 if day >= limit - timedelta(days=30) else None


@given(DAYS, st.integers(-400, 400))
def test_the_step_of_every_day_is_the_designs(fed_back: date, offset: int) -> None:
    limit = months_after(fed_back, 3)
    day = limit + timedelta(days=offset)
    assert step_of(limit, day) == expected(limit, day)


def test_over_twenty_years_of_month_ends_each_step_comes_once_in_order_and_lasts_till_the_next() -> None:
    for year in range(2020, 2041):
        for month in range(1, 13):
            end = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            limit = months_after(end, 3)
            steps = [step_of(limit, limit - timedelta(days=before)) for before in range(40, -10, -1)]
            assert steps == [None] * 10 + [30] * 23 + [7] * 7 + [0] + [-1] * 9


@given(DAYS, st.integers(1, 200), st.integers(0, 200))
def test_an_extension_begins_its_steps_anew(limit: date, longer: int, passed: int) -> None:
    extended = limit + timedelta(days=longer)
    day = extended - timedelta(days=passed)
    found = step_of(extended, day)
    assert found == expected(extended, day)
    # Whoever was past the old limit is not past the new one before its day.
    assert found != -1


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path, with_work=False)


def issue(settings: Settings, *commands: Command, unit_id: int = UNIT) -> int:
    told: dict[str, Any] = {
        "title": "超编",
        "text": "超编2名",
        "themes": ("T10",),
        "found_on": today() - timedelta(days=400),
    }
    issue_id = register(Register(unit_id=unit_id, sources=(Source(text="审计"),), **told), uuid4().hex, settings, ACTOR)
    for command in commands:
        do(settings, issue_id, command)
    return issue_id


def do(settings: Settings, issue_id: int, command: Command) -> None:
    perform(issue_id, command, issue_at(issue_id, settings, ACTOR).version, uuid4().hex, settings, ACTOR)


def of_a(settings: Settings, left: int, unit_id: int = UNIT) -> int:
    """An issue of class A with so many days left."""
    due = today() + timedelta(days=left)
    on = min(today(), due)
    return issue(
        settings, Triage(issue_class="A", reason="x"), Feedback(on=on, suggestion="x", due=due), unit_id=unit_id
    )


def of_b(settings: Settings, left: int, office: str) -> int:
    issue_id = issue(settings, Triage(issue_class="B", reason="x"), Feedback(on=today(), lead_office=office))
    do(settings, issue_id, Claim(on=today(), opinion="办", owner="张三", due=today() + timedelta(days=left)))
    return issue_id


def steps(settings: Settings, actor: Actor, **more: Any) -> dict[int, int]:
    """Issue → step; and the counts agree."""
    found = reminders(settings, actor, today(), **more)
    listed = dict(found.found.select("id", "step").iter_rows())
    counts: dict[int, int] = {}
    for step in listed.values():
        counts[step] = counts.get(step, 0) + 1
    assert found.counts == counts
    assert found.n == len(listed)
    return listed


def test_each_reader_is_reminded_of_what_concerns_it(settings: Settings) -> None:
    a = {left: of_a(settings, left) for left in (31, 30, 8, 7, 1, 0, -1)}
    theirs = of_a(settings, 5, OTHER)
    mine, another = of_b(settings, 3, "一处"), of_b(settings, 3, "二处")
    issue(settings)
    want = {a[30]: 30, a[8]: 30, a[7]: 7, a[1]: 7, a[0]: 0, a[-1]: -1}
    assert steps(settings, CONTACT) == want
    assert steps(settings, SUPERVISION) == {**want, theirs: 7, mine: 7, another: 7}
    assert steps(settings, ACTOR) == steps(settings, SUPERVISION)
    assert steps(settings, OFFICE) == {mine: 7}
    assert steps(settings, Actor("无处室", "office", everything=True)) == {}
    assert steps(settings, SUPERVISION, unit_id=OTHER) == {theirs: 7}
    for role in ("leader", "evaluator", "steward", "auditor", "nobody"):
        assert steps(settings, Actor("某", role, everything=True)) == {}
    assert steps(settings, Actor("无单位", "unit")) == {}


def test_the_database_and_the_rule_agree_on_every_day_around_a_limit(settings: Settings) -> None:
    issue_id = of_a(settings, 40)
    limit = today() + timedelta(days=40)
    for before in range(45, -5, -1):
        day = limit - timedelta(days=before)
        step = step_of(limit, day)
        found = reminders(settings, CONTACT, day)
        assert found.counts == ({} if step is None else {step: 1}), day
        assert found.found["id"].to_list() == ([] if step is None else [issue_id])


def test_units_are_counted_of_all_reminders_and_not_of_those_listed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LISTED_AT_MOST", 1)
    for unit_id in (UNIT, UNIT, OTHER):
        of_a(settings, 3, unit_id)
    found = reminders(settings, SUPERVISION, today())
    assert (found.n, found.units, found.found.height) == (3, 2, 1)
    (matter,) = drawn.to_remind(found, "en")
    assert "of 2 units" in matter.reason


def test_what_is_over_reminds_nobody(settings: Settings) -> None:
    issue_id = of_a(settings, 3)
    do(settings, issue_id, End(reason="重复"))
    assert steps(settings, SUPERVISION) == {}


def test_a_tick_is_of_one_person_and_one_step_and_is_remembered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id, limit = of_a(settings, 20), today() + timedelta(days=20)
    assert len(set(at_once(lambda: tick(issue_id, limit, 30, settings, CONTACT)))) == 1
    assert steps(settings, CONTACT) == {}
    assert steps(settings, SUPERVISION) == {issue_id: 30}
    assert steps(settings, Actor("别的联络员", "unit", units=frozenset({UNIT}), login="b")) == {issue_id: 30}
    assert events(settings, "reminder.tick") == 1
    # The next step comes all the same, on its day.
    later = limit - timedelta(days=7)
    assert reminders(settings, CONTACT, later - timedelta(days=1)).n == 0
    assert reminders(settings, CONTACT, later).counts == {7: 1}
    monkeypatch.setattr(kept, "today", lambda: later)
    tick(issue_id, limit, 7, settings, CONTACT)
    assert reminders(settings, CONTACT, later).n == 0
    assert reminders(settings, CONTACT, limit).counts == {0: 1}
    assert verify(settings).broken is None


def test_an_extension_reminds_anew_of_its_own_limit(settings: Settings) -> None:
    issue_id, limit = of_a(settings, 3), today() + timedelta(days=3)
    begin = Begin(criterion="不超", measures="调", owner_unit="局", owner="张三")
    do(settings, issue_id, begin)
    tick(issue_id, limit, 7, settings, SUPERVISION)
    longer = today() + timedelta(days=6)
    do(settings, issue_id, Extend(to=longer, reason="难", by="王五"))
    assert steps(settings, SUPERVISION) == {issue_id: 7}
    with pytest.raises(PanoramaError, match="not there any more"):
        tick(issue_id, limit, 0, settings, SUPERVISION)
    tick(issue_id, longer, 7, settings, SUPERVISION)
    assert steps(settings, SUPERVISION) == {}


def test_only_ones_own_reminder_of_today_can_be_ticked_off(settings: Settings) -> None:
    issue_id, limit = of_a(settings, 20), today() + timedelta(days=20)
    stranger = Actor("外", "unit", units=frozenset({OTHER}))
    for who in (stranger, Actor("领导", "leader", everything=True), Actor("审", "auditor", everything=True)):
        with pytest.raises(Refused):
            tick(issue_id, limit, 30, settings, who)
    for step, due in ((7, limit), (-1, limit), (30, limit + timedelta(days=1))):
        with pytest.raises(PanoramaError, match="not there any more"):
            tick(issue_id, due, step, settings, CONTACT)
    with pytest.raises(PanoramaError, match="not there any more"):
        tick(issue_id, limit, 30, settings, OFFICE)
    assert events(settings, "reminder.tick") == 0


# Milestones


def planned(settings: Settings, office: str, *left: int, limit: int = 300) -> int:
    """A task that an office claimed, with milestones so many days ahead."""
    issue_id = of_b(settings, limit, office)
    for days in left:
        do(settings, issue_id, Plan(due=today() + timedelta(days=days), words=f"第{days}天"))
    return issue_id


def falling(settings: Settings, actor: Actor, day: date, **more: Any) -> set[tuple[int, int, int, str | None]]:
    """Issue, days left, step, milestone; and the counts agree."""
    found = reminders(settings, actor, day, **more)
    rows = [
        (id_, (falls - day).days, step, words)
        for id_, falls, step, words in found.found.select("id", "falls", "step", "milestone").iter_rows()
    ]
    steps_ = [step for _, _, step, _ in rows]
    assert {step: n for step, n in found.counts.items() if n} == {step: steps_.count(step) for step in set(steps_)}
    assert [left for _, left, _, _ in rows] == sorted(left for _, left, _, _ in rows), "what presses most is first"
    assert found.units == found.found["unit_id"].n_unique()
    return set(rows)


def test_milestones_remind_their_office_and_the_supervision_from_the_seventh_day_on(settings: Settings) -> None:
    mine = planned(settings, "一处", 8, 20)
    other = planned(settings, "二处", 3)
    for passed in range(30):
        day = today() + timedelta(days=passed)
        want = {
            (mine, left - passed, -1 if left < passed else 0 if left == passed else 7, f"第{left}天")
            for left in (8, 20)
            if left - passed <= 7
        }
        assert falling(settings, OFFICE, day) == want, passed
        theirs = (other, 3 - passed, -1 if passed > 3 else 0 if passed == 3 else 7, "第3天")
        assert falling(settings, SUPERVISION, day) == {*want, theirs}
        assert falling(settings, CONTACT, day) == set(), "class B is no task of the unit"
        assert falling(settings, SUPERVISION, day, unit_id=OTHER) == set()
    for role in ("leader", "evaluator", "steward", "auditor"):
        assert falling(settings, Actor("某", role, everything=True), today() + timedelta(days=9)) == set()


def test_a_milestone_that_is_reached_or_struck_reminds_nobody_nor_one_of_what_is_over(settings: Settings) -> None:
    issue_id, day = planned(settings, "一处", 1, 2, 3), today()
    names = {one.words: one.name for one in issue_at(issue_id, settings, ACTOR).issue.milestones}
    do(settings, issue_id, Reach(milestone=names["第1天"], on=day, by="钱"))
    do(settings, issue_id, Strike(milestone=names["第2天"], reason="并入"))
    assert falling(settings, OFFICE, day) == {(issue_id, 3, 7, "第3天")}
    do(settings, issue_id, End(reason="重复"))
    assert falling(settings, OFFICE, day) == set()


def test_milestones_of_one_day_are_one_reminder_and_so_is_one_on_the_day_of_the_limit(settings: Settings) -> None:
    issue_id = planned(settings, "一处", 3, limit=5)
    due = {left: today() + timedelta(days=left) for left in (3, 5)}
    do(settings, issue_id, Plan(due=due[3], words="再一件"))
    do(settings, issue_id, Plan(due=due[5], words="全部办结"))
    assert falling(settings, OFFICE, today()) == {(issue_id, 3, 7, "再一件、第3天"), (issue_id, 5, 7, "全部办结")}
    said = {
        language: [
            drawn.line(one, today(), language)[1]
            for one in reminders(settings, OFFICE, today()).found.iter_rows(named=True)
        ]
        for language in ("zh", "en")
    }
    assert f"节点 {due[3]} 再一件、第3天" in said["zh"][0]
    assert f"时限 {due[5]}，节点 全部办结" in said["zh"][1]
    assert f"milestone {due[3]}" in said["en"][0]
    tick(issue_id, due[5], 7, settings, OFFICE)
    assert falling(settings, OFFICE, today()) == {(issue_id, 3, 7, "再一件、第3天")}


def test_a_milestone_is_ticked_off_per_person_and_step(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = planned(settings, "一处", 5, 6)
    due = today() + timedelta(days=5)
    assert len(set(at_once(lambda: tick(issue_id, due, 7, settings, OFFICE)))) == 1
    assert events(settings, "reminder.tick") == 1
    assert falling(settings, OFFICE, today()) == {(issue_id, 6, 7, "第6天")}
    assert len(falling(settings, SUPERVISION, today())) == 2
    assert (issue_id, 0, 0, "第5天") in falling(settings, OFFICE, due), "the day itself comes all the same"
    assert (issue_id, -1, -1, "第5天") in falling(settings, OFFICE, due + timedelta(days=1))
    other = Actor("孙", "office", everything=True, office="二处", login="sun")
    for who, falls, step in (
        (other, due + timedelta(days=1), 7),
        (OFFICE, due, 0),
        (OFFICE, due, 30),
        (SUPERVISION, due + timedelta(days=9), 7),
    ):
        with pytest.raises(PanoramaError, match="not there any more"):
            tick(issue_id, falls, step, settings, who)
    with pytest.raises(Refused):
        tick(issue_id, due, 7, settings, Actor("领导", "leader", everything=True))
    assert verify(settings).broken is None
