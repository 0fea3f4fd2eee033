"""The ledger as a board, and by office: every issue once, in its state, with whoever must act."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.charts import board, issues, office_tasks
from panorama.issues.commands import (
    Apply,
    Begin,
    Claim,
    Close,
    Decline,
    Feedback,
    Plan,
    Reach,
    Reclassify,
    Return,
    Route,
    Triage,
    Verify,
)
from panorama.issues.issue import OVER
from panorama.issues.transitions import barred
from panorama.settings import Settings
from panorama.store.caseload import counted, first_of_each_state, issue_at, listed
from panorama.store.offices import Known, known_now, tasks
from panorama.store.people import give, take
from panorama.store.verify import verify
from panorama.text import Text
from panorama.ui import visit
from panorama.ui.form import NEW
from tests.stock import copied, stocked
from tests.test_issues_page import ACTOR, BEGIN, OTHER, TRIAGE, UNIT, at, do, doing, fed_back, new, says

FIRST, SECOND = "机构编制一处", "机构编制二处"
OF_B = Triage(issue_class="B", reason="属编办职责")


def put(days_ago: int, office: str = FIRST) -> Feedback:
    return Feedback(on=today() - timedelta(days=days_ago), lead_office=office)


def claim(days: int) -> Claim:
    return Claim(on=today(), opinion="同意研究", owner="王处", due=today() + timedelta(days=days))


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path, with_work=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Eight of class A under way of which two are overdue, a draft, and of class B one of each stage."""
    settings = stocked(tmp_path_factory.mktemp("board"), with_work=False)
    for ago in (120, 10, 40, 100, 20, 50, 30, 60):
        new(settings, TRIAGE, fed_back(ago), BEGIN, title=f"已{ago}天")
    new(settings, title="<b>草稿</b> [x](http://a.b)")
    new(settings, OF_B, put(9), title="待认领")
    new(settings, OF_B, put(9, SECOND), Decline(reason="不属本处"), title="不认领", unit_id=OTHER)
    new(settings, OF_B, title="未转交")
    new(settings, OF_B, put(9), claim(5), title="已认领")
    new(settings, OF_B, put(9, SECOND), claim(50), BEGIN, title="办理中")
    return settings


@pytest.fixture
def busy(made: Settings, tmp_path: Path, database: str) -> Settings:
    return copied(made, tmp_path)


def columns(settings: Settings, actor: Actor = ACTOR, of: str | None = None) -> list[board.Column]:
    found = first_of_each_state(settings, actor, board.CARDS, None, of)
    return board.board(counted(settings, actor, today()), found, today(), "zh", of)


def test_each_issue_stands_in_the_column_of_its_state_what_presses_first_and_the_rest_is_counted(
    busy: Settings,
) -> None:
    every = listed(busy, ACTOR, today(), which="all").to_dicts()
    of_state = Counter(one["state"] for one in every)
    found = {column.state: column for column in columns(busy)}
    assert {state: column.n for state, column in found.items()} == of_state
    assert list(found) == [state for state in board.STATE if state in of_state], "in the order of the process"
    for state, column in found.items():
        pressing = sorted(
            (one for one in every if one["state"] == state), key=lambda one: (str(one["limit"] or "9"), one["id"])
        )
        assert [card.issue_id for card in column.cards] == [one["id"] for one in pressing][: board.CARDS]
        assert column.left_out == max(0, of_state[state] - board.CARDS)
    assert found["整改中"].late == 2
    assert ":red[超期" in found["整改中"].cards[0].words
    assert "已120天" in found["整改中"].cards[0].words
    assert "还有 5 天" in found["已认领"].cards[0].words
    assert "\\[x\\]" in found["草拟"].cards[0].words
    of_b = columns(busy, of="B")
    assert sum(column.n for column in of_b) == sum(one["issue_class"] == "B" for one in every) == 5
    assert not [column for column in of_b if column.state == "草拟"]


