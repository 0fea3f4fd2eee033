"""The page of one unit: its words say what its frames say, its labels do not touch, every mark leads to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from panorama.access.actor import local_actor
from panorama.charts import timeline, unit, upset
from panorama.charts.picture import Card, Drill
from panorama.charts.timeline import WIDTH, Event, place
from panorama.charts.tokens import ALARM, BOLD, DATA, DATA_SOFT, PLAIN
from panorama.definitions import FIGURES
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.text import Language

ROOT = Path(__file__).resolve().parents[1]
BOTH: tuple[Language, ...] = ("zh", "en")
TODAY = date(2026, 11, 23)

_FIGURES: dict[str, Any] = {
    "unit_id": 1,
    "unit": "某局",
    "unit_kind": "政府部门",
    "ended": False,
    "end_date": None,
    "successor": None,
    "asked": 2025,
    "ledger_date": date(2025, 12, 31),
    "approved": 30,
    "actual": 27,
    "excess": 2,
    "vacancy": 5,
    "leaders_excess": 0,
    "required_staff": 26.0,
    "effective_staff": 27.0,
    "saturation": 0.963,
    "saturation_with_external": 0.9,
    "saturation_low": 0.9,
    "saturation_high": 1.02,
    "saturation_lower_bound": False,
    "performance_grade": "良好",
    "performance_rank": 12,
    "performance_field": 46,
    "types_missing": 0,
    "other_year": 2025,
    "other_saturation": 0.963,
    "other_lower_bound": False,
    "ranking_percentile": 0.54,
    "ranking_count": 3,
    "families": 5,
    "offices": 8,
    "findings": 9,
    "nil_returns": 0,
    "open": 4,
    "overdue": 2,
}


def confirmed(*names: str) -> pl.DataFrame:
    """A frame of unit_themes: each theme named by three families."""
    families = ("巡视巡察", "审计", "台账")
    rows = [
        (1, f"T{at:02}", name, name, family, 1, 2021, 2025) for at, name in enumerate(names, 1) for family in families
    ]
    columns = ("unit_id", "theme", "theme_zh", "theme_en", "family", "n", "first_year", "last_year")
    return pl.DataFrame(rows, schema=columns, orient="row", schema_overrides=dict.fromkeys(columns[1:5], pl.String))


def figures(**more: Any) -> pl.DataFrame:
    """A frame of unit_figures."""
    return pl.DataFrame([{**_FIGURES, **more}])


def types(*rows: tuple[str, int | None, int | None]) -> pl.DataFrame:
    """A frame of staffing_types of one unit: type, approved, actual."""
    made = [
        {
            "type_zh": name,
            "type_en": name,
            "approved": approved,
            "actual": actual,
            "excess": None if approved is None or actual is None else max(actual - approved, 0),
            "vacancy": None if approved is None or actual is None else max(approved - actual, 0),
        }
        for name, approved, actual in rows
    ]
    numbers = dict.fromkeys(("approved", "actual", "excess", "vacancy"), pl.Int64)
    return pl.DataFrame(made, schema={"type_zh": pl.String, "type_en": pl.String, **numbers})


def card(found: list[Card], key: str) -> Card:
    return next(one for one in found if one.figure == key)


@pytest.mark.parametrize("language", BOTH)
def test_an_excess_of_one_type_is_said_although_the_total_fits(language: Language) -> None:
    said = unit.message(figures(), types(("行政", 10, 12), ("事业", 20, 15)), confirmed(), language).title
    assert "行政超 2" in said if language == "zh" else "行政 over by 2" in said
    assert ("总数未超" if language == "zh" else "total fits") in said


def test_the_total_is_not_called_fitting_when_it_does_not_or_is_not_known() -> None:
    over = unit.message(figures(actual=33), types(("行政", 10, 12), ("事业", 20, 21)), confirmed(), "zh").title
    assert "总数未超" not in over
    unknown = unit.message(figures(), types(("行政", 10, 12), ("事业", 20, None)), confirmed(), "zh").title
    assert "总数未超" not in unknown


def test_what_was_not_reported_is_never_called_kept_to() -> None:
    assert "没有编制台账" in unit.message(figures(), types(), confirmed(), "zh").title
    assert "都未报" in unit.message(figures(), types(("行政", 10, None)), confirmed(), "zh").title
    partly = unit.message(figures(), types(("行政", 10, 10), ("事业", None, 3)), confirmed(), "zh").title
    assert "已报的编制类型没有超编，1 类未报" in partly


def test_a_unit_that_has_ended_is_said_to_have_ended_and_who_carries_on() -> None:
    note = unit.message(
        figures(ended=True, end_date=date(2023, 6, 30), successor="某中心"), types(), confirmed(), "zh"
    ).note
    assert "2023-06-30" in note
    assert "由某中心承接" in note


def test_the_message_names_three_confirmed_themes_and_counts_all() -> None:
    said = unit.message(figures(), types(("行政", 10, 9)), confirmed("甲", "乙", "丙", "丁"), "zh").title
    assert "甲、乙、丙等 4 项得到三类以上来源印证" in said
    assert "印证" not in unit.message(figures(), types(("行政", 10, 9)), confirmed("甲").head(2), "zh").title


def test_a_rank_stands_with_the_size_of_its_field_or_says_that_it_was_not_reported() -> None:
    assert "第 12/46 名" in card(unit.cards(figures(), "zh", 2025, TODAY), "performance_grade").context
    without = card(unit.cards(figures(performance_field=None), "zh", 2025, TODAY), "performance_grade").context
    assert without.startswith("第 12 名，参评数未报")
    without = card(unit.cards(figures(performance_rank=None), "zh", 2025, TODAY), "performance_grade").context
    assert "无名次" in without


def test_a_year_without_a_saturation_says_which_year_has_one() -> None:
    none = {"saturation": None, "saturation_with_external": None, "other_year": 2024, "other_lower_bound": True}
    assert "最近有数的是 2024 年 ≥ 0.96" in card(unit.cards(figures(**none), "zh", 2025, TODAY), "saturation").context
    never = none | {"other_year": None, "other_saturation": None}
    assert "最近" not in card(unit.cards(figures(**never), "zh", 2025, TODAY), "saturation").context


def test_a_type_the_ledger_leaves_out_is_told_beside_the_sum_of_the_others() -> None:
    assert card(unit.cards(figures(types_missing=1), "zh", 2025, TODAY), "actual").context == (
        "核定 30，另有 1 类编制本期台账未报"
    )


def test_no_record_of_findings_is_not_zero_findings_and_a_nil_return_is() -> None:
    none = {"findings": 0, "open": 0, "overdue": 0}
    assert card(unit.cards(figures(**none), "zh", 2025, TODAY), "findings_open").value == "—"
    assert card(unit.cards(figures(**none, nil_returns=1), "zh", 2025, TODAY), "findings_open").value == "0"


def test_saturation_shows_both_figures_its_interval_and_the_division() -> None:
    shown = card(unit.cards(figures(), "zh", 2025, TODAY), "saturation")
    assert shown.value == "0.96"
    assert "0.90–1.02" in shown.context
    assert "含编外 0.90" in shown.context
    assert shown.drill is not None
    assert shown.drill.working == "26.00 ÷ 27.0 = 0.96"
    absent = card(unit.cards(figures(saturation=None), "zh", 2025, TODAY), "saturation")
    assert (absent.value, "不计算" in absent.context) == ("—", True)


def covered(*rows: tuple[int, str, str, int]) -> pl.DataFrame:
    """A frame of unit_coverage: year, family, state, n."""
    return pl.DataFrame([(1, *row) for row in rows], schema=["unit_id", "year", "family", "state", "n"], orient="row")


@pytest.mark.parametrize("language", BOTH)
def test_the_source_map_names_each_hole_and_tells_four_states_apart(language: Language) -> None:
    frame = covered(
        (2024, "审计", "missing", 0),
        (2025, "审计", "nil", 0),
        (2025, "台账", "rows", 3),
        (2024, "台账", "not_asked", 0),
    )
    drawn = unit.coverage(frame, language)
    assert "2024" in drawn.title
    assert "2025" not in drawn.title
    words = {one["text"] for one in drawn.figure["layout"]["annotations"]}
    assert {"3", "—"} <= words
    assert ({"零", f"{BOLD}缺{PLAIN}"} if language == "zh" else {"nil", f"{BOLD}gap{PLAIN}"}) <= words
    assert [drill.params["first_year"] for drill in drawn.drills] == frame["year"].to_list()


def test_a_cell_of_the_source_map_that_no_file_speaks_of_is_not_left_blank() -> None:
    words = [
        one["text"] for one in unit.coverage(covered((2023, "台账", "rows", 1)), "zh").figure["layout"]["annotations"]
    ]
    assert words.count("—") == 5


EVENTS = st.lists(
    st.builds(
        Event,
        lane=st.integers(0, 4),
        at=st.dates(date(2021, 1, 1), date(2025, 12, 31)),
        words=st.lists(st.text("一二三abc 12", min_size=1, max_size=30), min_size=1, max_size=3).map(tuple),
        hover=st.just(""),
        word=st.booleans(),
        alarm=st.booleans(),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_no_two_labels_of_the_timeline_touch_and_none_leaves_it(events: list[Event]) -> None:
    labels = place(events, date(2021, 1, 1), date(2026, 1, 20))
    assert all(label.x0 >= 0 and label.x1 <= WIDTH for label in labels)
    assert all(label.words in label.event.words for label in labels)
    for at, one in enumerate(labels):
        for other in labels[at + 1 :]:
            if (one.event.lane, one.level) == (other.event.lane, other.level):
                assert one.x1 <= other.x0 or other.x1 <= one.x0


def happened(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """A frame of unit_events."""
    plain = {
        "lane": "审计",
        "at": date(2025, 7, 1),
        "dated": False,
        "year": 2025,
        "n": 1,
        "staffing": 0,
        "again": 0,
        "theme_zh": None,
        "theme_en": None,
        "words": "专项",
        "words_en": "Special",
        "row_ids": [1],
        "unit_id": 1,
        "round_first": 2024,
        "round_last": 2025,
    }
    made = [{**plain, **row} for row in rows]
    return pl.DataFrame(
        made or [plain], schema_overrides={"theme_zh": pl.String, "theme_en": pl.String, "words": pl.String}
    ).head(len(rows))


@pytest.mark.parametrize("language", BOTH)
def test_the_timeline_counts_what_it_draws_and_marks_what_came_again(language: Language) -> None:
    frame = happened(
        {"n": 4, "staffing": 2},
        {"year": 2024, "at": date(2024, 7, 1), "n": 3, "again": 2, "theme_zh": "混编混岗/挤占", "theme_en": "mixed"},
        {"lane": "绩效考核", "words": "优秀", "words_en": "优秀"},
        {"year": 2015, "at": date(2015, 7, 1), "n": 50},
    )
    drawn = timeline.events(frame, language)
    assert "7" in drawn.title
    assert "57" not in drawn.title
    assert ":red[2 " in drawn.title
    assert "优秀" in drawn.title
    colours = dict(zip(drawn.figure["data"][0]["x"], drawn.figure["data"][0]["marker"]["color"], strict=True))
    assert colours == {"2024-07-01": ALARM, "2025-07-01": DATA}
    assert any("混编混岗" in one["text"] or "mixed" in one["text"] for one in drawn.figure["layout"]["annotations"])
    assert drawn.table.height == 4
    assert ":red" not in drawn.alt


def test_the_round_is_shaded_where_it_is_not_the_whole_timeline() -> None:
    rows = ({"year": 2022, "at": date(2022, 7, 1)}, {})
    drawn = timeline.events(happened(*rows), "zh")
    assert [one["x0"] for one in drawn.figure["layout"]["shapes"] if one["type"] == "rect"] == ["2024-01-01"]
    assert "2024–2025" in drawn.note
    whole = timeline.events(happened({"year": 2024, "at": date(2024, 7, 1)}, {}), "zh")
    assert "本轮" not in whole.note


def test_a_timeline_of_nothing_claims_nothing() -> None:
    assert timeline.events(happened(), "zh").title == "没有可按时间排列的记录"
    only = timeline.events(happened({"lane": "编制变动", "dated": True}), "zh").title
    assert "没有外部发现的记录" in only


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.sampled_from(["巡视巡察", "审计", "台账", "工作量"])), st.integers(1, 9)
    )
)
def test_the_theme_picture_counts_families_as_its_frame_does(found: dict[tuple[int, str], int]) -> None:
    rows = [(1, f"T{t}", f"主题{t}", f"theme {t}", family, n, 2021, 2025) for (t, family), n in found.items()]
    columns = ["unit_id", "theme", "theme_zh", "theme_en", "family", "n", "first_year", "last_year"]
    schema = {name: pl.String if name in columns[1:5] else pl.Int64 for name in columns}
    drawn = upset.themes(pl.DataFrame(rows, schema=schema, orient="row"), "zh")
    several = [t for t in range(6) if sum(1 for theme, _ in found if theme == t) >= 3]
    assert all(f"主题{t}" in drawn.title for t in several[:1] if len(several) == 1)
    assert ("三类以上" in drawn.title) is bool(several)
    dots, circles = drawn.figure["data"]
    assert sum(int(text) for text in circles["text"]) == sum(found.values())
    assert circles["marker"]["color"].count(DATA) == sum(1 for theme, _ in found if theme in several)
    assert circles["marker"]["color"].count(DATA_SOFT) == len(found) - circles["marker"]["color"].count(DATA)
    spans = {
        line["y0"]: (line["x0"], line["x1"]) for line in drawn.figure["layout"]["shapes"] if line["type"] == "line"
    }
    on_a_line = [x for x, y in zip(dots["x"], dots["y"], strict=True) if y in spans and spans[y][0] <= x <= spans[y][1]]
    assert on_a_line == []


def like(values: list[float | None], own: int = 0) -> pl.DataFrame:
    """A frame of unit_peers: saturations, which of them is the unit's."""
    rows = [
        {
            "unit_id": at,
            "unit": f"单位{at}",
            "own": at == own,
            "year": 2025,
            "required_staff": value,
            "effective_staff": 1.0,
            "saturation": value,
            "saturation_with_external": None,
            "low": None,
            "high": None,
            "band": None,
            "lower_bound": False,
            "use_rate": None,
            "external_share": None,
            "percentile": None,
        }
        for at, value in enumerate(values)
    ]
    floats = ("required_staff", "saturation", "saturation_with_external", "low", "high", "use_rate", "percentile")
    frame = pl.DataFrame(rows, schema_overrides={**dict.fromkeys(floats, pl.Float64), "band": pl.String})
    return frame.sort("saturation", descending=True, nulls_last=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.5, 0.7, 0.9, 1.1, 1.3]), min_size=5, max_size=30))
