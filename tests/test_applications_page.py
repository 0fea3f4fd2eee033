"""申请受理 and 政策储备 on the pages: the answer first, buttons only where allowed, nothing of other units, both languages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import plotly.graph_objects as go
import polars as pl
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import ITEM, RESULT, TYPE
from panorama.applications.commands import Decide, Register, Waive, Withdraw
from panorama.calendar import today
from panorama.charts import applications as drawn
from panorama.charts import issues as ledger
from panorama.charts import reserve, unit_issues
from panorama.charts.picture import Drill, Picture
from panorama.issues import commands as on_issues
from panorama.issues.commands import Command
from panorama.issues.issue import Source
from panorama.settings import Settings
from panorama.store import applications, caseload, docket, issues, past, tables
from panorama.store.caseload import listed, reserved
from panorama.store.docket import filed
from panorama.store.door import Door
from panorama.store.operations import changing
from panorama.store.register import identity
from panorama.text import Language
from panorama.ui import visit
from tests.stock import copied, current, events, settings_at, titles, units, work, write
from tests.stock import dropped as dropping
from tests.test_pages import HOSTILE, LINK, opened, words

GATE, RESERVE = "pages/results/applications.py", "pages/results/reserve.py"
OVERVIEW = "pages/leadership/overview.py"
ACTOR = local_actor()
UNIT, OTHER, THIRD = (identity(code) for code in ("001", "002", "003"))
BOTH: tuple[Language, ...] = ("zh", "en")
THREE = (
    "001,天津市教育局,市教育局,政府部门,市级,正局级,,,,",
    "002,天津市生态环境局,市生态环境局,政府部门,市级,正局级,,,,",
    "003,天津市水务局,市水务局,政府部门,市级,正局级,,,,",
)
OFFICE = Actor("机构处", "office", everything=True)
WAIVE = Waive(by="赵主任", reason="防汛急需", doc="津编办〔2026〕1号")


def issue(settings: Settings, unit_id: int = UNIT, *more: Command, of: str = "A", theme: str = "T10", days: int = 120, **said: Any) -> int:  # fmt: skip
    on = today() - timedelta(days=days)
    told = {
        "title": "超编",
        "text": "行政编制超编2名",
        "themes": (theme,),
        "found_on": on,
        "sources": (Source(text="手工"),),
    }
    issue_id = issues.register(on_issues.Register(unit_id=unit_id, **{**told, **said}), uuid4().hex, settings, ACTOR)
    steps: list[Command] = [on_issues.Triage(issue_class=of, reason="属单位职责")]
    steps += [on_issues.Feedback(on=on, suggestion="限期消化")] if of == "A" else []
    for command in (*steps, *more):
        seen = caseload.issue_at(issue_id, settings, ACTOR).version
        issues.perform(issue_id, command, seen, uuid4().hex, settings, ACTOR)
    return issue_id


def new(settings: Settings, unit_id: int = UNIT, *more: Command, item: str = "增编", **said: Any) -> int:
    told = {"title": "请增编制", "applied_on": today(), "estab_type": "XZ", "quantity": 3, "reason": "职责增加"}
    command = Register(unit_id=unit_id, item=item, **{**told, **said})
    application_id = applications.register(command, uuid4().hex, settings, ACTOR)
    for one in more:
        seen = docket.application_at(application_id, settings, ACTOR, today()).version
        applications.perform(application_id, one, seen, uuid4().hex, settings, ACTOR)
    return application_id


RESERVED = on_issues.Reserve(clause="三定规定第四条", domain="编制", proposal="统筹核定")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three units, and nothing that people did."""
    folder = tmp_path_factory.mktemp("three")
    settings = settings_at(folder)
    dropping(settings, units(folder, THREE))
    return settings