def test_what_was_closed_out_last_stands_first(settings: Settings) -> None:
    day = today()
    frame = listed(settings, ACTOR, day)
    rows = [
        {
            **dict.fromkeys(frame.columns),
            "id": n,
            "title": "t",
            "unit": "局",
            "state": "已销号",
            "closed_on": day - timedelta(days=n % 5),
        }
        for n in range(9)
    ]
    of = board._ordered(frame.clear().vstack(type(frame)(rows, schema=frame.schema)), "已销号")
    assert of["id"].to_list() == sorted(range(9), key=lambda n: (n % 5, n))


def test_a_units_board_has_no_draft_and_nothing_of_others(busy: Settings) -> None:
    contact = Actor("联络员", "unit", units=frozenset({OTHER}))
    assert [(column.state, column.n) for column in columns(busy, contact)] == [("已反馈", 1)]


def test_a_card_opens_its_issue_and_what_is_left_out_leads_to_the_list(
    busy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(busy, monkeypatch, view="board")
    assert "在办 13 个，分在 4 个状态；:red[2 个超期]；另有草稿 1 个" in says(app)
    cards = [one for one in app.button if str(one.key).startswith("card-")]
    assert len(cards) == 6 + 1 + 1 + 2 + 1
    app.button(key="board-more-整改中").click().run()
    table = next(one.value for one in app.dataframe if "number" in one.value.columns)
    assert set(table["state_text"]) == {"整改中"}
    assert len(table) == 9
    app = at(busy, monkeypatch, "en", view="board")
    assert "13 open issues in 4 states; :red[2 overdue]; 1 draft besides" in says(app)
    app.button(key="card-1").click().run()
    assert not app.exception
    assert app.query_params["issue"] == "1"
    assert "已120天" in app.header[0].value


# By office


def stages(settings: Settings, actor: Actor = ACTOR) -> dict[str, str]:
    return {one["title"]: office_tasks.stage_of(one) for one in tasks(settings, actor).iter_rows(named=True)}


def test_each_open_issue_of_class_b_is_with_one_office_at_one_stage(busy: Settings) -> None:
    assert stages(busy) == {
        "待认领": "waiting",
        "不认领": "declined",
        "未转交": "unput",
        "已认领": "claimed",
        "办理中": "claimed",
    }
    table = office_tasks.by_office(tasks(busy, ACTOR), today(), "zh").table
    assert {one["office"]: (one["waiting"], one["claimed"], one["declined"], one["unput"]) for one in table.to_dicts()} == {
        FIRST: (1, 1, 0, 0),
        SECOND: (0, 1, 1, 0),
        "": (0, 0, 0, 1),
    }  # fmt: skip
    assert sum(table.select("waiting", "claimed", "declined", "unput").sum().row(0)) == 5


def test_who_declined_is_told_until_it_is_put_to_another(busy: Settings) -> None:
    (one,) = tasks(busy, ACTOR).filter(title="不认领").to_dicts()
    assert (one["declined_by"], one["declined_on"], one["declined_why"]) == (SECOND, today(), "不属本处")
    do(busy, one["id"], Route(lead_office=FIRST, reason="应由一处办"))
    (one,) = tasks(busy, ACTOR).filter(title="不认领").to_dicts()
    assert (office_tasks.stage_of(one), one["declined_by"]) == ("waiting", None)
    do(busy, one["id"], Decline(reason="也不属本处"))
    (one,) = tasks(busy, ACTOR).filter(title="不认领").to_dicts()
    assert (one["declined_by"], one["declined_why"]) == (FIRST, "也不属本处")
    # Of another class and back, it was put to no office yet: what was declined before is over.
    for of_class in ("A", "B"):
        do(busy, one["id"], Reclassify(issue_class=of_class, reason="重新认定"))
    assert stages(busy)["不认领"] == "unput"


def test_whose_turn_it_is_is_what_the_rules_allow(busy: Settings) -> None:
    """Held against the state machine: whoever is named may do what is named, by the role table and the state."""
    ids = {one["title"]: one["id"] for one in tasks(busy, ACTOR).to_dicts()}
    for command in (None, Apply(evidence=("台账",)), Verify(verifier="李四"), Return(reason="不实")):
        if command is not None:
            do(busy, ids["办理中"], command)
        for one in tasks(busy, ACTOR).to_dicts():
            said = office_tasks.turn(one, "zh")
            who, _, what = said.partition("：")
            office = who in (FIRST, SECOND)
            actor = Actor(who, "office" if office else "supervision", everything=True, office=who if office else None)
            issue = issue_at(one["id"], busy, ACTOR).issue
            kinds = [
                kind
                for kind in (Apply, Begin, Claim, Close, Decline, Feedback, Route, Verify)
                if kind.label.zh in what.split("或")
            ]
            assert kinds, said
            assert [barred(issue, kind, actor) for kind in kinds] == [None] * len(kinds), said


def test_the_page_shows_an_office_its_own_first_and_a_row_opens_the_issue(
    busy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(busy, monkeypatch, view="offices")
    assert "B 类在办 5 个：1 个待认领，2 个已认领，1 个不认领，1 个还没有转交" in says(app)
    assert len(titles_of(app)) == 5
    app = at(busy, monkeypatch, view="offices", lead="none")
    assert titles_of(app) == ["未转交"]
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("处员", "office", everything=True, office=SECOND))
    assert sorted(titles_of(at(busy, monkeypatch, view="offices"))) == ["不认领", "办理中"]
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("联络员", "unit", units=frozenset({UNIT})))
    app = at(busy, monkeypatch, "en", view="offices")
    assert sorted(titles_of(app)) == ["办理中", "已认领", "待认领"], "of a unit what was fed back to it alone"


