"""The gate as a rule: what holds an application, held against the design read another way; and who may do what."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any, get_args

import pytest

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import ITEM, MORE, RESULT, Answer, Application, Item
from panorama.applications.commands import COMMANDS, Decide, Register, Release, Waive, Withdraw
from panorama.applications.gate import can_accept
from panorama.applications.transitions import Moment, after, allowed, begun
from panorama.errors import Refused
from panorama.issues.commands import Command, asked
from panorama.issues.issue import CLASS, STATE, Issue
from panorama.settings import Settings
from panorama.store.applications import asks_more

DAY = date(2026, 3, 1)
UNIT, BELOW, ELSEWHERE = 1, 2, 9
NEAR = frozenset({UNIT, BELOW})
ACTOR = local_actor()


def issue(**more: Any) -> Issue:
    told = {"issue_no": "2025-A-0001", "unit_id": UNIT, "unit_name": "市教育局", "title": "超编", "text": "超编2名"}
    stands = {"found_on": date(2025, 1, 1), "state": "整改中", "issue_class": "A", "due": date(2026, 2, 28)}
    return Issue(**{**told, **stands, **more})


def answer(item: Item = "增编", *issues: Issue, **more: Any) -> Answer:
    return can_accept(item, NEAR, enumerate(issues, 1), more.pop("day", DAY), **more)


def test_items_are_those_of_the_design_and_the_first_five_ask_for_more() -> None:
    """data-dictionary D24."""
    assert tuple(ITEM) == get_args(Item)
    assert "/".join(ITEM) == "新设机构/增编/增职数/提规格/加挂牌子/调整内设/核减/撤并/更名/调剂/用编进人"
    assert set(list(ITEM)[:5]) == MORE


@pytest.mark.parametrize("item", ITEM)
def test_only_what_asks_for_something_new_or_more_is_held(item: Item) -> None:
    found = answer(item, issue())
    assert found.more == (item in ("新设机构", "增编", "增职数", "提规格", "加挂牌子"))
    assert found.result == ("暂停受理" if found.more else "可受理")
    assert [hold.issue_id for hold in found.holds] == ([1] if found.more else [])


def test_filling_vacancies_is_held_only_where_the_office_says_so() -> None:
    as_set = {held: asks_more(Settings(hold_hiring=held)) for held in (False, True)}
    assert answer("用编进人", issue(), more=as_set[False]).result == "可受理"
    assert answer("用编进人", issue(), more=as_set[True]).result == "暂停受理"
    for never in ("核减", "撤并", "更名"):
        assert answer(never, issue(), more=as_set[True]).result == "可受理"


def test_it_is_held_from_the_day_after_the_limit() -> None:
    late = issue(due=DAY)
    assert answer("增编", late).result == "可受理"
    found = answer("增编", late, day=DAY + timedelta(days=1))
    assert (found.result, found.holds[0].days_late, found.holds[0].limit) == ("暂停受理", 1, DAY)


def test_an_extension_and_a_close_out_release_it_and_asking_for_close_out_does_not() -> None:
    assert answer("增编", issue(extended_to=DAY)).result == "可受理"
    for state in STATE:
        held = state not in ("已销号", "终止")
        assert answer("增编", issue(state=state)).result == ("暂停受理" if held else "可受理"), state


def test_a_waiver_covers_the_issues_that_stood_then_and_no_later_one() -> None:
    first, later = issue(), issue(issue_no="2026-A-0002", due=DAY - timedelta(days=1))
    assert answer("增编", first, waived={1}).result == "豁免受理"
    assert [hold.issue_id for hold in answer("增编", first, waived={1}).holds] == [1], "a waiver hides nothing"
    assert answer("增编", first, later, waived={1}).result == "暂停受理"
    assert answer("增编", first, later, waived={1, 2}).result == "豁免受理"
    assert answer("增编", issue(state="已销号"), waived={1}).result == "可受理", "nothing is left to be waived"


def test_the_earliest_release_is_known_only_where_nothing_but_the_verifiers_word_is_lacking() -> None:
    verifying, working = issue(state="核验中"), issue(state="整改中")
    assert answer("增编").earliest == DAY
    assert answer("核减", working).earliest == DAY
    assert answer("增编", verifying, verifying).earliest == DAY
    assert answer("增编", verifying, working).earliest is None
    assert answer("增编", verifying, working, waived={2}).earliest == DAY


def test_a_reader_of_some_units_learns_how_many_more_hold_it_and_nothing_of_them() -> None:
    found = answer("增编", issue(), issue(unit_id=BELOW, unit_name="一中", title="混编"))
    seen = found.within(frozenset({UNIT}))
    assert (seen.result, len(seen.holds), seen.others, seen.held_by) == ("暂停受理", 1, 1, 2)
    assert "一中" not in seen.model_dump_json()
    assert "混编" not in seen.model_dump_json()


def held_by_the_design(
    item: str, unit: int, parents: dict[int, int | None], issues: list[Issue], day: date
) -> set[int]:
    """methods.md §7, from the issue's side: up from its unit to whoever asks, dates as the numbers they are written with."""
    found = set()
    for at, one in enumerate(issues):
        line, above = [], one.unit_id
        while above is not None:
            line.append(above)
            above = parents[above]
        limit = one.extended_to if one.extended_to is not None else one.due
        past = limit is not None and f"{day:%Y%m%d}" > f"{limit:%Y%m%d}"
        closed = one.state == "已销号" or one.state == "终止"
        asks = item in {"新设机构", "增编", "增职数", "提规格", "加挂牌子"}
        if asks and unit in line and past and not closed and one.issue_class == "A":
            found.add(at)
    return found


