"""The overview narrowed to a unit, to years, to both: every figure follows, and leads to just the rows it counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.charts import attention, evidence, overview
from panorama.charts.picture import Drill
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.ui.drill import MOST_ROWS
from tests.stock import NOTHING_READ
from tests.test_pages import opened, words

PAGE = "pages/leadership/overview.py"
NOW = date(2026, 1, 15)
DONE, GOES_ON = "已完成", "长期坚持"


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Iterator[Snapshot]:
    door = Door(Settings(home=sample_home))
    found = door.snapshot()
    assert found is not None
    yield found
    door.close()


def whole(snapshot: Snapshot, table: str) -> pl.DataFrame:
    return snapshot.ask_sql(f"from mart.{table}", local_actor())


@pytest.fixture(scope="module", params=["all", "unit", "year", "both", "span"])
def chosen(request: pytest.FixtureRequest, snapshot: Snapshot) -> dict[str, Any]:
    busiest = whole(snapshot, "finding")["unit_id"].mode()[0]
    unit = {"unit_id": busiest if request.param in ("unit", "both") else None}
    first, last = {"year": (2024, 2024), "both": (2023, 2023), "span": (2022, 2024)}.get(request.param, (None, None))
    return {**unit, "first_year": first, "last_year": last}


def kept(frame: pl.DataFrame, chosen: dict[str, Any], year: str = "year") -> pl.DataFrame:
    """The rows of a mart that a page so narrowed speaks of: the oracle, in another language than the questions."""
    if chosen["unit_id"] is not None:
        frame = frame.filter(pl.col("unit_id") == chosen["unit_id"])
    if chosen["first_year"] is not None:
        frame = frame.filter(pl.col(year).is_between(chosen["first_year"], chosen["last_year"]))
    return frame


def ask(snapshot: Snapshot, question: str, **params: Any) -> pl.DataFrame:
    return snapshot.ask(question, local_actor(), **params)


def rows_of(snapshot: Snapshot, drill: Drill) -> pl.DataFrame:
    return ask(snapshot, drill.question, **drill.params)


def test_the_figures_follow_what_is_chosen_and_their_rows_too(snapshot: Snapshot, chosen: dict[str, Any]) -> None:
    found = kept(whole(snapshot, "finding"), chosen).filter(~pl.col("nil_return"))
    late = found.filter(~pl.col("state").is_in([DONE, GOES_ON]) & (pl.col("due") < NOW))
    frame = ask(snapshot, "overview_figures", today=NOW, **chosen)
    row = frame.row(0, named=True)
    assert row["findings"] == found.height > 0
    assert row["open"] == found.filter(~pl.col("put_right")).height
    assert row["overdue"] == late.height
    cards = overview.cards(frame, "zh", {"today": NOW, "subject": ""})
    drills = [card.within(chosen).drill for card in cards]
    counted = [rows_of(snapshot, drill).height for drill in drills if drill is not None]
    assert counted[:3] == [row["open"], row["overdue"], row["closed"]]
    assert (counted[3] > 0) == bool(row["units_over"])
    assert (counted[4] > 0) == bool(row["multi"])


def test_ledgers_are_the_newest_or_those_of_the_last_year_chosen(snapshot: Snapshot, chosen: dict[str, Any]) -> None:
    ledgers = whole(snapshot, "unit_staffing").filter(~pl.col("single_listed"))
    if chosen["first_year"] is None:
        ledgers = kept(ledgers, chosen).filter(pl.col("newest"))
    else:
        ledgers = kept(ledgers.filter(pl.col("of_year")), chosen)
        ledgers = ledgers.filter(pl.col("year") == pl.col("year").max())
    over = ledgers.group_by("unit_id").agg(pl.col("excess").sum()).filter(pl.col("excess") > 0)
    row = ask(snapshot, "overview_figures", today=NOW, **chosen).row(0, named=True)
    assert row["units_over"] == over.height
    assert (row["excess"] or 0) == over["excess"].sum()
    excess = ask(snapshot, "rows_excess", **{name: chosen[name] for name in chosen})
    assert excess.is_empty() == over.is_empty()


def test_themes_are_confirmed_within_what_is_chosen(snapshot: Snapshot, chosen: dict[str, Any]) -> None:
    (first, last), *_ = ask(snapshot, "round").iter_rows()
    window = {**chosen, "first_year": chosen["first_year"] or first, "last_year": chosen["last_year"] or last}
    voices = kept(whole(snapshot, "evidence"), window).group_by("unit_id", "theme").agg(pl.col("family").n_unique())
    many = voices.filter(pl.col("family") >= 3)
    row = ask(snapshot, "overview_figures", today=NOW, **chosen).row(0, named=True)
    assert (row["multi"] or 0, row["multi_units"]) == (many.height, many["unit_id"].n_unique())
    matrix = ask(snapshot, "evidence_matrix", theme=None, family=None, skip=0, size=999, **NOTHING_READ, **chosen)
    cells = matrix.filter(pl.col("n_families") > 0)
    assert set(cells.select("unit_id", "theme", "n_families").iter_rows()) == set(voices.iter_rows())
    drills = evidence.top_themes(matrix, "zh").within(chosen).drills
    for drill in [drill for drill in drills if drill.figure == "families"][:5]:
        rows = rows_of(snapshot, drill)
        assert rows["source"].n_unique() == int(drill.value)


def test_pictures_and_matters_count_what_their_rows_show(snapshot: Snapshot, chosen: dict[str, Any]) -> None:
    found = kept(whole(snapshot, "finding"), chosen).filter(~pl.col("nil_return"))
    states = overview.findings_by_state(ask(snapshot, "overview_findings", today=NOW, **chosen), "zh").within(chosen)
    assert states.table["n"].sum() == found.height
    due = overview.due(ask(snapshot, "overview_due", today=NOW, **chosen), "zh").within(chosen)
    assert due.table["n"].sum() == found.filter(~pl.col("state").is_in([DONE, GOES_ON])).height
    lasting = found.filter(pl.col("state") == GOES_ON).height
    assert (f"另有 {lasting} 个长期坚持" in due.note) == bool(lasting and due.table.height)
    for picture in (states, due):
        assert picture.of_row is not None
        rows = [picture.of_row(one) for one in picture.table.iter_rows(named=True)]
        for drill in (*picture.drills, *rows):
            assert isinstance(drill, Drill)
            assert rows_of(snapshot, drill).height == int(drill.value)
    matters = attention.attention(ask(snapshot, "overview_attention", today=NOW, **chosen), "zh", NOW).within(chosen)
    _tell_of_the_ledger(ask(snapshot, "overview_attention", today=NOW, **chosen))
    for item in matters.items:
        assert item.drill is not None
        if item.drill.question == "rows_excess":
            assert not rows_of(snapshot, item.drill).is_empty()
        else:
            counted = rows_of(snapshot, item.drill).height
            assert counted == int(item.drill.value)


def test_sources_are_counted_over_what_is_chosen(snapshot: Snapshot, chosen: dict[str, Any]) -> None:
    cells = kept(whole(snapshot, "coverage"), chosen)
    frame = ask(snapshot, "overview_sources", **chosen)
    assert frame["n"].sum() == cells["n"].sum()
    assert set(frame["unit_id"]) == set(cells["unit_id"])
    picture = overview.source_map(frame, "zh").within(chosen)
    assert picture.of_row is not None
    rows = [picture.of_row(one) for one in picture.table.iter_rows(named=True)]
    # What a mark and its row of the table lead to is mostly the same: it is asked once.
    for drill in (*picture.drills, *(row for row in rows if row not in picture.drills)):
        assert isinstance(drill, Drill)
        listed = rows_of(snapshot, drill)
        if drill.value.replace(",", "").isdigit():
            assert listed.height == min(int(drill.value.replace(",", "")), MOST_ROWS), drill.subject
        else:
            assert set(listed["content"]) == ({"零报告"} if drill.value == "零报告" else set()), drill.subject


def test_saturation_is_of_the_newest_year_chosen(snapshot: Snapshot, chosen: dict[str, Any]) -> None:
    frame = ask(snapshot, "saturation_units", **chosen)
    stored = whole(snapshot, "saturation_stored").filter(
        pl.col("office_id").is_null() & pl.col("post_id").is_null() & pl.col("saturation").is_not_null()
        & (pl.col("period").str.len_chars() == 4)
    )  # fmt: skip
    years = stored["period"].cast(pl.Int32).unique()
    allowed = years.filter(years.is_between(chosen["first_year"] or 0, chosen["last_year"] or 9999))
    assert set(frame["year"]) == {allowed.max()}
    if chosen["unit_id"] is not None:
        assert frame["unit_id"].to_list() == [chosen["unit_id"]]


def test_a_link_reproduces_the_narrowed_page_and_says_what_it_speaks_of(
    sample_home: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = ask(snapshot, "units").filter(~pl.col("ended")).row(0, named=True)
    app = opened(PAGE, sample_home, monkeypatch)
    before = app.header[0].value
    app.query_params["of"], app.query_params["years"] = str(unit["unit_code"]), "2024"
    app.run()
    assert not app.exception
    assert app.header[0].value.startswith(f"{unit['unit']} · 2024：")
    assert app.header[0].value != before
    assert (app.selectbox(key="of").value, app.selectbox(key="years").value) == (unit["unit_code"], "2024")
    app.query_params["of"], app.query_params["years"] = "没有的", "1066"
    assert not app.run().exception
    assert "1066" not in words(app)


def test_a_unit_looked_at_elsewhere_does_not_narrow_the_overview(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(PAGE, sample_home, monkeypatch)
    whole_page = app.header[0].value
    app.switch_page("pages/evaluation/unit.py").run()
    app.selectbox(key="unit").select_index(1).run()
    assert app.switch_page(PAGE).run().header[0].value == whole_page


def _tell_of_the_ledger(frame: pl.DataFrame) -> None:
    """A matter of a unit that has issues says so; others say nothing of the ledger."""
    if frame.is_empty():
        return
    unit_id = frame["unit_id"][0]
    for language, told in (
        ("zh", "在办 2 个、已销号 1 个，请先看是否已登记"),
        ("en", "has 2 in hand, 1 closed out: see first"),
    ):
        matters = attention.attention(frame, language, NOW, ledger={unit_id: (2, 0, 0, 1)})  # type: ignore[arg-type]
        for one, matter in zip(frame.iter_rows(named=True), matters.items, strict=True):
            assert (told in matter.reason) == (one["unit_id"] == unit_id)
