"""The ledger on the pages: what is drawn is what the store holds, buttons are there only where allowed, evidence becomes an issue in two clicks."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import plotly.graph_objects as go
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.charts import issues as drawn
from panorama.charts.picture import Drill, Picture
from panorama.issues.commands import Apply, Begin, Close, Command, Feedback, Register, Report, Triage, Verify
from panorama.issues.issue import Issue, Source, State
from panorama.settings import Settings
from panorama.store.caseload import LISTED, counted, issue_at, listed
from panorama.store.issues import perform, register
from panorama.store.nil import spoken
from panorama.store.register import identity
from panorama.store.reminders import reminders
from panorama.text import Language
from panorama.ui import visit
from tests import exhibits
from tests.stock import current, events, stocked
from tests.test_pages import HOSTILE, LINK, opened, words

PAGE = "pages/results/issues.py"
ACTOR = local_actor()
UNIT, OTHER = identity("001"), identity("002")
BOTH: tuple[Language, ...] = ("zh", "en")
TRIAGE = Triage(issue_class="A", reason="属单位职责")
BEGIN = Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit="市教育局", owner="张三")


def new(settings: Settings, *commands: Command, unit_id: int = UNIT, **more: Any) -> int:
    told = {"title": "超编", "text": "行政编制超编2名", "themes": ("T10",), "severity": "较重", "found_on": today() - timedelta(days=200)}  # fmt: skip
    seen = (Source(text="超编2名", row_id=(1 << 32) + 2, family="台账", place="单位.csv · 2"),)
    command = Register(unit_id=unit_id, **{**told, "sources": seen, **more})
    issue_id = register(command, uuid4().hex, settings, ACTOR)
    for one in commands:
        do(settings, issue_id, one)
    return issue_id


def do(settings: Settings, issue_id: int, command: Command) -> None:
    perform(issue_id, command, issue_at(issue_id, settings, ACTOR).version, uuid4().hex, settings, ACTOR)


def fed_back(days_ago: int) -> Feedback:
    return Feedback(on=today() - timedelta(days=days_ago), suggestion="限期消化")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path, with_work=False)


@pytest.fixture
def ledger(settings: Settings) -> Settings:
    """A draft, two on time, one overdue, one closed, of two units."""
    new(settings)
    new(settings, TRIAGE, fed_back(1))
    new(settings, TRIAGE, fed_back(80), BEGIN, unit_id=OTHER, title="混编混岗")
    new(settings, TRIAGE, fed_back(120), BEGIN, title="超职数")
    closing = (Apply(evidence=("台账",)), Verify(verifier="李四"), Close(on=today(), finding="已消化"))
    new(settings, TRIAGE, fed_back(60), BEGIN, *closing)
    return settings


def at(settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str = "zh", **named: str) -> AppTest:
    app = opened(PAGE, settings.home, monkeypatch, lang)
    for name, value in named.items():
        app.query_params[name] = value
    return app.run() if named else app


def says(app: AppTest) -> str:
    assert not app.exception
    return words(app) + "\n".join(str(part.value) for part in (*app.success, *app.warning))


def fill(app: AppTest, label: str, value: Any) -> None:
    """The field of a form that bears this label."""
    found = [
        one
        for one in (*app.text_input, *app.text_area, *app.selectbox, *app.date_input, *app.multiselect)
        if one.label.removesuffix(" *") == label
    ]
    found[-1].set_value(value)


def doing(app: AppTest, step: str, fields: dict[str, Any]) -> None:
    app.button(key=f"issue-{step}").click().run()
    assert not app.exception
    for label, value in fields.items():
        fill(app, label, value)
    app.button(key="issue-do").click().run()
    assert not app.exception
    app.run()


# What is drawn


@pytest.mark.parametrize(("lang", "told"), [("zh", "3 个问题在办，:red[其中 1 个超期]；30 天内还有 1 个到期；另有草稿 1 个"), ("en", "3 issues open, :red[1 of them overdue]; 1 more fall due within 30 days; 1 draft besides")])  # fmt: skip
def test_the_message_and_the_figures_say_what_the_store_holds(
    lang: str, told: str, ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch, lang)
    assert not app.exception
    assert app.header[0].value == told
    assert [one.value for one in app.metric] == ["3", ":red[1]", "1", "1"]


@pytest.mark.parametrize(("of", "there"), [("A", False), ("B", True)])
def test_the_feedback_of_class_a_asks_for_no_office(
    of: str, there: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = new(settings, Triage(issue_class=of, reason="属职责"))  # type: ignore[arg-type]
    app = at(settings, monkeypatch, issue=str(issue_id))
    app.button(key="issue-feedback").click().run()
    assert not app.exception
    asked = [one.label for one in app.selectbox]
    assert ("拟办处室（B 类必填） *" in asked) is there


@pytest.mark.parametrize("state", ["整改中", "已销号", "终止"])
@pytest.mark.parametrize(
    ("lang", "held", "before"),
    [("zh", "时限 2026-06-30", "原时限 2026-03-31"), ("en", "due 2026-06-30", "originally 2026-03-31")],
)
def test_the_heading_tells_the_limit_that_held_of_closed_issues_too(
    state: State, lang: Language, held: str, before: str
) -> None:
    told = Issue(
        unit_id=UNIT, unit_name="市教育局", title="超编", text="超编2名", found_on=date(2025, 12, 1), state=state,
        issue_class="A", due=date(2026, 3, 31),
    )  # fmt: skip
    extended = told.model_copy(update={"extended_to": date(2026, 6, 30)})
    line = drawn.headline(extended, "2026-A-0001", date(2026, 7, 2), lang).note.split(" · ")
    assert line.index(held) < line.index(before)
    assert any("2 天" in one or "2 days" in one for one in line) is (state == "整改中")
    plain = drawn.headline(told, "2026-A-0001", date(2026, 3, 1), lang).note
    assert before.replace("原", "").replace("originally", "due") in plain
    assert before not in plain


def test_the_list_names_its_themes(ledger: Settings) -> None:
    found = listed(ledger, ACTOR, today())
    for language, name in (("zh", "T10 违规超编进人"), ("en", "T10 ")):
        shown, _ = drawn.table(found, today(), language)  # type: ignore[arg-type]
        assert all(one.startswith(name) and len(one) > 5 for one in shown["themes_text"])


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "地址里的问题“abc”打不开"), ("en", "The issue abc of the address cannot be")]
)
def test_an_address_that_names_no_issue_is_told(
    lang: str, told: str, ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch, lang, issue="abc")
    assert not app.exception
    assert [one.value for one in app.warning if told in one.value]
    assert not [one for one in at(ledger, monkeypatch, lang, issue="1").warning if "issue" in one.value]


@pytest.mark.parametrize(
    ("asked", "told"), [("2099-01-01", "还没有到"), ("bad", "没有保留“bad”"), ("2001-01-01", "没有保留")]
)
def test_a_state_that_cannot_be_looked_at_is_told(
    asked: str, told: str, ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned = [one.value for one in at(ledger, monkeypatch, asof=asked).warning]
    assert len(warned) == 1
    assert told in warned[0]


def test_an_address_that_names_an_unknown_unit_or_one_out_of_scope_is_told_alike(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = Actor("联络员", "unit", units=frozenset({OTHER}))
    monkeypatch.setattr(visit, "local_actor", lambda: contact)
    told = [at(ledger, monkeypatch, unit=code).warning[0].value.replace(code, "…") for code in ("001", "999999")]
    assert "没有这个单位，或不在您的权限范围之内。现在显示的是" in told[0]
    assert told[0] == told[1]
    assert not at(ledger, monkeypatch, unit="002").warning


def test_an_empty_ledger_says_so_and_claims_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(settings, monkeypatch)
    assert app.header[0].value == "台账里还没有问题"
    assert {one.value for one in app.metric} == {"—"}


@pytest.mark.parametrize("language", BOTH)
def test_pictures_count_every_issue_once_and_lead_to_what_it_rests_on(language: Language, ledger: Settings) -> None:
    day = today()
    counts = counted(ledger, ACTOR, day)
    every, found = (listed(ledger, ACTOR, day, which=which) for which in ("all", "open"))
    by_state = drawn.by_state(counts, every, language)
    ageing = drawn.ageing(found, day, language)
    dated = drawn.calendar(found, day, language)
    assert by_state.table["n"].sum() == every.height == 5
    assert by_state.table["overdue"].sum() == 1
    assert ageing.table["n"].sum() == found.height == 3
    assert ageing.table["late"].sum() == 1
    assert dated.table["n"].sum() == 2, "one is past"
    for picture in (by_state, ageing, dated):
        go.Figure(picture.figure)
        _leads(picture, ledger)


def _leads(picture: Picture, settings: Settings) -> None:
    snapshot = current(settings)
    assert picture.of_row is not None
    for one in picture.table.iter_rows(named=True):
        lead = picture.of_row(one)
        assert isinstance(lead, Drill)
        rows = snapshot.behind(lead.question, ACTOR, **lead.params)
        assert rows.height == int(lead.value) == one["n"]
        assert rows["file"].null_count() == 0


def test_a_calendar_puts_each_limit_on_its_own_day_over_years_of_month_ends() -> None:
    for year in (2025, 2027, 2028):
        for month in range(1, 13):
            day = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            frame = pl.DataFrame(
                [{**dict.fromkeys(LISTED), "id": n, "unit": "局", "title": "t", "sources": [], "state": "整改中", "limit": day + timedelta(days=n)} for n in range(90)],
                schema=LISTED,
            )  # fmt: skip
            figure = drawn.calendar(frame, day, "zh").figure
            marks = figure["data"][0]
            places = {(week, at) for week, at in zip(marks["y"], marks["x"], strict=True)}
            assert len(places) == 90
            monday = day - timedelta(days=day.weekday())
            assert places == {(-(((day + timedelta(days=n)) - monday).days // 7), (day + timedelta(days=n)).weekday()) for n in range(90)}  # fmt: skip


def test_the_list_holds_days_late_and_days_left_and_narrows_by_unit_class_and_what_is_asked(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch)
    table = next(one.value for one in app.dataframe if "number" in one.value.columns)
    late = table[table["days_late"].notna()]
    assert list(late["title"]) == ["超职数"]
    assert table["title"].iloc[0] == "超职数", "what is late comes first"
    assert list(table["number"])[-1].startswith("草稿")
    app = at(ledger, monkeypatch, which="closed")
    table = next(one.value for one in app.dataframe if "number" in one.value.columns)
    assert list(table["state_text"]) == ["已销号"]
    app = at(ledger, monkeypatch, unit="002")
    assert app.header[0].value.startswith("1 个问题在办，没有超期的")
    app = at(ledger, monkeypatch, **{"class": "B"})
    assert not [one for one in app.dataframe if "number" in one.value.columns and len(one.value)]


# One issue


def test_an_issue_goes_through_its_whole_life_by_the_pages_buttons(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = new(settings)
    app = at(settings, monkeypatch, issue=str(issue_id))
    doing(app, "triage", {"问题分类": "A", "理由": "属单位职责"})
    assert f"{today().year}-A-0001" in says(app)
    doing(app, "feedback", {"整改建议（A 类必填）": "限期消化"})
    doing(app, "begin", {"销号标准（可衡量）": "实有不超过核定", "整改措施": "调剂2名", "责任人": "张三"})
    doing(app, "apply", {"佐证（每行一件；文字和文件至少有一样）": "台账截图\n调出通知"})
    assert issue_at(issue_id, settings, ACTOR).issue.evidence == ("台账截图", "调出通知")
    app.button(key="issue-verify").click().run()
    fill(app, "核验人", "张三")
    app.button(key="issue-do").click().run()
    assert "核验人不能是责任人" in app.error[0].value, "the form stays, with the reason"
    fill(app, "核验人", "李四")
    app.button(key="issue-do").click().run()
    app.run()
    doing(app, "close", {"核验结论": "现场核对，已消化"})
    issue = issue_at(issue_id, settings, ACTOR).issue
    assert (issue.state, issue.owner_unit, issue.verifier) == ("已销号", "市教育局", "李四")
    told = says(app)
    for part in ("已销号", f"XH{today().year}-0001", "核验结论：现场核对，已消化", "佐证：台账截图、调出通知"):
        assert part in told
    assert events(settings, "issue.close") == 1


def test_whoever_verifies_finds_the_own_name_and_whoever_asked_for_it_a_word_why_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = new(settings, TRIAGE, fed_back(9), BEGIN)
    zhao, qian = (Actor(name, "supervision", everything=True) for name in ("赵六", "钱七"))
    perform(issue_id, Apply(evidence=("台账",)), issue_at(issue_id, settings, ACTOR).version, "apply", settings, zhao)
    monkeypatch.setattr(visit, "local_actor", lambda: zhao)
    app = at(settings, monkeypatch, issue=str(issue_id))
    assert "issue-verify" not in {one.key for one in app.button}
    assert "请等另一位核验人办理" in says(app)
    monkeypatch.setattr(visit, "local_actor", lambda: qian)
    app = at(settings, monkeypatch, issue=str(issue_id))
    assert "请等另一位核验人办理" not in says(app)
    app.button(key="issue-verify").click().run()
    assert [one.value for one in app.text_input if one.label.startswith("核验人")] == ["钱七"]
    app.button(key="issue-do").click().run()
    app.run()
    assert issue_at(issue_id, settings, ACTOR).issue.verifier == "钱七"


def test_a_report_begins_empty_and_a_change_of_a_draft_with_its_words(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch, issue="4")
    app.button(key="issue-report").click().run()
    assert [one.value for one in app.text_area] == [""]
    app = at(ledger, monkeypatch, issue="1")
    app.button(key="issue-amend").click().run()
    assert [one.value for one in app.text_area] == ["行政编制超编2名"]
    assert [one.value for one in app.text_input if one.label == "问题标题 *"] == ["超编"]


def test_buttons_are_there_only_where_the_command_is_allowed(ledger: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(app: AppTest) -> set[str]:
        assert not app.exception
        return {str(one.key).removeprefix("issue-") for one in app.button if str(one.key).startswith("issue-")}

    assert steps(at(ledger, monkeypatch, issue="1")) == {"back", "triage", "amend", "end"}
    assert steps(at(ledger, monkeypatch, issue="5")) == {"back", "reopen"}
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("审计员", "auditor", everything=True))
    assert steps(at(ledger, monkeypatch, issue="4")) == {"back"}
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("联络员", "unit", units=frozenset({UNIT})))
    assert steps(at(ledger, monkeypatch, issue="4")) == {"back", "report", "apply"}


def test_a_unit_sees_its_own_issues_alone_and_another_by_its_address_is_refused(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("联络员", "unit", units=frozenset({OTHER})))
    app = at(ledger, monkeypatch)
    assert app.header[0].value.startswith("1 个问题在办")
    table = next(one.value for one in app.dataframe if "number" in one.value.columns)
    assert list(table["title"]) == ["混编混岗"]
    app = at(ledger, monkeypatch, issue="4")
    assert "不在您的权限范围" in app.error[0].value
    assert "超职数" not in says(app)
    for wrong in ("99", "'; drop table issue", "-1", "9" * 40, "１"):
        app = at(ledger, monkeypatch, issue=wrong)
        assert not app.exception


def test_who_comes_second_reads_what_the_first_did(ledger: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(ledger, monkeypatch, issue="4")
    app.button(key="issue-report").click().run()
    fill(app, "进展", "已调出1名")
    do(ledger, 4, Report(text="别人先写了"))
    app.button(key="issue-do").click().run()
    assert re.search(r"已于 .* 办理“记录进展”，问题现为“整改中”；您的“记录进展”没有执行", app.error[0].value)
    assert events(ledger, "issue.report") == 1


def test_what_people_write_is_never_taken_for_markup(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"title": HOSTILE, "text": HOSTILE, "sources": (Source(text=HOSTILE, place=HOSTILE),)}
    issue_id = new(settings, TRIAGE, fed_back(1), BEGIN, Report(text=f"{HOSTILE}\n# x\n| y |"), **said)
    for named in ({}, {"issue": str(issue_id)}):
        app = at(settings, monkeypatch, **named)
        assert not app.exception
        told = [*app.title, *app.header, *app.subheader, *app.markdown, *app.info, *app.success]
        assert not [str(part.value) for part in told if LINK.search(str(part.value))]


# From evidence


@pytest.fixture
def sample(sample_home: Path, tmp_path: Path) -> Settings:
    shutil.copytree(sample_home, tmp_path / "store")
    return Settings(home=tmp_path / "store")


def contradictions(settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str = "zh") -> AppTest:
    app = opened("pages/evaluation/evidence.py", settings.home, monkeypatch, lang)
    app.query_params["view"] = "contradictions"
    return app.run()


def themed(app: AppTest, settings: Settings) -> str:
    """The button of a card whose contradiction is about a theme."""
    sql = (
        "select concat('issue-card-', rule, '-', unit_id, '-', matter) from mart.contradiction where theme is not null"
    )
    about = set(current(settings).ask_sql(sql, ACTOR).to_series())
    return next(str(one.key) for one in app.button if one.key in about)


def test_evidence_becomes_an_issue_in_two_clicks_and_the_next_one_is_offered_to_join_it(
    sample: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = contradictions(sample, monkeypatch)
    button = themed(app, sample)
    app.button(key=button).click().run()
    assert not app.exception
    app.button(key="register-do").click().run()
    assert not app.exception
    assert "已登记为草稿" in says(app)
    issue = issue_at(1, sample, ACTOR).issue
    _, _, rule, unit_id, matter = button.split("-", 4)
    row = current(sample).ask_sql(
        f"select theme, left_rows || right_rows as r from mart.contradiction where rule = '{rule}' and unit_id = {unit_id} and matter = '{matter}'",
        ACTOR,
    ).row(0, named=True)  # fmt: skip
    assert (issue.state, issue.unit_id) == ("草拟", int(unit_id))
    assert {one.row_id for one in issue.sources} == set(row["r"])
    assert all(one.place and one.text in issue.text + one.text for one in issue.sources)
    assert issue.themes == (row["theme"],)
    # The same evidence again: the open issue is proposed, and joins without a second one.
    app = contradictions(sample, monkeypatch)
    app.button(key=button).click().run()
    assert app.button(key="join-1").label == "并入 草稿 1"
    app.button(key="join-1").click().run()
    assert "这些来源都已在问题里" in app.error[0].value
    assert events(sample, "issue.register") == 1


def test_more_evidence_joins_an_open_issue_and_whoever_may_not_register_finds_no_button(
    sample: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = contradictions(sample, monkeypatch)
    button = themed(app, sample)
    app.button(key=button).click().run()
    unit_id = int(button.split("-", 4)[3])
    themes = next(one.value for one in app.multiselect if one.label == "主题 *")
    new(sample, unit_id=unit_id, themes=tuple(themes))
    app = contradictions(sample, monkeypatch)
    app.button(key=button).click().run()
    app.button(key="join-1").click().run()
    assert "依据已并入" in says(app)
    assert len(issue_at(1, sample, ACTOR).issue.sources) > 1
    for actor in (
        Actor("审计员", "auditor", everything=True),
        Actor("联络员", "unit", units=frozenset({unit_id})),
    ):
        monkeypatch.setattr(visit, "local_actor", lambda actor=actor: actor)
        app = contradictions(sample, monkeypatch)
        assert not app.exception
        assert not [one for one in app.button if str(one.key).startswith(("issue-", "register-"))]


def test_a_form_in_english_is_english(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = new(settings)
    app = at(settings, monkeypatch, "en", issue=str(issue_id))
    app.button(key="issue-triage").click().run()
    labels = [one.label for one in (*app.selectbox, *app.text_area)]
    assert {"Class *", "Reason *"} <= set(labels)
    app.button(key="issue-do").click().run()
    assert app.error[0].value == "Triage needs: Class."


# Evidence files, nil returns, reminders


def uploading(app: AppTest, *files: tuple[str, bytes]) -> None:
    app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files])


def test_evidence_files_go_up_with_the_command_and_come_down_from_the_story(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch, issue="4")
    app.button(key="issue-apply").click().run()
    uploading(app, ("调令.pdf", exhibits.pdf()), ("装的.pdf", exhibits.PROGRAM))
    app.button(key="issue-do").click().run()
    assert "装的.pdf" in app.error[0].value
    assert "程序文件" in app.error[0].value
    assert issue_at(4, ledger, ACTOR).issue.state == "整改中"
    uploading(app, ("调令.pdf", exhibits.pdf()), ("现场照片.jpg", exhibits.picture("JPEG")))
    app.button(key="issue-do").click().run()
    assert not app.exception
    app.run()
    issue = issue_at(4, ledger, ACTOR).issue
    assert (issue.state, [one.name for one in issue.files]) == ("申请销号", ["调令.pdf", "现场照片.jpg"])
    told = says(app)
    assert "佐证文件：调令\\.pdf、现场照片\\.jpg" in told
    assert {one.label for one in app.download_button if str(one.key).startswith("file-")} == {
        "调令\\.pdf",
        "现场照片\\.jpg",
    }
    # A unit's contact finds them on its own issue alone.
    for unit_id, there in ((UNIT, 2), (OTHER, 0)):
        who = Actor("联络员", "unit", units=frozenset({unit_id}))
        monkeypatch.setattr(visit, "local_actor", lambda who=who: who)
        app = at(ledger, monkeypatch, issue="4")
        assert len([one for one in app.download_button if str(one.key).startswith("file-")]) == there


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_ledger_without_issues_shows_of_whom_nothing_is_said_and_takes_nil_returns(
    lang: Language, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(settings, monkeypatch, lang)
    wanted = {
        "zh": "2 个单位：0 个有问题未了结，0 个零报告，2 个没有说明",
        "en": "2 units: 0 with issues not over, 0 nil returns, 2 of which nothing is said",
    }
    assert wanted[lang] in says(app)
    app.button(key="nil-give").click().run()
    # Of which unit is for a person to say.
    fill(app, {"zh": "签报人", "en": "Signed by"}[lang], "王某")
    app.button(key="nil-do").click().run()
    assert {"zh": "请选择单位", "en": "Choose the unit"}[lang] in app.error[0].value
    app.button(key="nil-give").click().run()
    of_unit(app)
    fill(app, {"zh": "签报人", "en": "Signed by"}[lang], "王某")
    app.button(key="nil-do").click().run()
    assert not app.exception
    app.run()
    told = spoken(settings, ACTOR)
    assert {one.nil.signed_by for one in told.nil.values()} == {"王某"}
    assert {"zh": "1 个零报告，1 个没有说明", "en": "1 nil return, 1 of which nothing is said"}[lang] in says(app)


def of_unit(app: AppTest) -> None:
    (box,) = [one for one in app.selectbox if str(one.key).endswith("-unit")]
    assert box.value is None
    box.select_index(0)


def test_the_view_of_nil_returns_tells_units_with_issues_from_those_without_a_word(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch, view="nil")
    assert "2 个单位：2 个有问题未了结，0 个零报告，0 个没有说明" in says(app)
    table = next(
        one.value for one in app.dataframe if "state_text" in one.value.columns and "given_on" in one.value.columns
    )
    assert dict(zip(table["unit"], table["open"], strict=True)) == {"市教育局": 3, "市生态环境局": 1}
    # Of one unit alone the title tells of that one.
    assert "1 个单位：1 个有问题未了结，0 个零报告，0 个没有说明" in says(
        at(ledger, monkeypatch, view="nil", unit=str(OTHER))
    )
    app = at(ledger, monkeypatch, view="nil")
    app.button(key="nil-give").click().run()
    of_unit(app)
    fill(app, "签报人", "王某")
    app.button(key="nil-do").click().run()
    assert "还有 3 个问题没有销号，不能登记零报告" in app.error[0].value
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("审计员", "auditor", everything=True))
    app = at(ledger, monkeypatch, view="nil")
    assert "nil-give" not in {one.key for one in app.button}


@pytest.mark.parametrize(("lang", "told"), [("zh", "到期提醒 2 条 · 超期 1 · 30 天内到期 1"), ("en", "Reminders: 2 · overdue 1 · due within 30 days 1")])  # fmt: skip
def test_reminders_are_counted_for_whoever_is_concerned(
    lang: Language, told: str, ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reminders(ledger, ACTOR, today()).counts == {-1: 1, 30: 1}
    assert told in popovers(at(ledger, monkeypatch, lang))
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("联络员", "unit", units=frozenset({OTHER})))
    assert {"zh": "到期提醒 1 条 · 30 天内到期 1", "en": "Reminders: 1 · due within 30 days 1"}[lang] in popovers(at(ledger, monkeypatch, lang))  # fmt: skip
    for role in ("leader", "auditor"):
        monkeypatch.setattr(visit, "local_actor", lambda role=role: Actor("某", role, everything=True))
        assert not [one for one in popovers(at(ledger, monkeypatch, lang)) if one.startswith(("到期提醒", "Reminders"))]


@pytest.mark.parametrize(("lang", "told"), [("zh", "1 条到期提醒，是否催办？"), ("en", "1 reminder of limits and milestones. Press for them?")])  # fmt: skip
def test_the_overview_puts_reminders_to_whoever_is_concerned(
    lang: Language, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path)
    new(settings, TRIAGE, fed_back(80))
    page = "pages/leadership/overview.py"
    assert told in says(opened(page, settings.home, monkeypatch, lang))
    for role in ("leader", "auditor"):
        monkeypatch.setattr(visit, "local_actor", lambda role=role: Actor("某", role, everything=True))
        assert told not in says(opened(page, settings.home, monkeypatch, lang))


def popovers(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(one.proto.popover.label) for one in app.get("popover")]


def test_an_issue_says_that_the_newest_ledger_still_says_what_it_is_about(
    sample: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = "select unit_id, row_ids[1] as row_id, excess from mart.unit_staffing where newest and not single_listed and excess > 0"
    unit_id, row_id, excess = current(sample).ask_sql(over, ACTOR).row(0)
    even = (
        "select unit_id, row_ids[1] as row_id from mart.unit_staffing where newest and not single_listed and excess = 0"
    )
    other, level = current(sample).ask_sql(even, ACTOR).row(0)
    rests = new(sample, unit_id=unit_id, sources=(Source(text="台账", row_id=row_id),))
    settled = new(sample, unit_id=other, sources=(Source(text="台账", row_id=level),))
    by_hand = new(sample, unit_id=unit_id)
    said = [
        [one.value for one in at(sample, monkeypatch, issue=str(issue)).info] for issue in (rests, settled, by_hand)
    ]
    assert [any("最新台账" in value for value in values) for values in said] == [True, False, False]
    assert any(f"超 {excess}" in value and "销号前请核对" in value for value in said[0])
    english = at(sample, monkeypatch, "en", issue=str(rests))
    assert any("The newest ledger" in one.value for one in english.info)
