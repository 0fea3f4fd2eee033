"""What a reviewer decides about themes: it outranks file and rules, outlives imports, can be taken back, and needs a right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.charts import review as chart
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import reviews, tables
from panorama.store.door import Door
from panorama.store.drops import load, undo
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.settle import settle
from panorama.store.verify import verify
from tests.postgres import IN_BOTH
from tests.stock import at_once, copied, events, stocked, write

HEAD = "问题编号,被巡视巡察单位,轮次,巡视主体,反馈日期,问题描述,机构编制主题,是否涉及机构编制"
ROWS = (
    "1,天津市教育局,第一轮,市委,2024-03-01,违规超编进人3名,,",
    "2,天津市教育局,第一轮,市委,2024-03-01,公务接待费超预算,,",
    "3,天津市生态环境局,第一轮,市委,2024-03-01,事业编制管理较为随意,,",
    "4,天津市生态环境局,第一轮,市委,2024-03-01,超编进人2名,,否",
    "5,天津市生态环境局,第一轮,市委,2024-03-01,违规超编进人9名且长期不整改,,",
)
ME = local_actor()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("reviews")
    made = stocked(folder, with_work=False)
    load([write(folder / "巡察.csv", HEAD, ROWS)], made, ME)
    return made


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Settings:
    return copied(loaded, tmp_path)


def ask(settings: Settings, sql: str) -> list[dict[str, Any]]:
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        assert snapshot is not None
        return snapshot.ask_sql(sql, ME).to_dicts()
    finally:
        door.close()


def statement(settings: Settings, number: str) -> dict[str, Any]:
    (row,) = ask(
        settings,
        "select s.*, concat_ws('。', s.category, s.text) as read from mart.statement as s inner join mart.finding as f"
        f" on f.finding_id = s.statement_id where f.finding_no = '{number}'",
    )
    return row


def themes(settings: Settings, number: str) -> dict[str, str]:
    rows = ask(
        settings,
        "select t.theme, t.origin from mart.finding_theme as t inner join mart.finding as f"
        f" on f.finding_id = t.finding_id where f.finding_no = '{number}'",
    )
    return {row["theme"]: row["origin"] for row in rows}


def decide(settings: Settings, number: str, said: Sequence[str], actor: Actor = ME, reason: str | None = None) -> int:
    one = statement(settings, number)
    proposed = list(themes(settings, number))
    given = (one["statement_id"], one["unit_id"], one["read"], said, proposed, reason, settings, actor)
    return reviews.review(*given)


def holding(settings: Settings, number: str) -> tuple[str, tuple[str, ...]]:
    held = reviews.review_of(statement(settings, number)["statement_id"], settings)
    assert held is not None
    return held.kind, held.themes


def dismiss(settings: Settings, number: str) -> int:
    one = statement(settings, number)
    return reviews.reject(one["statement_id"], one["unit_id"], one["read"], "与编制无关", settings, ME)


def test_whether_a_finding_concerns_staffing_is_said_with_who_says_it(settings: Settings) -> None:
    found = {number: statement(settings, number) for number in "1234"}
    assert [(found[n]["related"], found[n]["related_by"]) for n in "1234"] == [
        ("是", "rule"), ("否", "rule"), ("待判", "rule"), ("否", "file"),
    ]  # fmt: skip
    assert [found[n]["why"] for n in "1234"] == ["plain", "none", "unclear", "clash"]


@IN_BOTH
def test_a_review_outranks_rule_and_file_reaches_every_figure_and_when_it_is_withdrawn_they_count_again(
    settings: Settings,
) -> None:
    before = themes(settings, "5")
    assert "T10" in themes(settings, "1")
    decide(settings, "1", ["T16", "T22"], reason="是编外")
    # What the file says is not about staffing counts for no theme until a reviewer says so.
    assert themes(settings, "4") == {}
    assert ask(settings, "select holds from mart.statement_theme where origin = 'rule' and not holds") == [
        {"holds": False}
    ]
    decide(settings, "4", ["T10"])
    # Not about staffing takes every theme.
    kept = dismiss(settings, "5")
    settle(settings, ME)
    assert themes(settings, "1") == {"T16": "reviewer", "T22": "reviewer"}
    told = ask(
        settings,
        "select e.theme from mart.evidence as e inner join mart.unit as u using (unit_id)"
        " where e.family = '巡视巡察' and u.unit_code = '001' order by e.theme",
    )
    assert [row["theme"] for row in told] == ["T16", "T22"]
    assert statement(settings, "1")["why"] == "done"
    assert themes(settings, "4") == {"T10": "reviewer"}
    assert statement(settings, "4")["related"] == "是"
    assert themes(settings, "5") == {}
    assert ask(settings, "select staffing from mart.finding where finding_no = '5'") == [{"staffing": False}]
    reviews.withdraw(kept, settings, ME)
    settle(settings, ME)
    assert before
    assert themes(settings, "5") == before
    with pytest.raises(PanoramaError, match="taken back"):
        reviews.withdraw(kept, settings, ME)


@IN_BOTH
def test_the_newest_review_holds_and_the_one_before_comes_back(settings: Settings) -> None:
    decide(settings, "1", ["T16"])
    later = dismiss(settings, "1")
    assert holding(settings, "1") == ("rejected", ())
    reviews.withdraw(later, settings, ME)
    assert holding(settings, "1") == ("changed", ("T16",))
    assert reviews.lessons(settings, 5) == ([statement(settings, "1")["read"]], [["T16"]])


@IN_BOTH
def test_a_review_outlives_the_import_of_the_same_finding_and_says_when_its_text_changed(
    settings: Settings, tmp_path: Path
) -> None:
    decide(settings, "1", ["T16"])
    again = load([write(tmp_path / "再报.csv", HEAD, [row + " " for row in ROWS[:1]] + [ROWS[1]])], settings, ME)
    assert themes(settings, "1") == {"T16": "reviewer"}
    assert statement(settings, "1")["why"] == "done"
    assert again.drop_id is not None
    undo(again.drop_id, settings, ME)
    assert themes(settings, "1") == {"T16": "reviewer"}
    load([write(tmp_path / "改.csv", HEAD, [ROWS[0].replace("3名", "5名")])], settings, ME)
    assert themes(settings, "1") == {"T16": "reviewer"}
    assert statement(settings, "1")["why"] == "text"


@pytest.mark.parametrize(
    ("actor", "why"),
    [
        (Actor("甲", "unit", units=frozenset({1})), "outside your scope"),
        (Actor("乙", "auditor", everything=True), "review themes"),
        (Actor("丙", "leader", everything=True), "review themes"),
    ],
)
def test_who_may_only_look_is_refused_with_a_sentence(settings: Settings, actor: Actor, why: str) -> None:
    with pytest.raises(Refused, match=why):
        decide(settings, "1", ["T16"], actor)
    kept = decide(settings, "1", ["T16"])
    with pytest.raises(Refused):
        reviews.withdraw(kept, settings, actor)
    assert holding(settings, "1") == ("changed", ("T16",))


def test_a_theme_that_is_none_is_refused(settings: Settings) -> None:
    with pytest.raises(PanoramaError, match="T99"):
        decide(settings, "1", ["T99"])


@IN_BOTH
def test_a_click_that_arrives_twice_is_one_review_and_goes_when_it_is_taken_back(settings: Settings) -> None:
    one = statement(settings, "1")
    said = (one["statement_id"], one["unit_id"], one["read"], ["T16"], list(themes(settings, "1")), None, settings, ME)
    (first,) = set(at_once(lambda: reviews.review(*said)))
    assert events(settings, "theme.changed") == 1
    reviews.withdraw(first, settings, ME)
    assert reviews.review_of(statement(settings, "1")["statement_id"], settings) is None
    assert decide(settings, "1", ["T16"]) != first


@pytest.mark.parametrize(("of_statement", "of_unit"), [("没有这条", None), (None, 1)])
def test_a_statement_that_is_not_there_or_of_another_unit_is_refused(
    settings: Settings, of_statement: str | None, of_unit: int | None
) -> None:
    one = statement(settings, "1")
    about = (of_statement or one["statement_id"], of_unit or one["unit_id"], one["read"])
    with pytest.raises(PanoramaError, match="Refresh the page"):
        reviews.review(*about, ["T16"], [], None, settings, ME)
    with pytest.raises(PanoramaError, match="Refresh the page"):
        reviews.reject(*about, None, settings, ME)
    assert reviews.lessons(settings, 9) == ([], [])


@IN_BOTH
def test_every_decision_stands_in_the_event_chain(settings: Settings) -> None:
    kept = decide(settings, "1", list(themes(settings, "1")), reason="  ")
    reviews.withdraw(kept, settings, ME)
    dismiss(settings, "2")
    decide(settings, "3", [])
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        kinds = [row.kind for row in session.query(tables.Event).order_by(tables.Event.seq)]
        reasons = [row.reason for row in session.query(tables.ThemeReview)]
    operations.close()
    assert kinds[-4:] == ["theme.accepted", "theme.withdraw", "theme.rejected", "theme.changed"]
    assert reasons == [None, "与编制无关", None]
    assert verify(settings).broken is None


def test_the_queue_shows_a_decision_before_any_snapshot_knows_it(settings: Settings) -> None:
    door = Door(settings)
    snapshot = door.snapshot()
    assert snapshot is not None
    queue = snapshot.ask("review_queue", ME, unit_id=None, theme=None, origin=None)
    assert queue["why"].to_list()[0] == "clash"
    kept = dismiss(settings, "4")
    standing = reviews.standing(settings, snapshot.built_at)
    assert standing.held == 1
    overlaid = chart.overlaid(queue, standing.touched)
    done = chart.in_state(overlaid, "done")
    assert done["statement_id"].to_list() == [statement(settings, "4")["statement_id"]]
    assert overlaid["statement_id"].equals(queue["statement_id"])
    assert chart.in_state(overlaid, "open").height == chart.in_state(queue, "open").height - 1
    reviews.withdraw(kept, settings, ME)
    assert chart.overlaid(queue, reviews.standing(settings, snapshot.built_at).touched).equals(queue)
    door.close()


def test_a_review_taken_back_after_a_snapshot_knew_it_waits_again() -> None:
    queue = pl.DataFrame({"statement_id": ["a", "b", "c"], "why": ["done", "thin", "text"], "review_id": [7, None, 8]})
    touched = pl.DataFrame(
        {"statement_id": ["a", "c"], "review_id": [None, 8]}, schema_overrides={"review_id": pl.Int64}
    )
    assert chart.overlaid(queue, touched)["why"].to_list() == ["plain", "thin", "text"]


def test_words_are_set_off_whatever_stands_between_them_and_nothing_else_is_markup() -> None:
    assert chart.marked("按“三 定”规定*超编*3人", ["三定", "超编"]) == (
        "按“:orange-background[三 定]”规定\\*:orange-background[超编]\\*3人"
    )


def test_who_is_kept_off_the_unit_reviews_nothing_of_it_and_takes_nothing_back(settings: Settings) -> None:
    own, other = statement(settings, "1"), statement(settings, "3")
    tied = Actor("来自它的人", "evaluator", everything=True, kept_off=frozenset({own["unit_id"]}))
    for act in (
        lambda: reviews.review(own["statement_id"], own["unit_id"], own["read"], ["T10"], [], None, settings, tied),
        lambda: reviews.reject(own["statement_id"], own["unit_id"], own["read"], None, settings, tied),
        # Nor by naming a unit that he or she is free to judge.
        lambda: reviews.reject(own["statement_id"], other["unit_id"], own["read"], None, settings, tied),
    ):
        with pytest.raises(PanoramaError):
            act()
    number = reviews.reject(own["statement_id"], own["unit_id"], own["read"], None, settings, ME)
    with pytest.raises(Refused, match="come from this unit"):
        reviews.withdraw(number, settings, tied)
    assert reviews.review_of(own["statement_id"], settings) is not None
    assert reviews.reject(other["statement_id"], other["unit_id"], other["read"], None, settings, tied)
