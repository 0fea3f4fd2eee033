"""Scores entered in the page: the same checks as rows of a file, kept at once, in every snapshot that follows, undone, never lost."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest
from world import every, ident, world

from panorama.access.actor import Actor, local_actor
from panorama.errors import Conflict, PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import scores, tables
from panorama.store.door import Door
from panorama.store.faults import SAYS
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.register import identity
from panorama.store.scores import Enter, Unfit, Withdraw
from panorama.store.settle import settle
from panorama.store.verify import verify
from panorama.text import Language
from panorama.ui import visit
from panorama.ui.who import _kept_off as who_is
from tests.postgres import IN_BOTH
from tests.stock import UNIT_HEAD, answer, at_once, copied, current, dropped, events, settings_at, units, write
from tests.test_indicators import EVALUATORS, INDICATOR_HEAD, SCORE_HEAD, TEMPLATE, score, unit

OWN, OTHER = identity("001"), identity("002")
ROUND = "2025年"
ME = local_actor()
INDICATORS = (
    "1,,机构编制,执行情况,政府部门,共性,100,按实,1,",
    "1.1,1,编制,执行情况,政府部门,共性,70,按实,1,",
    "1.2,1,职数,执行情况,政府部门,共性,30,按实,1,是",
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("entry")
    settings = settings_at(folder)
    dropped(
        settings,
        units(folder),
        write(folder / "指标.csv", f"{INDICATOR_HEAD},允许不适用", INDICATORS),
        write(folder / "评估员.csv", "评估员编号,派出单位,回避单位", ["E1,天津市教育局,", "E2,天津市生态环境局,", "E3,天津市生态环境局,市教育局"]),
        write(folder / "评分.csv", SCORE_HEAD, ["天津市教育局,1.1,2025年,评估组,E2,60,卷1,,", "天津市生态环境局,1.2,2024年,评估组,E1,20,卷1,是,2025-06-01"]),
    )  # fmt: skip
    return settings


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Settings:
    return copied(loaded, tmp_path)


@pytest.fixture(scope="module")
def entered(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two scores entered and in the snapshot, one of them in a round that no file tells of: a test that changes it takes a copy."""
    settings = copied(loaded, tmp_path_factory.mktemp("entered"))
    assert counted(settings) == ("unscored", None, None)
    assert scores.enter(given(), 0, "a", settings, ME) == 1
    scores.enter(given(round_name="2026年", ind_code="1.1", score=40.0), 0, "b", settings, ME)
    assert settle(settings, ME) is not None
    return settings


def given(**more: Any) -> Enter:
    usual = {"unit_id": OWN, "round_name": ROUND, "ind_code": "1.2", "rater": "E2", "score": 25.0, "evidence": ("卷3",)}
    return Enter(**{**usual, **more})


def place(**more: Any) -> dict[str, Any]:
    return {"unit_id": OWN, "round_name": ROUND, "ind_code": "1.2", "rater": "E2"} | more


def counted(settings: Settings, code: str = "1.2") -> tuple[Any, ...]:
    sql = f"select state, score, by_kind from mart.indicator_score where unit_id = {OWN} and round_name = '{ROUND}' and ind_code = '{code}'"  # fmt: skip
    return answer(settings, sql)[0]


def test_an_entry_reaches_the_scores_with_who_and_when_and_goes_when_it_is_taken_back(
    entered: Settings, tmp_path: Path
) -> None:
    settings = copied(entered, tmp_path)
    assert counted(settings) == ("scored", 25, "评估组")
    asked = {"unit_id": OWN, "round_name": ROUND, "index_name": None, "ind_code": "1.2", "rater": None}
    [row] = current(settings).behind("rows_scores", ME, **asked).to_dicts()
    assert (row["file"], row["sheet"], row["src_row"]) == ("页面录入", f"{ME.name} 录入", None)
    assert row["loaded_at"] is not None
    assert row["row_id"] < 0
    assert scores.withdraw(Withdraw(**place(), reason="录错单位"), 1, "c", settings, ME) == 2
    settle(settings, ME)
    assert counted(settings) == ("unscored", None, None)
    assert (events(settings, "score.enter"), events(settings, "score.withdraw")) == (2, 1)
    assert verify(settings).broken is None


