"""The desk of the reviewer: a decision is kept and shown at once, can be undone, and what is missing is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor
from panorama.store.clock import now
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.tables import ThemeReview
from panorama.ui import visit
from tests.test_pages import opened, words

PAGE = "pages/evaluation/review.py"


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_home, tmp_path / "store"))


def kept(home: Path) -> list[ThemeReview]:
    operations = Operations(Home(home))
    with operations.reading() as session:
        found = session.query(ThemeReview).order_by(ThemeReview.id).all()
        session.expunge_all()
    operations.close()
    return found


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=f"review-{key}").click()
    return app.run()


def test_a_decision_is_kept_with_its_reason_the_next_statement_comes_and_undo_brings_it_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(PAGE, home, monkeypatch)
    first = app.session_state["statement"]
    app.text_input(key=f"reason-{first}").set_value("依据充分")
    press(app, "save")
    assert not app.exception
    (made,) = kept(home)
    assert (made.statement, made.kind, made.reason) == (first, "accepted", "依据充分")
    assert app.session_state["statement"] != first
    assert "已复核 1 条" in words(app)
    assert "再复核 199 条" in words(app)

    second = app.session_state["statement"]
    press(app, "reject")
    assert kept(home)[-1].kind == "rejected"
    press(app, "undo")
    assert app.session_state["statement"] == second
    assert kept(home)[-1].withdrawn_at is not None
    assert "已复核 1 条" in words(app)


def test_other_themes_are_a_change_and_none_is_staffing_without_a_theme(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(PAGE, home, monkeypatch)
    one = app.session_state["statement"]
    assert app.button(key="review-save").label == "采纳"
    app.multiselect(key=f"themes-{one}").set_value(["T30"])
    app.run()
    assert app.button(key="review-save").label == "改判"
    app.multiselect(key=f"themes-{one}").set_value([])
    app.run()
    assert app.button(key="review-save").label == "涉编，无对应主题"
    press(app, "save")
    assert [(row.kind, row.themes) for row in kept(home)] == [("changed", [])]


def test_filters_narrow_the_queue_and_a_reviewed_statement_can_be_taken_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(PAGE, home, monkeypatch)
    everything = words(app)
    app.selectbox(key="theme").select("T13 混编混岗/挤占挪用")
    app.run()
    assert words(app) != everything
    assert "T13 混编混岗/挤占挪用" in words(app)
    press(app, "save")
    app.selectbox(key="state").select("已复核")
    app.run()
    assert "已复核" in words(app)
    press(app, "back")
    assert kept(home)[-1].withdrawn_at is not None
    assert not app.exception


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        (Actor("甲", "unit", units=frozenset({1})), "您的角色（单位联络员）不能打开这一页"),
        (Actor("乙", "auditor", everything=True), "你可以查看，不能复核"),
    ],
)
def test_who_may_not_review_is_told_so_and_has_no_buttons(
    home: Path, monkeypatch: pytest.MonkeyPatch, actor: Actor, said: str
) -> None:
    monkeypatch.setattr(visit, "local_actor", lambda: actor)
    app = opened(PAGE, home, monkeypatch)
    assert said in words(app)
    assert not any(str(button.key).startswith("review-") for button in app.button)


def test_a_mistake_in_the_rules_is_shown_with_file_line_and_reason(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "themes.toml").write_text("[T10]\nwords = [\n  '人',\n]", encoding="utf-8")
    app = opened("pages/data/intake.py", home, monkeypatch)
    assert "themes.toml”第 3 行：“人”太短" in words(app)
    app = opened("pages/data/methods.py", home, monkeypatch)
    app.segmented_control(key="part").set_value("themes").run()
    assert "程序自带的规则" in words(app)


def test_after_two_hundred_reviews_the_page_suggests_and_changes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled = pl.read_csv(Path(__file__).parent / "labelled" / "findings.csv").filter(split="rules").head(200)
    given = [
        ThemeReview(
            statement=f"x{at}", unit_id=1, kind="changed", themes=sorted((themes or "").split()), text=text, reason=None,
            decided_by="甲", decided_at=now(), withdrawn_at=None,
        )
        for at, (text, themes, _) in enumerate(labelled.iter_rows())
    ]  # fmt: skip
    operations = Operations(Home(home))
    with operations.changing() as session:
        session.add_all(given)
    operations.close()
    app = opened(PAGE, home, monkeypatch)
    for _ in range(120):
        if "据 200 条复核" in words(app):
            break
        app.run()
    assert "学习建议（据 200 条复核）" in words(app)
    assert len(kept(home)) == 200
