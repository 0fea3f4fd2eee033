"""Every page: each card, picture and table leads to its rows, or says why not; links, older states and notes in between."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.charts.picture import Card, Drill, Facts, Matters, Origin, Picture
from panorama.settings import Settings
from panorama.store.door import Door, question_text
from panorama.store.notes import write_note
from panorama.ui import drill, show, visit
from panorama.ui.contents import SCREENS
from tests.test_pages import FILES, opened, words

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def home(home_of_two_states: Path) -> Path:
    return home_of_two_states


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Everything that a page puts on screen by the common functions."""
    found: list[Any] = []
    for name in ("cards", "picture", "facts", "matters"):
        common = getattr(show, name)

        def kept(seen: Any, what: Any, key: str, common: Any = common) -> None:
            found.extend(what if isinstance(what, list) else [what])
            common(seen, what, key)

        monkeypatch.setattr(show, name, kept)
    return found


def leads_of(what: Any) -> list[Any]:
    if isinstance(what, Card):
        return [what.drill]
    if isinstance(what, Matters):
        return [item.drill for item in what.items]
    return list(what.drills)


VIEWS = [
    *(("pages/evaluation/saturation.py", {"unit": "000001", "year": "2025", "view": view}) for view in ("history", "moves")),
    *(("pages/evaluation/indicators.py", {"view": view}) for view in ("gaps", "weights", "raters")),
    *(("pages/evaluation/indicators.py", {"unit": "000001", "view": view}) for view in ("scores", "gaps", "weights")),
]  # fmt: skip
"""Views of a page that its first one does not show."""


