"""指标评分: titles say what the pictures show, nothing missing is a nought, no rank stands alone, each mark leads to its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.charts import gaps, indicators, pair, raters, weights
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.text import Language
from panorama.ui import visit
from tests.stock import titles

ROOT = Path(__file__).resolve().parents[1]
BOTH: tuple[Language, ...] = ("zh", "en")

_UNIT: dict[str, Any] = {
    "own": False, "round_name": "2025年", "index_name": "执行情况", "version": "1", "leaves": 10, "applicable": 10, "scored": 10,
    "missing": 0, "unscored": 0, "na": 0, "individual": 0, "weight": 100.0, "weight_na": 0.0, "weight_scored": 100.0,
    "points": 80.0, "score": 80.0, "low": 80.0, "high": 80.0, "own_score": 90.0, "others_score": 80.0, "own_n": 10,
    "compared": 5, "rank_median": 1.0, "rank_low": 1.0, "rank_high": 1.0, "tie_group": 1, "next_unit": None,
    "p_above_next": None, "flip_code": None, "flip_name": None, "flip_weight": None, "flip_needed": None, "strangers": 0,
}  # fmt: skip
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("score", "low", "high", "own_score", "others_score", "rank_median", "rank_low", "rank_high"), pl.Float64),
    **dict.fromkeys(("p_above_next", "flip_weight", "flip_needed"), pl.Float64),
    **dict.fromkeys(("next_unit", "flip_code", "flip_name"), pl.String),
    **dict.fromkeys(("compared", "tie_group"), pl.Int64),
}  # fmt: skip


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """A frame of indicators_units."""
    made = [{**_UNIT, "unit_id": at, "unit": f"单位{at}", **row} for at, row in enumerate(rows)]
    return pl.DataFrame(made, schema_overrides=_SCHEMA)


def place(median: float, first: float, last: float, group: int, **more: Any) -> dict[str, Any]:
    return {"rank_median": median, "rank_low": first, "rank_high": last, "tie_group": group, **more}


SHORT = {"score": None, "low": 60.0, "high": 75.0, "points": 60.0, "scored": 8, "missing": 1, "unscored": 1}
UNRANKED = dict.fromkeys(("compared", "rank_median", "rank_low", "rank_high", "tie_group"))
FIVE = frame(
    place(
        1,
        1,
        2,
        1,
        next_unit="单位1",
        p_above_next=0.71,
        flip_code="1.2",
        flip_name="职数",
        flip_weight=0.2,
        flip_needed=0.31,
    ),
    place(2, 1, 3, 1, **SHORT, next_unit="单位2", p_above_next=0.6),
    place(3, 2, 3, 1, na=2, weight_na=15.0, applicable=8, scored=8),
    place(4, 4, 5, 2),
    {
        **UNRANKED,
        "score": None,
        "low": None,
        "high": None,
        "points": 0.0,
        "scored": 0,
        "unscored": 10,
        "own_score": None,
    },
)


def test_the_title_counts_groups_and_units_as_the_picture_shows_them() -> None:
    drawn = indicators.compliance(FIVE, "zh")
    assert drawn.title == "执行情况：4 个单位分成 2 组，最前一组是单位0、单位1、单位2"
    ranked = drawn.table.drop_nulls("tie_group")
    assert (ranked.height, ranked["tie_group"].max()) == (4, 2)
    bands = [shape for shape in drawn.figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert len(bands) == ranked.filter(pl.col("tie_group") == 1).height
    assert "n = 5 个单位，缺评 12/48 项（25%）" in drawn.note
    assert "指标版本 1 · 方法" in drawn.note
    alike = frame(place(1, 1, 3, 1), place(2, 1, 3, 1), place(3, 1, 3, 1))
    assert indicators.compliance(alike, "en").title == "Compliance: 3 units that can not be told apart"


def test_no_rank_stands_alone_where_several_are_possible() -> None:
    drawn = indicators.compliance(FIVE, "zh")
    shown = [note["text"] for note in drawn.figure["layout"]["annotations"]]
    assert {"1–2", "1–3", "2–3", "4–5"} <= set(shown)
    line = drawn.figure["data"][0]
    assert line["x"][:2] == [1, 2], "the interval of the first"
    assert drawn.table["span"].to_list() == ["1–2 / 5", "1–3 / 5", "2–3 / 5", "4–5 / 5", "—"]
    own = indicators.message(FIVE.with_columns(own=pl.col("unit") == "单位1"), "GOV", "单位1", True, "zh")
    assert own.title == "单位1：执行情况 60.0–75.0（5 个同类中第 1 至 3 名）"


def test_units_that_are_level_in_every_run_read_level() -> None:
    three = frame(place(2, 2, 2, 1), place(2, 2, 2, 1), place(2, 2, 2, 1)).with_columns(own=pl.col("unit") == "单位1")
    assert "同类中并列第 2 名" in indicators.message(three, "GOV", "单位1", True, "zh").title
    assert "level at rank 2 of" in indicators.message(three, "GOV", "单位1", True, "en").title
    assert indicators.compliance(three, "zh").table["span"].str.starts_with("并列 2").all()
    alone = frame(place(1, 1, 1, 1), place(2, 2, 2, 2)).with_columns(own=pl.col("unit") == "单位1")
    assert "同类中第 2 名" in indicators.message(alone, "GOV", "单位1", True, "zh").title


def test_missing_and_not_applicable_are_said_and_never_a_nought() -> None:
    table = indicators.scores("执行情况", FIVE, "zh")
    rows = {row["unit"]: row for row in table.table.iter_rows(named=True)}
    assert rows["单位0"]["points_of_100"] == "80.0"
    assert (rows["单位1"]["points_of_100"], rows["单位1"]["covered"], rows["单位1"]["missing"]) == (
        "60.0–75.0",
        "8/10",
        1,
    )
    assert rows["单位2"]["moved"] == "2（15）"
    assert rows["单位4"]["points_of_100"] == "未评"
    assert table.title == "执行情况得分：3 个单位评全，2 个有缺评，1 个有不适用指标"
    assert rows["单位0"]["above"] == "71%（单位1）"
    assert rows["单位0"]["flip"] == "职数 20% → 31%"
    assert rows["单位1"]["flip"] == "任何单个权重都不会"
    assert len(table.drills) == table.table.height
    words = [note["text"] for note in indicators.compliance(FIVE, "zh").figure["layout"]["annotations"]]
    assert "未评，不排" in words


def test_under_three_units_there_are_scores_and_no_ranks() -> None:
    two = frame({**UNRANKED}, {**UNRANKED, **SHORT})
    drawn = indicators.compliance(two, "zh")
    assert drawn.title == "执行情况只有 2 个单位有评分：不足 3 个，不排名次"
    assert drawn.figure["data"][0]["x"][:2] == [60.0, 75.0]
    assert "不排名次" in indicators.message(two, "GOV", None, True, "zh").title
    none = frame({**UNRANKED, "scored": 0, "low": None, "score": None})
    assert indicators.compliance(none, "zh").title == "执行情况还没有评分"
    assert indicators.benefit(none, "en").table.is_empty()


@pytest.mark.parametrize("language", BOTH)
def test_the_message_names_who_is_first_in_both_indices_and_tells_of_scores_it_can_not_place(
    language: Language,
) -> None:
    other = FIVE.with_columns(
        index_name=pl.lit("使用效益"), tie_group=pl.when(pl.col("unit") == "单位1").then(1).otherwise(2).cast(pl.Int64)
    )
    both = pl.concat([FIVE, other]).with_columns(strangers=pl.when(pl.col("unit") == "单位3").then(3).otherwise(0))
    said = indicators.message(both, "GOV", None, True, language)
    assert {"zh": "政府部门：单位1在两个指数上都居最前一组", "en": "单位1 is in the first group of both"}[
        language
    ] in said.title
    assert {"zh": "3 条评分的指标编号不在模板末级", "en": "3 scores more of codes"}[language] in said.note
    nobody = indicators.message(FIVE.clear(), "GOV", "某局", True, language)
    assert {"zh": "某局这一轮没有评分", "en": "某局 was not scored"}[language] in nobody.title
    shut = indicators.message(FIVE.clear(), "GOV", None, False, language)
    assert {"zh": "没有您可以查看的评分", "en": "No scores that you may see"}[language] in shut.title


def test_the_gap_is_between_the_same_indicators_and_its_title_names_the_widest() -> None:
    three = frame(
        {"own_score": 80.0, "others_score": 62.5}, {"own_score": 70.0, "others_score": 71.0}, {"own_score": None}
    )
    drawn = gaps.units_compliance(three, "zh")
    assert drawn.title == "执行情况：2 个单位中 1 个自评更高，最多的是单位0（+17.5）"
    assert drawn.table["gap"].to_list() == [17.5, -1.0]
    assert "n = 2 个单位，缺 1（33%）" in drawn.note
    assert [drill.value for drill in drawn.drills] == ["+17.5", "−1.0"]
    assert gaps.units_benefit(three, "en").title == "Benefit: no own score to compare"
    leaf = {
        "unit_id": 1,
        "unit": "甲",
        "round_name": "2025年",
        "index_name": "执行情况",
        "version": "1",
        "individual": False,
    }
    leaves = pl.DataFrame(
        [
            {
                **leaf,
                "ind_code": "1",
                "name": "编制",
                "weight": 20.0,
                "state": "scored",
                "score": 10.0,
                "own_score": 15.0,
            },
            {
                **leaf,
                "ind_code": "2",
                "name": "职数",
                "weight": 20.0,
                "state": "missing",
                "score": None,
                "own_score": 20.0,
            },
            {**leaf, "ind_code": "3", "name": "排名", "weight": 20.0, "state": "na", "score": None, "own_score": None},
        ]
    )
    drawn = gaps.leaves_compliance(leaves, "zh")
    assert drawn.title == "执行情况：1 项指标中 1 个自评更高，最多的是编制（+25.0）"
    assert "n = 1 项指标，缺 1（50%）" in drawn.note


WEIGHTS = pl.DataFrame(
    [
        {"round_name": "2025年", "kind": "GOV", "unit_id": None, "ind_code": code, "version": "1", "parent_code": parent,
         "name": name, "index_name": "执行情况", "individual": False, "weight": weight, "leaf": leaf, "na_allowed": False, "units": 3}
        for code, parent, name, weight, leaf in (
            ("1", None, "机构", 40.0, False), ("1.10", "1", "丙", 5.0, True), ("1.2", "1", "乙", 15.0, True),
            ("1.1", "1", "甲", 20.0, True), ("2", None, "编制", 60.0, True),
        )
    ],
    schema_overrides={"unit_id": pl.Int64},
)  # fmt: skip


def test_blocks_are_as_high_as_their_weights_and_parts_stand_beside_the_one_above() -> None:
    drawn = weights.compliance(WEIGHTS, "zh")
    assert drawn.title == "执行情况：4 项指标，权重最大的是编制（60%）"
    blocks = drawn.figure["layout"]["shapes"]
    assert [(one["x0"], one["x1"], -one["y0"], -one["y1"]) for one in blocks] == [
        (0, 1, 0, 40),
        (1, 2, 0, 20),
        (1, 2, 20, 35),
        (1, 2, 35, 40),
        (0, 2, 40, 100),
    ]
    assert [drill.subject for drill in drawn.drills] == ["1 机构", "1.1 甲", "1.2 乙", "1.10 丙", "2 编制"]
    assert drawn.table.filter(pl.col("name") == "编制")["share"].item() == 0.6
    assert weights.benefit(WEIGHTS, "en").title == "Benefit: no indicators"


def rater(name: str, severity: float | None, low: float | None, high: float | None, **more: Any) -> dict[str, Any]:
    return {
        "round_name": "2025年", "rater": name, "registered": True, "n": 9, "units": 2, "severity": severity, "low": low, "high": high,
        "lacking": None, "alpha": 0.72, "items": 18, **more,
    }  # fmt: skip


def test_only_raters_whose_interval_leaves_out_the_mean_are_called_severe_or_lenient() -> None:
    rows = pl.DataFrame(
        [
            rater("E1", 0.06, 0.01, 0.11),
            rater("E2", -0.08, -0.12, -0.04, registered=False),
            rater("E3", 0.0004, -0.05, 0.05),
            rater("E4", None, None, None, lacking="apart"),
        ]
    )
    drawn = raters.severities(rows, "zh")
    assert drawn.title == "3 名评分人中E1明显偏宽，E2明显偏严"
    assert drawn.table["told"].to_list()[:3] == ["明显偏宽", "与平均分不开", "明显偏严"]
    assert "α = 0.72（勉强一致；18 项有两人以上评分）" in drawn.note
    assert "1 人不在评估人员名单" in drawn.note
    assert "比不了 1 人（25%）" in drawn.note
    ends = [note["text"] for note in drawn.figure["layout"]["annotations"]]
    assert "−8.0%" in ends
    assert "0.0%" in ends
    alone = raters.severities(rows.tail(1).with_columns(alpha=pl.lit(None, pl.Float64)), "en")
    assert "no comparison" in alone.title
    assert "no agreement to tell" in alone.note
    assert "No scores by the team" in raters.severities(rows.clear(), "en").title


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Snapshot:
    found = Door(Settings(home=sample_home)).snapshot()
    assert found is not None
    return found


def test_each_score_leads_to_just_the_rows_it_is_made_of(snapshot: Snapshot) -> None:
    rounds = snapshot.ask("indicators_rounds", local_actor())
    asked = {"round_name": rounds["round_name"][0], "kind": "GOV", "unit_id": None}
    units = snapshot.ask("indicators_units", local_actor(), **asked)
    drawn = indicators.compliance(units, "zh")
    assert len(drawn.drills) == 3
    for drill, row in zip(drawn.drills, drawn.table.iter_rows(named=True), strict=True):
        rows = snapshot.behind(drill.question, local_actor(), **drill.params)
        # Each of five indicators by the unit itself and by three raters.
        assert rows.height == 5 * 4
        assert rows["unit"].unique().to_list() == [row["unit"]]
        sql = (
            "select sum(s) / sum(w) * 100 as score from (select avg(score) as s, any_value(weight) as w from mart.score"
            f" where unit_id = {row['unit_id']} and index_name = '执行情况' and rater_kind = '评估组' group by ind_code)"
        )
        assert row["score"] == pytest.approx(snapshot.ask_sql(sql, local_actor())["score"].item())
    told = raters.severities(snapshot.ask("indicators_raters", local_actor(), round_name=asked["round_name"]), "zh")
    for drill, row in zip(told.drills, told.table.iter_rows(named=True), strict=True):
        assert snapshot.behind(drill.question, local_actor(), **drill.params).height == row["n"]
    tree = weights.compliance(snapshot.ask("indicators_weights", local_actor(), **asked), "zh")
    assert [snapshot.behind(one.question, local_actor(), **one.params).height for one in tree.drills] == [1] * 7


@pytest.mark.parametrize("language", BOTH)
def test_two_units_are_told_apart_from_95_percent_on_and_their_rows_are_those_of_the_first(
    snapshot: Snapshot, language: Language
) -> None:
    asked = {"round_name": snapshot.ask("indicators_rounds", local_actor())["round_name"][0], "kind": "GOV"}
    units = snapshot.ask("indicators_units", local_actor(), **asked, unit_id=None)
    ranked = units.filter(pl.col("p_above_next").is_not_null() & (pl.col("index_name") == "执行情况"))
    for row in ranked.iter_rows(named=True):
        one = row["unit_id"]
        other = units.filter(pl.col("unit") == row["next_unit"])["unit_id"][0]
        found = snapshot.ask("indicators_pair", local_actor(), **asked, one_id=one, other_id=other)
        drawn = pair.compared(found, language)
        told = drawn.table.filter(pl.col("index_name") == "执行情况").row(0, named=True)
        assert told["share"] == row["p_above_next"]
        sure = max(told["share"], 1 - told["share"]) >= 0.95
        apart = {"zh": "分不出高下", "en": "can't be told apart"}[language]
        assert (apart in told["told"]) is not sure
        assert f"{told['share']:.0%}" in drawn.title
        assert told["one_rank"] != "—"
        assert told["flip"] in drawn.note
        assert {"zh": "n = 1000 次、2 个单位，缺评 0/", "en": "n = 1,000 runs, 2 units, 0 of"}[language] in drawn.note
        assert len(drawn.drills) == drawn.table.height == 2
        rows = snapshot.behind(drawn.drills[0].question, local_actor(), **drawn.drills[0].params)
        assert rows["unit"].unique().to_list() == [row["unit"]]
        same = snapshot.ask("indicators_pair", local_actor(), **asked, one_id=one, other_id=one)
        assert pair.compared(same, language).table.is_empty()
    assert ranked.height == 2
    alone = Actor("联络员", "unit", units=frozenset({ranked["unit_id"][0]}))
    assert snapshot.ask("indicators_pair", alone, **asked, one_id=ranked["unit_id"][0], other_id=0).is_empty()


@pytest.mark.parametrize("language", BOTH)
def test_units_that_are_level_in_every_run_say_so_beside_one_another(snapshot: Snapshot, language: Language) -> None:
    asked = {"round_name": snapshot.ask("indicators_rounds", local_actor())["round_name"][0], "kind": "GOV"}
    units = snapshot.ask("indicators_units", local_actor(), **asked, unit_id=None).unique(
        "unit_id", maintain_order=True
    )
    one, other = units["unit_id"][:2]
    found = snapshot.ask("indicators_pair", local_actor(), **asked, one_id=one, other_id=other)

    def ranks(first: tuple[float, float], second: tuple[float, float]) -> set[tuple[str, str]]:
        held = {one: first, other: second}
        rank = [
            pl.col("unit_id").replace_strict({unit: at[end] for unit, at in held.items()}, default=9.0 + end)
            for end in (0, 1)
        ]
        drawn = pair.compared(found.with_columns(rank_low=rank[0], rank_high=rank[1]), language)
        return set(drawn.table.select("one_rank", "other_rank").iter_rows())

    n = found["compared"][0]
    level = {"zh": "并列 2.5", "en": "level 2.5"}[language]
    assert ranks((2.5, 2.5), (2.5, 2.5)) == {(f"{level} / {n}", f"{level} / {n}")}
    assert ranks((2.0, 2.0), (3.0, 3.0)) == {(f"2 / {n}", f"3 / {n}")}
    assert ranks((2.0, 3.0), (2.0, 3.0)) == {(f"2–3 / {n}", f"2–3 / {n}")}


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, **named: str) -> AppTest:
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in named.items():
        app.query_params[name] = value
    return app.switch_page("pages/evaluation/indicators.py").run()


@pytest.mark.parametrize("language", BOTH)
def test_a_link_opens_each_view_of_a_kind_and_of_a_unit(
    language: Language, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(sample_home, monkeypatch, lang=language, kind="PARTY", view="weights")
    assert not app.exception
    assert [("权重最大", "heaviest")[language == "en"] in title for title in titles(app)] == [True, True]
    app.segmented_control(key="view").set_value("scores").run()
    assert not app.exception
    assert {"zh": "党委部门只有 1 个单位有评分", "en": "Party department: only 1 unit"}[language] in app.header[0].value
    app.segmented_control(key="view").set_value("raters").run()
    assert not app.exception
    assert len(titles(app)) == 1
    app.segmented_control(key="view").set_value("pair").run()
    assert not app.exception
    assert {"zh": "请选两个", "en": "Choose two"}[language] in titles(app)[0]
    app = opened(sample_home, monkeypatch, lang=language, unit="000001", view="pair")
    assert not app.exception
    assert {"zh": "高于", "en": "stands above"}[language] in titles(app)[0]
    app.segmented_control(key="view").set_value("gaps").run()
    assert not app.exception
    assert len(titles(app)) == 2
    app.segmented_control(key="view").set_value("scores").run()
    assert not app.exception
    assert len(titles(app)) == 6
    assert {"zh": "公式计分", "en": "Scored by formula"}[language] in titles(app)[-1]


def test_who_sees_one_unit_gets_its_weights_and_is_told_why_no_scores(
    sample_home: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = snapshot.ask("units", local_actor())
    mine = units.filter(pl.col("unit_code") == "000001")["unit_id"].item()
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("联络员", "unit", units=frozenset({mine})))
    app = opened(sample_home, monkeypatch)
    assert not app.exception
    assert "没有您可以查看的评分" in app.header[0].value
    assert ["权重最大" in title for title in titles(app)] == [True, True]
    assert app.segmented_control(key="view").options == ["指标与权重"]