def test_an_office_is_known_by_its_people_and_by_the_ledger(busy: Settings) -> None:
    assert known_now(busy) == Known({SECOND: 0, FIRST: 0}, listed=False)
    assert not known_now(busy).unmanned("没有这个处"), "nobody signs in: of whom an office is, is not known"
    for login, office in (("qian", FIRST), ("sun", FIRST), ("li", "综合处"), ("gone", "旧处")):
        give(login, login, "office", busy, ACTOR, office=office)
    take("gone", busy, ACTOR)
    found = known_now(busy)
    assert found == Known({FIRST: 2, SECOND: 0, "综合处": 1}, listed=True)
    assert [office for office in (*found.members, "旧处") if found.unmanned(office)] == [SECOND, "旧处"]
    assert office_tasks.offered(found) == {
        FIRST: Text(FIRST, FIRST), "综合处": Text("综合处", "综合处"),
        SECOND: Text(f"{SECOND}（人员名单里没有人）", f"{SECOND} (nobody on the list)"),
    }  # fmt: skip
    by_proxy = busy.model_copy(update={"sign_in": "proxy"})
    take("qian", busy, ACTOR), take("sun", busy, ACTOR), take("li", busy, ACTOR)
    assert known_now(by_proxy).unmanned(FIRST)


@pytest.mark.parametrize(
    ("lang", "new_one"), [("zh", "＋ 新处室（以上都不是）"), ("en", "+ A new office (none of these)")]
)
def test_a_task_is_put_to_an_office_of_the_list_or_to_a_new_one_that_is_said_to_be_new(
    lang: str, new_one: str, busy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("qian", "钱某", "office", busy, ACTOR, office=FIRST)
    (unput,) = (one["id"] for one in tasks(busy, ACTOR).to_dicts() if one["title"] == "未转交")
    app = at(busy, monkeypatch, lang, issue=str(unput))
    app.button(key="issue-feedback").click().run()

    def box() -> Any:
        return next(one for one in app.selectbox if str(one.key).endswith("-lead_office"))

    def do_it() -> None:
        app.button(key="issue-do").click().run()
        assert not app.exception

    left = f"{SECOND}（人员名单里没有人）" if lang == "zh" else f"{SECOND} (nobody on the list)"
    assert box().options == [FIRST, left, new_one]
    assert box().value is None, "no office by accident"
    do_it()
    assert ("反馈要填写：拟办处室" if lang == "zh" else "Feed back needs: Office asked") in app.error[0].value
    box().set_value(NEW)
    do_it()
    told = says(app)
    assert ("新处室：人员和台账里都还没有" if lang == "zh" else "New: no person is of it") in told
    assert app.error, "a new one has a name"
    next(one for one in app.text_input if str(one.key).endswith("-lead_office-new")).set_value("机构编制一科")
    next(one for one in app.date_input if str(one.key).endswith("-on")).set_value(today() + timedelta(days=1))
    do_it()
    assert (f"已有“{FIRST}”，是不是它？" if lang == "zh" else f"There is “{FIRST}”: is it that one?") in says(app)
    next(one for one in app.date_input if str(one.key).endswith("-on")).set_value(today())
    do_it()
    assert issue_at(unput, busy, ACTOR).issue.lead_office == "机构编制一科"
    app = at(busy, monkeypatch, lang, issue=str(unput))
    app.button(key="issue-route").click().run()
    box().set_value(FIRST)
    next(one for one in app.text_area if str(one.key).endswith("-reason")).set_value("写错了")
    do_it()
    assert issue_at(unput, busy, ACTOR).issue.lead_office == FIRST
    assert verify(busy).broken is None


def titles_of(app: AppTest) -> list[str]:
    assert not app.exception
    return list(next(one.value for one in app.dataframe if "turn" in one.value.columns)["title"])


def test_the_calendar_holds_limits_and_milestones_that_are_not_reached(busy: Settings) -> None:
    day = today()
    (one,) = (one for one in listed(busy, ACTOR, day).to_dicts() if one["title"] == "办理中")
    for days, what in ((3, "报方案"), (3, "征求意见"), (50, "报批"), (20, "座谈")):
        do(busy, one["id"], Plan(due=day + timedelta(days=days), words=what))
    do(busy, one["id"], Reach(milestone=f"{day + timedelta(days=20)} 座谈", on=day, by="王处"))
    found = listed(busy, ACTOR, day)
    picture = issues.calendar(found, day, "zh")
    # By hand: a day a limit or an open milestone falls on, each issue once a day.
    falls = {(row["id"], row["limit"]) for row in found.to_dicts() if row["limit"] and row["limit"] >= day}
    falls |= {(one["id"], day + timedelta(days=days)) for days in (3, 50)}
    assert dict(picture.table.select("day", "n").iter_rows()) == Counter(at for _, at in falls)
    steps = dict(picture.table.select("day", "milestone").iter_rows())
    assert steps[day + timedelta(days=3)] in ("报方案、征求意见", "征求意见、报方案")
    later = day + timedelta(days=4)
    assert "1 个有节点已过未完成" in issues.calendar(found, later, "zh").title
    told = [
        value
        for label, value in issues.facts(issue_at(one["id"], busy, ACTOR).issue, str, later, "zh")
        if label == "节点"
    ]
    assert [value.split(" ", 1)[1] for value in told[:2]] == ["征求意见（已过 1 天）", "报方案（已过 1 天）"]
    assert any("座谈" in value and "王处" in value for value in told)


def test_an_office_adds_and_reaches_milestones_by_the_pages_buttons(
    busy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = (one for one in listed(busy, ACTOR, today()).to_dicts() if one["title"] == "办理中")
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("处员", "office", everything=True, office=SECOND))
    app = at(busy, monkeypatch, issue=str(one["id"]))
    doing(app, "plan", {"节点日期": today(), "节点内容": "报方案"})
    assert f"{today()} 报方案" in says(app).replace("\\", "")
    doing(app, "reach", {"完成人": "王处"})
    (reached,) = issue_at(one["id"], busy, ACTOR).issue.milestones
    assert (reached.words, reached.done_on, reached.done_by) == ("报方案", today(), "王处")
    told = says(app).replace("\\", "")
    assert f"✓ {today()} 报方案（{today()} 完成，王处）" in told
    assert "完成节点" in told
    assert verify(busy).broken is None


def test_nothing_over_is_anybodys_turn(busy: Settings) -> None:
    assert not set(tasks(busy, ACTOR)["state"]) & OVER
