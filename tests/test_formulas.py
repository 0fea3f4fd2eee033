"""Indicators that name a formula: the score is worked out from the marts, missing stays missing, and files are not overruled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from statistics import mean
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError
from world import SQL, World, every, ident, one, world

from panorama.charts import formulas
from panorama.definitions.formulas import FORMULAS
from panorama.sources.indicator import Indicator

ROUND = "2025年评估"
END = date(2025, 12, 31)


def unit(code: str) -> dict[str, Any]:
    return {"unit_code": code, "name": f"市{code}局", "unit_kind": "政府部门", "admin_level": "市"}


def indicator(code: str, formula: str | None, weight: float = 20, **more: Any) -> dict[str, Any]:
    return {
        "ind_code": code, "name": f"指标{code}", "index": "执行情况", "common": "共性", "template_kind": "GOV",
        "weight": Decimal(str(weight)), "scoring": "按公式", "version": "1", "formula_ref": formula, **more,
    }  # fmt: skip


def said(unit: str, code: str, points: float | None = None, kind: str = "自评", **more: Any) -> dict[str, Any]:
    return {
        "unit_ref": unit, "ind_code": code, "round": ROUND, "rater_kind": kind, "rater": "某人",
        "score": None if points is None else Decimal(str(points)), "missing": points is None and not more.get("na"), **more,
    }  # fmt: skip


def ledger(code: str, kind: str, approved: int | None, actual: int | None) -> dict[str, Any]:
    return {"unit_ref": code, "snapshot_date": END, "estab_type": kind, "approved": approved, "actual": actual}


def leader(code: str, rank: str, approved: int | None, actual: int | None) -> dict[str, Any]:
    return {
        "unit_ref": code,
        "snapshot_date": END,
        "scope": "单位领导",
        "rank": rank,
        "approved": approved,
        "actual": actual,
    }


def rating(code: str, rank: int | None, n: int | None) -> dict[str, Any]:
    return {"unit_ref": code, "scheme": "年度绩效", "year": 2025, "grade_raw": "良好", "rank": rank, "field_n": n}


def ranking(code: str, name: str, rank: int, n: int) -> dict[str, Any]:
    return {
        "unit_ref": code,
        "system": "某系统",
        "indicator": name,
        "period": "2025",
        "scope": "全市",
        "rank": rank,
        "field_n": n,
    }


def finding(code: str, no: str, state: str) -> dict[str, Any]:
    return {
        "finding_no": no, "unit_ref": code, "authority": "市委", "round": "第三轮", "conf": "内部", "text": f"问题{no}",
        "feedback_date": date(2025, 5, 6), "state": state,
    }  # fmt: skip


def points(formula: str, value: float, weight: float = 20, ends: tuple[str, float, float] | None = None) -> float:
    """Points of a value by interpolation over the corners of the curve: another way than the model's cases."""
    aim, low, high = ends or (FORMULAS[formula].direction, FORMULAS[formula].low, FORMULAS[formula].high)
    wide = high - low
    corners = {
        "正向": ([low, high], [0, weight]), "逆向": ([low, high], [weight, 0]),
        "适度": ([low - wide, low, high, high + wide], [0, weight, weight, 0]),
    }[aim]  # fmt: skip
    import numpy as np

    return float(np.interp(value, *corners))


