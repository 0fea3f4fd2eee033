"""Evidence on the pages: what is drawn is what the marts say, every mark leads to its rows, scopes hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.charts import evidence, families, methods
from panorama.charts.contradictions import questions
from panorama.charts.picture import EVERY_YEAR, Drill
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.store.rules import rules
from panorama.text import Language
from panorama.ui import visit
from tests.stock import NOTHING_READ
from tests.test_pages import opened, words

BOTH: tuple[Language, ...] = ("zh", "en")
PAGE = "pages/evaluation/evidence.py"
ALL: dict[str, Any] = {"unit_id": None, "theme": None, "family": None}


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Snapshot:
    found = Door(Settings(home=sample_home)).snapshot()
    assert found is not None
    return found


def ask(snapshot: Snapshot, question: str, actor: Actor | None = None, **params: Any) -> pl.DataFrame:
    return snapshot.ask(question, actor or local_actor(), **params)


def told(snapshot: Snapshot, sql: str) -> Any:
    return snapshot.ask_sql(sql, local_actor()).item()


def rows_of(snapshot: Snapshot, drill: Drill) -> pl.DataFrame:
    return ask(snapshot, drill.question, **drill.params)


def matrix(snapshot: Snapshot, **more: Any) -> pl.DataFrame:
    return ask(snapshot, "evidence_matrix", **{**ALL, **EVERY_YEAR, **NOTHING_READ, "skip": 0, "size": 12, **more})


def cards(snapshot: Snapshot, actor: Actor | None = None, **more: Any) -> pl.DataFrame:
    asked = {**ALL, "rule": None, "skip": 0, "size": 500, **more}
    return ask(snapshot, "evidence_contradictions", actor, **asked)


@pytest.mark.parametrize("language", BOTH)
def test_a_cell_without_a_record_where_sources_disagree_leads_to_what_they_say(
    language: Language, snapshot: Snapshot
) -> None:
    frame = matrix(snapshot, size=500)
    odd = [one for one in frame.iter_rows(named=True) if not one["n_families"] and one["contradictions"]]
    assert odd
    picture = evidence.matrix(frame, language)
    for one in odd:
        drill = picture.of_row(one) if picture.of_row else None
        assert isinstance(drill, Drill)
        assert drill.figure == "contradictions"
        behind = told(
            snapshot,
            "select count(distinct r) from (select unnest(left_rows || right_rows) as r from mart.contradiction"
            f" where unit_id = {one['unit_id']} and theme = '{one['theme']}' and in_round and verdict is distinct from 'dismissed')",
        )
        assert rows_of(snapshot, drill)["row_id"].n_unique() == behind > 0


def test_the_message_counts_what_the_marts_say(snapshot: Snapshot) -> None:
    row = ask(snapshot, "evidence_figures", **ALL, **NOTHING_READ).row(0, named=True)
    assert row["multi"] == told(snapshot, "select count(*) from mart.corroboration where n_families >= 3")
    assert row["contradictions"] == told(snapshot, "select count(*) from mart.contradiction where in_round")
    assert row["unanswered"] == row["contradictions"]
    said = evidence.message(ask(snapshot, "evidence_figures", **ALL, **NOTHING_READ), "zh")
    assert f"{row['contradictions']} 处来源之间对不上" in said.title
    assert "2021–2025" in said.note


def test_the_rows_behind_an_excess_begin_with_what_exceeds(snapshot: Snapshot) -> None:
    drill = Drill("excess", "全部", "", "rows_staffing", {"unit_id": None, "year": 2025, "estab_type": None})
    rows = rows_of(snapshot, drill)["content"].to_list()
    over = []
    for one in rows:
        words = one.split(" ")
        assert not one.endswith(("核定", "实有"))
        assert "核定 实有" not in one
        known = "核定" in words and words[-1].isdigit() and words[-2] == "实有"
        over.append(max(0, int(words[-1]) - int(words[words.index("核定") + 1])) if known else -1)
    assert over == sorted(over, reverse=True)
    assert over[0] > 0


@pytest.mark.parametrize(("counts", "told"), [((1, 1), "2 个主题各在 1 个单位"), ((2, 1), "最多的“甲”在 2 个单位")])
def test_no_theme_is_called_the_most_in_a_tie(counts: tuple[int, int], told: str) -> None:
    frame = pl.DataFrame({"theme": ["T01", "T02"], "name": ["甲", "乙"], "multi_units": counts})
    assert told in evidence._title(frame, "name", "zh")


def test_an_english_title_begins_as_a_sentence_does_and_counts_one_more_theme_as_one() -> None:
    frame = pl.DataFrame({"theme": ["T30", "T11"], "name": ["long overload", "uneven load"], "multi_units": [5, 2]})
    assert evidence._title(frame, "name", "en") == (
        "Long overload: confirmed by three or more sources in 5 units, and 1 more theme"
    )


@pytest.mark.parametrize("language", BOTH)
def test_the_matrix_draws_every_cell_and_each_leads_to_its_rows(snapshot: Snapshot, language: Language) -> None:
    frame = matrix(snapshot)
    drawn = evidence.matrix(frame, language)
    go.Figure(drawn.figure)
    texts = [one["text"] for one in drawn.figure["layout"]["annotations"]]
    odd = frame.filter(pl.col("contradictions") > 0).height
    assert texts.count("≠") == odd > 0
    assert len(drawn.drills) == frame.height
    for drill in [drill for drill in drawn.drills if drill.figure == "families"][:8]:
        sources = rows_of(snapshot, drill)["source"].unique()
        assert str(sources.len()) == drill.value
    whole = told(snapshot, "select count(*) from mart.corroboration where n_families > 0")
    assert frame.filter(pl.col("n_families") > 0).height == whole


def test_pages_of_the_matrix_have_every_unit_once_and_count_over_all(snapshot: Snapshot) -> None:
    whole = matrix(snapshot, size=100)
    first, second = matrix(snapshot, size=5), matrix(snapshot, size=5, skip=5)
    seen = [set(frame["unit_id"]) for frame in (first, second)]
    assert not seen[0] & seen[1]
    assert first["units"][0] == whole["unit_id"].n_unique() == 12
    counted = dict(whole.select("theme", "multi_units").iter_rows())
    assert all(counted[theme] == n for theme, n in second.select("theme", "multi_units").iter_rows())


def test_a_filter_by_source_keeps_the_cells_that_it_speaks_in(snapshot: Snapshot) -> None:
    only = matrix(snapshot, family="工作量", size=100)
    assert all("工作量" in (one or []) or n for one, n in only.select("families", "contradictions").iter_rows())
    assert only.height < matrix(snapshot, size=100).height


@pytest.mark.parametrize("language", BOTH)
def test_the_sets_of_families_add_up_and_each_bar_leads_to_exactly_its_sources(
    snapshot: Snapshot, language: Language
) -> None:
    frame = ask(snapshot, "evidence_sets", **ALL)
    drawn = families.sets(frame, language)
    go.Figure(drawn.figure)
    assert frame["pairs"].sum() == told(snapshot, "select count(*) from mart.corroboration where n_families > 0")
    for one, drill in zip(frame.iter_rows(named=True), drawn.drills, strict=False):
        if one["n_families"] > 1:
            rows = rows_of(snapshot, drill)
            assert set(rows["source"]) == set(one["families"])
            assert rows["unit"].n_unique() == one["units"]


def test_the_sets_of_nothing_claim_nothing(snapshot: Snapshot) -> None:
    frame = ask(snapshot, "evidence_sets", unit_id=1, theme=None, family=None)
    assert families.sets(frame, "zh").title == "窗口内没有涉及任何主题的记录"
    assert (
        "没有主题"
        in evidence.message(ask(snapshot, "evidence_figures", **{**ALL, **NOTHING_READ, "unit_id": 1}), "zh").title
    )


@pytest.mark.parametrize("language", BOTH)
def test_a_card_has_both_statements_with_their_places_and_all_rows_behind(
    snapshot: Snapshot, language: Language
) -> None:
    frame = cards(snapshot)
    found = questions(frame, language)
    assert len(found) == frame["found"][0] == told(snapshot, "select count(*) from mart.contradiction where in_round")
    for one in {one.rule: one for one in found}.values():
        assert one.title.endswith(("？", "?"))
        for side in (one.left, one.right):
            assert side.text
            assert "模拟数据" in side.place
        rows = rows_of(snapshot, one.drill)
        assert str(rows["row_id"].n_unique()) == one.drill.value
        assert rows["file"].null_count() == 0


def test_several_rules_speak_in_the_sample_and_some_are_silent(snapshot: Snapshot) -> None:
    spoke = ask(snapshot, "evidence_rules", **ALL)
    found = dict(spoke.select("rule", "n").iter_rows())
    assert {rule for rule, n in found.items() if n} >= {"X02", "X03", "X08", "X09", "X17", "X20"}
    assert not any(found[rule] for rule in ("X05", "X12", "X16"))
    unit = told(
        snapshot,
        "select any_value(u.name) from mart.contradiction join mart.unit as u using (unit_id) where rule = 'X02'",
    )
    assert unit == "南开区"


@pytest.mark.parametrize("language", BOTH)
def test_a_rule_without_data_says_which_data_it_waits_for(snapshot: Snapshot, language: Language) -> None:
    table = evidence.spoke(ask(snapshot, "evidence_rules", **ALL), language).table
    assert table.height == len(rules())
    waiting = table.filter(pl.col("state").str.contains("数据不足" if language == "zh" else "Data missing"))
    assert set(waiting["rule"]) == {rule.id for rule in rules().values() if not rule.select}
    assert ("自评材料", "Self-evaluation material")[language == "en"] in waiting["state"][0]
    listed = methods.contradictions("", language).table
    assert listed["rule"].to_list() == list(rules())
    # What is asked at reading waits for an application here, and for no data that this program does not know.
    assert set(listed.filter(pl.col("state").is_not_null())["rule"]) == {
        rule.id for rule in rules().values() if not (rule.select or rule.asked)
    }


def test_an_answered_card_says_who_said_what_and_when(snapshot: Snapshot) -> None:
    frame = cards(snapshot).head(1)
    answered = frame.with_columns(
        pl.lit("dismissed").alias("verdict"),
        pl.lit("登记口径不同").alias("reason"),
        pl.lit("王评估").alias("decided_by"),
        pl.lit(datetime(2026, 11, 24, 17, 30)).alias("decided_at"),
    )
    assert questions(answered, "zh")[0].answered == "不成立：登记口径不同 · 王评估 2026-11-25 01:30"
    assert questions(frame, "zh")[0].answered == ""


def test_who_sees_one_unit_sees_its_contradictions_alone(snapshot: Snapshot) -> None:
    unit_id = cards(snapshot)["unit_id"][0]
    own = Actor("某单位", "unit", units=frozenset([unit_id]))
    assert set(cards(snapshot, own)["unit_id"]) == {unit_id}
    own_matrix = ask(snapshot, "evidence_matrix", own, **ALL, **EVERY_YEAR, **NOTHING_READ, skip=0, size=99)
    assert set(own_matrix["unit_id"]) == {unit_id}
    assert cards(snapshot, Actor("无", "unit")).is_empty()


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("view", ["matrix", "sources", "contradictions", "recurrence", "coverage"])
def test_each_view_opens_by_its_address(
    view: str, lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(PAGE, sample_home, monkeypatch, lang)
    app.query_params["view"] = view
    app.run()
    assert not app.exception
    assert app.segmented_control(key="view").value == view


def test_a_card_is_answered_in_the_page_and_a_single_unit_finds_no_button(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[Any, ...]] = []
    # The sample's store is shared: what the command does with it is tested elsewhere.
    monkeypatch.setattr("panorama.store.contradictions.answer", lambda *told: given.append(told) or 1)
    app = _contradictions(sample_home, monkeypatch)
    app.button(key=next(b.key for b in app.button if str(b.key).startswith("dismissed-"))).click().run()
    app.text_area(key="answer-reason").set_value("登记口径不同")
    app.button(key="answer-keep").click().run()
    assert not app.exception
    [(rule, _, _, verdict, reason, _, _)] = given
    assert (rule in rules(), verdict, reason) == (True, "dismissed", "登记口径不同")
    assert "已记下：不成立" in words(app)
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    own = Actor("某单位", "unit", units=frozenset(cards(snapshot)["unit_id"][:1]))
    monkeypatch.setattr(visit, "local_actor", lambda: own)
    app = opened("pages/evaluation/unit.py", sample_home, monkeypatch)
    assert not app.exception
    # It reads the questions about itself, and answers none.
    assert [b for b in app.button if str(b.key).startswith("rows-card-")]
    assert not [b for b in app.button if str(b.key).startswith(("dismissed-", "pursued-"))]


def _contradictions(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    app = opened(PAGE, home, monkeypatch)
    app.query_params["view"] = "contradictions"
    return app.run()