@IN_BOTH
def test_an_entry_stands_before_the_file_it_corrects_and_the_file_comes_back_with_its_withdrawal(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(Unfit) as fault:
        scores.enter(given(ind_code="1.1", score=50.0), 0, "a", settings, ME)
    assert set(fault.value.cells) == {"reason"}, "a file has a score there already"
    scores.enter(given(ind_code="1.1", score=50.0, reason="复核后扣分"), 0, "a", settings, ME)
    scores.enter(given(ind_code="1.1", score=55.0, reason="再次复核"), 1, "b", settings, ME)
    settle(settings, ME)
    assert counted(settings, "1.1") == ("scored", 55, "评估组")
    scores.withdraw(Withdraw(**place(ind_code="1.1"), reason="误"), 2, "c", settings, ME)
    settle(settings, ME)
    assert counted(settings, "1.1") == ("scored", 50, "评估组")
    # What a later drop says of the same cell is newer.
    dropped(settings, write(tmp_path / "评分2.csv", SCORE_HEAD, ["天津市教育局,1.1,2025年,评估组,E2,66,卷1,,"]))
    assert counted(settings, "1.1") == ("scored", 66, "评估组")
    scores.withdraw(Withdraw(**place(ind_code="1.1"), reason="误"), 3, "d", settings, ME)
    settle(settings, ME)
    assert counted(settings, "1.1") == ("scored", 66, "评估组")


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"score": 30.5}, "score", "权重 30"),
        ({"score": -1.0}, "score", "不能为负"),
        ({"score": None}, "score", "没有得分"),
        ({"evidence": ()}, "evidence", "佐证"),
        ({"na": True, "na_reason": "无此职能"}, "na", "不适用就没有得分"),
        ({"score": None, "na": True}, "na_reason", "理由"),
        ({"score": None, "missing": True, "na": True, "na_reason": "无"}, "missing", "两回事"),
        ({"ind_code": "1.1", "score": None, "na": True, "na_reason": "无"}, "na", "不允许不适用"),
        ({"ind_code": "1"}, "ind_code", "没有这个末级指标"),
        ({"ind_code": "9"}, "ind_code", "没有这个末级指标"),
        ({"rater": "E1"}, "rater", "来自被评单位或其上下级单位"),
        ({"rater": "E3"}, "rater", "应当回避该单位"),
        ({"rater": "谁"}, "rater", "没有这个评估员"),
        ({"unit_id": OTHER, "round_name": "2024年", "rater": "E1", "score": 21.0}, "ind_code", "已最终认定"),
        ({"round_name": " "}, "round_name", "轮次"),
    ],
)  # fmt: skip
def test_what_a_row_of_a_file_is_refused_for_is_refused_at_its_field(
    settings: Settings, more: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Unfit) as fault:
        scores.enter(given(**more), 0, "a", settings, ME)
    assert words in fault.value.cells[field].zh
    assert fault.value.cells[field].en in fault.value.say("en")
    assert events(settings, "score.enter") == 0


def test_not_applicable_and_missing_are_entered_without_a_score_or_material(settings: Settings) -> None:
    scores.enter(given(score=None, na=True, na_reason="无此职能", evidence=()), 0, "a", settings, ME)
    settle(settings, ME)
    assert counted(settings) == ("na", None, "评估组")
    scores.enter(given(score=None, missing=True, evidence=(), reason="其实有"), 1, "b", settings, ME)
    settle(settings, ME)
    assert counted(settings) == ("missing", None, "评估组")


def test_who_stands_in_the_register_scores_under_the_own_number_alone(settings: Settings) -> None:
    me = Actor("评估员二", "evaluator", everything=True, login="E2")
    with pytest.raises(Unfit) as fault:
        scores.enter(given(rater="E1", unit_id=OTHER), 0, "a", settings, me)
    assert "只能以自己的编号" in fault.value.cells["rater"].zh
    scores.enter(given(), 0, "b", settings, me)
    # Who may not score the unit may not enter another's score of it either.
    avoids = Actor("评估员三", "evaluator", everything=True, login="E3")
    for rater in ("E2", "E3"):
        with pytest.raises(Unfit):
            scores.enter(given(rater=rater, score=1.0, reason="改"), 1, "c", settings, avoids)


@pytest.mark.parametrize(
    "who",
    [
        Actor("领导", "leader", everything=True),
        Actor("审计", "auditor", everything=True),
        Actor("联络员", "unit", units=frozenset({OWN})),
        Actor("半个", "evaluator", units=frozenset({OWN})),
    ],
)
def test_who_is_no_evaluator_is_refused_and_nothing_is_kept(settings: Settings, who: Actor) -> None:
    with pytest.raises(Refused):
        scores.enter(given(), 0, "a", settings, who)
    with pytest.raises(Refused):
        scores.withdraw(Withdraw(**place(), reason="x"), 0, "b", settings, who)
    assert scores.cells(OWN, ROUND, settings) == {}