def below(unit: int, parents: dict[int, int | None]) -> frozenset[int]:
    """A unit and all below it."""
    found = {unit}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


def test_over_thousands_of_worlds_what_holds_is_what_the_design_says() -> None:
    chance, seen = Random(11), Counter[str]()
    for _ in range(3_000):
        parents = {
            unit: chance.choice([*range(unit)] or [None]) if chance.random() < 0.8 else None for unit in range(5)
        }
        issues = [
            issue(
                unit_id=chance.randrange(5),
                issue_class=chance.choice([None, *CLASS, "A", "A", "A"]),
                state=chance.choice(list(STATE)),
                due=chance.choice([None, *(DAY + timedelta(days=days) for days in range(-5, 2))]),
                extended_to=chance.choice([None, None, DAY + timedelta(days=chance.randint(-3, 3))]),
            )
            for _ in range(chance.randint(0, 6))
        ]
        unit, item = chance.randrange(3), chance.choice([*ITEM, *sorted(MORE)])
        waived = set(chance.sample(range(6), chance.randint(0, 4)))
        found = can_accept(item, below(unit, parents), enumerate(issues), DAY, waived)
        wanted = held_by_the_design(item, unit, parents, issues, DAY)
        assert {hold.issue_id for hold in found.holds} == wanted
        assert found.result == ("暂停受理" if wanted - waived else "豁免受理" if wanted else "可受理")
        assert [hold.limit for hold in found.holds] == sorted(hold.limit for hold in found.holds)
        seen[found.result] += 1
    assert seen.keys() == set(RESULT)
    assert min(seen.values()) > 100


# What people do


def moment(gate: Answer, actor: Actor = ACTOR, day: date = DAY) -> Moment:
    return Moment(actor, day, gate, lambda: "SQ2026-0001")


def asking(**more: Any) -> Register:
    told = {"unit_id": UNIT, "item": "增编", "title": "请增编制", "applied_on": DAY, "estab_type": "XZ", "quantity": 3}
    return Register(**{**told, "reason": "职责增加", **more})


FREE, HELD = answer("增编"), answer("增编", issue())
WAIVE = Waive(by="赵主任", reason="防汛急需", doc="津编办〔2026〕1号")
GRANT = Decide(decision="同意", doc="津编办〔2026〕2号", opinion="职责确已增加")


def filed(gate: Answer = FREE, **more: Any) -> Application:
    return begun(asking(**more), "市教育局", moment(gate))


