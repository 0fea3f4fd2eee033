"""工作饱满度 over the years and with posts moved: parts that add up, trends no surer than they are, moves that keep the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import streamlit
from scipy.stats import theilslopes
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.charts import history, moves
from panorama.methods.decomposition import FACTORS
from panorama.methods.reallocation import curve, offices_of
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.text import Language
from panorama.ui import show
from tests.stock import titles

ROOT = Path(__file__).resolve().parents[1]
BOTH: tuple[Language, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Snapshot:
    found = Door(Settings(home=sample_home)).snapshot()
    assert found is not None
    return found


def units_of(snapshot: Snapshot) -> list[int]:
    return snapshot.ask("units", local_actor())["unit_id"].to_list()


def test_what_a_saturation_is_made_of_makes_it_again_for_every_office_of_the_sample(snapshot: Snapshot) -> None:
    seen = 0
    for unit_id in units_of(snapshot):
        frame = snapshot.ask("saturation_change", local_actor(), unit_id=unit_id, year=2025)
        for side in ("before", "after"):
            known = frame.drop_nulls(side)
            made = (pl.col(f"hours_{side}") * pl.col(f"allowance_{side}") + pl.col(f"extra_hours_{side}")) / (
                pl.col(f"awt_{side}") * pl.col(f"staff_{side}")
            )
            assert known.select((made - pl.col(side)).abs().max()).item() in (None, pytest.approx(0, abs=1e-8))
            seen += known.height
    assert seen > 50


def test_the_parts_of_a_change_add_up_to_it_in_picture_and_table(snapshot: Snapshot) -> None:
    unit_id = unit_named(snapshot, "市教育局")
    frame = snapshot.ask("saturation_change", local_actor(), unit_id=unit_id, year=2025)
    drawn = history.change(frame, "zh")
    parts = dict(drawn.table.select("factor", "part").iter_rows())
    whole = frame.filter(pl.col("office_id").is_null()).row(0, named=True)
    assert sum(parts[name] for name in FACTORS) == pytest.approx(whole["after"] - whole["before"], abs=5e-9)
    assert parts["change"] == pytest.approx(whole["after"] - whole["before"], abs=5e-9)
    most = max(FACTORS, key=lambda name: abs(parts[name]))
    assert f"主要来自{history.FACTOR[most].zh}" in drawn.title
    table = history.changes(frame, "zh").table
    assert table.height == 10
    gap = table.select((pl.sum_horizontal(FACTORS) - (pl.col("after") - pl.col("before"))).abs().max()).item()
    assert gap < 5e-9


def test_trends_are_those_of_the_years_and_hollow_where_no_direction_is_sure(snapshot: Snapshot) -> None:
    unit_id = unit_named(snapshot, "市教育局")
    frame = snapshot.ask("saturation_years", local_actor(), unit_id=unit_id, year=2025)
    drawn = history.trends(frame, "zh")
    symbols = drawn.figure["data"][2]["marker"]["symbol"]
    for row, symbol in zip(drawn.table.iter_rows(named=True), symbols, strict=True):
        own = frame.filter(pl.col("office_id").eq_missing(pl.lit(row["office_id"], pl.Int64)))
        slope, _, low, high = theilslopes(own["saturation"].to_numpy(), own["year"].to_numpy(), alpha=0.9)
        assert (row["slope"], row["low"], row["high"]) == (
            pytest.approx(slope),
            pytest.approx(low),
            pytest.approx(high),
        )
        assert symbol == ("circle" if low > 0 or high < 0 else "circle-open")
    offices = drawn.table.drop_nulls("office_id")
    up = offices.filter(pl.col("low") > 0).height
    assert f"{offices.height} 个处室中" in drawn.title
    assert f"等 {up} 个的饱满度在升" in drawn.title
    assert f"（{offices['n'][0]} 点，90% 区间不含零）" in drawn.title
    # Who changes most is named first.
    steepest = offices.filter(pl.col("low") > 0).sort(pl.col("slope").abs(), descending=True)["place"][:2].to_list()
    assert f"中{'、'.join(steepest)}" in drawn.title


def years(*values: float | None, anew: int | None = None) -> pl.DataFrame:
    """A frame of saturation_years of one unit, from 2020 on. anew: the year from which unit times of a new version hold."""
    rows = [
        {"unit_id": 1, "office_id": None, "place": "甲局", "year": 2020 + at, "saturation": value, "lower_bound": False, "last_year": 2025,
         "versions": "V1 → V2" if 2020 + at == anew else None}
        for at, value in enumerate(values)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"office_id": pl.Int64, "saturation": pl.Float64, "versions": pl.String})


@pytest.mark.parametrize("language", BOTH)
def test_few_years_have_no_trend_and_one_year_no_change(language: Language) -> None:
    assert {"zh": "不足 4 年", "en": "Fewer than 4"}[language] in history.trends(years(0.9, 1.0, 1.1), language).title
    assert {
        "zh": "甲局的饱满度在升（5 点，90% 区间在零以上）",
        "en": "甲局: rising (5 points, 90 % interval above nought)",
    }[language] == history.trends(years(0.8, 0.9, 1.0, 1.1, 1.2), language).title
    assert {"zh": "看不出确定的升降", "en": "no sure rise"}[language] in history.trends(years(0.8, 1.2, 0.7, 1.0, 0.9), language).title  # fmt: skip
    names = [f"{name}_{side}" for side in ("before", "after") for name in ("volume", "hours", "allowance", "extra_hours", "staff", "awt")]  # fmt: skip
    alone = pl.DataFrame(
        [{"unit_id": 1, "office_id": None, "place": "甲局", "year": 2025, "before": None, "after": 1.0, "lower_bound": False, "versions": None, **dict.fromkeys(names, 1.0), "staff_before": None}],
        schema_overrides={"office_id": pl.Int64, "versions": pl.String, "before": pl.Float64, "staff_before": pl.Float64},
    )  # fmt: skip
    assert {"zh": "没有相邻两年", "en": "No two years in a row"}[language] in history.change(alone, language).title


@pytest.mark.parametrize("language", BOTH)
def test_no_slope_and_no_split_runs_over_a_new_version_of_the_unit_times(language: Language) -> None:
    rising = (0.2, 0.3, 0.9, 0.8, 0.7, 0.6)
    whole, cut = (history.trends(years(*rising, anew=anew), language) for anew in (None, 2022))
    assert whole.table["n"][0] == 6
    assert (cut.table["n"][0], cut.table["first"][0], cut.table["since"][0]) == (4, 0.9, 2022)
    slope, *_ = theilslopes(rising[2:], range(2022, 2026), alpha=0.9)
    assert cut.table["slope"][0] == pytest.approx(slope)
    assert {"zh": "最近一次 2022 年", "en": "the last in 2022"}[language] in cut.note
    assert {"zh": "换过版本", "en": "new version"}[language] not in whole.note
    few = history.trends(years(*rising, anew=2023), language)
    assert few.table.is_empty()
    assert {"zh": "只算换版之后", "en": "only the years since count"}[language] in few.note

    load = {"volume": 100.0, "hours": 200.0, "allowance": 1.0, "extra_hours": 0.0, "staff": 1.0, "awt": 400.0}
    sides = {f"{name}_{side}": value for name, value in load.items() for side in ("before", "after")} | {
        "hours_after": 300.0
    }
    same = {"unit_id": 1, "year": 2025, "before": 0.5, "after": 0.75, "lower_bound": False, **sides}
    frame = pl.DataFrame(
        [
            {**same, "office_id": None, "place": "甲局", "versions": "V1 → V2"},
            {**same, "office_id": 1, "place": "一处", "versions": "V1 → V2"},
            {**same, "office_id": 2, "place": "二处", "versions": None},
        ]
    )
    refused = history.change(frame, language)
    assert refused.table.is_empty()
    assert "V1 → V2" in refused.title
    split = history.changes(frame, language)
    parts = {row["place"]: row["change"] for row in split.table.iter_rows(named=True)}
    assert parts == {"一处": None, "二处": pytest.approx(0.25)}
    assert {"zh": "n = 1，缺一年 0 个，标准工时换版、不可比 1 个", "en": "n = 1, 0 lack a year, 1 parted"}[
        language
    ] in split.note


def movable(*offices: tuple[float, float, float, dict[str, int], int], least: int = 2, most: int = 10) -> pl.DataFrame:
    """Offices as (required, low, high of S, posts by type, leaders)."""
    rows = [
        {
            "unit_id": 1, "office_id": at, "office": f"处{at}", "year": 2025, "least": least, "most": most, "required_staff": required,
            "staff": float(sum(posts.values())), "saturation": required / sum(posts.values()), "low": low, "high": high,
            "lower_bound": False, "estab_type": kind, "type_zh": kind, "type_en": kind, "posts": n, "leaders": leaders,
        }
        for at, (required, low, high, posts, leaders) in enumerate(offices)
        for kind, n in posts.items()
    ]  # fmt: skip
    return pl.DataFrame(rows)


APART = movable((12, 1.4, 1.6, {"XZ": 6, "SY": 2}, 1), (5, 0.45, 0.55, {"XZ": 10}, 2), (6, 0.55, 0.65, {"SY": 10}, 1))


def test_leaders_are_held_within_the_largest_types_and_the_least_by_everyone() -> None:
    made = offices_of(movable((3, 1, 1, {"XZ": 2, "SY": 3}, 4), (3, 1, 1, {"SY": 5}, 1)), 2)
    assert made.posts.tolist() == [[2, 3], [0, 5]]
    assert made.leaders.tolist() == [[1, 3], [0, 1]]
    assert made.least.tolist() == [2, 2]
    assert made.staff.tolist() == [5, 5]


def test_the_picture_shows_the_steps_of_the_programme_and_the_title_its_last() -> None:
    drawn = moves.curve(APART, "zh")
    steps = curve(offices_of(APART, 2), 10)
    assert drawn.figure["data"][0]["x"] == [step.moves for step in steps]
    assert drawn.figure["data"][0]["y"] == [step.largest for step in steps]
    last = steps[-1]
    assert drawn.title.startswith(f"移 {last.moves} 个岗位，最忙处室由 1.50 降到 {last.largest:.2f}")
    assert ("再移已分不出高下" in drawn.title) is not last.certain
    after = moves.before_and_after(APART, "zh")
    rows = {row["office"]: row for row in after.table.iter_rows(named=True)}
    assert sum(row["staff_then"] for row in rows.values()) == sum(row["staff"] for row in rows.values())
    assert max(row["after"] for row in rows.values()) == pytest.approx(last.largest)
    for name, row in rows.items():
        own = APART.filter(pl.col("office") == name)
        assert row["low"] == pytest.approx(own["low"][0] * row["staff"] / row["staff_then"])
        assert row["after"] == pytest.approx(own["required_staff"][0] / row["staff_then"])
    moved = np.abs(last.change).sum()
    assert moved == 2 * last.moves
    assert after.title == f"{int((last.change != 0).any(axis=1).sum())} 个处室有进出，其余不动"


def test_constraints_bind_and_overlapping_intervals_stop_it_at_once() -> None:
    assert moves.curve(APART.with_columns(most=pl.lit(1)), "zh").figure["data"][0]["x"][-1] == 1
    held = moves.curve(APART.with_columns(least=pl.lit(10)), "en")
    assert held.title == "Under these constraints no post can move"
    wide = APART.with_columns(low=pl.lit(0.3), high=pl.lit(2.0))
    assert "移岗没有把握" in moves.curve(wide, "zh").title
    assert moves.before_and_after(wide, "zh").title == "各处室都不动"


def test_offices_that_are_a_lower_bound_or_have_no_people_by_type_take_no_part_and_are_counted() -> None:
    floor = APART.with_columns(lower_bound=pl.col("office_id") == 2)
    assert "n = 2 个处室，1 个不参加（33%" in moves.curve(floor, "zh").note
    bare = APART.with_columns(posts=pl.when(pl.col("office_id") == 0).then("posts"))
    drawn = moves.curve(bare, "zh")
    assert "不足两个处室" in drawn.title
    assert drawn.table.is_empty()


def test_people_lent_out_are_not_moved_and_the_sample_adds_up(snapshot: Snapshot) -> None:
    unit_id = unit_named(snapshot, "市教育局")
    frame = snapshot.ask("saturation_movable", local_actor(), unit_id=unit_id, year=2025, least=3, most=10)
    sql = (
        "select office_id, sum(actual - coalesce(seconded_out, 0) - coalesce(absent, 0)) as posts from mart.staffing"
        f" where unit_id = {unit_id} and office_id is not null and not single_listed and snapshot_date = '2025-12-31'"
        " and estab_type is not null group by office_id order by office_id"
    )
    expected = dict(snapshot.ask_sql(sql, local_actor()).iter_rows())
    found = dict(frame.group_by("office_id").agg(pl.col("posts").sum()).iter_rows())
    assert found == expected
    for drill in moves.before_and_after(frame, "zh").drills:
        assert snapshot.behind(drill.question, local_actor(), **drill.params).height


def unit_named(snapshot: Snapshot, name: str) -> int:
    units = snapshot.ask("units", local_actor())
    return int(units.filter(pl.col("name") == name)["unit_id"].item())


def test_who_sees_one_unit_sees_no_other_in_these_views(snapshot: Snapshot) -> None:
    mine, other = unit_named(snapshot, "市教育局"), unit_named(snapshot, "市生态环境保护综合行政执法总队")
    contact = Actor("联络员", "contact", units=frozenset({mine}))
    for question in ("saturation_years", "saturation_change", "saturation_movable"):
        more: dict[str, Any] = {"least": 3, "most": 10} if question == "saturation_movable" else {}
        assert snapshot.ask(question, contact, unit_id=mine, year=2025, **more).height
        assert snapshot.ask(question, contact, unit_id=other, year=2025, **more).is_empty()


@pytest.mark.parametrize("language", BOTH)
def test_a_link_opens_each_view_with_its_constraints(
    language: Language, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(sample_home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {"lang": language, "unit": "000001", "view": "moves", "least": "1", "most": "3"}.items():
        app.query_params[name] = value
    app.switch_page("pages/evaluation/saturation.py").run()
    assert not app.exception
    assert len(titles(app)) == 2
    assert app.selectbox(key="most").value == "3"
    assert {"zh": "每处室至少留 1 人，最多移 3 个", "en": "an office keeps 1 people, at most 3"}[language] in "".join(
        part.value for part in app.markdown
    )
    app.segmented_control(key="view").set_value("history").run()
    assert not app.exception
    assert len(titles(app)) == 3


def test_what_rounds_to_nothing_has_no_sign_on_the_screen_and_nothing_else_is_touched() -> None:
    frame = pl.DataFrame(
        {"change": [-0.004, -0.0, -0.0051, 0.004, None, -1.0], "n": [-1, 0, 1, 2, 3, 4], "word": list("abcdef")}
    )
    shown = show.plain_noughts(frame)
    assert [f"{value:.2f}" for value in shown["change"].drop_nulls()] == ["0.00", "0.00", "-0.01", "0.00", "-1.00"]
    assert shown["change"].null_count() == 1
    assert shown.drop("change").equals(frame.drop("change"))
