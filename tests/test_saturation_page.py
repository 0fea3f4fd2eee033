"""The saturation page: titles and pictures say what their frame says, and every mark leads to its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from panorama.access.actor import local_actor
from panorama.charts import activity, control, saturation
from panorama.charts.heat import FILL
from panorama.charts.strip import band_of, shown
from panorama.charts.tokens import BOLD, PALE, PLAIN
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.door import Door, Snapshot
from panorama.store.drops import load
from panorama.text import Language
from tests.stock import titles

ROOT = Path(__file__).resolve().parents[1]
BOTH: tuple[Language, ...] = ("zh", "en")
_OFFICE: dict[str, Any] = {
    "saturation_with_external": None,
    "low": None,
    "high": None,
    "p_under": None,
    "p_over": None,
    "band": None,
    "coverage": 1.0,
    "coverage_volume": 1.0,
    "lower_bound": False,
    "required_staff": 8.0,
    "staff": 8.0,
    "staff_with_external": None,
    "staff_source": "ledger",
    "rows_without_standard": 0,
    "year": 2025,
}
_FLOATS = ("saturation", "saturation_with_external", "low", "high", "p_under", "p_over", "staff_with_external")


def offices(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """A frame of saturation_offices."""
    made = [
        {"office_id": at, "office": f"处室{at}", "saturation": None, "lacking": None, **_OFFICE, **row}
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(
        made, schema_overrides={**dict.fromkeys(_FLOATS, pl.Float64), "band": pl.String, "lacking": pl.String}
    )


def whole(saturation: float | None = 1.0) -> pl.DataFrame:
    """A frame of saturation_unit."""
    row = {"saturation": saturation, "low": 0.9, "high": 1.1, "lower_bound": True}
    return pl.DataFrame([{**row, "coverage": 0.9583, "coverage_volume": 0.912}])


def months(values: Mapping[str, Sequence[float | None]], year: int = 2025) -> pl.DataFrame:
    """A frame of saturation_months: office → its months of one year."""
    rows = [
        {
            "office_id": at,
            "office": name,
            "period": f"{year}-{month:02d}",
            "year": year,
            "month": month,
            "saturation": value,
            "saturation_with_external": None,
            "required_staff": value,
            "staff": 1.0,
            "lower_bound": False,
            "versions": None,
        }
        for at, (name, series) in enumerate(values.items())
        for month, value in enumerate(series, start=1)
    ]
    return pl.DataFrame(
        rows,
        schema_overrides={
            "saturation": pl.Float64,
            "saturation_with_external": pl.Float64,
            "required_staff": pl.Float64,
        },
    )


@pytest.mark.parametrize("language", BOTH)
def test_the_message_calls_an_office_only_when_its_whole_interval_bears_it_out(language: Language) -> None:
    sure = {"office": "甲", "saturation": 1.4, "low": 1.2, "high": 1.6, "band": "超负荷"}
    near = {"office": "乙", "saturation": 1.2, "low": 1.05, "high": 1.3, "band": "超负荷"}
    idle = {"office": "丙", "saturation": 0.4, "low": 0.3, "high": 0.5, "band": "明显不饱满"}
    wide = {"office": "丁", "saturation": 0.9, "low": 0.5, "high": 1.3, "band": "待判"}
    said = saturation.message(offices(sure, near, idle, wide), whole(), "某局", 2025, language).title
    certain, doubt = ("区间支持", "尚不能断定") if language == "zh" else ("bears it out", "not certain")
    by_name = {name: part for part in re.split("[；;]", said) for name in "甲乙丙" if name in part}
    assert all(certain in by_name[name] for name in "甲丙")
    assert doubt in by_name["乙"]
    assert certain not in by_name["乙"]
    # What is not known comes last, and by number where there is something to say.
    assert "丁" not in said
    assert ("1 个处室区间过宽" if language == "zh" else "1 more office: interval too wide") in said
    alone = saturation.message(offices(wide), whole(), "某局", 2025, language).title
    assert "丁" in alone
    fine = saturation.message(
        offices({**near, "saturation": 0.9, "band": "饱满"}), whole(), "某局", 2025, language
    ).title
    assert ("没有处室可以断定" if language == "zh" else "no office can be called") in fine


@pytest.mark.parametrize(
    ("value", "words"), [(0.796, "0.796"), (0.8, "0.80"), (0.804, "0.80"), (1.1501, "1.151"), (0.5999, "0.599")]
)
def test_rounding_never_moves_a_figure_into_another_band(value: float, words: str) -> None:
    assert shown(value) == words
    assert band_of(float(words)) == band_of(value)


def test_a_lower_bound_says_so_and_is_never_called_low() -> None:
    assert shown(0.7, at_least=True) == "≥ 0.70"
    months_low = months({"处室0": [0.7] * 12}).with_columns(lower_bound=pl.lit(True))
    assert "处室0" not in saturation.months(months_low, offices({"saturation": 0.7}), "zh").title


def test_months_with_workload_and_no_ledger_say_that_staff_is_missing() -> None:
    frame = months({"处室0": [None, 0.9]}).with_columns(required_staff=pl.lit(3.0))
    drawn = saturation.months(frame, offices({"saturation": 0.9}), "zh")
    assert drawn.figure["data"][0]["text"].count("缺人数") == 1
    assert "没有这么早的台账" in drawn.note


def test_a_year_on_other_staff_than_its_months_is_marked() -> None:
    frame = months({"处室0": [0.5] * 12})
    drawn = saturation.months(frame, offices({"saturation": 0.9, "staff": 2.0}), "zh")
    assert "†" in drawn.note
    assert "†" not in saturation.months(frame, offices({"saturation": 0.9, "staff": 1.0}), "zh").note


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0.1, 2), st.floats(0, 0.5), st.floats(0, 0.5)), min_size=1, max_size=5))
def test_no_interval_in_one_band_no_confidence(points: list[tuple[float, float, float]]) -> None:
    frame = offices(*({"saturation": s, "low": s - a, "high": s + b, "band": "饱满"} for s, a, b in points))
    certain = any(s - a > 1.15 or s + b < 0.60 for s, a, b in points)
    assert ("区间支持" in saturation.message(frame, whole(), "某局", 2025, "zh").title) is certain


def test_the_quiet_line_gives_the_units_coverage_and_says_that_no_threshold_is_national() -> None:
    line = saturation.message(offices({"saturation": 1.0}, {}), whole(), "某局", 2025, "zh").note
    assert "1/2 个处室" in line
    assert "单位整体 ≥ 1.00（90% 区间 0.90–1.10）" in line
    assert "95%" in line
    assert "91%" in line
    assert "下限" in line
    assert "净工时" in line
    assert "全国没有统一阈值，分档为本轮设定" in line


def test_a_unit_without_figures_says_why() -> None:
    nothing = saturation.message(offices({}), whole().clear(), "某局", 2025, "zh")
    assert "没有可计算的工作饱满度" in nothing.title
    assert "月份覆盖 —" in nothing.note


def test_a_unit_known_only_as_a_whole_is_not_said_to_lack_a_figure() -> None:
    assert "只有单位整体的饱满度 1.00" in saturation.message(offices({}), whole(), "某局", 2025, "zh").title
    assert "只有单位整体" in saturation.message(offices({}).clear(), whole(), "某局", 2025, "zh").title


@pytest.mark.parametrize(
    ("value", "band"), [(0.599, 0), (0.6, 1), (0.8, 2), (0.999, 2), (1.0, 3), (1.15, 3), (1.151, 4)]
)
def test_a_boundary_belongs_to_the_upper_band_and_1_15_to_high(value: float, band: int) -> None:
    assert band_of(value) == band


def test_the_map_fills_only_what_departs_from_the_range_and_says_where_nothing_is() -> None:
    frame = months({"处室0": [0.9] * 6 + [1.3] + [None] * 5, "处室1": [0.5] * 12})
    drawn = saturation.months(frame, offices({"saturation": 0.95, "band": "饱满"}, {"saturation": 0.5}), "zh")
    words = drawn.figure["data"][0]["text"]
    assert words.count("0.90") == 6
    assert words.count("无") == 5
    fills = [
        one["fillcolor"]
        for one in drawn.figure["layout"]["shapes"]
        if one.get("layer") == "below" and "fillcolor" in one
    ]
    assert fills.count(PALE) == 5
    assert fills.count(FILL[4]) == 1
    assert fills.count(FILL[0]) == 12
    assert fills.count(FILL[2]) == 0


@pytest.mark.parametrize("language", BOTH)
def test_the_maps_title_names_offices_that_stand_apart_in_every_month(language: Language) -> None:
    values = {"处室0": [1.2] * 12, "处室1": [0.7] * 11 + [0.81], "处室2": [0.7] * 12, "处室3": [1.4] * 3}
    rows = [{"saturation": 1.2}, {"saturation": 0.7}, {"saturation": 0.7}, {"saturation": 1.4}]
    title = saturation.months(months(values), offices(*rows), language).title
    assert "处室0" in title
    assert "处室2" in title
    # One month above, or too few months, is not every month.
    assert "处室1" not in title
    assert "处室3" not in title


def test_a_month_that_is_a_lower_bound_says_so_in_map_chart_and_tables() -> None:
    frame = months({"处室0": [0.7, 0.9, *[1.0, 1.1] * 5]}).with_columns(lower_bound=pl.col("period") == "2025-01")
    drawn = saturation.months(frame, offices({"saturation": 0.9}), "zh")
    assert drawn.figure["data"][0]["text"][:2] == ["≥0.70", "0.90"]
    assert [drill.value for drill in drawn.drills[:2]] == ["≥ 0.70", "0.90"]
    assert "≥ 有工作量没有计入" in drawn.note
    line = control.series(frame, "zh")
    assert [drill.value for drill in line.drills[:2]] == ["≥ 0.70", "0.90"]
    assert "其中 1 个月有工作量没有计入，为下限" in line.note
    for made in (drawn, line):
        assert made.table["at_least_word"].to_list() == ["≥", *[None] * 11]
        assert "at_least_word" in made.heads
        assert "≥ 0.70" in str(made.figure)


def test_every_drawn_month_leads_to_the_rows_of_that_office_and_month() -> None:
    frame = months({"处室0": [0.9, None, 1.3]})
    drawn = saturation.months(frame, offices({"saturation": 1.0}), "zh")
    told = {(drill.params["office_id"], drill.params["period"]): drill.value for drill in drawn.drills}
    assert told == {(0, "2025-01"): "0.90", (0, "2025-03"): "1.30"}
    assert sorted(drawn.figure["data"][1]["customdata"]) == [0, 1]


def test_a_large_unit_draws_the_busiest_and_idlest_and_counts_the_rest() -> None:
    frame = offices(*({"saturation": 0.5 + at / 50} for at in range(30)))
    drawn = saturation.offices(frame, "zh")
    assert len(drawn.figure["layout"]["yaxis"]["ticktext"]) == saturation.MOST_ROWS
    assert "另有 10 个见表格" in drawn.note
    assert drawn.table.height == 30


def test_both_figures_stand_as_columns_and_what_is_not_known_is_not_zero() -> None:
    frame = offices(
        {"saturation": 1.30, "saturation_with_external": 1.07, "low": 1.2, "high": 1.4}, {"saturation": 0.91}, {}
    )
    drawn = saturation.offices(frame, "zh")
    words = [one["text"] for one in drawn.figure["layout"]["annotations"]]
    assert f"{BOLD}1.30{PLAIN}" in words
    assert "1.07" in words
    assert "—" in words
    assert not any("0.00" in word for word in words)
    assert "处室0不再高于 1.15" in drawn.title


def test_a_lower_bound_is_one_with_contract_staff_too() -> None:
    frame = offices({"saturation": 0.9, "saturation_with_external": 0.7, "lower_bound": True, "low": 0.8, "high": 1.0})
    drawn = saturation.offices(frame, "zh")
    words = [one["text"] for one in drawn.figure["layout"]["annotations"]]
    assert "≥ 0.70" in words
    assert "◇ ≥ 0.70" in str(drawn.figure["data"])


def test_the_axis_of_a_calm_office_names_no_value_twice() -> None:
    drawn = control.series(months({"处室0": [0.80, 0.82] * 6}), "zh")
    assert drawn.figure["layout"]["yaxis"]["tickformat"] == ".2f"


def test_without_contract_figures_the_title_does_not_claim_that_they_change_nothing() -> None:
    assert "编外人数未报" in saturation.offices(offices({"saturation": 1.3}), "zh").title


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        ("core", "没有核心工作"),
        ("unit_time", "都没有标准工时"),
        ("shares", "100%"),
        ("staff", "缺在岗人数"),
        (None, "没有报工作量"),
    ],
)
def test_an_office_without_a_figure_says_what_it_lacks(lacking: str | None, told: str) -> None:
    found = saturation.offices(offices({"saturation": 0.9}, {"lacking": lacking}), "zh")
    assert found.table["lacking_word"][0] is None
    assert told in found.table["lacking_word"][1]
    assert told in str(found.figure)


def test_an_offices_drill_shows_the_division() -> None:
    frame = offices({"saturation": 1.25, "required_staff": 10.0, "staff": 8.0, "low": 1.1, "high": 1.4})
    drill = saturation.offices(frame, "zh").drills[0]
    assert drill.working.startswith("10.00 ÷ 8 = 1.25")
    assert "1.10–1.40" in drill.working


@pytest.mark.parametrize("language", BOTH)
def test_under_twelve_months_no_limits_are_drawn_and_the_title_says_so(language: Language) -> None:
    drawn = control.series(months({"处室0": [1.0] * 11}), language)
    assert ("样本不足，不设控制限" if language == "zh" else "no control limits") in drawn.title
    assert drawn.figure["layout"]["shapes"] == []


def test_a_signal_is_named_with_its_month_and_rule() -> None:
    frame = pl.concat([months({"处室0": [1.0, 1.1] * 6}, 2024), months({"处室0": [1.0, 1.1, 1.9]}, 2025)])
    drawn = control.series(frame, "zh")
    assert "1 个月不像偶然波动" in drawn.title
    assert "2025-03（越限）" in drawn.title
    assert drawn.table.filter(pl.col("signal").is_not_null())["period"].to_list() == ["2025-03"]
    assert drawn.drills[-1].params == {"office_id": 0, "period": "2025-03"}


@pytest.mark.parametrize("language", BOTH)
def test_limits_are_of_the_months_since_a_new_version_of_the_unit_times(language: Language) -> None:
    before, since = months({"处室0": [0.4] * 12}, 2024), months({"处室0": [1.0, 1.1] * 6}, 2025)
    anew = pl.concat([before, since.with_columns(versions=pl.lit("V1 → V2"))], how="vertical_relaxed")
    drawn = control.series(anew, language)
    assert drawn.table["period"].to_list() == since["period"].to_list()
    alone = control.series(since, language)
    assert drawn.figure["layout"]["shapes"] == alone.figure["layout"]["shapes"]
    assert drawn.title == alone.title
    assert {"zh": "V1 → V2），之前 12 个月", "en": "V1 → V2): 12 months before"}[language] in drawn.note
    # Six months after it are too few for limits, however many came before.
    few = control.series(anew.filter(pl.col("period") < "2025-07"), language)
    assert {"zh": "样本不足", "en": "no control limits"}[language] in few.title


def test_a_month_without_data_leaves_a_gap_in_the_line() -> None:
    drawn = control.series(months({"处室0": [1.0, None, 1.2]}), "zh")
    assert drawn.figure["data"][0]["y"] == [1.0, None, 1.2]


def test_an_activity_without_unit_time_is_named_not_counted_as_zero() -> None:
    frame = pl.DataFrame(
        [
            {
                "activity": "甲",
                "volume": 10.0,
                "std_hours": 2.0,
                "hours": 20.0,
                "share": 1.0,
                "cv": 0.2,
                "shared": False,
                "row_ids": [1],
            },
            {
                "activity": "乙",
                "volume": 5.0,
                "std_hours": None,
                "hours": None,
                "share": None,
                "cv": None,
                "shared": False,
                "row_ids": [1],
            },
        ]
    )
    found = activity.activities(frame, "zh")
    assert "1 个没有标准工时" in found.title
    assert found.table["evidence"].to_list() == ["专家", "没有标准工时"]
    assert found.table["hours"].to_list() == [20.0, None]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One unit, two offices, one with a post; twelve months of one activity, one month of another without a unit time."""
    folder = tmp_path_factory.mktemp("files")
    write(
        folder,
        "unit",
        [
            {
                "unit_code": "001",
                "name": "市教育局",
                "unit_kind": "政府部门",
                "admin_level": "市",
                "level": "正厅",
                "status": "在册",
            }
        ],
    )
    write(folder, "office", [{"unit_ref": "市教育局", "office_name": name} for name in ("甲处", "乙处")])
    write(folder, "post", [{"unit_ref": "市教育局", "office_ref": "乙处", "post_name": "综合岗", "n_actual": 2}])
    ledger = {"snapshot_date": "2024-12-31", "unit_ref": "市教育局", "office_ref": "甲处", "estab_type": "行政编制"}
    write(folder, "staffing_ledger", [{**ledger, "approved": 3, "actual": 3, "external": 1}])
    standard = {"scope_ref": "政府部门", "wisn_class": "核心", "unit_of_work": "件", "evidence": "专家", "version": "1"}
    write(
        folder,
        "activity_standard",
        [{**standard, "activity_code": "A1", "activity_name": "来文办理", "std_hours": 2, "valid_year": 2025}],
    )
    work = [
        {
            "unit_ref": "市教育局",
            "office_ref": office,
            "post_ref": post,
            "activity_code": "A1",
            "period": f"2025-{month:02d}",
            "volume": 200,
            "source": "业务系统",
        }
        for office, post in (("甲处", None), ("乙处", "综合岗"))
        for month in range(1, 13)
    ]
    work.append({**work[0], "activity_code": "A9", "period": "2025-06", "volume": 7})
    write(folder, "workload", work)
    store = tmp_path_factory.mktemp("store")
    load([folder], Settings(home=store), local_actor())
    return store