def test_the_place_among_like_units_is_below_and_half_of_ties_out_of_n(values: list[float]) -> None:
    drawn = unit.peers(like(values), "zh")
    here = values[0]
    percentile = sum((value < here) + (value == here) / 2 for value in values) / len(values)
    assert f"百分位 {percentile:.0%}" in drawn.title
    assert f"n = {len(values)}" in drawn.note


def test_with_few_like_units_no_statistic_is_given_and_without_an_own_figure_no_place() -> None:
    assert "不作统计判断" in unit.peers(like([1.0, 0.9, 0.8]), "zh").title
    assert "无法与同类比较" in unit.peers(like([None, 0.9, 0.8]), "zh").title
    assert "没有可比的同类单位" in unit.peers(like([1.0, None]), "zh").title


def test_the_like_units_drawn_are_the_nearest_and_the_rest_is_counted() -> None:
    drawn = unit.peers(like([1.0, *(1.0 + at / 10 for at in range(1, 20))]), "zh")
    names = drawn.figure["layout"]["yaxis"]["ticktext"]
    assert len(names) == unit.MOST_PEERS
    assert f"{BOLD}▶ 单位0{PLAIN}" in names
    assert "单位1" in names
    assert "单位19" not in names
    assert "其余 8 个见表格" in drawn.note


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Snapshot:
    found = Door(Settings(home=sample_home)).snapshot()
    assert found is not None
    return found