@pytest.mark.parametrize(("file", "named"), [*((file, {}) for file in FILES), *VIEWS])
def test_whatever_a_page_shows_leads_to_its_rows_or_says_why_not(
    file: str, named: dict[str, str], home: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(file, home, monkeypatch)
    if named:
        shown.clear()
        app = with_link(app, **named)
    assert not app.exception
    # The desk shows statements one by one, and no figure.
    assert shown or file == "pages/evaluation/review.py"
    snapshot = Door(Settings(home=home)).snapshot()
    assert snapshot is not None
    asked: set[tuple[str, str]] = set()
    for what in shown:
        leads = leads_of(what)
        if isinstance(what, Picture | Facts):
            assert what.bare or what.table.is_empty() or leads, f"{what.title}: leads nowhere and does not say why"
            assert not (what.bare and leads)
        else:
            assert all(leads), f"{what}: leads nowhere"
        if isinstance(what, Facts) and leads:
            assert len(leads) == what.table.height
        if isinstance(what, Picture) and leads:
            # Each row of the table twin leads somewhere too, and each mark of the figure.
            assert what.of_row is not None, what.title
            leads += [what.of_row(row) for row in what.table.head(3).iter_rows(named=True)]
            for trace in what.figure["data"]:
                for at in trace.get("customdata") or ():
                    assert -1 < at < len(what.drills), what.title
        for lead in leads:
            if isinstance(lead, Origin):
                assert snapshot.trace([lead.row_id], local_actor()).height == 1
            elif isinstance(lead, Drill) and (lead.figure, lead.question) not in asked:
                asked.add((lead.figure, lead.question))
                assert lead.question.startswith("rows_")
                assert question_text(lead.question)
                rows = snapshot.behind(lead.question, local_actor(), **lead.params)
                assert {"row_id", "content", "file", "sheet", "src_row", "drop_id", "loaded_by"} <= set(rows.columns)


def test_no_page_shows_figures_past_the_common_functions() -> None:
    """A metric, a chart or a table drawn by itself would have no rows behind it."""
    for file in FILES:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not used & {"metric", "plotly_chart", "dataframe", "table", "data_editor"}, file


def with_link(app: AppTest, **named: str) -> AppTest:
    for name, value in named.items():
        app.query_params[name] = value
    return app.run()


def offered(home: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch) -> Drill:
    """A card of the unit page that has rows."""
    opened("pages/evaluation/unit.py", home, monkeypatch)
    return next(what.drill for what in shown if isinstance(what, Card) and what.figure == "actual")


def test_a_link_opens_the_panel_that_the_page_itself_offers(
    home: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = offered(home, shown, monkeypatch)
    app = opened("pages/evaluation/unit.py", home, monkeypatch)
    assert "定义" not in words(app)
    with_link(app, drill=lead.code)
    assert not app.exception
    assert "**定义**" in words(app)
    assert "**覆盖**" in words(app)
    # Followed once: the next rerun does not open it again.
    assert "**定义**" not in words(app.run())


@pytest.mark.parametrize("code", ["000000000000", "../../etc", "'; drop table x", "a" * 9_000, '{"figure": "excess"}'])
def test_a_code_that_no_figure_has_opens_nothing(code: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_link(opened("pages/evaluation/unit.py", home, monkeypatch), drill=code, row="1 or 1=1")
    assert not app.exception
    assert "**定义**" not in words(app)
    assert any("没有显示任何行" in toast.value for toast in app.toast)


def test_a_link_followed_without_the_scope_shows_no_row_and_says_so(
    home: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = offered(home, shown, monkeypatch)
    snapshot = Door(Settings(home=home)).snapshot()
    assert snapshot is not None
    others = [unit for unit in snapshot.ask("units", local_actor())["unit_id"] if unit != lead.params["unit_id"]]
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("某单位", "unit", units=frozenset(others[:1])))
    app = with_link(opened("pages/evaluation/unit.py", home, monkeypatch), drill=lead.code)
    assert not app.exception
    assert "**定义**" not in words(app)
    assert any("不在您能查看的范围内" in toast.value for toast in app.toast)


def test_a_link_carries_the_page_the_filters_and_the_row() -> None:
    page = "http://10.0.0.5:8501/unit?old=1"
    assert drill.link(page, {"unit": "001", "row": "9"}, "abc", None) == "http://10.0.0.5:8501/unit?unit=001&drill=abc"
    assert drill.link(page, {}, "abc", 5) == "http://10.0.0.5:8501/unit?drill=abc&row=5"


@pytest.mark.parametrize("file", FILES)
def test_every_page_shows_an_older_state_and_says_so(file: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = Door(Settings(home=home)).kept()[-1]
    app = with_link(opened(file, home, monkeypatch), asof=older.id)
    assert not app.exception
    said = words(app)
    assert f"{older.built_at:%Y-%m-%d %H:%M}** 的旧状态" in said
    if "changes" in file:
        assert "之前没有保留的状态可比" in said
    if "intake" in file:
        assert "停用" in said
        kinds = {"upload-take", "undo", "mapping-keep"}
        assert not kinds & {button.key for button in app.button}
    app.button(key="asof-back").click().run()
    assert not app.exception
    assert "的旧状态" not in words(app)


def test_a_state_that_is_not_kept_is_said_and_the_newest_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_link(opened("pages/leadership/overview.py", home, monkeypatch), asof="2001-01-01")
    assert not app.exception
    assert "没有保留" in app.warning[0].value
    assert "的旧状态" not in words(app)


def test_the_page_of_changes_lists_them_with_their_cause(
    home: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("pages/evaluation/changes.py", home, monkeypatch)
    assert "情况变了" in app.header[0].value
    figures = next(what for what in shown if isinstance(what, Facts) and what.title.endswith("个数字变了"))
    approved = figures.table.filter((pl.col("figure") == "核定编制") & (pl.col("period") == "2026"))
    assert approved["after"].to_list() == ["97"]
    assert approved["cause"].to_list() == ["情况变了"]
    lead = next(lead for lead in figures.drills if isinstance(lead, Drill) and lead.value == "— → 97")
    with_link(app, drill=lead.code)
    assert not app.exception
    assert "**现在的行**" in words(app)
    assert "**原来的行**" in words(app)


def test_a_note_shows_on_every_page_that_shows_its_figure_and_not_in_an_older_state(
    home: Path, tmp_path: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "store"
    shutil.copytree(home, place)
    settings = Settings(home=place)
    lead = offered(place, shown, monkeypatch)
    assert lead.place is not None
    assert lead.place.unit_id is not None
    write_note(lead.place.unit_id, "actual", lead.place.period, "等批文", settings, local_actor())
    code = next(row for row in units_of(settings) if row["unit_id"] == lead.place.unit_id)["unit_code"]
    for file in ("pages/evaluation/unit.py", "pages/evaluation/staffing.py"):
        app = with_link(opened(file, place, monkeypatch), unit=str(code), year=str(lead.place.period))
        assert any("sticky_note_2: 1" in button.label for button in app.button), file
    older = Door(settings).kept()[-1]
    app = with_link(opened("pages/evaluation/unit.py", place, monkeypatch), unit=str(code), asof=older.id)
    assert "的旧状态" in words(app)
    assert not any("sticky_note_2" in button.label for button in app.button)


def units_of(settings: Settings) -> list[dict[str, Any]]:
    snapshot = Door(settings).snapshot()
    assert snapshot is not None
    return snapshot.ask("units", local_actor()).to_dicts()


def test_every_screen_has_been_walked_over() -> None:
    assert sorted(screen.file for screen in SCREENS) == FILES