def test_an_application_keeps_the_judgement_of_its_day() -> None:
    assert filed().gate == FREE
    assert filed(HELD).gate.holds[0].issue_no == "2025-A-0001"
    assert (filed().app_no, filed().decision, filed().open) == ("SQ2026-0001", "办理中", True)


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        ({"item": None}, "What is asked for"),
        ({"title": " "}, "Title"),
        ({"reason": ""}, "Why it is asked for"),
        ({"applied_on": None}, "Applied on"),
        ({"applied_on": DAY + timedelta(days=1)}, "still to come"),
        ({"quantity": None}, "Number of posts"),
        ({"item": "增职数", "quantity": None}, "Number of posts"),
        ({"estab_type": None}, "Staffing type"),
        ({"estab_type": "全供"}, "no staffing type"),
    ],
)
def test_what_an_application_lacks_is_named(lacking: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        filed(**lacking)


def test_of_what_asks_for_no_number_none_is_needed() -> None:
    assert filed(item="更名", quantity=None, estab_type=None).quantity is None


def test_what_is_held_is_not_granted_whatever_was_said_when_it_came_in() -> None:
    for came_in in (FREE, HELD):
        for decision in ("同意", "部分同意"):
            with pytest.raises(
                Refused, match=r"held and cannot be granted: 1 issue of class A overdue \(2025-A-0001\)"
            ):
                after(filed(came_in), GRANT.model_copy(update={"decision": decision, "approved_quantity": 1}), moment(HELD))  # fmt: skip
        for decision in ("不同意", "退回"):
            refused = after(filed(came_in), Decide(decision=decision, opinion="理由不足"), moment(HELD))
            assert (refused.decision, refused.gate) == (decision, HELD)


def test_a_waiver_in_writing_lets_it_be_granted_and_stays_on_record() -> None:
    waived = after(filed(HELD), WAIVE, moment(HELD))
    assert (waived.gate.result, waived.waived, waived.waived_on) == ("豁免受理", (1,), DAY)
    today = answer("增编", issue(), waived=waived.waived)
    granted = after(waived, GRANT, moment(today))
    assert (granted.decision, granted.approved_quantity, granted.gate.result) == ("同意", 3, "豁免受理")
    assert (granted.waiver_by, granted.waiver_reason, granted.waiver_doc) == ("赵主任", "防汛急需", "津编办〔2026〕1号")
    for lacking in ("by", "reason", "doc"):
        with pytest.raises(Refused, match="needs"):
            after(filed(HELD), WAIVE.model_copy(update={lacking: ""}), moment(HELD))
    with pytest.raises(Refused, match="nothing to waive"):
        after(filed(), WAIVE, moment(FREE))


def test_a_leader_waives_in_his_own_name_alone_and_decides_nothing() -> None:
    leader = Actor("赵主任", "leader", everything=True)
    assert after(filed(HELD), WAIVE, moment(HELD, leader)).waiver_by == "赵主任"
    with pytest.raises(Refused, match="own name"):
        after(filed(HELD), WAIVE.model_copy(update={"by": "钱主任"}), moment(HELD, leader))
    assert allowed(filed(HELD), leader, HELD) == [Waive]
    with pytest.raises(Refused, match="role"):
        after(filed(), GRANT, moment(FREE, leader))


def test_a_release_comes_when_nothing_holds_it_any_more() -> None:
    with pytest.raises(Refused, match="cannot be released yet"):
        after(filed(HELD), Release(), moment(HELD))
    assert after(filed(HELD), Release(), moment(FREE)).gate == FREE
    with pytest.raises(Refused, match="was not held"):
        after(filed(), Release(), moment(FREE))


def test_posts_are_granted_all_in_part_or_none() -> None:
    part = GRANT.model_copy(update={"decision": "部分同意", "approved_quantity": 2})
    assert after(filed(), part, moment(FREE)).approved_quantity == 2
    for wrong in (None, 3, 4):
        with pytest.raises(Refused):
            after(filed(), part.model_copy(update={"approved_quantity": wrong}), moment(FREE))
    with pytest.raises(Refused, match="in part"):
        after(filed(), GRANT.model_copy(update={"approved_quantity": 2}), moment(FREE))
    with pytest.raises(Refused, match="in part"):
        after(filed(), Decide(decision="不同意", approved_quantity=2, opinion="理由不足"), moment(FREE))
    with pytest.raises(Refused, match="Document number"):
        after(filed(), GRANT.model_copy(update={"doc": ""}), moment(FREE))
    with pytest.raises(Refused, match="Say what was decided"):
        after(filed(), GRANT.model_copy(update={"decision": "办理中"}), moment(FREE))


def test_what_is_decided_or_withdrawn_is_over() -> None:
    for over in (after(filed(), GRANT, moment(FREE)), after(filed(), Withdraw(reason="另行申报"), moment(FREE))):
        assert not over.open
        assert allowed(over, ACTOR, HELD) == []
        for command in (GRANT, WAIVE, Withdraw(reason="x"), Release()):
            with pytest.raises(Refused, match="already"):
                after(over, command, moment(HELD))


WHOLE: dict[type[Command], Command] = {
    Waive: WAIVE, Release: Release(), Decide: GRANT, Withdraw: Withdraw(reason="另行申报")
}  # fmt: skip


@pytest.mark.parametrize("gate", [FREE, HELD], ids=["free", "held"])
@pytest.mark.parametrize("came_in", [FREE, HELD], ids=["came free", "came held"])
def test_buttons_are_there_only_where_the_command_is_not_refused_at_once(gate: Answer, came_in: Answer) -> None:
    assert WHOLE.keys() == set(COMMANDS)
    may = allowed(filed(came_in), ACTOR, gate)
    for kind, command in WHOLE.items():
        held_back = kind is Decide and gate is HELD  # it may still be refused or returned
        if kind in may and not held_back:
            after(filed(came_in), command, moment(gate))
        else:
            with pytest.raises(Refused) as refused:
                after(filed(came_in), command, moment(gate))
            assert refused.value.text.zh != refused.value.text.en


def test_nobody_does_anything_outside_the_scope_and_unknown_roles_do_nothing() -> None:
    for actor in (
        Actor("x", "nobody", everything=True),
        Actor("x", "auditor", everything=True),
        Actor("x", "unit", units=frozenset({UNIT})),
        Actor("x", "office", units=frozenset({ELSEWHERE})),
        Actor("x", "leader", units=frozenset({ELSEWHERE})),
    ):
        assert allowed(filed(HELD), actor, HELD) == []
        with pytest.raises(Refused):
            begun(asking(), "市教育局", moment(FREE, actor))
        for command in WHOLE.values():
            with pytest.raises(Refused):
                after(filed(HELD), command, moment(HELD, actor))
    office = Actor("机构处", "office", everything=True)
    assert set(allowed(filed(HELD), office, HELD)) == {Decide, Withdraw}


def test_every_field_that_a_form_asks_for_has_both_names() -> None:
    for kind in (Register, *COMMANDS):
        for ask in asked(kind).values():
            assert ask.zh
            assert ask.en