def ask(snapshot: Snapshot, question: str, **params: Any) -> pl.DataFrame:
    return snapshot.ask(question, local_actor(), **params)


def busiest(snapshot: Snapshot) -> int:
    """The unit with most findings."""
    counted = snapshot.ask_sql(
        "select unit_id from mart.finding where not nil_return group by 1 order by count(*) desc, 1", local_actor()
    )
    return int(counted["unit_id"][0])


def rows_of(snapshot: Snapshot, drill: Drill) -> pl.DataFrame:
    assert drill.figure in FIGURES
    return ask(snapshot, drill.question, **drill.params)


def test_every_cell_of_the_source_map_leads_to_as_many_rows_as_it_says(snapshot: Snapshot) -> None:
    frame = ask(snapshot, "unit_coverage", unit_id=busiest(snapshot))
    drawn = unit.coverage(frame, "zh")
    for one, drill in zip(frame.iter_rows(named=True), drawn.drills, strict=True):
        rows = rows_of(snapshot, drill)
        # A row of a wide ledger is one row in the file and one a type in the ledger.
        assert rows["row_id"].n_unique() <= one["n"] <= rows.height or one["state"] != "rows"
        assert one["state"] != "rows" or rows["file"].null_count() == 0


def test_the_timeline_holds_every_finding_and_each_mark_leads_to_its_rows(snapshot: Snapshot) -> None:
    unit_id = busiest(snapshot)
    frame = ask(snapshot, "unit_events", unit_id=unit_id)
    findings = ask(snapshot, "unit_findings", unit_id=unit_id, today=TODAY)
    assert frame.filter(pl.col("lane").is_in(["巡视巡察", "审计"]))["n"].sum() == findings.height
    drawn = timeline.events(frame, "zh")
    assert f"{findings.height} 个问题" in drawn.title
    for drill in drawn.drills:
        rows = rows_of(snapshot, drill)
        assert set(rows["row_id"]) == set(drill.params["row_ids"])


