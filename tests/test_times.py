"""The reverse check of unit times on the page: a time told wrong is named, and what can't be told is refused with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.charts import times
from panorama.settings import Settings
from panorama.store.door import Door
from panorama.text import Language
from tests.stock import titles

ROOT = Path(__file__).resolve().parents[1]
DECLARED = {"收文": 1.0, "信访": 4.0, "审批": 2.0}


def offices(n: int, true: dict[str, float], idle: float = 1.2, told: dict[str, float] = DECLARED) -> pl.DataFrame:
    """A frame of saturation_times: `n` offices whose people had `idle` times the hours that the true unit times ask for."""
    rng = np.random.default_rng(21)
    rows: list[dict[str, Any]] = []
    for at in range(n):
        volume = {name: float(rng.integers(50, 900)) for name in told}
        hours = sum(volume[name] * true[name] for name in told) * idle * rng.normal(1, 0.01)
        rows += [
            {"unit_id": 1, "own_id": 0, "peer_tag": "综合", "year": 2025, "places": n + 1, "office_id": at, "activity": name,
             "volume": volume[name], "declared": told[name], "available": hours}
            for name in told
        ]  # fmt: skip
    return pl.DataFrame(rows)


def test_a_time_told_at_half_is_named_and_the_level_of_all_is_not_held_against_one() -> None:
    true = {**DECLARED, "信访": 8.0}
    drawn = times.reverse(offices(20, true), "zh")
    rows = {row["activity"]: row for row in drawn.table.iter_rows(named=True)}
    assert rows["信访"]["implied"] == pytest.approx(8.0 * 1.2, rel=0.05)
    assert "信访" in drawn.title
    assert "对不上" in drawn.title
    assert rows["信访"]["relative"] > 1.2 > 1 > rows["收文"]["relative"]
    expected = rows["信访"]["declared"] * rows["信访"]["level"]
    assert rows["信访"]["implied"] / expected == pytest.approx(rows["信访"]["relative"])
    assert "n = 20 个处室、3 项，缺 1 个（5%）" in drawn.note
    assert len(drawn.drills) == drawn.table.height == 3


def test_the_title_names_just_those_that_the_table_marks_however_idle_all_are() -> None:
    fitting = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        noise = dict(zip(range(20), rng.normal(1, 0.05, 20), strict=True))
        frame = offices(20, DECLARED, idle=1.6).with_columns(
            available=pl.col("available") * pl.col("office_id").replace_strict(noise)
        )
        drawn = times.reverse(frame, "zh")
        odd = drawn.table.filter("odd")["activity"].to_list()
        symbols = drawn.figure["data"][2]["marker"]["symbol"]
        assert symbols == ["circle" if name in odd else "circle-open" for name in drawn.table["activity"]]
        if odd:
            assert drawn.title == f"标准工时反查：{'、'.join(odd)}的申报工时与实际人力对不上，请核对"
        else:
            assert drawn.title == "标准工时反查：3 项申报工时都在反推区间之内"
            fitting += 1
    assert fitting >= 4, "all times are told right: most draws find none odd"


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (offices(7, DECLARED), "few"),
        (offices(20, DECLARED).filter((pl.col("activity") != "信访") | (pl.col("office_id") < 3)), "seldom"),
        (offices(20, DECLARED).with_columns(volume=pl.col("available") / pl.col("declared")), "together"),
        (offices(20, DECLARED).with_columns(available=(pl.col("office_id") % 7 + 1) * 1000.0), "unexplained"),
    ],
)
def test_what_can_not_be_told_is_refused_with_its_reason(frame: pl.DataFrame, why: str) -> None:
    for language in ("zh", "en"):
        drawn = times.reverse(frame, language)
        assert times.REFUSED[why][language] in drawn.title
        assert drawn.table.is_empty()


def test_an_office_without_a_tag_has_no_like() -> None:
    bare = offices(1, DECLARED).head(1).with_columns(peer_tag=pl.lit(None, pl.String))
    assert "没有同类标签" in times.reverse(bare, "zh").title


def test_people_just_filled_had_the_hours_that_their_work_asks_for(sample_home: Path) -> None:
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    sql = (
        "select office_id, min(year) as year from mart.saturation_stored where office_id is not null group by office_id"
    )
    seen = 0
    for office, year in snapshot.ask_sql(f"{sql} order by office_id", local_actor()).rows()[:12]:
        told = snapshot.ask("saturation_times", local_actor(), office_id=office, year=year).drop_nulls("available")
        for other, available in told.select("office_id", "available").unique().rows():
            of = f"where office_id = {other} and post_id is null and period = '{year}'"
            [row] = snapshot.ask_sql(f"select * from mart.saturation_stored {of}", local_actor()).to_dicts()
            core = row["core_staff"] * row["awt"]
            support = (row["required_staff"] * row["awt"] - row["ias_hours"]) / core
            # What is left of people's year after extra work goes to core work and its share of support; reported is a part of it.
            left = (row["staff"] * row["awt"] - row["ias_hours"]) / support * row["required_hours"] / core
            assert available == pytest.approx(left)
            seen += row["ias_hours"] > 0
    assert seen, "some of them have extra work"


def test_a_time_that_comes_out_at_nought_stands_in_the_picture_with_its_interval() -> None:
    drawn = times.reverse(offices(20, {"收文": 1.5, "信访": 5.0, "审批": -0.3}), "zh")
    table = {row["activity"]: row for row in drawn.table.iter_rows(named=True)}
    assert (table["审批"]["implied"], table["审批"]["relative"]) == (0, 0)
    assert table["审批"]["level"] == pytest.approx(table["收文"]["level"])
    placed = [x for trace in drawn.figure["data"] for x in trace["x"] if x is not None]
    assert np.isfinite(placed).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_checks_one_office_and_only_offices_that_may_be_seen(
    language: Language, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    tagged = snapshot.ask_sql(
        "select o.office_id, o.unit_id from mart.office as o where o.peer_tag is not null order by o.office_id",
        local_actor(),
    ).row(0)
    whole = snapshot.ask("saturation_times", local_actor(), office_id=tagged[0], year=2025)
    mine = snapshot.ask(
        "saturation_times", Actor("联络员", "contact", units=frozenset({tagged[1]})), office_id=tagged[0], year=2025
    )
    own = snapshot.ask_sql(f"select office_id from mart.office where unit_id = {tagged[1]}", local_actor())["office_id"]
    assert set(mine["office_id"].drop_nulls()) <= set(own)
    assert whole["office_id"].n_unique() > mine["office_id"].n_unique()
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(sample_home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {"lang": language, "unit": "000001", "view": "times"}.items():
        app.query_params[name] = value
    app.switch_page("pages/evaluation/saturation.py").run()
    assert not app.exception
    assert len(titles(app)) == 1