@pytest.fixture(scope="module")
def snapshot(home: Path) -> Snapshot:
    found = Door(Settings(home=home)).snapshot()
    assert found is not None
    return found


def write(folder: Path, dataset: str, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = SOURCES[dataset].columns()
    named = [{columns[name].zh: None if value is None else str(value) for name, value in row.items()} for row in rows]
    pl.DataFrame(named, infer_schema_length=None).write_csv(folder / f"{dataset}.csv", include_bom=True)


def ask(snapshot: Snapshot, question: str, **params: Any) -> pl.DataFrame:
    return snapshot.ask(question, local_actor(), **params)


def of_office(snapshot: Snapshot, name: str) -> tuple[int, dict[str, Any]]:
    unit_id = ask(snapshot, "units")["unit_id"].item()
    found = ask(snapshot, "saturation_offices", unit_id=unit_id, year=2025).filter(pl.col("office") == name)
    return unit_id, found.row(0, named=True)


def test_the_rows_behind_an_office_are_its_staff_standard_and_workload(snapshot: Snapshot) -> None:
    unit_id, office = of_office(snapshot, "甲处")
    rows = ask(snapshot, "rows_saturation_office", office_id=office["office_id"], period="2025")
    assert dict(rows.group_by("source").len().iter_rows()) == {"编制台账": 1, "标准工时": 1, "工作量": 13}
    assert rows["file"].null_count() == rows["src_row"].null_count() == 0
    june = ask(snapshot, "rows_saturation_office", office_id=office["office_id"], period="2025-06")
    assert june.filter(pl.col("source") == "工作量").height == 2
    assert june["content"].str.contains("无标准工时，不计入").sum() == 1
    whole = ask(snapshot, "rows_saturation_unit", unit_id=unit_id, period="2025")
    assert whole.filter(pl.col("source") == "工作量").height == 25


def test_the_rows_behind_a_post_are_its_own_people_and_work(snapshot: Snapshot) -> None:
    _, office = of_office(snapshot, "乙处")
    post = ask(snapshot, "saturation_posts", office_id=office["office_id"], year=2025).row(0, named=True)
    assert post["saturation"] == pytest.approx(post["required_staff"] / 2)
    rows = ask(snapshot, "rows_saturation_post", post_id=post["post_id"], period="2025")
    assert dict(rows.group_by("source").len().iter_rows()) == {"岗位": 1, "标准工时": 1, "工作量": 12}


def test_months_activities_and_gaps_of_a_unit_agree_with_what_was_loaded(snapshot: Snapshot) -> None:
    unit_id, office = of_office(snapshot, "甲处")
    assert office["lower_bound"]
    assert ask(snapshot, "saturation_unit", unit_id=unit_id, year=2025)["lower_bound"].item()
    assert office["saturation_with_external"] == pytest.approx(office["saturation"] * 3 / 4)
    of_months = ask(snapshot, "saturation_months", unit_id=unit_id, year=2025)
    assert of_months.filter(pl.col("office") == "甲处")["saturation"].count() == 12
    done = ask(snapshot, "saturation_activities", office_id=office["office_id"], year=2025)
    assert done["hours"].sum() == pytest.approx(12 * 200 * 2)
    assert done["share"].sum() == pytest.approx(1)
    gap = ask(snapshot, "saturation_gaps", unit_id=unit_id, year=2025)
    assert gap.select("office", "volume").rows() == [("甲处", 7.0)]
    of_activity = activity.activities(done, "zh").drills[0]
    behind = ask(snapshot, of_activity.question, **of_activity.params)
    assert behind["source"].to_list() == ["标准工时", *["工作量"] * 12]
    (of_gap,) = activity.gaps(gap, "zh").drills
    assert ask(snapshot, of_gap.question, **of_gap.params)["content"].str.contains("无标准工时").to_list() == [True]
    out = ask(snapshot, "saturation_out_of_range", year=2025)
    every = ask(snapshot, "saturation_units", unit_id=None, first_year=2025, last_year=2025)
    assert "可以计算" in saturation.out_of_range(out.head(0), every.with_columns(saturation=None), "zh").title
    of_offices = saturation.out_of_range(out, every, "zh").drills
    assert [drill.subject for drill in of_offices] == [f"{name} · 2025" for name in out["office"]]
    assert ask(snapshot, of_offices[0].question, **of_offices[0].params).height > 0
    series = ask(snapshot, "saturation_series", office_id=office["office_id"], year=2025)
    assert control.series(series, "zh").table.height == 12


@pytest.mark.parametrize("language", BOTH)
def test_the_page_goes_from_all_units_to_one_and_its_busiest_office(
    language: Language, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANORAMA_HOME", str(home))
    monkeypatch.setenv("PANORAMA_LANGUAGE", language)
    monkeypatch.chdir(ROOT)
    # The door of another test's store would still be open.
    streamlit.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/evaluation/saturation.py").run()
    assert not app.exception
    assert len(titles(app)) == 2
    units = app.selectbox(key="unit")
    units.select(units.options[1]).run()
    assert not app.exception
    assert "乙处" in "".join(titles(app))
    assert len(app.header) == 1


def test_a_lower_bound_below_a_line_is_nowhere_counted_as_below_it(sample_home: Path) -> None:
    """Against the stored saturations of the whole sample, counted in another language."""
    door = Door(Settings(home=sample_home))
    try:
        found = door.snapshot()
        assert found is not None
        stored = found.ask_sql("from mart.saturation_stored where post_id is null and month is null", local_actor())
        offices = stored.filter(pl.col("office_id").is_not_null() & pl.col("saturation").is_not_null())
        low = offices.filter(pl.col("saturation") < 0.80)
        assert low["lower_bound"].any(), "the sample has one, else this tries nothing"
        wanted = low.filter(~pl.col("lower_bound")).group_by("unit_id", "year").len().rows()
        counted = found.ask_sql("select unit_id, year, offices_under from mart.unit_year", local_actor())
        assert sorted(counted.filter(pl.col("offices_under") > 0).rows()) == sorted(wanted)
        for year in sorted(set(low.filter("lower_bound")["year"])):
            listed = found.ask("saturation_out_of_range", local_actor(), year=year)
            assert not listed.filter(pl.col("lower_bound") & (pl.col("saturation") < 0.80)).height
            rest = offices.filter((pl.col("year") == year) & ~(pl.col("lower_bound") & (pl.col("saturation") < 0.80)))
            wanted_ids = rest.filter(~pl.col("saturation").is_between(0.80, 1.15))["office_id"]
            assert sorted(listed["office_id"]) == sorted(wanted_ids)
    finally:
        door.close()


def test_a_lower_bound_says_so_in_tables_and_is_not_called_idle() -> None:
    frame = pl.DataFrame(
        {
            "office": ["甲处", "乙处"], "saturation": [0.5, 0.5], "low": [0.4, 0.4], "high": [0.55, 0.55],
            "band": ["待判", "明显不饱满"], "lower_bound": [True, False],
        }
    )  # fmt: skip
    assert saturation._table(frame, "zh")["at_least_word"].to_list() == ["≥", None]
    said = saturation._calls(frame, "zh")
    assert said.startswith("乙处明显不饱满")
    assert "甲处明显不饱满" not in said
    assert "甲处、" not in said
    assert "另有 1 个处室只知下限，待判" in said, "its interval is narrow: that is not why"
    assert "区间过宽" not in said
    words = {"zh": "待判（只知下限，可能更高）", "en": "unsure (a lower bound, it may be higher)"}
    for language in BOTH:
        assert saturation._table(frame, language)["band_word"][0] == words[language]


def test_how_many_are_out_of_range_says_of_how_many_it_is_certain(snapshot: Snapshot) -> None:
    every = ask(snapshot, "saturation_units", unit_id=None, first_year=2025, last_year=2025)
    out = (
        ask(snapshot, "saturation_out_of_range", year=2025)
        .head(1)
        .drop("saturation", "low", "high", "band", "lower_bound")
    )
    told = [
        ("超负荷", 1.30, 1.16, 1.40, False),
        ("超负荷", 1.21, 1.09, 1.35, False),
        ("偏低", 0.72, 0.65, 0.79, False),
        ("偏低", 0.79, 0.70, 0.88, False),
        ("偏低", 0.70, 0.55, 0.78, False),
        ("待判", 0.75, 0.55, 1.05, False),
        ("超负荷", 1.50, 1.30, 1.70, True),
    ]
    rows = pl.DataFrame(told, schema=["band", "saturation", "low", "high", "lower_bound"], orient="row")
    facts = saturation.out_of_range(out.join(rows, how="cross"), every, "zh")
    assert facts.title == "处室：3 个高于 1.15（可断定 2 个），4 个低于 0.80（可断定 2 个）"
    assert facts.table["band_word"].to_list() == [
        "超负荷", "超负荷（尚不能断定）", "偏低", "偏低（尚不能断定）", "偏低（尚不能断定）", "待判（区间跨 0.60、0.80、1.00）", "超负荷",
    ]  # fmt: skip
    english = saturation.out_of_range(out.join(rows, how="cross"), every, "en")
    assert english.title == "Offices: 3 above 1.15 (2 for certain), 4 below 0.80 (2 for certain)"