def test_each_circle_of_a_theme_leads_to_rows_of_that_source(snapshot: Snapshot) -> None:
    unit_id = busiest(snapshot)
    drawn = upset.themes(ask(snapshot, "unit_themes", unit_id=unit_id, theme=None, family=None), "zh")
    assert drawn.drills
    for drill in drawn.drills:
        rows = rows_of(snapshot, drill)
        assert not rows.is_empty()
        assert rows["source"].unique().to_list() == [drill.params["family"]]
    several = snapshot.ask_sql(
        f"select count(*) as n from mart.corroboration where unit_id = {unit_id} and n_families >= 3", local_actor()
    )["n"].item()
    assert (
        upset.by_families(ask(snapshot, "unit_themes", unit_id=unit_id, theme=None, family=None))
        .filter(pl.col("k") >= 3)
        .height
        == several
    )


def test_every_card_leads_to_rows_and_the_findings_card_to_as_many_as_it_says(snapshot: Snapshot) -> None:
    unit_id = busiest(snapshot)
    found = unit.cards(ask(snapshot, "unit_figures", unit_id=unit_id, year=2025, today=TODAY), "zh", 2025, TODAY)
    for one in found:
        assert one.drill is not None
        assert one.value == "—" or not rows_of(snapshot, one.drill).is_empty()
    still = card(found, "findings_open")
    assert still.drill is not None
    assert rows_of(snapshot, still.drill).height == int(still.value)


