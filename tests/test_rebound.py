"""What came back after close-out stands on the old issue's page and on the new one's, within the window and the scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.charts import rebound as drawn
from panorama.issues.commands import Apply, Close, Command, Import, Verify
from panorama.issues.issue import Issue, Source
from panorama.issues.rebound import comes_back
from panorama.settings import Settings
from panorama.store.caseload import came_back, came_from, issue_at
from panorama.store.door import Door, Snapshot
from panorama.store.home import Home
from panorama.store.issues import keep_new
from panorama.store.operations import Operations
from panorama.ui import visit
from tests.stock import stocked
from tests.test_issues_page import BEGIN, OTHER, TRIAGE, UNIT, fed_back, new
from tests.test_pages import opened, words

PAGE = "pages/results/issues.py"
ACTOR = local_actor()
CLOSING: tuple[Command, ...] = (Apply(evidence=("台账",)), Verify(verifier="李四"))
OLD = Issue(
    issue_no="2023-A-0001", unit_id=UNIT, unit_name="市教育局", title="超编", text="超编2名", themes=("T10",),
    found_on=date(2022, 5, 1), state="已销号", issue_class="A", class_reason="属单位职责", feedback_on=date(2022, 5, 2),
    clock_from=date(2022, 5, 2), due=date(2022, 8, 2), closed_on=date(2023, 2, 28), close_no="XH2023-0001",
    sources=(Source(text="手工"),),
)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path, with_work=False)


def keep(settings: Settings, *issues: Issue) -> list[int]:
    """These issues as a ledger kept elsewhere would tell them."""
    operations = Operations(Home.of(settings))
    try:
        with operations.changing() as session:
            said = Import(file="旧.xlsx", sheet="台账", row=1)
            return [keep_new(session, one, said, uuid4().hex, ACTOR) for one in issues]
    finally:
        operations.close()


def later(found_on: date, **more: Any) -> Issue:
    told = {"issue_no": None, "state": "草拟", "issue_class": None, "class_reason": None, "feedback_on": None, "clock_from": None, "due": None, "closed_on": None, "close_no": None}  # fmt: skip
    return OLD.model_copy(update={**told, "found_on": found_on, "title": f"又见 {found_on}", **more})


def at(settings: Settings, issue_id: int, monkeypatch: pytest.MonkeyPatch, lang: str = "zh") -> AppTest:
    app = opened(PAGE, settings.home, monkeypatch, lang)
    app.query_params["issue"] = str(issue_id)
    app.run()
    assert not app.exception
    return app


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize(
    ("found_on", "back"),
    [
        (date(2023, 2, 28), False),
        (date(2023, 3, 1), True),
        (date(2025, 2, 28), True),
        (date(2025, 3, 1), False),
    ],
)
def test_the_window_begins_the_day_after_close_out_and_ends_with_its_24_months(found_on: date, back: bool) -> None:
    assert comes_back(OLD, later(found_on)) is back


def test_another_unit_another_theme_and_an_open_issue_are_no_rebound_but_what_says_so_is() -> None:
    new_one = later(date(2023, 6, 1))
    assert comes_back(OLD, new_one)
    assert not comes_back(OLD, new_one.model_copy(update={"unit_id": OTHER}))
    assert not comes_back(OLD, new_one.model_copy(update={"themes": ("T05",)}))
    assert not comes_back(OLD.model_copy(update={"state": "终止", "closed_on": None}), new_one)
    elsewhere = {"unit_id": OTHER, "themes": ("T05",), "found_on": date(2030, 1, 1)}
    assert comes_back(OLD, new_one.model_copy(update={**elsewhere, "reopen_of": "2023-A-0001"}))
    assert not comes_back(OLD.model_copy(update={"issue_no": None}), new_one.model_copy(update={**elsewhere}))


@given(
    st.lists(
        st.tuples(st.integers(-900, 900), st.sampled_from(["T10", "T05"]), st.sampled_from([UNIT, OTHER])), max_size=12
    )
)
def test_both_ways_say_the_same_pairs(told: list[tuple[int, str, int]]) -> None:
    """Held against dates reckoned as months of a year, by no code of the program."""
    for days, theme, unit_id in told:
        found_on = date(2023, 2, 28) + timedelta(days=days)
        one = later(found_on, themes=(theme,), unit_id=unit_id)
        within = date(2023, 2, 28) < found_on and (found_on.year, found_on.month, found_on.day) <= (2025, 2, 28)
        assert comes_back(OLD, one) is (within and theme == "T10" and unit_id == UNIT)


def test_old_and_new_name_each_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    old, by_theme, by_name, none = keep(
        settings, OLD, later(date(2024, 1, 1)), later(date(2026, 1, 1), reopen_of="2023-A-0001", unit_id=OTHER, unit_name="环境局"),
        later(date(2026, 1, 1)),
    )  # fmt: skip
    kept = issue_at(old, settings, ACTOR)
    assert [one.id for one in came_back(kept, settings, ACTOR)] == [by_theme, by_name]
    assert [[one.id for one in came_from(issue_at(id_, settings, ACTOR), settings, ACTOR)] for id_ in (by_theme, by_name, none)] == [[old], [old], []]  # fmt: skip
    app = at(settings, old, monkeypatch)
    assert "销号后反弹：台账问题 2 个，巡审问题 0 条" in words(app)
    assert [one.rsplit(" ", 1)[-1] for one in links(app)] == [r"2024\-01\-01", r"2026\-01\-01"]
    new_page = at(settings, by_name, monkeypatch, "en")
    assert "A rebound of issues closed out before" in words(new_page)
    assert r"2023\-A\-0001" in links(new_page)[0]
    assert links(at(settings, none, monkeypatch)) == []


def test_a_number_that_nobody_knows_is_said_to_be_unknown(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (lone,) = keep(settings, later(date(2024, 1, 1), reopen_of="2001-A-0001"))
    assert "台账里没有这个编号" in words(at(settings, lone, monkeypatch))


def test_a_reopened_issue_has_no_rebound_and_a_new_close_out_begins_a_new_window(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = new(settings, TRIAGE, fed_back(60), BEGIN, *CLOSING, Close(on=today(), finding="已消化"))
    assert f"销号以来没有反弹的记录，观察到 {today().year + 2}" in words(at(settings, done, monkeypatch))
    keep(settings, later(today()))
    assert came_back(issue_at(done, settings, ACTOR), settings, ACTOR) == [], (
        "found on the day of close-out: not after it"
    )


def test_a_unit_learns_of_no_rebound_that_was_not_fed_back_to_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _, told = keep(
        settings, OLD, later(date(2024, 1, 1)), later(date(2024, 2, 1), feedback_on=date(2024, 2, 2), state="已反馈"),
    )  # fmt: skip
    contact = Actor("联络员", "unit", units=frozenset({UNIT}))
    assert [one.id for one in came_back(issue_at(old, settings, contact), settings, contact)] == [told]
    monkeypatch.setattr(visit, "local_actor", lambda: contact)
    assert len(links(at(settings, old, monkeypatch))) == 1


# Findings of files


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Iterator[Snapshot]:
    door = Door(Settings(home=sample_home))
    found = door.snapshot()
    assert found is not None
    yield found
    door.close()


def test_findings_after_a_close_out_are_those_that_the_rebounds_of_the_mart_count(snapshot: Snapshot) -> None:
    """Each finding put right, taken as an issue closed out: what is listed is what mart.rebound found, rounds of its own apart."""
    closed = snapshot.ask_sql(
        "select r.*, f.text from mart.rebound as r inner join mart.finding as f on f.finding_id = r.matter_id"
        " where r.closed_on is not null and r.theme is not null", ACTOR,
    )  # fmt: skip
    findings = snapshot.ask_sql(
        "select t.*, x.finding_id from mart.theme_record as t inner join mart.finding as x on x.finding_id = t.record_id",
        ACTOR,
    )
    seen = 0
    for one in closed.iter_rows(named=True):
        asked = {
            "unit_id": one["unit_id"],
            "themes": [one["theme"]],
            "closed_on": one["closed_on"],
            "known": [one["row_id"]],
        }
        found = snapshot.ask("rebound_findings", ACTOR, **asked)
        end = one["closed_on"].replace(year=one["closed_on"].year + 2) if (one["closed_on"].month, one["closed_on"].day) != (2, 29) else date(one["closed_on"].year + 2, 2, 28)  # fmt: skip
        own = findings.filter((pl.col("unit_id") == one["unit_id"]) & (pl.col("theme") == one["theme"]) & (pl.col("row_id") != one["row_id"]))  # fmt: skip
        possible = {
            row["row_id"] for row in own.iter_rows(named=True)
            if row["found_to"] > one["closed_on"] and row["found_from"] <= end and not (row["about_to"] and row["about_to"] <= one["closed_on"])
        }  # fmt: skip
        sure = {row["row_id"] for row in own.iter_rows(named=True) if row["row_id"] in possible and row["found_from"] > one["closed_on"] and row["found_to"] <= end}  # fmt: skip
        assert set(found["row_id"]) == possible
        assert set(found.filter("certain")["row_id"]) == sure
        if one["rebound"]:
            assert set(one["row_ids"]) & set(own["row_id"]) <= set(found["row_id"])
        seen += len(possible)
    assert seen > 50


def test_a_finding_leads_to_its_row_and_order_is_said(snapshot: Snapshot) -> None:
    found = snapshot.ask_sql("select * from mart.rebound where rebound and closed_on is not null limit 1", ACTOR).row(
        0, named=True
    )
    asked = {"unit_id": found["unit_id"], "themes": [found["theme"]], "closed_on": found["closed_on"], "known": []}
    frame = snapshot.ask("rebound_findings", ACTOR, **asked)
    for language in ("zh", "en"):
        facts = drawn.findings(frame, language)
        assert [lead.row_id for lead in facts.drills if lead is not None] == frame["row_id"].to_list()
        assert set(facts.heads) <= set(facts.table.columns)
        assert facts.table["when_text"].null_count() == 0
    nobody = Actor("外人", "unit", units=frozenset())
    assert snapshot.ask("rebound_findings", nobody, **asked).is_empty()