TEMPLATE = [
    indicator("x", "excess@1"), indicator("l", "leaders_excess@1"), indicator("p", "performance@1"), indicator("r", "ranking@1"),
    indicator("f", "put_right@1"), indicator("g", "imbalance@1"), indicator("s", "saturation@1"), indicator("hand", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def scored() -> Any:
    return world(
        unit=[unit("001"), unit("002"), unit("003")],
        indicator=TEMPLATE,
        score=[said(code, "hand", 10, "评估组", evidence_refs=["卷1"]) for code in ("001", "002", "003")],
        staffing_ledger=[
            ledger("001", "XZ", 40, 42), ledger("001", "SY", 20, 11), ledger("002", "XZ", 10, 20), ledger("003", "XZ", 10, None),
            ledger("003", "SY", 10, 9),
        ],
        leader_quota=[leader("001", "正职", 1, 1), leader("001", "副职", 4, 3), leader("002", "正职", 1, 2), leader("002", "副职", 9, 3)],
        performance_rating=[rating("001", 3, 20), rating("002", None, 20)],
        industry_ranking=[ranking("001", "甲", 1, 16), ranking("001", "乙", 9, 16), ranking("001", "丙", 5, 10)],
        inspection_finding=[finding("001", "1", "已完成"), finding("001", "2", "整改中"), finding("001", "3", "已完成")],
    )  # fmt: skip


def told(scored: Any, code: str) -> dict[str, dict[str, Any]]:
    rows = every(scored, "select * from mart.system_score where unit_id = ?", ident(code))
    return {row["ind_code"]: row for row in rows}


def test_a_score_is_the_weight_times_how_far_the_figure_lies_between_the_goalposts(scored: Any) -> None:
    rows = told(scored, "001")
    # By hand from the rows above: excess 2 of 60, none of 5 leaders, rank 3 of 20, the middle of three rankings, 2 of 3 findings.
    expected = {"x": 2 / 60, "l": 0.0, "p": 1 - 2.5 / 20, "r": 1 - 4.5 / 10, "f": 2 / 3}
    for code, value in expected.items():
        row = rows[code]
        assert row["value"] == pytest.approx(value), code
        assert row["score"] == pytest.approx(points(row["formula"], value), abs=0.005), code
        assert row["lacking"] is None
    assert (rows["x"]["top"], rows["x"]["bottom"], rows["x"]["year"]) == (2, 60, 2025)
    assert told(scored, "002")["x"]["score"] == 0, "an excess of all beyond the goalpost is nought, and known"
    assert told(scored, "002")["l"]["score"] == pytest.approx(points("leaders_excess@1", 1 / 10))
    assert "hand" not in rows


def test_a_figure_that_is_not_known_gives_missing_and_never_nought(scored: Any) -> None:
    rows = told(scored, "003")
    assert {code: (row["score"], row["lacking"]) for code, row in rows.items()} == {
        "x": (None, "part"), "l": (None, "input"), "p": (None, "input"), "r": (None, "input"), "f": (None, "input"),
        "g": (None, "input"), "s": (None, "input"),
    }  # fmt: skip
    assert told(scored, "002")["p"]["lacking"] == "input", "a grade without a rank has no percentile"
    states = every(scored, "select ind_code, state, by_kind, computed from mart.indicator_score where unit_id = ?", ident("003"))  # fmt: skip
    assert {row["ind_code"]: row["state"] for row in states if row["ind_code"] != "hand"} == dict.fromkeys("xlprfgs", "missing")  # fmt: skip
    whole = one(scored, "select score, low, high, missing from mart.index_score where unit_id = ?", ident("003"))
    assert (whole["score"], whole["missing"]) == (None, 7)
    assert (whole["low"], whole["high"]) == (pytest.approx(10 / 160 * 100), pytest.approx(150 / 160 * 100))


def test_what_is_worked_out_counts_where_no_file_says_otherwise_and_by_nobody_else(scored: Any) -> None:
    row = one(scored, "select * from mart.indicator_score where unit_id = ? and ind_code = 'x'", ident("001"))
    assert (row["state"], row["by_kind"], row["computed"], row["raters"], row["row_ids"]) == (
        "scored",
        "系统",
        True,
        1,
        None,
    )
    assert row["score"] == told(scored, "001")["x"]["score"]


def test_a_dropped_system_score_counts_and_the_difference_is_told() -> None:
    con = world(
        unit=[unit("001"), unit("002"), unit("003"), unit("004")],
        indicator=[indicator("x", "excess@1"), indicator("y", "excess@1")],
        score=[
            said("001", "x", 12, "系统", rater="excess@1"),
            said("002", "x", None, "系统", rater="excess@1"),
            said("003", "x", 9, "评估组", evidence_refs=["卷1"]),
            said("004", "x", 7, "互评", evidence_refs=["卷1"]),
        ],
        staffing_ledger=[ledger(code, "XZ", 100, 105) for code in ("001", "002", "003")],
    )
    rows = {row["unit_id"]: row for row in every(con, "select * from mart.system_score where ind_code = 'x'")}
    # 5 % lies half way: 10 of 20.
    first, second = rows[ident("001")], rows[ident("002")]
    assert (first["score"], first["dropped"], first["difference"]) == (10, 12, 2)
    assert (second["score"], second["dropped"], second["dropped_n"], second["difference"]) == (10, None, 1, None)
    counted = {
        (row["unit_id"], row["ind_code"]): (row["state"], row["score"], row["by_kind"], row["computed"])
        for row in every(con, "select * from mart.indicator_score")
    }
    assert counted[ident("001"), "x"] == ("scored", 12, "系统", False), "a file is not overruled"
    assert counted[ident("002"), "x"] == ("missing", None, "系统", False), "nor where it says that data are missing"
    assert counted[ident("003"), "x"] == ("scored", 9, "评估组", False), "the team goes first"
    assert counted[ident("001"), "y"] == ("scored", 10, "系统", True)
    assert counted[ident("004"), "x"] == ("scored", 7, "互评", False), "others speak where the formula can not"
    assert counted[ident("004"), "y"] == ("missing", None, "系统", True)


GOALS: list[tuple[dict[str, str], int, float]] = [
    ({"goal_lo": "0", "goal_hi": "0.20"}, 105, 0.75),
    ({"goal_lo": "0", "goal_hi": "20", "unit": "%"}, 105, 0.75),
    ({"goal_lo": "0", "goal_hi": "0.05"}, 106, 0),
    ({"goal_lo": "0", "goal_hi": "0"}, 100, 1),
    ({"goal_lo": "0", "goal_hi": "0"}, 101, 0),
    ({"goal_lo": "0", "goal_hi": "0.10", "direction": "正向"}, 104, 0.4),
    ({"goal_lo": "0.02", "goal_hi": "0.04", "direction": "适度"}, 103, 1),
    ({"goal_lo": "0.02", "goal_hi": "0.04", "direction": "适度"}, 105, 0.5),
    ({"goal_lo": "0.02", "goal_hi": "0.04", "direction": "适度"}, 101, 0.5),
    ({"goal_hi": "0.50"}, 105, 0.5),
    ({"direction": "正向"}, 105, 0.5),
]
"""An indicator's own goalposts, how many there actually are where 100 are approved, and how far that is of the way."""


@pytest.fixture(scope="module")
def by_own_goals() -> World:
    """A unit and an indicator for each of these."""
    return world(
        unit=[unit(f"{at:03}") for at in range(len(GOALS))],
        indicator=[
            indicator(
                f"x{at}",
                "excess@1",
                **{name: Decimal(value) if name.startswith("goal") else value for name, value in goals.items()},
            )
            for at, (goals, _, _) in enumerate(GOALS)
        ],
        score=[said(f"{at:03}", f"x{at}", 1) for at in range(len(GOALS))],
        staffing_ledger=[ledger(f"{at:03}", "XZ", 100, actual) for at, (_, actual, _) in enumerate(GOALS)],
    )


@pytest.mark.parametrize("at", range(len(GOALS)), ids=[f"{goals} {actual}" for goals, actual, _ in GOALS])
def test_the_indicators_own_goalposts_go_before_the_formulas_where_both_are_given(at: int, by_own_goals: World) -> None:
    asked = "select score from mart.system_score where unit_id = ? and ind_code = ?"
    assert one(by_own_goals, asked, ident(f"{at:03}"), f"x{at}")["score"] == pytest.approx(20 * GOALS[at][2])


def test_a_lower_bound_of_saturation_is_no_score_and_a_known_one_is() -> None:
    standard = {"activity_code": "A", "activity_name": "审批", "scope_ref": "001", "wisn_class": "核心", "unit_of_work": "件", "std_hours": Decimal("2"), "evidence": "写实", "valid_year": 2025, "version": "1"}  # fmt: skip
    work = [
        {"unit_ref": code, "activity_code": activity, "period": "2025", "volume": Decimal(volume), "source": "业务系统"}
        for code, activity, volume in (("001", "A", 5952), ("002", "A", 5952), ("002", "无标准", 10))
    ]
    con = world(
        unit=[unit("001"), unit("002")],
        indicator=[indicator("s", "saturation@1")],
        score=[said("001", "s", 1), said("002", "s", 1)],
        staffing_ledger=[ledger("001", "XZ", 4, 4), ledger("002", "XZ", 4, 4)],
        activity_standard=[standard, standard | {"scope_ref": "002"}],
        workload=work,
    )
    rows = told(con, "001") | {"other": told(con, "002")["s"]}
    # 5,952 × 2 h over 248 days × 8 h are 6 people's work for 4: 1.5, 0.35 beyond 1.15, which is as wide as the goalposts.
    assert rows["s"]["value"] == pytest.approx(1.5)
    assert rows["s"]["score"] == pytest.approx(0, abs=1e-6)
    assert (rows["other"]["score"], rows["other"]["lacking"]) == (None, "bound")


def test_imbalance_with_an_office_that_is_a_lower_bound_is_no_score_and_such_an_office_is_not_under() -> None:
    standard = {"activity_code": "A", "activity_name": "审批", "scope_ref": "全部", "wisn_class": "核心", "unit_of_work": "件", "std_hours": Decimal("2"), "evidence": "写实", "valid_year": 2025, "version": "1"}  # fmt: skip
    work = [
        {"unit_ref": code, "office_ref": office, "activity_code": activity, "period": "2025", "volume": Decimal(volume), "source": "业务系统"}
        for code in ("001", "002")
        for office, activity, volume in (("一处", "A", 992), ("二处", "A", 3968), *([("一处", "无标准", 10)] if code == "002" else []))
    ]  # fmt: skip
    con = world(
        unit=[unit("001"), unit("002")],
        indicator=[indicator("i", "imbalance@1")],
        score=[said("001", "i", 1), said("002", "i", 1)],
        staffing_ledger=[
            ledger(code, "XZ", 2, 2) | {"office_ref": office} for code in ("001", "002") for office in ("一处", "二处")
        ],
        activity_standard=[standard],
        workload=work,
    )
    # One person's work and four's, for two each: 0.5 and 2.0, whose Gini is 0.3 of 0.4.
    known, other = told(con, "001")["i"], told(con, "002")["i"]
    assert (known["value"], known["score"]) == (pytest.approx(0.3), pytest.approx(5))
    assert (other["value"], other["score"], other["lacking"]) == (None, None, "bound")
    under = every(con, "select staff_under from mart.imbalance as i inner join mart.unit as u using (unit_id) order by u.unit_code")  # fmt: skip
    assert [row["staff_under"] for row in under] == [0.5, 0]


def test_the_imbalance_is_of_offices_whose_saturation_is_whole() -> None:
    standard = {"activity_code": "A", "activity_name": "审批", "scope_ref": "全部", "wisn_class": "核心", "unit_of_work": "件", "std_hours": Decimal("2"), "evidence": "写实", "valid_year": 2025, "version": "1"}  # fmt: skip
    volumes = {"001": (992, 3968, 4960), "002": (992, 3968, 4960), "003": (992, 3968)}
    offices = ("一处", "二处", "三处")
    work = [
        {"unit_ref": code, "office_ref": office, "activity_code": "A", "period": "2025", "volume": Decimal(volume), "source": "业务系统"}
        for code, of in volumes.items()
        for office, volume in zip(offices, of, strict=False)
    ]  # fmt: skip
    # Of what has no standard time nobody knows how long it took: such an office is a lower bound.
    unknown = {"activity_code": "无标准", "period": "2025", "volume": Decimal(10), "source": "业务系统"}
    work += [{"unit_ref": code, "office_ref": office} | unknown for code, office in (("002", "三处"), ("003", "二处"))]
    staff = {"一处": 2, "二处": 2, "三处": 4}
    con = world(
        unit=[unit(code) for code in volumes],
        staffing_ledger=[
            ledger(code, "XZ", staff[office], staff[office]) | {"office_ref": office}
            for code, of in volumes.items()
            for office in offices[: len(of)]
        ],
        activity_standard=[standard],
        workload=work,
    )
    rows = every(con, "select i.gini, i.offices from mart.imbalance as i inner join mart.unit as u using (unit_id) order by u.unit_code")  # fmt: skip

    def gini(loads: list[float], people: list[int]) -> float:
        """Each person beside each other one, one by one: half the mean distance, by the mean."""
        each = [load for load, n in zip(loads, people, strict=True) for _ in range(n)]
        return mean(abs(one - other) for one in each for other in each) / (2 * mean(each))

    of_three = gini([0.5, 2.0, 1.25], [2, 2, 4])
    of_two = gini([0.5, 2.0], [2, 2])
    assert of_three != pytest.approx(of_two)
    assert [row["offices"] for row in rows] == [3, 3, 2]
    assert [row["gini"] for row in rows] == [pytest.approx(of_three), pytest.approx(of_two), None]


def test_every_formula_has_its_value_in_the_marts_and_its_words_in_both_languages() -> None:
    text = (SQL / "staging" / "formula_value.sql").read_text(encoding="utf-8")
    assert {name for name in FORMULAS if f"'{name}'" in text} == set(FORMULAS)
    con = world(unit=[unit("001")], staffing_ledger=[ledger("001", "XZ", 10, 10)])
    assert {row["formula"] for row in every(con, "select distinct formula from staging.formula_value")} == set(FORMULAS)


GIVEN: dict[str, Any] = {
    "ind_code": "1.1", "name": "编制", "index": "执行情况", "common": "共性", "template_kind": "GOV", "weight": Decimal(10),
    "scoring": "按公式", "version": "1",
}  # fmt: skip


@pytest.mark.parametrize("name", ["excess", "excess@2", "Excess@1", "台账口径"])
def test_a_formula_that_is_none_is_refused_with_a_sentence_that_names_those_there_are(name: str) -> None:
    for known in FORMULAS:
        Indicator(**GIVEN | {"formula_ref": known})
    with pytest.raises(ValidationError, match="No such formula"):
        Indicator(**GIVEN | {"formula_ref": name})
    check = next(one for one in Indicator.checks if one.column == "formula_ref")
    assert "excess@1" in check.text.zh


def test_the_table_says_inputs_goalposts_and_what_a_file_says_otherwise() -> None:
    base = {
        "unit_id": 1, "unit": "市甲局", "round_name": ROUND, "index_name": "执行情况", "weight": 20.0, "year": 2025,
        "own_goals": False, "dropped": None, "dropped_n": 0, "difference": None, "lacking": None, "direction": "逆向",
    }  # fmt: skip
    frame = pl.DataFrame(
        [
            base | {"ind_code": "x", "name": "编制", "formula": "excess@1", "goal_lo": 0.0, "goal_hi": 0.1, "top": 5.0, "bottom": 100.0, "value": 0.05, "score": 10.0, "dropped": 12.0, "dropped_n": 1, "difference": 2.0},
            base | {"ind_code": "s", "name": "饱满", "formula": "saturation@1", "goal_lo": 0.8, "goal_hi": 1.15, "direction": "适度", "top": 6.0, "bottom": 4.0, "value": None, "score": None, "lacking": "bound"},
        ],
        infer_schema_length=None,
    )  # fmt: skip
    found = formulas.scored(frame, "zh")
    assert found.title == "公式计分：2 项，算出 1 项，1 项缺数据，不按 0 分，1 项与文件里的系统评分不同"
    assert found.table["inputs"].to_list() == [
        "2025 年：5 ÷ 100 = 5.0%",
        "2025 年：缺失，有工作量没有标准工时，只知下限",
    ]
    assert found.table["goals"].to_list() == ["↓ 0%–10%（公式）", "↔ 0.8–1.15（公式）"]
    assert found.table["apart"].to_list() == ["+2.0", "—"]
    first, second = found.drills
    assert first is not None
    assert second is not None
    assert (first.question, first.params) == ("rows_staffing", {"unit_id": 1, "year": 2025, "estab_type": None})
    assert first.working == "2025 年：5 ÷ 100 = 5.0% → 10.00 / 20"
    assert second.value == "缺失"