def test_a_finding_counts_as_found_again_only_after_an_earlier_one_was_put_right(snapshot: Snapshot) -> None:
    told = snapshot.ask_sql(
        "select f.unit_id, f.finding_id, f.year, f.found_date, f.put_right, f.done_date, t.theme, t.about_to, t.round"
        " from mart.finding as f inner join mart.theme_record as t on t.record_id = f.finding_id where not f.nil_return",
        local_actor(),
    )
    unit_id = busiest(snapshot)
    rows = [one for one in told.iter_rows(named=True) if one["unit_id"] == unit_id]
    again = {
        late["finding_id"]
        for late in rows
        for early in rows
        if early["theme"] == late["theme"]
        and early["put_right"]
        and early["done_date"] is not None
        # An audit tells its year alone: the first day of it is the first on which it can have been found.
        and early["done_date"] < (late["found_date"] or date(late["year"], 1, 1))
        and (late["about_to"] is None or early["done_date"] < late["about_to"])
        and early["round"] != late["round"]
    }
    assert ask(snapshot, "unit_events", unit_id=unit_id)["again"].sum() == len(again)


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/evaluation/unit.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def test_a_link_reproduces_the_unit_and_the_year(
    sample_home: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = ask(snapshot, "units")
    other = units.row(2, named=True)
    app = opened(sample_home, monkeypatch, unit=other["unit_code"], year="2023")
    assert not app.exception
    assert app.selectbox(key="unit").value == other["unit_code"]
    assert app.selectbox(key="year").value == "2023"
    assert other["unit"] in "".join(one.value for one in app.markdown)
    # By its id as well, as the panel of rows links to it.
    by_id = opened(sample_home, monkeypatch, unit=str(other["unit_id"]))
    assert by_id.selectbox(key="unit").value == other["unit_code"]


def test_a_link_to_what_is_not_there_falls_back_to_what_is(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(sample_home, monkeypatch, unit="'; drop table unit", year="1850")
    assert not app.exception
    assert app.selectbox(key="year").value == "2025"
    assert app.header


def test_a_link_to_another_unit_wins_over_the_unit_looked_at_before(
    sample_home: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = ask(snapshot, "units")["unit_code"].to_list()
    app = opened(sample_home, monkeypatch, unit=codes[1])
    app.query_params["unit"] = codes[3]
    app.run()
    assert app.selectbox(key="unit").value == codes[3]
    # What is picked on the page afterwards holds, and stands in the address.
    app.selectbox(key="unit").select(codes[4]).run()
    assert app.selectbox(key="unit").value == codes[4]
    assert app.query_params["unit"] in (codes[4], [codes[4]])