@pytest.fixture(scope="module")
def filled(empty: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One application held, one waived, one not held, one decided, one withdrawn; themes in the reserve and proposed. Read only."""
    settings = copied(empty, tmp_path_factory.mktemp("filled"))
    held = current(settings)
    issue(settings, title="超编两名")
    new(settings, title="请增行政编制")
    new(settings, UNIT, WAIVE, item="加挂牌子", title="请加挂牌子")
    new(settings, item="核减", title="请核减编制")
    grant = Decide(decision="部分同意", approved_quantity=2, doc="津编办〔2026〕2号", opinion="先增两名")
    new(settings, OTHER, grant, title="请增事业编制")
    new(settings, OTHER, Withdraw(reason="另行申报"), item="更名", title="请更名")
    for unit_id in (UNIT, OTHER, THIRD):
        issue(settings, unit_id, of="B", theme="T05", title="职责交叉")
    issue(settings, UNIT, RESERVED, of="C", theme="T12", title="编制总量不足")
    used = on_issues.Advance(reserve_state="已转化", reason="写入方案", used_in="2026年机构改革方案")
    issue(settings, OTHER, RESERVED, used, of="C", theme="T01", title="机构设置不匹配")
    issue(settings, OTHER, of="C", theme="T01", title="机构重叠")
    del held
    return settings


@pytest.fixture
def own(filled: Settings, tmp_path: Path) -> Settings:
    """As `filled`, for a test that changes it."""
    return copied(filled, tmp_path)


def at(page: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str = "zh", **named: str) -> AppTest:
    app = opened(page, settings.home, monkeypatch, lang)
    for name, value in named.items():
        app.query_params[name] = value
    return app.run() if named else app


def says(app: AppTest) -> str:
    assert not app.exception
    return words(app) + "\n".join(str(part.value) for part in (*app.success, *app.warning))


def fill(app: AppTest, label: str, value: Any) -> None:
    fields = (*app.text_input, *app.text_area, *app.selectbox, *app.date_input, *app.number_input)
    [one for one in fields if one.label.removesuffix(" *") == label][-1].set_value(value)


def steps(app: AppTest) -> set[str]:
    assert not app.exception
    found = {str(one.key) for one in app.button if str(one.key).startswith("application-")}
    return {key.removeprefix("application-") for key in found}


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


# 申请受理


@pytest.mark.parametrize(
    ("lang", "told"),
    [("zh", "3 件申请在办，:red[其中 1 件暂停受理]"), ("en", "3 applications in hand, :red[1 of them held]")],
)
def test_the_message_and_the_figures_say_what_the_store_holds(
    lang: str, told: str, filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(GATE, filled, monkeypatch, lang)
    assert not app.exception
    assert app.header[0].value == told
    assert [one.value for one in app.metric] == ["3", ":red[1]", "1", "1"]


@pytest.mark.parametrize(("page", "told"), [(GATE, "还没有登记申请"), (RESERVE, "政策储备里还没有问题")])
def test_an_empty_store_says_so_and_claims_nothing(
    page: str, told: str, empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(page, empty, monkeypatch)
    assert app.header[0].value == told
    assert {one.value for one in app.metric} == {"0"}
    assert titles(app) == []


@pytest.mark.parametrize("language", BOTH)
def test_the_picture_counts_every_application_once_and_leads_to_it(language: Language, filled: Settings) -> None:
    found = filed(filled, ACTOR, today())
    picture = drawn.by_item(found, language)
    assert picture.table["n"].sum() == len(found) == 5
    go.Figure(picture.figure)
    rows = _leads(picture, filled)
    assert sum("请增行政编制" in content for content in rows) == 1
    assert sum("超编两名" in content for content in rows) == 2, "what holds it stands with it, and with what was waived"


def _leads(picture: Picture, settings: Settings) -> list[str]:
    snapshot, contents = current(settings), list[str]()
    assert picture.of_row is not None
    for one in picture.table.iter_rows(named=True):
        lead = picture.of_row(one)
        assert isinstance(lead, Drill)
        assert int(lead.value) == one["n"]
        contents += snapshot.behind(lead.question, ACTOR, **lead.params)["content"].to_list()
    return contents


def test_the_list_holds_each_with_its_answer_and_narrows_by_unit(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(GATE, filled, monkeypatch)
    table = next(one.value for one in app.dataframe if "applied_on" in one.value.columns)
    stands = dict(zip(table["title"], table["stands"], strict=True))
    assert stands == {
        "请增行政编制": "暂停受理", "请加挂牌子": "豁免受理", "请核减编制": "可受理", "请增事业编制": "部分同意", "请更名": "已撤回"
    }  # fmt: skip
    assert list(table["holds"].fillna(0)) == [0, 1, 1, 0, 0]
    app = at(GATE, filled, monkeypatch, unit="002")
    assert app.header[0].value == "没有在办的申请"


@pytest.mark.parametrize(
    ("at_", "zh", "en"),
    [
        (1, ":red[暂停受理：市教育局及其下属单位有 1 个 A 类问题超期未销号]", ":red[Held: 1 overdue issue of class A in 市教育局 and the units below it]"),
        (2, "豁免受理：市教育局及其下属单位仍有 1 个 A 类问题超期，领导已书面豁免", "May be accepted by waiver: 1 overdue issue of class A in 市教育局 and the units below it, waived in writing"),
        (3, "可以受理：不是新增事项，超期问题不影响受理", "May be accepted: it asks for nothing new or more, and overdue issues do not hold it"),
        (4, "已办结，部分同意：批准 2 名（{day}，当日可受理）", "Decided on {day}: Granted in part: 2 posts (that day: may be accepted)"),
        (5, "已撤回（{day}）", "Withdrawn on {day}"),
    ],
)  # fmt: skip
def test_one_application_begins_with_its_answer(
    at_: int, zh: str, en: str, filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang, told in (("zh", zh), ("en", en)):
        app = at(GATE, filled, monkeypatch, lang, application=str(at_))
        assert not app.exception
        assert app.header[0].value == told.format(day=today())
        assert (f"{today().year}-A-0001" in "".join(links(app)).replace("\\", "")) == (at_ in (1, 2))


def test_an_application_is_registered_in_the_page_and_its_answer_stands_first(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(GATE, own, monkeypatch)
    app.button(key="application-register").click().run()
    assert [one.value for one in app.selectbox if one.label.startswith("申请单位")] == [None], "no unit by accident"
    fill(app, "事项类型", "新设机构")
    app.button(key="application-do").click().run()
    assert "要先选择申请单位" in app.error[0].value
    fill(app, "申请单位", UNIT)
    app.button(key="application-do").click().run()
    assert "登记申请要填写：标题" in app.error[0].value, "the form stays, with the reason"
    assert "现在登记：暂停受理：市教育局及其下属单位有 1 个 A 类问题超期" in says(app)
    fill(app, "标题", "请设数据处")
    fill(app, "申请理由", "新增职责")
    app.button(key="application-do").click().run()
    app.run()
    told = says(app)
    assert "暂停受理：市教育局" in app.header[0].value
    assert f"SQ{today().year}-0006" in told
    assert app.query_params["application"] == "6"
    assert events(own, "application.register") == 6


@pytest.fixture(scope="module")
def with_ledger(empty: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of one unit two ledgers: the newer leaves one type out and has a line of noughts. Of the others none."""
    folder = tmp_path_factory.mktemp("types")
    settings = copied(empty, folder)
    rows = (
        "天津市教育局,2023-12-31,事业编制,4,4", "天津市教育局,2024-12-31,行政编制,30,28", "天津市教育局,2024-12-31,参公事业编制,0,2",
        "天津市教育局,2024-12-31,事业工勤,0,0",
    )  # fmt: skip
    dropping(settings, write(folder / "台账.csv", "单位名称,统计日期,编制类型,核定编制数,实有人数", rows))
    return settings


NO_TYPE = {
    "zh": "市教育局的编制台账（2024-12-31）里没有事业工勤，只有行政编制、事业编制、参公事业编制：请核对编制类型",
    "en": "The ledger of 市教育局 (2024-12-31) has no staffing of type “Institution support staff”, only Administrative, Institution, "
    "Institution under civil-service rules: check the type",
}


@pytest.mark.parametrize("language", BOTH)
def test_the_form_offers_the_units_own_types_first_and_warns_of_others(
    language: Language, with_ledger: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(with_ledger, tmp_path)
    app = at(GATE, settings, monkeypatch, language)
    app.button(key="application-register").click().run()

    def field(name: str) -> Any:
        every = (*app.text_input, *app.text_area, *app.selectbox, *app.number_input)
        return next(one for one in every if str(one.key).endswith(f"-{name}"))

    def choose(name: str, value: Any) -> None:
        """Refused for what else is lacking, so that the form stays open."""
        field(name).set_value(value)
        app.button(key="application-do").click().run()

    def warned() -> list[str]:
        assert not app.exception
        return [one.value.replace("\\", "") for one in app.warning]

    choose("unit", UNIT)
    own = 3
    assert field("estab_type").options[:own] == [TYPE[one][language] for one in ("XZ", "SY", "CG")]
    apart = {"zh": "（该单位台账里没有）", "en": " (not on its ledger)"}[language]
    assert all(one.endswith(apart) for one in field("estab_type").options[own:])
    assert len(field("estab_type").options) == len(TYPE)
    assert warned() == []
    choose("estab_type", "SY")
    assert warned() == [], "a type that the newest ledger leaves out is not reported, and asked about elsewhere"
    choose("estab_type", "SG")
    assert warned() == [NO_TYPE[language]]
    # It is a warning: what is true may be that the ledger is behind.
    for name, value in (("item", "增编"), ("title", "请增编制"), ("quantity", 2), ("reason", "职责增加")):
        field(name).set_value(value)
    app.button(key="application-do").click().run()
    app.run()
    assert events(settings, "application.register") == 1
    assert warned() == [NO_TYPE[language]], "and the dossier says so to whoever decides"


def test_a_type_of_a_unit_without_a_ledger_is_said_not_to_be_checked(
    with_ledger: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(with_ledger, tmp_path)
    new(settings, OTHER)
    new(settings, OTHER, item="加挂牌子", estab_type=None, quantity=None)
    new(settings, UNIT, Withdraw(reason="另行申报"), estab_type="SG")
    told = [[one.value for one in at(GATE, settings, monkeypatch, application=str(at_)).warning] for at_ in (1, 2, 3)]
    assert told == [["还没有市生态环境局的编制台账，编制类型无从核对"], [], []]


def test_a_hold_is_waived_and_then_granted_in_the_page(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(GATE, own, monkeypatch, application="1")
    assert steps(app) == {"back", "waive", "decide", "withdraw"}
    app.button(key="application-decide").click().run()
    fill(app, "办理结果", "同意")
    fill(app, "批复文号（同意必填）", "津编办〔2026〕3号")
    fill(app, "审批意见", "同意")
    app.button(key="application-do").click().run()
    assert "暂停受理，不能同意：1 个 A 类问题超期未销号" in app.error[0].value
    app = at(GATE, own, monkeypatch, application="1")
    app.button(key="application-waive").click().run()
    for label, value in (("批准人", "赵主任"), ("理由", "防汛急需"), ("文号", "津编办〔2026〕1号")):
        fill(app, label, value)
    app.button(key="application-do").click().run()
    app.run()
    assert "豁免受理" in app.header[0].value
    app.button(key="application-decide").click().run()
    fill(app, "办理结果", "同意")
    fill(app, "批复文号（同意必填）", "津编办〔2026〕3号")
    fill(app, "审批意见", "同意")
    app.button(key="application-do").click().run()
    app.run()
    assert app.header[0].value == f"已办结，同意：批准 3 名（{today()}，当日豁免受理）"
    told = says(app)
    for part in ("赵主任", "防汛急需", "豁免受理"):
        assert part in told
    assert steps(app) == {"back"}


def test_buttons_are_there_only_for_who_may_and_nobody_sees_another_units(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_(actor: Actor) -> None:
        monkeypatch.setattr(visit, "local_actor", lambda: actor)

    as_(OFFICE)
    assert steps(at(GATE, filled, monkeypatch)) == {"register"}
    assert steps(at(GATE, filled, monkeypatch, application="1")) == {"back", "decide", "withdraw"}
    as_(Actor("赵主任", "leader", everything=True))
    assert steps(at(GATE, filled, monkeypatch)) == set()
    assert steps(at(GATE, filled, monkeypatch, application="1")) == {"back", "waive"}
    as_(Actor("审计员", "auditor", everything=True))
    assert steps(at(GATE, filled, monkeypatch, application="1")) == {"back"}
    as_(Actor("联络员", "unit", units=frozenset({OTHER})))
    for named in ({}, {"application": "1"}):
        app = at(GATE, filled, monkeypatch, **named)
        assert steps(app) == set()
        assert "单位联络员" in app.info[0].value
        assert not app.dataframe
        assert "请增" not in says(app)
    as_(OFFICE)
    for wrong in ("99", "'; drop table application", "-1", "9" * 40, "１"):
        assert not at(GATE, filled, monkeypatch, application=wrong).exception


def test_what_people_write_is_never_taken_for_markup(empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    settings = copied(empty, tmp_path)
    issue(settings, UNIT, title=HOSTILE, text=HOSTILE)
    issue(settings, UNIT, on_issues.Reserve(clause=HOSTILE, domain="编制", proposal=HOSTILE), of="C", title=HOSTILE)
    waive = Waive(by=HOSTILE, reason=f"{HOSTILE}\n# x", doc=HOSTILE)
    new(settings, UNIT, waive, title=HOSTILE, reason=f"{HOSTILE}\n| y |", handling_office=HOSTILE)
    for page, named in ((GATE, {}), (GATE, {"application": "1"}), (RESERVE, {})):
        app = at(page, settings, monkeypatch, **named)
        assert not app.exception
        told = [*app.title, *app.header, *app.subheader, *app.markdown, *app.info, *app.success, *app.warning]
        said = [*(str(part.value) for part in told), *links(app)]
        assert not [one for one in said if LINK.search(one)]


@pytest.mark.parametrize("language", BOTH)
def test_what_is_in_the_reserve_is_counted_apart_everywhere_and_the_same_way(
    language: Language, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one unit: in hand A, B; in the reserve one; put to use one; of class C and not put in one; a draft."""
    settings, day = own, today()
    used = on_issues.Advance(reserve_state="已转化", reason="写入方案", used_in="方案")
    issue(settings, UNIT, RESERVED, used, of="C", theme="T01", title="已转化的")
    issue(settings, UNIT, of="C", theme="T01", title="还没入库的")
    draft = on_issues.Register(
        unit_id=UNIT, title="草稿的", text="x", themes=("T02",), found_on=day, sources=(Source(text="手工"),)
    )
    issues.register(draft, uuid4().hex, settings, ACTOR)
    of = {which: listed(settings, ACTOR, day, which=which, unit_id=UNIT)["title"].to_list() for which in ("open", "not_over", "reserve")}  # type: ignore[arg-type]  # fmt: skip
    assert sorted(of["open"]) == ["职责交叉", "超编两名", "还没入库的"]
    assert sorted(of["not_over"]) == ["职责交叉", "草稿的", "超编两名", "还没入库的"]
    assert of["reserve"] == ["编制总量不足"]
    every = listed(settings, ACTOR, day, which="all", unit_id=UNIT, size=None)
    for one in every.iter_rows(named=True):
        assert one["place"] == caseload.issue_at(one["id"], settings, ACTOR).issue.place
    then = past.counted_then(past.listed_then(settings, ACTOR, day, UNIT), day)
    counts = caseload.counted(settings, ACTOR, day, UNIT)
    assert then.sort(*then.columns[:3]).rows() == counts.sort(*counts.columns[:3]).rows()
    assert caseload.by_unit(settings, ACTOR)[UNIT] == (3, 1, 1, 0)
    assert (ledger.still_open(counts), ledger.in_draft(counts), ledger.in_reserve(counts)) == (3, 1, 1)
    kept = reserve.cards(reserve.standing(reserved(settings, ACTOR, UNIT)), listed(settings, ACTOR, day).head(0).with_columns(theme=pl.lit("T01")), language)[0]  # fmt: skip
    assert (kept.figure, kept.value) == ("reserve_kept", "1"), "the page of the reserve counts the same"
    picture = ledger.by_state(counts, every, language)
    assert picture.table["n"].sum() == every.height == 6
    assert picture.of_row is not None
    apart = {one["state_text"]: picture.of_row(one) for one in picture.table.iter_rows(named=True) if one["place"]}
    names = {"zh": ["在库", "已转化"], "en": ["In the reserve", "Put to use"]}[language]
    assert [apart[name].figure for name in names] == ["reserve_kept", "reserve_used"]  # type: ignore[union-attr]
    told = {"zh": "另有草稿 1 个、政策储备 1 个", "en": "1 draft, 1 in the reserve besides"}[language]
    for page, named in (
        ("pages/results/issues.py", {"unit": "001"}), ("pages/results/issues.py", {"unit": "001", "view": "board"}),
        (GATE, {"application": "1"}),
    ):  # fmt: skip
        assert told in says(at(page, settings, monkeypatch, language, **named)), page
    assert told in unit_issues.message(counts, True, day, language).title
    app = at("pages/results/issues.py", settings, monkeypatch, language, unit="001", which="reserve")
    rows = next(one.value for one in app.dataframe if "state_text" in one.value.columns)
    assert list(rows["state_text"]) == names[:1]


# 领导驾驶舱


ASKED: dict[str, tuple[str, str, str]] = {
    "zh": ("市教育局 1 个 A 类问题超期未销号，是否督办？", "市教育局申请增编（行政编制 3 名）被暂停受理，是否豁免？", "{n} 个问题等待核定分类，是否核定？"),
    "en": ("市教育局: 1 issue of class A overdue. Press for close-out?", "市教育局: More staffing (Administrative, 3) is held. Waive it?", "{n} waiting for a class. Triage?"),
}  # fmt: skip


def test_the_overview_puts_what_the_ledger_and_the_applications_ask_of_a_leader(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unit_id in (OTHER, THIRD):
        draft = on_issues.Register(unit_id=unit_id, title="混编", text="混编", themes=("T13",), found_on=today(), sources=(Source(text="手工"),))  # fmt: skip
        issues.register(draft, uuid4().hex, own, ACTOR)
    dropping(own, work(own.home.parent))
    for lang, (late, held, waiting) in ASKED.items():
        app = at(OVERVIEW, own, monkeypatch, lang)
        said = says(app).replace("\\", "")
        assert app.metric[-1].value == ":red[1]"
        for part in (late, held, waiting.format(n=2 if lang == "zh" else "2 issues")):
            assert part in said
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("联络员", "unit", units=frozenset({OTHER})))
    app = at(OVERVIEW, own, monkeypatch)
    assert not app.metric, "the leader's page is not a unit's"
    assert not [part for part in ASKED["zh"] if part.format(n=1) in says(app)]


def test_the_overview_follows_its_unit_and_claims_no_zero_where_nothing_was_registered(
    filled: Settings, empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at(OVERVIEW, filled, monkeypatch, of="001").metric[-1].value == ":red[1]"
    assert at(OVERVIEW, filled, monkeypatch, of="002").metric[-1].value == "0"
    assert at(OVERVIEW, empty, monkeypatch).metric[-1].value == "—"


def test_what_waits_is_read_once_a_day_until_something_is_committed(own: Settings) -> None:
    assert [one.id for one in docket.Waiting(own, ACTOR, today()).held()] == [1]
    soon = issue(own, OTHER, days=80)
    free = new(own, OTHER)
    later = today() + timedelta(days=30)
    door, read = Door(own), list[date]()

    def waiting(day: date) -> docket.Waiting:
        def look() -> docket.Waiting:
            read.append(day)
            return docket.Waiting(own, ACTOR, day)

        return door.while_unchanged("waiting all", look, day)

    for _ in range(3):
        found = waiting(today())
    assert [one.id for one in found.held()] == [1]
    assert found.overdue()["id"].to_list() == [1]
    for _ in range(3):
        found = waiting(later)
    assert [one.id for one in found.held()] == [free, 1]
    assert set(found.overdue()["id"]) == {1, soon}
    assert [one.id for one in found.held(OTHER)] == [free]
    new(own, THIRD)
    assert waiting(later).registered == found.registered + 1
    assert read == [today(), later, later]
    door.close()


# 政策储备


def test_the_reserve_says_what_waits_and_proposes_what_stands_in_three_units(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(RESERVE, filled, monkeypatch)
    assert app.header[0].value == "1 个问题留待改革，涉及 1 个单位；1 个主题在 3 个以上单位出现，建议研究入库"
    assert [one.value for one in app.metric] == ["1", "1", "1"]
    assert "3 个单位有 3 个问题（在办 3），是否转入政策储备？" in says(app)
    tables = {next(iter(one.value.columns)): one.value for one in app.dataframe}
    assert list(tables["theme_text"]["title"]) == ["职责交叉"] * 3
    listed_ = tables["reserve_no"]
    assert list(listed_["stands_text"]) == ["入库", "已转化", "待入库"]
    assert list(listed_["used_in"].fillna("")) == ["", "2026年机构改革方案", ""]
    app = at(RESERVE, filled, monkeypatch, "en")
    assert app.header[0].value == "1 problem of 1 unit for the next reform; 1 theme in 3 units or more proposed"
    app = at(RESERVE, filled, monkeypatch, unit="001")
    assert [one.value for one in app.metric][2] == "0"
    assert "是否转入政策储备" in says(app), "whether it stands in several units is asked of all"


def by_hand(frame: pl.DataFrame, kept: set[str]) -> set[tuple[str, int]]:
    """Proposals counted with plain sets: theme and issue."""
    where: dict[str, set[int]] = {}
    for one in frame.iter_rows(named=True):
        for theme in one["themes"]:
            where.setdefault(theme, set()).add(one["unit_id"])
    wanted = {theme for theme, found in where.items() if len(found) >= 3} - kept
    return {(theme, one["id"]) for one in frame.iter_rows(named=True) for theme in one["themes"] if theme in wanted}


def test_a_theme_is_proposed_from_three_units_on_and_no_more_once_it_is_in_the_reserve(own: Settings) -> None:
    def now() -> set[tuple[str, int]]:
        found = reserve.standing(reserved(own, ACTOR))
        asked = reserve.proposed(listed(own, ACTOR, today()), found)
        return set(asked.select("theme", "id").iter_rows())

    issue(own, UNIT, theme="T20")
    issue(own, UNIT, theme="T20")
    issue(own, OTHER, theme="T20")
    assert {theme for theme, _ in now()} == {"T05"}, "two units are not three, however many issues"
    last = issue(own, THIRD, theme="T20")
    assert {theme for theme, _ in now()} == {"T05", "T20"}
    assert now() == by_hand(listed(own, ACTOR, today()), {"T12", "T01"} - {"T01"})
    for command in (on_issues.Reclassify(issue_class="C", reason="非一家之事"), RESERVED):
        seen = caseload.issue_at(last, own, ACTOR).version
        issues.perform(last, command, seen, uuid4().hex, own, ACTOR)
    assert {theme for theme, _ in now()} == {"T05"}


def many_more(settings: Settings, title: str, n: int) -> None:
    """As many issues more like the one of this title."""
    with changing(settings) as session:
        one = session.scalars(select(tables.Issue).where(tables.Issue.title == title)).one()
        kept = {
            name: getattr(one, name)
            for name in tables.Issue.__table__.columns.keys()  # noqa: SIM118 (names, not columns)
            if name not in ("id", "issue_no", "reserve_no")
        }
        reserve_no = "CB2026-1{:04}" if one.reserve_no else None
        session.add_all(
            tables.Issue(**kept, reserve_no=reserve_no.format(at) if reserve_no else None) for at in range(n)
        )


def test_what_waits_and_what_is_in_the_reserve_is_counted_however_much_it_is(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many, before = 2_100, docket.Waiting(own, ACTOR, today())
    app = at(RESERVE, own, monkeypatch)
    assert "1 个问题留待改革" in says(app)
    for title in ("超编两名", "编制总量不足"):
        many_more(own, title, many)
    after = docket.Waiting(own, ACTOR, today())
    assert before.overdue().height == 1
    assert after.overdue().height == many + 1
    assert after.overdue(UNIT).height == many + 1
    told = says(at(RESERVE, own, monkeypatch))
    assert "2101 个问题留待改革" in told
    assert "只列前 2000 个" in told


@pytest.mark.parametrize("language", BOTH)
def test_the_picture_of_the_reserve_counts_each_problem_in_each_of_its_themes(
    language: Language, filled: Settings
) -> None:
    found = reserve.standing(reserved(filled, ACTOR))
    picture = reserve.by_theme(found, str, language)
    go.Figure(picture.figure)
    assert picture.table["n"].sum() == sum(len(themes) for themes in found["themes"]) == 3
    assert len(_leads(picture, filled)) == 3


def test_a_unit_sees_its_own_reserve_alone_and_no_theme_is_proposed_from_what_it_may_not_see(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = Actor("联络员", "unit", units=frozenset({OTHER}))
    assert set(reserved(filled, contact)["unit_id"]) <= {OTHER}
    assert set(reserved(filled, ACTOR)["unit_id"]) > {OTHER}
    monkeypatch.setattr(visit, "local_actor", lambda: contact)
    app = at(RESERVE, filled, monkeypatch)
    assert not app.metric, "the reserve is not a unit's"
    assert "市教育局" not in says(app)


def test_words_of_results_and_items_stand_in_both_languages() -> None:
    for words_ in (ITEM, RESULT):
        assert all(text.zh and text.en and text.zh != text.en for text in words_.values())