@IN_BOTH
def test_a_triple_click_is_one_entry_and_who_saw_an_older_state_is_told_what_was_done(settings: Settings) -> None:
    assert set(at_once(lambda: scores.enter(given(), 0, "same", settings, ME))) == {1}
    assert events(settings, "score.enter") == 1
    other = Actor("另一人", "evaluator", everything=True)
    with pytest.raises(Conflict) as fault:
        scores.enter(given(score=10.0, reason="改"), 0, "late", settings, other)
    assert ME.name in fault.value.say("zh")
    assert "25 分" in fault.value.say("zh")
    assert "Enter a score" in fault.value.say("en")
    with pytest.raises(Conflict):
        scores.withdraw(Withdraw(**place(), reason="x"), 0, "late too", settings, other)
    with pytest.raises(Refused, match="another command"):
        scores.enter(given(score=11.0, reason="改"), 1, "same", settings, ME)
    assert scores.enter(given(), 1, "again", settings, ME) == 1, "the same said again changes nothing"
    [cell] = scores.cells(OWN, ROUND, settings).values()
    assert cell.entry is not None
    assert (cell.version, cell.entry.score, cell.entry.decided_by) == (1, 25, ME.name)
    with pytest.raises(PanoramaError, match="no entry"):
        scores.withdraw(Withdraw(**place(ind_code="1.1"), reason="x"), 0, "none", settings, ME)


def test_a_round_may_begin_in_the_page(entered: Settings) -> None:
    sql = "select version, weight, score from mart.score where round_name = '2026年'"
    assert answer(entered, sql) == [("1", 70.0, 40.0)]


@IN_BOTH
def test_each_entry_keeps_who_when_and_why_in_the_log(settings: Settings) -> None:
    scores.enter(given(comment="见卷3，身份证120101199001011234"), 0, "a", settings, ME)
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        event = session.query(tables.Event).filter_by(kind="score.enter").one()
    operations.close()
    assert event.actor == ME.name
    assert event.subject == f"score:{OWN}:{ROUND}:1.2:E2"
    assert event.payload["said"]["score"] == 25
    assert "120101199001011234" not in str(event.payload), "numbers of persons do not stand in a ledger"


def test_the_sheet_of_a_unit_is_what_the_marts_say_once_it_is_scored(settings: Settings) -> None:
    asked = current(settings).ask("scoring_sheet", ME, unit_id=OWN, round_name=ROUND)
    sql = f"select ind_code, weight from mart.unit_indicator where leaf and unit_id = {OWN} and round_name = '{ROUND}' order by 1"
    assert asked.select("ind_code", "weight").rows() == answer(settings, sql)
    assert asked["na_allowed"].to_list() == [False, True]


def test_an_entry_that_can_not_stand_any_more_counts_for_nothing_and_says_why() -> None:
    entry = {
        "unit_id": ident("001"), "round_name": ROUND, "ind_code": "1.1", "rater": "E1", "score": 61.0, "na": False,
        "missing": False, "evidence_refs": ["卷1"], "after_drop": 1, "decided_by": "某人",
    }  # fmt: skip
    con = world(
        unit=[unit("001"), unit("002")],
        indicator=TEMPLATE,
        evaluator=EVALUATORS,
        score=[score("001", "1.1", 50, "E2"), score("001", "1.1", 40, "E1")],
        score_entry=[entry, entry | {"score": 45.0, "rater": "E2"}],
    )  # fmt: skip
    rows = every(con, "select row_id, rule, said from mart.score_entry order by row_id desc")
    assert [tuple(row.values()) for row in rows] == [(-1, "V-SCORE-1", "60.0"), (-2, None, None)]
    left = every(con, "select rater, score from mart.score order by rater")
    # The file's own score of the one stands again; of the other the entry came after it.
    assert [tuple(row.values()) for row in left] == [("E1", 40), ("E2", 45)]


ROOT = Path(__file__).resolve().parents[1]


def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch, who: Actor, **named: str) -> AppTest:
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(visit, "local_actor", lambda: who)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in named.items():
        app.query_params[name] = value
    return app.switch_page("pages/evaluation/indicators.py").run()


def of_field(widgets: Any, field: str) -> Any:
    return next(one for one in widgets if one.key.endswith(f"-{field}"))


EVALUATOR = Actor("评估员二", "evaluator", everything=True, login="E2")


