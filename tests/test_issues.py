"""The state machine of an issue: no order of commands breaks a rule, and every refusal says why in both languages."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings

from panorama.access.actor import Actor, local_actor
from panorama.calendar import months_after
from panorama.errors import Refused
from panorama.issues import transitions
from panorama.issues.commands import (
    COMMANDS,
    AddSources,
    Advance,
    Amend,
    Apply,
    Begin,
    Claim,
    Close,
    Command,
    Decline,
    End,
    Extend,
    Feedback,
    Plan,
    Reach,
    Reclassify,
    Register,
    Reopen,
    Report,
    Reserve,
    Return,
    Route,
    Strike,
    Triage,
    Verify,
    asked,
)
from panorama.issues.issue import CLASS, OVER, RESERVE_STATE, STATE, Issue, Source
from panorama.issues.people import people, same_person
from panorama.issues.transitions import MONTHS, Moment, after, allowed, barred, begun
from panorama.text import Text

UNIT, BELOW, ELSEWHERE = 1, 2, 9
ACTOR = local_actor()
DAY = date(2025, 11, 30)
SEEN = Source(text="超编2名", row_id=(1 << 32) + 2, family="审计", place="审计.xlsx 第2行")

EDGES: dict[str, set[str]] = {
    "草拟": {"已核定", "终止"},
    "已核定": {"已反馈", "已核定", "终止"},
    "已反馈": {"已认领", "整改中", "已核定", "终止"},
    "已认领": {"整改中", "已核定", "终止"},
    "整改中": {"申请销号", "已核定", "终止"},
    "申请销号": {"核验中", "退回整改"},
    "核验中": {"已销号", "退回整改"},
    "退回整改": {"申请销号", "已核定", "终止"},
    "重新打开": {"整改中", "已核定", "终止"},
    "已销号": {"重新打开"},
    "终止": set(),
}
"""As methods.md §7 draws it: 转类 leads back to 已核定, whence the issue is fed back anew."""


def numbers() -> Any:
    given: Counter[str] = Counter()

    def number(series: str) -> str:
        given[series] += 1
        return f"{series}-{given[series]:04}"

    return number


def moment(day: date = DAY, actor: Actor = ACTOR, number: Any = None) -> Moment:
    return Moment(actor, day, frozenset({UNIT, BELOW}), number or numbers())


def draft(**more: Any) -> Register:
    told = {"unit_id": UNIT, "title": "超编", "text": "行政编制超编2名", "themes": ("T10",), "severity": "较重"}
    return Register(**{**told, "found_on": date(2025, 1, 1), "sources": (SEEN,), **more})


def does(issue: Issue, *commands: Command, day: date = DAY, actor: Actor = ACTOR) -> Issue:
    for command in commands:
        issue = after(issue, command, moment(day, actor))
    return issue


BEGIN = Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit="市教育局", owner="张三")
FEEDBACK = Feedback(on=DAY, suggestion="限期消化", lead_office="综合处")
TRIAGE = {one: Triage(issue_class=one, reason="属单位职责") for one in CLASS}
APPLY = Apply(evidence=("台账截图",))
VERIFY = Verify(verifier="李四")
CLOSE = Close(on=DAY, finding="已消化")


def new(*commands: Command) -> Issue:
    return does(begun(draft(), "市教育局", moment()), *commands)


A = (TRIAGE["A"], FEEDBACK, BEGIN)
B = (TRIAGE["B"], FEEDBACK, Claim(on=DAY, opinion="同意办理", owner="王五", due=DAY + timedelta(days=60)), BEGIN)


# Dates


def test_three_months_after_every_day_of_twenty_years_are_what_the_calendar_library_says() -> None:
    day = date(2020, 1, 1)
    while day < date(2041, 1, 1):
        assert months_after(day, 3) == day + relativedelta(months=3)
        day += timedelta(days=1)


def test_the_end_of_each_month_of_twenty_years_is_due_on_the_same_day_or_the_months_last() -> None:
    for year in range(2020, 2041):
        for month in range(1, 13):
            end = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            due = new_due(end)
            assert due.month == (month + 2) % 12 + 1
            assert due.day == end.day or (due + timedelta(days=1)).day == 1


def new_due(day: date) -> date:
    issue = does(begun(draft(found_on=day), "市教育局", moment(day)), TRIAGE["A"], day=day)
    due = does(issue, Feedback(on=day, suggestion="改"), day=day).due
    assert due is not None
    return due


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ("2025-11-30", "2026-02-28"),
        ("2027-11-30", "2028-02-29"),
        ("2025-11-29", "2026-02-28"),
        ("2025-01-31", "2025-04-30"),
        ("2025-08-31", "2025-11-30"),
        ("2025-12-31", "2026-03-31"),
    ],
)
def test_three_calendar_months_are_clipped_to_the_months_end(told: str, due: str) -> None:
    assert new_due(date.fromisoformat(told)) == date.fromisoformat(due)


def test_a_sooner_limit_is_taken_and_a_later_one_refused_but_as_an_extension_that_keeps_the_original() -> None:
    issue = new(TRIAGE["A"])
    assert does(issue, FEEDBACK.model_copy(update={"due": date(2026, 1, 5)})).due == date(2026, 1, 5)
    with pytest.raises(Refused, match="due by 2026-02-28 at the latest"):
        does(issue, FEEDBACK.model_copy(update={"due": date(2026, 3, 1)}))
    extended = does(issue, FEEDBACK, Extend(to=date(2026, 6, 1), reason="机构改革", by="赵主任"))
    assert (extended.due, extended.limit) == (date(2026, 2, 28), date(2026, 6, 1))
    assert (extended.extension_reason, extended.extension_by) == ("机构改革", "赵主任")
    with pytest.raises(Refused, match="after the present limit, 2026-06-01"):
        does(extended, Extend(to=date(2026, 5, 1), reason="再延", by="赵主任"))
    with pytest.raises(Refused, match="past already"):
        does(extended, Extend(to=date(2026, 6, 2), reason="补办", by="赵主任"), day=date(2026, 6, 3))


def test_an_issue_is_overdue_from_the_day_after_its_limit_until_it_is_closed() -> None:
    issue = new(*A)
    assert issue.due == date(2026, 2, 28)
    assert not issue.overdue(date(2026, 2, 28))
    assert issue.overdue(date(2026, 3, 1))
    assert does(issue, APPLY, VERIFY).overdue(date(2026, 3, 1)), "an application alone does not stop the clock"
    assert not does(issue, APPLY, VERIFY, CLOSE).overdue(date(2026, 3, 1))
    assert not new(TRIAGE["C"]).overdue(date(2036, 1, 1)), "no limit, nothing overdue"


def test_a_change_of_class_does_not_start_the_three_months_anew() -> None:
    later = DAY + timedelta(days=200)
    back = does(
        new(*A),
        Reclassify(issue_class="B", reason="需编办协调"),
        Reclassify(issue_class="A", reason="单位可自行解决"),
        FEEDBACK.model_copy(update={"on": later}),
        day=later,
    )
    assert back.due == date(2026, 2, 28)
    assert back.overdue(later)
    first = does(new(*B), Reclassify(issue_class="A", reason="单位可自行解决"), day=later)
    told = does(first, FEEDBACK.model_copy(update={"on": later}), day=later)
    assert told.due == months_after(later, 3), "class B never started the clock"


def test_a_reopened_issue_has_three_months_from_its_reopening() -> None:
    later = date(2026, 8, 31)
    issue = does(new(*A, APPLY, VERIFY, CLOSE), Reopen(reason="复查仍超编"), day=later)
    assert issue.due == date(2026, 11, 30)
    assert issue.evidence == ()
    assert issue.close_no is None


# Refusals


def test_close_out_needs_evidence_and_a_verifier_who_is_neither_the_owner_nor_from_the_unit() -> None:
    issue = new(*A)
    for nothing in ((), ("  ",)):
        with pytest.raises(Refused, match="vidence"):
            does(issue, Apply(evidence=nothing))
    asked_for = does(issue, APPLY)
    for name in ("张三", "张　三", " 张三（处长） ", "李四、张三"):
        with pytest.raises(Refused, match="cannot be the person responsible"):
            does(asked_for, Verify(verifier=name))
    for near in (UNIT, BELOW):
        with pytest.raises(Refused, match="cannot come from"):
            does(asked_for, Verify(verifier="李四", unit_id=near))
    assert does(asked_for, Verify(verifier="李四", unit_id=ELSEWHERE), CLOSE).state == "已销号"
    with pytest.raises(Refused, match="only in Being verified"):
        does(asked_for, CLOSE)


def test_nobody_verifies_in_anothers_name_nor_what_they_asked_for_themselves() -> None:
    issue = new(*A)
    zhao, qian = (Actor(name, "supervision", everything=True) for name in ("赵六", "钱七"))
    asked_for = does(issue, APPLY, actor=zhao)
    with pytest.raises(Refused, match="own name"):
        does(asked_for, Verify(verifier="孙八"), actor=qian)
    with pytest.raises(Refused, match="cannot verify it"):
        does(asked_for, Verify(verifier="赵六"), actor=zhao)
    begun_by_qian = does(asked_for, Verify(verifier="钱七"), actor=qian)
    with pytest.raises(Refused, match="cannot verify it"):
        does(begun_by_qian, CLOSE, actor=zhao)
    with pytest.raises(Refused, match="own name"):
        does(begun_by_qian, CLOSE, actor=Actor("孙八", "supervision", everything=True))
    assert Verify not in allowed(asked_for, zhao), "no button leads to a refusal that is certain"
    assert Close not in allowed(begun_by_qian, zhao)
    assert Verify in allowed(asked_for, qian)
    assert does(begun_by_qian, CLOSE, actor=qian).state == "已销号"


def test_the_day_of_finding_is_put_right_while_it_is_a_draft_and_stays_where_none_is_said() -> None:
    draft_ = new()
    words = {"title": "超编", "text": "超编2名", "themes": ("T10",)}
    assert does(draft_, Amend(**words)).found_on == draft_.found_on
    earlier = draft_.found_on - timedelta(days=30)
    put_right = does(draft_, Amend(**words, found_on=earlier))
    assert put_right.found_on == earlier
    told = Feedback(on=earlier + timedelta(days=1), suggestion="限期消化")
    assert does(put_right, TRIAGE["A"], told).feedback_on == told.on
    with pytest.raises(Refused, match="found"):
        does(draft_, Amend(**words, found_on=DAY + timedelta(days=1)))


def test_class_b_is_claimed_or_declined_by_the_office_it_was_put_to() -> None:
    told = new(TRIAGE["B"], FEEDBACK)
    with pytest.raises(Refused, match="claimed by an office"):
        does(told, BEGIN)
    declined = does(told, Decline(reason="不属本处职责"))
    assert (declined.state, declined.lead_office) == ("已反馈", None)
    with pytest.raises(Refused, match="put it to one first"):
        does(declined, Claim(on=DAY, opinion="办", owner="王五", due=DAY))
    claimed = does(
        declined, Route(lead_office="机构处", reason="属机构处"), Claim(on=DAY, opinion="办", owner="王五", due=DAY)
    )
    assert (claimed.state, claimed.lead_office) == ("已认领", "机构处")
    with pytest.raises(Refused, match="Office asked"):
        does(new(TRIAGE["B"]), Feedback(on=DAY))


def test_a_claim_sets_a_limit_from_the_day_of_the_claim_on() -> None:
    told = new(TRIAGE["B"], FEEDBACK)
    claim = Claim(on=DAY, opinion="办", owner="王五", due=DAY + timedelta(days=60))
    with pytest.raises(Refused) as refused:
        does(told, claim.model_copy(update={"due": None}))
    assert refused.value.text == Text("认领要填写：完成时限。", "Claim needs: To be done by.")
    with pytest.raises(Refused, match="due before it was claimed"):
        does(told, claim.model_copy(update={"due": DAY - timedelta(days=1)}))
    claimed = does(told, claim)
    assert claimed.limit == DAY + timedelta(days=60)
    assert claimed.overdue(DAY + timedelta(days=61))
    assert Extend in allowed(claimed, ACTOR)


def test_an_office_sets_milestones_up_to_its_limit_and_says_which_are_reached() -> None:
    later = DAY + timedelta(days=30)
    claimed = new(TRIAGE["B"], FEEDBACK, Claim(on=DAY, opinion="办", owner="王五", due=later))
    planned = does(
        claimed, Plan(due=later, words="报批"), Plan(due=DAY, words="报方案"), Plan(due=later, words="征求意见")
    )
    assert [one.name for one in planned.milestones] == [f"{DAY} 报方案", f"{later} 征求意见", f"{later} 报批"]
    assert planned.limit == later, "a milestone is no limit"
    for wrong, why in (
        (Plan(due=later + timedelta(days=1), words="晚了"), "after the limit"),
        (Plan(due=DAY - timedelta(days=1), words="早了"), "before the issue was claimed"),
        (Plan(due=DAY, words="报方案"), "there already"),
        (Reach(milestone="2020-01-01 没有", on=DAY, by="王五"), "waits to be reached"),
        (Reach(milestone=f"{DAY} 报方案", on=DAY + timedelta(days=1), by="王五"), "still to come"),
        (Reach(milestone=f"{DAY} 报方案", on=DAY - timedelta(days=1), by="王五"), "before the issue was claimed"),
    ):
        with pytest.raises(Refused, match=why):
            does(planned, wrong)
    reached = does(
        planned, Reach(milestone=f"{DAY} 报方案", on=DAY, by="王五"), Strike(milestone=f"{later} 报批", reason="并入")
    )
    assert [(one.words, one.done_on, one.done_by) for one in reached.milestones] == [
        ("报方案", DAY, "王五"),
        ("征求意见", None, None),
    ]
    with pytest.raises(Refused, match="waits to be reached"):
        does(reached, Strike(milestone=f"{DAY} 报方案", reason="已完成的不取消"))
    assert does(reached, Reclassify(issue_class="A", reason="单位可自行解决")).milestones == ()
    assert not {Plan, Reach, Strike} & set(allowed(new(*A), ACTOR)), "class A has its three months and nothing else"
    other = Actor("处员", "office", everything=True, office="别的处")
    assert not {Plan, Reach, Strike} & set(allowed(reached, other))


def test_class_c_goes_to_the_reserve_with_clause_domain_and_proposal_and_nowhere_else() -> None:
    issue = new(TRIAGE["C"])
    assert allowed(issue, ACTOR) == [Reserve, Reclassify, AddSources, End]
    kept = does(issue, Reserve(clause="三定第四条", domain="职能", proposal="划入"))
    assert kept.reserve_no
    with pytest.raises(Refused, match="already"):
        does(kept, Reserve(clause="三定第四条", domain="职能", proposal="划入"))
    out = does(kept, Reclassify(issue_class="A", reason="可以现在整改"))
    assert (out.reserve_no, out.clause, out.domain, out.proposal) == (None, None, None, None)


def test_what_is_in_the_reserve_moves_on_with_a_reason_and_says_where_it_was_used() -> None:
    issue = new(TRIAGE["C"])
    with pytest.raises(Refused, match="put it there first"):
        does(issue, Advance(reserve_state="研究中", reason="列入调研"))
    kept = does(issue, Reserve(clause="三定第四条", domain="职能", proposal="划入"))
    assert kept.reserve_state == "入库"
    with pytest.raises(Refused, match="In the reserve already"):
        does(kept, Advance(reserve_state="入库", reason="再次入库"))
    studied = does(kept, Advance(reserve_state="研究中", reason="列入调研", priority="高", legal_basis="条例第二十条"))
    with pytest.raises(Refused, match="Where it was used"):
        does(studied, Advance(reserve_state="已转化", reason="写入方案"))
    used = does(studied, Advance(reserve_state="已转化", reason="写入方案", used_in="2026年机构改革方案"))
    assert (used.state, used.priority, used.legal_basis) == ("已核定", "高", "条例第二十条")
    assert used.used_in == "2026年机构改革方案"
    out = does(used, Reclassify(issue_class="A", reason="可以现在整改"))
    assert {out.reserve_state, out.priority, out.legal_basis, out.used_in} == {None}


def test_an_issue_needs_words_a_theme_and_a_source_and_dates_that_can_be() -> None:
    for lacking in ("title", "text", "themes", "found_on", "sources"):
        with pytest.raises(Refused):
            begun(draft(**{lacking: None if lacking == "found_on" else () if lacking in ("themes", "sources") else " "}), "局", moment())  # fmt: skip
    with pytest.raises(Refused, match="still to come"):
        begun(draft(found_on=DAY + timedelta(days=1)), "局", moment())
    with pytest.raises(Refused, match="before it was found"):
        does(new(TRIAGE["A"]), Feedback(on=date(2024, 12, 31), suggestion="改"))
    with pytest.raises(Refused, match="still to come"):
        does(new(TRIAGE["A"]), Feedback(on=DAY + timedelta(days=1), suggestion="改"))


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("state", STATE)
@pytest.mark.parametrize("of", CLASS)
def test_a_button_is_there_exactly_where_the_command_is_not_refused_for_the_state(
    kind: type[Command], state: Any, of: Any
) -> None:
    issue = new().model_copy(
        update={"state": state, "issue_class": None if state == "草拟" else of, "due": DAY, "lead_office": "综合处"}
    )
    told = barred(issue, kind, ACTOR)
    assert (kind in allowed(issue, ACTOR)) == (told is None)
    if told is not None:
        with pytest.raises(Refused) as refused:
            does(issue, WHOLE[kind])
        assert refused.value.text == told
        assert re.search(r"[\u4e00-\u9fff]", told.zh)
        assert not re.search(r"[\u4e00-\u9fff]", told.en)


WHOLE: dict[type[Command], Command] = {
    type(one): one
    for one in (
        TRIAGE["A"], FEEDBACK, Claim(on=DAY, opinion="办", owner="王五", due=DAY), Decline(reason="不属本处"),
        Route(lead_office="机构处", reason="属机构处"), BEGIN, Report(text="已调出1名"), APPLY, VERIFY, CLOSE, Return(reason="佐证不足"),
        Extend(to=date(2027, 1, 1), reason="改革", by="赵主任"), Reserve(clause="第四条", domain="编制", proposal="核增"),
        Advance(reserve_state="研究中", reason="列入调研"),
        Reopen(reason="反弹"), Reclassify(issue_class="B", reason="需协调"), AddSources(sources=(SEEN,)), End(reason="重复登记"),
        Amend(title="超编", text="超编2名", themes=("T11",), severity="一般"),
        Plan(due=DAY, words="报方案"), Reach(milestone=f"{DAY} 报方案", on=DAY, by="王五"), Strike(milestone=f"{DAY} 报方案", reason="并入下一步"),
    )
}  # fmt: skip


def test_every_command_refuses_each_thing_it_needs_when_it_is_not_said() -> None:
    assert WHOLE.keys() == set(COMMANDS)
    for kind, command in WHOLE.items():
        for name, ask in asked(kind).items():
            if not ask.need:
                continue
            empty = () if isinstance(getattr(command, name), tuple) else None
            with pytest.raises(Refused) as refused:
                transitions.complete(command.model_copy(update={name: empty}))
            assert ask.zh in refused.value.text.zh
            assert ask.en in refused.value.text.en


# Who may


def test_nobody_does_anything_outside_the_scope_and_unknown_roles_do_nothing() -> None:
    issue = new(*A)
    for actor in (
        Actor("x", "nobody", everything=True),
        Actor("x", "auditor", everything=True),
        Actor("x", "unit", units=frozenset({ELSEWHERE})),
        Actor("x", "unit"),
        Actor("x", "supervision", units=frozenset({ELSEWHERE})),
    ):
        assert allowed(issue, actor) == []
        with pytest.raises(Refused):
            does(issue, Report(text="x"), actor=actor)
        with pytest.raises(Refused):
            begun(draft(), "局", moment(actor=actor))


def test_a_unit_reports_and_asks_for_close_out_of_its_own_and_nothing_else() -> None:
    own = Actor("联络员", "unit", units=frozenset({UNIT}))
    assert set(allowed(new(*A), own)) == {Report, Apply}
    with pytest.raises(Refused, match="role"):
        does(new(*A, APPLY), VERIFY, actor=own)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("张三", "张 三", True),
        ("张三", "ＺＨＡＮＧ", False),
        ("Li Si", "ｌｉ　ｓｉ", True),
        ("Li Si", "Li Wu", False),
        ("张三、李四", "李四", True),
        ("张三 李四", "李四", True),
        ("李明", "李明亮", False),
        ("王五(副处长)", "王五", True),
        ("张和平", "李和平", False),
        ("（张三）", "张三", True),
        ("张三（处长", "张三", True),
    ],
)
def test_spaces_width_case_and_titles_do_not_tell_people_apart(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert people(one)


# Any order


@st.composite
def _commands(draw: st.DrawFn, day: date) -> Command:
    when = st.dates(day - timedelta(days=120), day + timedelta(days=200))
    words = st.sampled_from(["", "一句话"])
    names = st.sampled_from(["", "张三", "李四", "王　五", "王五"])
    of = st.sampled_from([None, "A", "B", "C"])
    return draw(
        st.one_of(
            st.builds(Triage, issue_class=of, reason=words),
            st.builds(Feedback, on=when, suggestion=words, due=st.none() | when, lead_office=words),
            st.builds(Claim, on=when, opinion=words, owner=names, due=st.none() | when),
            st.builds(Decline, reason=words),
            st.builds(Route, lead_office=words, reason=words),
            st.builds(Plan, due=when, words=words),
            st.builds(Reach, milestone=st.builds(lambda due: f"{due} 一句话", when), on=when, by=names),
            st.builds(Strike, milestone=st.builds(lambda due: f"{due} 一句话", when), reason=words),
            st.builds(Begin, criterion=words, measures=words, owner_unit=words, owner=names),
            st.builds(Report, text=words),
            st.builds(Extend, to=when, reason=words, by=names),
            st.builds(Apply, evidence=st.sampled_from([(), ("一件",), ("两", "件")])),
            st.builds(Verify, verifier=names, unit_id=st.sampled_from([None, UNIT, BELOW, ELSEWHERE])),
            st.builds(Close, on=when, finding=words),
            st.builds(Return, reason=words),
            st.builds(Reopen, reason=words),
            st.builds(Reclassify, issue_class=of, reason=words),
            st.builds(Reserve, clause=words, domain=st.sampled_from([None, "编制"]), proposal=words),
            st.builds(Advance, reserve_state=st.sampled_from([None, *RESERVE_STATE]), reason=words, used_in=words),
            st.builds(AddSources, sources=st.just((SEEN,)) | st.just((Source(text="另一处"),))),
            st.builds(End, reason=words),
            st.builds(Amend, title=words, text=words, themes=st.just(("T11",))),
        )
    )


class Life:
    """One issue through commands on advancing days. Whatever comes, the rules hold after it."""

    def __init__(self) -> None:
        self.day, self.number = date(2025, 11, 30), numbers()
        self.issue = begun(draft(), "市教育局", moment(self.day))
        self.close_numbers: list[str] = []
        self.verifier_from: int | None = None
        self.walked: set[tuple[str, str]] = set()

    def step(self, command: Command) -> None:
        before, refusal = self.issue, None
        try:
            found = after(before, command, moment(self.day, ACTOR, self.number))
        except Refused as refused:
            refusal = refused.text
        if refusal is not None:
            assert refusal.zh != refusal.en
            assert self.issue is before
            return
        self.issue = found
        if found.state != before.state:
            assert found.state in EDGES[before.state]
            self.walked.add((before.state, found.state))
        if isinstance(command, Verify):
            self.verifier_from = command.unit_id
        if found.state == "已销号" != before.state:
            self.close_numbers.append(str(found.close_no))
        if before.issue_no:
            assert found.issue_no == before.issue_no
        if before.due and found.due != before.due:
            assert isinstance(command, Reclassify | Reopen)
        assert set(before.sources) <= set(found.sources)
        self.holds()

    def holds(self) -> None:
        issue = self.issue
        assert Issue.model_validate(issue.model_dump()) == issue
        assert (issue.issue_class is None) == (issue.issue_no is None)
        if issue.state == "草拟":
            assert issue.issue_class is None
        elif issue.state != "终止":
            assert issue.issue_class in CLASS
        self._limits(issue)
        self._milestones(issue)
        self._close_out(issue)
        if issue.issue_class == "C":
            assert issue.state in ("已核定", "终止")
        else:
            assert issue.reserve_no is None
        assert (issue.reserve_no is None) == (issue.reserve_state is None)
        if issue.reserve_state == "已转化":
            assert issue.used_in
        if issue.reserve_no:
            assert issue.clause
            assert issue.domain
            assert issue.proposal
        if issue.issue_class == "B" and issue.state not in ("已核定", "已反馈", "终止"):
            assert issue.lead_office
            assert issue.claimed_on
        if issue.state in ("整改中", "申请销号", "核验中", "退回整改", "已销号"):
            assert issue.criterion
            assert issue.measures
            assert issue.owner

    def _milestones(self, issue: Issue) -> None:
        names = [one.name for one in issue.milestones]
        assert len(set(names)) == len(names)
        assert not names or (issue.issue_class == "B" and issue.claimed_on)
        for one in issue.milestones:
            assert (one.done_on is None) == (one.done_by is None)
            assert issue.limit is None or one.due <= issue.limit

    def _limits(self, issue: Issue) -> None:
        limit = issue.extended_to or issue.due
        assert issue.overdue(self.day) == (limit is not None and self.day > limit and issue.state not in OVER)
        if issue.issue_class == "A" and issue.state not in ("已核定", "终止"):
            assert issue.due is not None
            assert issue.clock_from is not None
            assert issue.clock_from <= issue.due <= issue.clock_from + relativedelta(months=MONTHS)
            assert issue.feedback_on is not None
            assert issue.suggestion
        given = [issue.extended_to, issue.extension_reason, issue.extension_by]
        assert all(given) or not any(given)
        if issue.extended_to:
            assert issue.due
            assert issue.extended_to > issue.due

    def _close_out(self, issue: Issue) -> None:
        assert len(set(self.close_numbers)) == len(self.close_numbers)
        if issue.state in ("申请销号", "核验中", "已销号"):
            assert issue.evidence
        if issue.state in ("核验中", "已销号"):
            assert issue.verifier
            assert "".join(issue.verifier.split()) != "".join(str(issue.owner).split())
            assert self.verifier_from not in (UNIT, BELOW)
        closed = issue.state == "已销号"
        assert (issue.close_no is not None) == closed
        assert (issue.closed_on is not None) == closed
        assert (issue.verified_on is not None) == closed


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_of_commands_however_filled_in_breaks_a_rule(data: st.DataObject) -> None:
    life = Life()
    for _ in range(data.draw(st.integers(1, 12))):
        life.day += timedelta(days=data.draw(st.sampled_from([0, 1, 31, 92])))
        life.step(data.draw(_commands(life.day)))


def test_hundreds_of_lives_of_what_is_allowed_go_every_way_that_the_methods_draw_and_no_other() -> None:
    chance = Random(7)
    walked: set[tuple[str, str]] = set()
    for _ in range(500):
        life = Life()
        for _ in range(chance.randint(0, 25)):
            life.day += timedelta(days=chance.choice([0, 0, 1, 31, 92]))
            ways = allowed(life.issue, ACTOR)
            if not ways:
                break
            # Ending it is always possible, and would cut most lives short.
            kind = chance.choice([way for way in ways if way is not End] or ways)
            life.step(_whole(kind, life, chance))
        walked |= life.walked
        life.step(WHOLE[End])
        walked |= life.walked
    drawn = {(before, after) for before, ways in EDGES.items() for after in ways if after != before}
    assert walked == drawn


def _whole(kind: type[Command], life: Life, chance: Random) -> Command:
    """The command with everything that it needs, on this day."""
    changed: dict[str, Any] = {"on": life.day} if "on" in kind.model_fields else {}
    if kind is Extend:
        changed["to"] = max(life.day, life.issue.limit or life.day) + timedelta(days=30)
    if kind in (Triage, Reclassify):
        changed["issue_class"] = chance.choice(["A", "A", "B", "C"])
    if kind is Claim:
        changed["due"] = life.day + timedelta(days=chance.choice([0, 60]))
    if kind is Plan:
        days = timedelta(days=chance.randint(0, 40))
        changed |= {"due": min(life.day + days, life.issue.limit or date.max), "words": f"第{chance.randint(1, 99)}步"}
    if kind in (Reach, Strike) and life.issue.ahead:
        changed["milestone"] = chance.choice(life.issue.ahead).name
    return WHOLE[kind].model_copy(update=changed)