def test_an_evaluator_is_told_at_the_field_what_can_not_stand_then_saves_and_takes_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(settings, monkeypatch, EVALUATOR, unit="001", view="entry", round=ROUND)
    assert not app.exception
    assert app.selectbox(key="scoring-rater").value == "E2"
    assert app.selectbox(key="scoring-at").value == "1.2", "the first that is not scored yet"
    of_field(app.number_input, "score").set_value(31.0)
    app.button(key="scoring-save").click().run()
    assert not app.exception
    assert sorted(one.value for one in app.error) == [
        "人工评分要有佐证：请填材料卷号",
        "得分超过该指标的权重 30：请核对得分，或核对指标编号",
    ]
    assert of_field(app.number_input, "score").value == 31.0, "what was typed stays to be mended"
    assert scores.cells(OWN, ROUND, settings) == {}
    of_field(app.number_input, "score").set_value(28.5)
    of_field(app.text_area, "evidence").set_value("卷7\n卷8")
    app.button(key="scoring-save").click().run()
    assert not app.exception
    assert not app.error
    assert "已保存：职数" in app.success[0].value
    entry = scores.cells(OWN, ROUND, settings)["1.2", "E2"].entry
    assert entry is not None
    assert (entry.score, entry.evidence, entry.decided_by) == (28.5, ("卷7", "卷8"), "评估员二")
    app.selectbox(key="scoring-at").set_value("1.2").run()
    app.button(key="scoring-back").click().run()
    assert [one.value for one in app.error] == ["请写明撤回的理由"]
    of_field(app.text_input, "reason").set_value("录错")
    app.button(key="scoring-back").click().run()
    assert not app.error
    assert scores.cells(OWN, ROUND, settings)["1.2", "E2"].entry is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_asks_for_a_unit_and_shows_where_each_score_stands(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = opened(settings, monkeypatch, EVALUATOR, view="entry", lang=language, round=ROUND)
    assert not app.exception
    assert {"zh": "选一个单位", "en": "Choose a unit"}[language] in app.info[0].value
    app = opened(settings, monkeypatch, EVALUATOR, view="entry", lang=language, unit="001", round=ROUND)
    assert not app.exception
    table = app.dataframe[0].value
    assert {"zh": "评分.csv 第2行", "en": "评分.csv, row 2"}[language] in table.to_string()
    assert {"zh": "已评 1/2 项", "en": "1 of 2 indicators scored"}[language] in " ".join(
        one.value for one in app.markdown
    )


@pytest.mark.parametrize("who", [Actor("领导", "leader", everything=True), Actor("审计", "auditor", everything=True)])
def test_who_may_not_enter_scores_sees_no_desk(settings: Settings, monkeypatch: pytest.MonkeyPatch, who: Actor) -> None:
    app = opened(settings, monkeypatch, who, unit="001", view="entry", round=ROUND)
    assert not app.exception
    assert all(one.key != "scoring-save" for one in app.button)
    assert "entry" not in app.segmented_control(key="view").options


def test_a_later_file_overtakes_an_entry_the_desk_says_so_and_the_same_again_counts_again(
    entered: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, again = copied(entered, tmp_path), given(ind_code="1.2", score=25.0)
    assert counted(settings) == ("scored", 25, "评估组")
    dropped(settings, write(tmp_path / "评分3.csv", SCORE_HEAD, ["天津市教育局,1.2,2025年,评估组,E2,10,卷1,,"]))
    assert counted(settings) == ("scored", 10, "评估组")
    app = opened(settings, monkeypatch, EVALUATOR, unit="001", view="entry", round=ROUND)
    table = app.dataframe[0].value.set_index("ind_code")
    assert (table.loc["1.2", "said"], table.loc["1.2", "where"]) == ("10", "评分3.csv 第2行")
    with pytest.raises(Unfit):
        scores.enter(again, 1, "c", settings, ME)
    assert scores.enter(given(ind_code="1.2", score=25.0, reason="以复核为准"), 1, "c", settings, ME) == 2
    settle(settings, ME)
    assert counted(settings) == ("scored", 25, "评估组")


def test_the_desk_chooses_nobody_who_is_to_keep_off_and_is_closed_to_who_comes_from_the_unit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # E1 comes from the unit and E3 is to avoid it: of the three that could be chosen unasked one is left.
    somebody = Actor("另一人", "evaluator", everything=True)
    app = opened(settings, monkeypatch, somebody, unit="001", view="entry", round=ROUND)
    assert app.selectbox(key="scoring-rater").value == "E2"
    avoids = Actor("评估员三", "evaluator", everything=True, login="E3")
    app = opened(settings, monkeypatch, avoids, unit="001", view="entry", round=ROUND)
    assert app.selectbox(key="scoring-rater").value is None
    assert all(one.key != "scoring-save" for one in app.button)
    assert "应当回避它" in app.info[0].value
    comes = Actor("来自它的人", "evaluator", everything=True, kept_off=frozenset({OWN}))
    app = opened(settings, monkeypatch, comes, unit="001", view="entry", round=ROUND)
    assert not app.exception
    assert all(one.key != "scoring-save" for one in app.button)
    assert "您来自这个单位" in app.info[0].value


FAMILY = (
    "000,天津市教育委员会,市教委,政府部门,市级,正局级,,,,,",
    "001,天津市教育局,市教育局,政府部门,市级,正局级,,,,,天津市教育委员会",
    "003,天津市教育考试院,市考试院,政府部门,市级,副局级,,,,,天津市教育局",
    "002,天津市生态环境局,市生态环境局,政府部门,市级,正局级,,,,,",
)
TIES = {"E0": "天津市教育委员会", "E1": "天津市教育局", "E3": "天津市教育考试院", "E4": "天津市生态环境局"}
"""Above the unit, of it, below it, and to avoid it: none of them scores 001. E2 has no tie."""


@pytest.fixture(scope="module")
def kin(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("kin")
    settings = settings_at(folder)
    raters = [f"{name},{home},{'市教育局' if name == 'E4' else ''}" for name, home in TIES.items()]
    dropped(
        settings,
        write(folder / "单位.csv", f"{UNIT_HEAD},上级单位", FAMILY),
        write(folder / "指标.csv", f"{INDICATOR_HEAD},允许不适用", INDICATORS),
        write(folder / "评估员.csv", "评估员编号,派出单位,回避单位", [*raters, "E2,天津市生态环境局,"]),
    )
    return settings


@pytest.mark.parametrize("rater", [*TIES, "E2"])
@pytest.mark.parametrize("who", [*TIES, "E2", None])
def test_neither_who_enters_a_score_nor_who_gave_it_has_a_tie_to_the_unit(
    kin: Settings, tmp_path: Path, who: str | None, rater: str
) -> None:
    settings = copied(kin, tmp_path)
    # As a person signs in: by number in the register, or somebody whom it does not know.
    actor = who_is(Door(settings), Actor("录入员", "evaluator", everything=True, login=who))
    command = given(ind_code="1.1", rater=rater)
    allowed = rater == "E2" and who in ("E2", None)
    if allowed:
        assert scores.enter(command, 0, "a", settings, actor) == 1
        return
    with pytest.raises((Unfit, Refused)):
        scores.enter(command, 0, "a", settings, actor)
    if who in TIES:
        with pytest.raises(Refused):
            scores.withdraw(Withdraw(**place(ind_code="1.1", rater=rater), reason="x"), 0, "b", settings, actor)
    assert scores.cells(OWN, ROUND, settings) == {}
    if who is None:
        # Below the unit and above it: nobody there scores the others either, and elsewhere all but the home unit do.
        for code in ("000", "003"):
            tied = rater in ("E0", "E1", "E3")
            with pytest.raises(Unfit) if tied else nullcontext():
                scores.enter(given(unit_id=identity(code), ind_code="1.1", rater=rater), 0, code, settings, actor)


def test_the_desk_marks_every_rater_with_a_tie(kin: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(copied(kin, tmp_path), monkeypatch, Actor("录入员", "evaluator", everything=True), unit="001", view="entry", round=ROUND)  # fmt: skip
    assert not app.exception
    box = app.selectbox(key="scoring-rater")
    assert box.value == "E2"
    assert {one for one in box.options if "须回避本单位" in one} == {f"{name}（须回避本单位）" for name in TIES}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_desk_asks_for_a_comment_below_the_weight_before_anything_is_saved_and_keeps_the_score_without(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: Language
) -> None:
    asked = SAYS["V-SCORE-6"][lang].format("30")
    app = opened(settings, monkeypatch, EVALUATOR, unit="001", view="entry", round=ROUND, lang=lang)
    assert asked not in [one.value for one in app.warning], "nothing is scored yet"
    for score_, comment, told in ((25.0, "", True), (25.0, "少一份材料", False), (30.0, "", False), (25.0, "", True)):
        of_field(app.number_input, "score").set_value(score_)
        of_field(app.text_input, "comment").set_value(comment)
        app.run()
        assert (asked in [one.value for one in app.warning]) is told, (score_, comment)
    assert scores.cells(OWN, ROUND, settings) == {}
    of_field(app.text_area, "evidence").set_value("卷7")
    app.button(key="scoring-save").click().run()
    entry = scores.cells(OWN, ROUND, settings)["1.2", "E2"].entry
    assert entry is not None
    assert (entry.score, entry.comment) == (25.0, "")
