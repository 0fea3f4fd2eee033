"""Indicators and scores across rows: what can not stand and what may, which score counts, ranks by another way of counting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from world import Together, every, one, world

from panorama.access.actor import Actor, local_actor
from panorama.methods.agreement import alpha
from panorama.methods.ranks import flip, ranks
from panorama.methods.raters import severity
from panorama.methods.scoring import RANKED, RATED, Pair, pair, ranked, rated
from panorama.methods.templates import FAULT, faults
from panorama.store.door import Door
from panorama.store.faults import SAYS
from tests.stock import current, dropped, settings_at, units, write

ROUND = "2025年"


def indicator(code: str, weight: float, parent: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "ind_code": code, "name": f"指标{code}", "index": "执行情况", "common": "共性", "template_kind": "GOV", "parent": parent,
        "weight": Decimal(str(weight)), "scoring": "按实", "version": "1", "drop_seq": 1, **more,
    }  # fmt: skip


def score(unit: str, code: str, points: float | None, rater: str = "E1", **more: Any) -> dict[str, Any]:
    return {
        "unit_ref": unit, "ind_code": code, "round": ROUND, "rater_kind": "评估组", "rater": rater, "drop_seq": 1,
        "score": None if points is None else Decimal(str(points)), "evidence_refs": ["卷1"], **more,
    }  # fmt: skip


def unit(code: str, **more: Any) -> dict[str, Any]:
    return {"unit_code": code, "name": f"市{code}局", "unit_kind": "政府部门", "admin_level": "市", **more}


ROWS: dict[str, Any] = {
    "unit_id": pl.Int64, "template_kind": pl.String, "ind_code": pl.String, "version": pl.String, "parent": pl.String,
    "name": pl.String, "index_name": pl.String, "weight": pl.Decimal(18, 3), "drop_seq": pl.Int32, "part_id": pl.Int32, "src_row": pl.Int32,
    "row_id": pl.Int64,
}  # fmt: skip
VERSIONS: dict[str, Any] = {
    "round_name": pl.String, "unit_id": pl.Int64, "template_kind": pl.String, "version": pl.String, "locked_seq": pl.Int32,
}  # fmt: skip
Told = tuple[str, float, str | None]


def told(
    *indicators: Told, drop: int = 1, unit_id: int | None = None, version: str = "1", index: str = "执行情况"
) -> list[dict[str, Any]]:
    """Rows of staging.indicator_row: code, weight, parent."""
    return [
        {
            "unit_id": unit_id, "template_kind": "GOV", "ind_code": code, "version": version, "parent": parent,
            "name": f"名{code}", "index_name": index, "weight": Decimal(str(weight)), "drop_seq": drop, "part_id": drop, "src_row": at,
            "row_id": drop * 1000 + at + (0 if unit_id is None else 500),
        }
        for at, (code, weight, parent) in enumerate(indicators, start=2)
    ]  # fmt: skip


def refused(*rows: list[dict[str, Any]], locks: tuple[tuple[Any, ...], ...] = ()) -> list[tuple[int, str]]:
    """(row_id, rule) of what can not stand."""
    frame = pl.DataFrame([row for some in rows for row in some], schema=ROWS)
    found = faults(frame.reverse(), pl.DataFrame(list(locks), schema=VERSIONS, orient="row"))
    assert found.schema == pl.Schema(FAULT)
    return list(found.select("row_id", "rule").iter_rows())


TREE = (("1", 40, None), ("1.1", 25, "1"), ("1.2", 15, "1"))


def test_weights_that_add_up_stand_by_code_or_by_name_in_exact_decimals() -> None:
    assert refused(told(*TREE)) == []
    assert refused(told(("1", 0.3, None), ("1.1", 0.1, "名1"), ("1.2", 0.2, "名1"))) == []
    assert refused(told(("1", 10, None), ("2", 90, None))) == [], "nothing stands above the first level"
    same_name = [row | {"name": "同名"} for row in told(("1", 40, None), ("1.1", 40, "1"))]
    assert refused(same_name) == []


def test_siblings_that_do_not_add_up_are_all_refused_and_the_sentence_names_the_sum() -> None:
    rows = told(("1", 40, None), ("1.1", 25, "1"), ("1.2", 14.5, "1"))
    assert refused(rows) == [(1003, "V-IND-1"), (1004, "V-IND-1")]
    found = faults(pl.DataFrame(rows, schema=ROWS), pl.DataFrame(schema=VERSIONS)).row(0, named=True)
    assert found["said"] == ["名1", "2", "39.5", "40"]
    assert (found["field"], found["value"]) == ("weight", "25")


def test_the_drop_that_upset_a_sum_is_refused_and_what_stood_before_it_stands_again() -> None:
    first = told(*TREE)
    assert refused(first, told(("1.2", 20, "1"), drop=2)) == [(2002, "V-IND-1")]
    assert refused(first, told(("1", 50, None), drop=2)) == [(2002, "V-IND-1")], "the one above came alone"
    assert refused(first, told(("1.2", 20, "1"), ("1", 45, None), drop=2)) == []
    # A wrong start, then a wrong change: neither stands.
    wrong = told(("1", 40, None), ("1.1", 20, "1"), ("1.2", 15, "1"))
    both = [(1003, "V-IND-1"), (1004, "V-IND-1"), (2002, "V-IND-1")]
    assert refused(wrong, told(("1.1", 22, "1"), drop=2)) == both
    assert refused(wrong, told(("1.1", 25, "1"), drop=2)) == [], "mended by a later drop"


def test_what_stands_below_a_refused_one_goes_with_it_and_the_rest_of_the_tree_stays() -> None:
    deep = told(
        ("1", 40, None), ("1.1", 25, "1"), ("1.2", 10, "1"), ("1.1.1", 25, "1.1"), ("2", 60, None), ("2.1", 60, "2")
    )
    assert refused(deep) == [(1003, "V-IND-1"), (1004, "V-IND-1"), (1005, "V-IND-3")]


def test_a_units_own_indicators_add_up_with_the_common_ones_or_are_refused_alone() -> None:
    common = told(*TREE)
    assert refused(common, told(("1.2", 15, "1"), unit_id=7)) == [], "it stands in for the common one of its code"
    assert refused(common, told(("1.3", 5, "1"), unit_id=7)) == [(1502, "V-IND-1")]
    block = told(("1", 40, None), ("1.1", 40, "1"), ("9", 20, None))
    assert refused(block, told(("9.1", 12, "9"), ("9.2", 8, "9"), unit_id=7)) == []
    assert refused(block, told(("9.1", 12, "9"), unit_id=7), told(("9.1", 20, "9"), drop=2, unit_id=8)) == [(1502, "V-IND-1")]  # fmt: skip
    broken = told(("1", 40, None), ("1.1", 20, "1"))
    assert refused(broken, told(("1.9", 20, "1"), unit_id=7)) == [(1003, "V-IND-1")], "a broken template blames no unit"


def test_a_parent_that_nobody_told_of_is_refused_and_codes_like_it_are_named() -> None:
    rows = told(("1", 40, None), ("1.1", 40, "名1"), ("1.1.1", 25, "1.1"), ("1.1.2", 15, "1.1."), ("2", 60, None))
    found = faults(pl.DataFrame(rows, schema=ROWS), pl.DataFrame(schema=VERSIONS)).to_dicts()
    # Nor does the sum escape: what is left below 1.1 does not add up to it.
    assert [(row["row_id"], row["rule"]) for row in found] == [(1004, "V-IND-1"), (1005, "V-IND-4")]
    assert (found[1]["field"], found[1]["value"], found[1]["said"][0]) == ("parent", "1.1.", "1.1.")
    assert "1.1 名1.1" in found[1]["said"][1].split("、")
    alone = faults(pl.DataFrame(told(("1.1", 25, "九")), schema=ROWS), pl.DataFrame(schema=VERSIONS)).row(0, named=True)
    assert (alone["rule"], alone["said"]) == ("V-IND-4", ["九", "—"])
    assert refused(told(("1.1", 25, "1")), told(("1", 25, None), drop=2)) == [], "the one above may come later"
    assert refused(told(("1.1", 25, "1"), version="2"), told(("1", 25, None))) == [(1002, "V-IND-4")]
    assert refused(told(("1", 25, None)), told(("1.9", 25, "1"), unit_id=7, version="个1")) == [], (
        "a unit's own stands below the common one, whose versions are not its own"
    )
    assert refused(told(("1", 25, None)), told(("1.9", 25, "9"), unit_id=7)) == [(1502, "V-IND-4")]
    assert refused(told(("1", 25, "1"))) == [], "a first level that was filled down names itself"


def test_an_indicator_of_the_other_index_stands_below_none() -> None:
    top = told(("1", 40, None), ("1.1", 40, "1"))
    assert refused(top) == []
    other = told(("1.1", 40, "1"), drop=2, index="使用效益")
    found = faults(pl.DataFrame([*top, *other], schema=ROWS), pl.DataFrame(schema=VERSIONS)).to_dicts()
    assert [(row["row_id"], row["rule"], row["field"], row["said"]) for row in found] == [
        (2002, "V-IND-5", "index", ["名1", "执行情况"])
    ]
    assert refused(top, told(("1.1", 40, "名1"), unit_id=7, index="使用效益")) == [(1502, "V-IND-5")]


def test_a_version_with_agreed_scores_takes_no_change_and_a_new_version_does() -> None:
    first = told(*TREE)
    locks = ((ROUND, None, "GOV", "1", 2),)
    assert refused(first, told(*TREE, drop=3), locks=locks) == [], "the same again changes nothing"
    changed = told(("1.1", 20, "1"), ("1.2", 20, "1"), drop=3)
    assert refused(first, changed, locks=locks) == [(3002, "V-IND-2"), (3003, "V-IND-2")]
    assert refused(first, told(("1.1", 20, "1"), ("1.2", 20, "1"), drop=2), locks=locks) == [], (
        "before it was agreed on"
    )
    assert refused(first, told(("3", 9, None), drop=3), locks=locks) == [(3002, "V-IND-2")], "nor one more"
    assert refused(first, told(("1", 50, None), ("1.1", 50, "1"), drop=3, version="2"), locks=locks) == []
    assert refused(first, told(("1.2", 15, "1"), drop=3, unit_id=7), locks=locks) == [], (
        "a unit's own are locked by its own"
    )


TEMPLATE = [indicator("1", 100), indicator("1.1", 60, "1"), indicator("1.2", 40, "1", na_allowed=True)]
EVALUATORS = [
    {"ev_id": "E1", "home_ref": "002"},
    {"ev_id": "E2", "home_ref": "002"},
    {"ev_id": "E3", "home_ref": "001"},
]


def test_scores_that_can_not_stand_beside_others_are_found_and_those_at_the_edge_are_not() -> None:
    con = world(
        unit=[unit("001"), unit("002"), unit("003", unit_kind="党委部门")],
        indicator=TEMPLATE,
        evaluator=EVALUATORS,
        score=[
            score("001", "1.1", 60),
            score("001", "1.1", 60.1, "E2"),
            score("001", "1.1", 50, "E3"),
            score("001", "1.1", 50, "001", rater_kind="自评"),
            score("002", "1.1", 50, "002", rater_kind="互评"),
            score("001", "1.2", None, na=True, na_reason="无"),
            score("002", "1.1", None, "E3", na=True, na_reason="无"),
            score("003", "1.1", 999),
            score("001", "7", 999),
        ],
    )  # fmt: skip
    found = every(con, "select row_id & 4294967295 as src_row, rule, field, value, said from staging.score_fault order by src_row")  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        (3, "V-SCORE-1", "score", "60.1", "60.0"),
        (4, "V-SCORE-2", "rater", "E3", None),
        (6, "V-SCORE-2", "rater", "002", None),
        (8, "V-SCORE-3", "na", None, "指标1.1"),
    ]
    left = every(con, "select unit_id, ind_code, leaf, weight from mart.score order by row_id")
    assert len(left) == 5
    assert [row["weight"] for row in left] == [60, 60, 40, None, None], "another kind's code, and an unknown one, have no weight"  # fmt: skip


def test_a_unit_that_an_evaluator_is_to_avoid_takes_no_score_of_theirs_and_a_self_score_is_no_matter_of_theirs() -> (
    None
):
    con = world(
        unit=[unit("001"), unit("002"), unit("003")],
        indicator=TEMPLATE,
        evaluator=[{"ev_id": "E1", "home_ref": "003", "conflicts": ["市001局", "003", "无此单位"]}, {"ev_id": "E2", "home_ref": "003"}],
        score=[
            score("001", "1.1", 50),
            score("002", "1.1", 50),
            score("003", "1.1", 50),
            score("001", "1.1", 50, "E2"),
            score("001", "1.1", 50, rater_kind="自评"),
            score("001", "1.2", 30, rater_kind="互评"),
        ],
    )  # fmt: skip
    found = every(con, "select row_id & 4294967295 as src_row, rule, field, value from staging.score_fault order by src_row")  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        (2, "V-SCORE-4", "rater", "E1"),
        (4, "V-SCORE-2", "rater", "E1"),
        (7, "V-SCORE-4", "rater", "E1"),
    ]


def test_nobody_scores_a_unit_above_or_below_the_own_one() -> None:
    """Home is 002, below 001 and above 003; 004 stands beside it below 001."""
    con = world(
        unit=[unit("001"), unit("002", parent_ref="001"), unit("003", parent_ref="002"), unit("004", parent_ref="001")],
        indicator=TEMPLATE,
        evaluator=[{"ev_id": "E1", "home_ref": "002", "conflicts": ["003"]}],
        score=[
            *(score(code, "1.1", 50) for code in ("001", "002", "003", "004")),
            *(score(code, "1.1", 50, "002", rater_kind="互评") for code in ("001", "003", "004")),
            score("003", "1.1", 50, rater_kind="自评"),
        ],
    )  # fmt: skip
    found = every(con, "select row_id & 4294967295 as src_row, rule from staging.score_fault order by src_row")
    assert [tuple(row.values()) for row in found] == [(at, "V-SCORE-2") for at in (2, 3, 4, 6, 7)]


def test_a_later_round_is_scored_by_its_version_and_an_earlier_one_keeps_its_own() -> None:
    newer = [row | {"version": "2", "drop_seq": 3} for row in (indicator("1", 100), indicator("1.1", 100, "1"))]
    con = world(
        unit=[unit("001")],
        indicator=[*TEMPLATE, *newer],
        score=[
            score("001", "1.1", 30, drop_seq=2),
            score("001", "1.1", 90, round="2026年", drop_seq=3),
            score("001", "1.1", 20, "E2", drop_seq=4),
            score("001", "1.1", 10, round="2024年", drop_seq=0),
        ],
    )
    found = every(con, "select distinct round_name, version, weight from mart.score order by round_name")
    # Scores that came before any template are weighed by the first that came.
    assert [tuple(row.values()) for row in found] == [("2024年", "1", 60), ("2025年", "1", 60), ("2026年", "2", 100)]


side_by_side = Together()


@side_by_side(
    unit=[unit("001", template_kind="T1")],
    indicator=[
        indicator("a", 30, template_kind="T1"), indicator("b", 30, template_kind="T1"), indicator("c", 20, template_kind="T1", na_allowed=True), indicator("d", 10, template_kind="T1"), indicator("e", 10, template_kind="T1"),
    ],
    score=[
        score("001", "a", 20, "E1"), score("001", "a", 10, "E2"), score("001", "a", 30, "001", rater_kind="自评"),
        score("001", "b", 9, "E1"), score("001", "b", 27, "E2", agreed=True, agreed_on=date(2025, 6, 1)),
        score("001", "c", None, "001", rater_kind="自评", na=True, na_reason="无此职能"),
        score("001", "d", None, "E1", missing=True), score("001", "d", 9, "X", rater_kind="互评"),
        score("001", "e", 5, "001", rater_kind="自评"),
    ],
)  # fmt: skip
def test_the_score_that_counts_is_agreed_else_the_teams_and_never_the_units_own(con: Any) -> None:
    rows = every(con, "select ind_code, state, score, by_kind, raters, own_score from mart.indicator_score order by ind_code")  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        ("a", "scored", 15, "评估组", 2, 30),
        ("b", "scored", 27, "认定", 1, None),
        ("c", "na", None, "自评", 0, None),
        ("d", "missing", None, "评估组", 0, None),
        ("e", "unscored", None, None, 0, 5),
    ]
    whole = one(con, "select * from mart.index_score")
    # By hand: c does not apply, so 80 is full marks; d and e may bring anything up to 20.
    assert (whole["applicable"], whole["scored"], whole["missing"], whole["unscored"], whole["na"]) == (4, 2, 1, 1, 1)
    assert whole["score"] is None
    assert (whole["low"], whole["high"]) == (pytest.approx(42 / 80 * 100), pytest.approx(62 / 80 * 100))
    assert (whole["own"], whole["others"], whole["own_n"]) == (pytest.approx(100), pytest.approx(50), 1)
    assert whole["compared"] is None


def test_an_agreed_score_locks_the_version_of_the_kind_it_is_about_and_of_no_other() -> None:
    own = indicator("9", 10, common="个性", unit_ref="001", approved_doc="编1号", template_kind=None, version="个1")
    con = world(
        unit=[unit("001"), unit("002"), unit("003", unit_kind="党委部门")],
        indicator=[indicator("s", 100), indicator("s", 100, template_kind="PARTY"), own],
        score=[
            score("003", "s", 50), score("001", "s", 80, agreed=True, agreed_on=date(2025, 6, 1), drop_seq=2),
            score("002", "s", 60, round="2024年"),
        ],
    )  # fmt: skip
    told = every(con, "select round_name, template_kind, version, locked_seq from staging.round_version where round_name is not null order by all")  # fmt: skip
    assert [tuple(row.values()) for row in told] == [
        ("2024年", "GOV", "1", None), ("2024年", "PARTY", "1", None), ("2024年", None, "个1", None),
        ("2025年", "GOV", "1", 2), ("2025年", "PARTY", "1", None), ("2025年", None, "个1", 2),
    ]  # fmt: skip


def test_what_was_agreed_on_stands_beside_what_its_rater_gave_and_is_nobodys_severity(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    report = dropped(
        settings,
        units(tmp_path),
        write(tmp_path / "指标.csv", INDICATOR_HEAD, INDICATORS),
        write(tmp_path / "评估员.csv", "评估员编号,派出单位", ["E2,天津市生态环境局", "E3,天津市生态环境局"]),
        write(
            tmp_path / "评分.csv",
            SCORE_HEAD,
            [
                "天津市教育局,1.1,2025年,评估组,E2,60,卷1,,", "天津市教育局,1.1,2025年,评估组,E3,50,卷1,,",
                "天津市教育局,1.1,2025年,评估组,E2,55,卷1,是,2025-06-01",
            ],
        ),
    )  # fmt: skip
    assert report.refused == 0
    held = "select rater, score, agreed from mart.score order by all"
    assert current(settings).ask_sql(held, local_actor()).rows() == [("E2", 55, True), ("E2", 60, False), ("E3", 50, False)]  # fmt: skip
    counted = "select score, by_kind from mart.indicator_score where state = 'scored' order by all"
    assert current(settings).ask_sql(counted, local_actor()).rows() == [(55, "认定")]
    assert current(settings).ask_sql("select rater, n, items from mart.rater order by all", local_actor()).rows() == [
        ("E2", 1, 1),
        ("E3", 1, 1),
    ]
    dropped(settings, write(tmp_path / "补.csv", SCORE_HEAD, ["天津市教育局,1.1,2025年,评估组,E3,66,卷1,,", "天津市教育局,1.2,2025年,评估组,E3,30,卷1,,"]))  # fmt: skip
    late = "select r.src_row, r.rule, r.severity, r.message from meta.remark as r where r.rule = 'V-SCORE-5'"
    [(at, _, severity_, message)] = current(settings).ask_sql(late, local_actor()).rows()
    assert (at, severity_) == (2, "warning")
    assert "不计分" in message
    assert current(settings).ask_sql(counted, local_actor()).rows() == [(30, "评估组"), (55, "认定")]


def test_an_agreed_score_is_replaced_by_another_agreed_one_alone() -> None:
    agreed = {"agreed": True, "agreed_on": date(2025, 6, 1)}
    con = world(
        unit=[unit("001"), unit("002")],
        indicator=[indicator("s", 100)],
        score=[
            score("001", "s", 80, **agreed), score("001", "s", 20, drop_seq=2),
            score("002", "s", 30), score("002", "s", 80, drop_seq=2, **agreed), score("002", "s", 70, drop_seq=3, **agreed),
        ],
    )  # fmt: skip
    told = every(con, "select u.unit_code, s.score, s.by_kind from mart.indicator_score as s inner join mart.unit as u using (unit_id) order by all")  # fmt: skip
    assert [tuple(row.values()) for row in told] == [("001", 80, "认定"), ("002", 70, "认定")]


@side_by_side(
    unit=[unit("001", template_kind="T2")],
    indicator=[indicator("s", 100, template_kind="T2")],
    score=[score("001", "s", 50, "001", rater_kind="自评")],
)
def test_a_self_score_alone_is_no_score(con: Any) -> None:
    whole = one(con, "select scored, score, low, high from mart.index_score")
    assert tuple(whole.values()) == (0, None, None, None)


@side_by_side(
    unit=[unit("001", template_kind="T3")],
    indicator=[
        indicator("p", 60, template_kind="T3"), indicator("q", 40, template_kind="T3"), indicator("q", 40, template_kind="T3", common="个性", unit_ref="001", name="自己的", approved_doc="编1号"),
        indicator("z", 10, template_kind="T3", index="使用效益"),
    ],
    score=[score("001", "q", 20)],
)  # fmt: skip
def test_an_individual_indicator_stands_in_for_the_common_one_and_the_indices_are_apart(con: Any) -> None:
    rows = every(con, "select ind_code, name, individual from mart.unit_indicator order by ind_code")
    assert [tuple(row.values()) for row in rows] == [
        ("p", "指标p", False),
        ("q", "自己的", True),
        ("z", "指标z", False),
    ]
    indices = every(con, "select index_name, weight, individual from mart.index_score order by index_name")
    assert [tuple(row.values()) for row in indices] == [("使用效益", 10, 0), ("执行情况", 100, 1)]


def scores(values: dict[int, list[float | None]], weights: list[float], **more: Any) -> pl.DataFrame:
    """Rows of mart.indicator_score of one round, index and kind: unit → shares of each weight."""
    rows = [
        {
            "unit_id": at, "round_name": ROUND, "index_name": "执行情况", "kind": "GOV", "ind_code": f"{n:02d}", "individual": False,
            "weight": weight, "state": "unscored" if share is None else "scored",
            "score": None if share is None else share * weight, **more,
        }
        for at, shares in values.items()
        for n, (share, weight) in enumerate(zip(shares, weights, strict=True))
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"score": pl.Float64}, infer_schema_length=None)


def test_ranks_of_the_store_are_those_of_the_method_on_shares_of_the_weight() -> None:
    values = {30: [0.9, 0.4, 0.5], 10: [0.2, 0.8, 0.6], 20: [0.5, 0.5, 0.7], 40: [0.1, 0.1, 0.2]}
    weights = [50.0, 30.0, 20.0]
    frame = scores(values, weights)
    found = ranked(frame.reverse())
    assert found.schema == pl.Schema(RANKED)
    matrix = np.array([values[at] for at in sorted(values)])
    expected = ranks(matrix, np.array(weights))
    for at, unit_id in enumerate(sorted(values)):
        row = found.row(by_predicate=pl.col("unit_id") == unit_id, named=True)
        assert (row["compared"], row["rank_low"], row["rank_high"]) == (4, expected.low[at], expected.high[at])
    first, second = found.row(0, named=True), found.row(1, named=True)
    assert first["next_unit_id"] == second["unit_id"]
    places = {unit_id: at for at, unit_id in enumerate(sorted(values))}
    turned = flip(matrix, np.array(weights), places[first["unit_id"]], places[second["unit_id"]])
    assert turned is not None
    assert (first["flip_code"], first["flip_needed"]) == (f"{turned.indicator:02d}", turned.needed)
    assert found.row(-1, named=True)["next_unit_id"] is None


def test_individual_indicators_and_units_nobody_scored_are_in_no_ranking_and_two_units_make_none() -> None:
    frame = scores({1: [0.9, 0.1], 2: [0.5, 0.5], 3: [0.1, 0.9], 4: [None, None]}, [50.0, 50.0])
    own = scores({1: [1.0]}, [99.0], individual=True).with_columns(ind_code=pl.lit("own"))
    assert ranked(pl.concat([frame, own])).equals(ranked(frame))
    assert set(ranked(frame)["unit_id"]) == {1, 2, 3}
    assert ranked(frame.filter(pl.col("unit_id") < 3)).is_empty()
    assert ranked(frame.clear()).schema == pl.Schema(RANKED)


def test_any_two_units_are_compared_by_the_runs_that_ranked_them() -> None:
    values = {30: [0.9, 0.4, 0.5], 10: [0.2, 0.8, 0.6], 20: [0.5, 0.5, 0.7], 40: [0.1, 0.1, 0.2]}
    frame = scores(values, [50.0, 30.0, 20.0])
    for row in ranked(frame).drop_nulls("next_unit_id").iter_rows(named=True):
        told = pair(frame.reverse(), row["unit_id"], row["next_unit_id"])
        assert isinstance(told, Pair)
        assert (told.above, told.compared, told.code) == (row["p_above_next"], 4, row["flip_code"])
        assert (told.flip.needed if told.flip else None) == row["flip_needed"]
    far, back = pair(frame, 30, 40), pair(frame, 40, 30)
    assert isinstance(far, Pair)
    assert isinstance(back, Pair)
    assert (far.above, back.above, far.lacking) == (1, 0, "none")
    assert pair(frame.filter(pl.col("unit_id") < 30), 10, 20) == "few"
    silent = frame.with_columns(state=pl.when(pl.col("unit_id") != 20).then("state").otherwise(pl.lit("unscored")))
    assert pair(silent, 20, 30) == "unscored"
    gap = (pl.col("unit_id") == 20) & (pl.col("ind_code") == "01")
    for state, why in (("missing", "missing"), ("na", "apply")):
        short = frame.with_columns(
            state=pl.when(gap).then(pl.lit(state)).otherwise("state"), score=pl.when(~gap).then("score")
        )
        told = pair(short, 20, 30)
        assert isinstance(told, Pair)
        assert (told.lacking, told.flip, told.code) == (why, None, None)


def test_what_does_not_apply_to_one_of_two_neighbours_has_no_closed_form() -> None:
    frame = scores({1: [0.9, 0.4], 2: [0.5, 0.6], 3: [0.1, 0.2]}, [50.0, 50.0])
    away = (pl.col("unit_id") == 2) & (pl.col("ind_code") == "01")
    frame = frame.with_columns(
        state=pl.when(away).then(pl.lit("na")).otherwise("state"), score=pl.when(~away).then(pl.col("score"))
    )
    found = ranked(frame)
    assert found.height == 3
    assert found["flip_code"].null_count() == 3
    assert found["p_above_next"].null_count() == 1


def test_raters_of_a_round_are_told_by_the_methods_and_those_of_the_unit_are_not() -> None:
    rng = np.random.default_rng(11)
    rows = [
        {
            "round_name": ROUND, "rater_kind": "评估组", "rater": f"E{rater}", "unit_id": at, "ind_code": code, "leaf": True,
            "template_kind": "GOV", "version": "1", "weight": 20.0,
            "score": 20 * (0.5 + 0.02 * at + 0.05 * rater + rng.normal(0, 0.01)), "agreed": False,
        }
        for rater in range(3) for at in range(5) for code in ("a", "b")
    ]  # fmt: skip
    own = [row | {"rater_kind": "自评", "rater": "市局", "score": 20.0} for row in rows[:10]]
    above = [row | {"leaf": False, "score": 20.0, "ind_code": "top"} for row in rows]
    agreed = [row | {"agreed": True, "score": 1.0} for row in rows]
    frame = pl.DataFrame([*rows, *own, *above, *agreed])
    found = rated(frame)
    assert found.schema == pl.Schema(RATED)
    shares = pl.DataFrame(rows).select(
        "rater", unit=pl.col("unit_id").cast(pl.String), indicator="ind_code", score=pl.col("score") / 20
    )
    expected = severity(shares)
    assert found["severity"].to_list() == pytest.approx(expected["severity"].to_list())
    assert found["units"].to_list() == [5, 5, 5]
    table = np.array([[round(row["score"] / 20 * 100) for row in rows if row["rater"] == f"E{rater}"] for rater in range(3)])  # fmt: skip
    assert found["alpha"][0] == pytest.approx(alpha(table.astype(float)))
    assert found["items"].to_list() == [10, 10, 10]
    assert rated(frame.clear()).schema == pl.Schema(RATED)


def test_every_refusal_says_in_both_languages_what_is_wrong_and_what_to_do() -> None:
    for rule, text in SAYS.items():
        assert "请" in text.zh, rule
        assert text.zh.count("{") == text.en.count("{"), rule


INDICATOR_HEAD = "指标编号,上级指标,评估指标,所属指数,适用类别,共性/个性,权重,评分标准,指标版本"
SCORE_HEAD = "被评分单位,指标编号,评分轮次,评分主体,评分人,评分得分,评分佐证,最终认定,认定日期"
INDICATORS = (
    "1,,机构编制,执行情况,政府部门,共性,100,按实,1",
    "1.1,1,编制,执行情况,政府部门,共性,70,按实,1",
    "1.2,1,职数,执行情况,政府部门,共性,30,按实,1",
)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store that took in a template and scores, some of which can not stand; then a change to the locked version."""
    folder = tmp_path_factory.mktemp("scored")
    settings = settings_at(folder)
    first = dropped(
        settings,
        units(folder),
        write(folder / "指标.csv", INDICATOR_HEAD, INDICATORS),
        write(folder / "评估员.csv", "评估员编号,派出单位", ["E1,天津市教育局", "E2,天津市生态环境局"]),
        write(
            folder / "评分.csv",
            SCORE_HEAD,
            [
                "天津市教育局,1.1,2025年,评估组,E2,60,卷1,是,2025-06-01",
                "天津市教育局,1.2,2025年,评估组,E2,31,卷1,,",
                "天津市教育局,1.2,2025年,评估组,E1,20,卷1,,",
                "天津市教育局,1.2,2025年,自评,天津市教育局,20,卷1,,",
            ],
        ),
    )
    second = dropped(
        settings,
        write(folder / "指标修订.csv", INDICATOR_HEAD, [*INDICATORS[:1], INDICATORS[1].replace("70", "60"), INDICATORS[2].replace("30", "40")]),
    )  # fmt: skip
    return settings, first, second


def test_refusals_name_file_sheet_row_column_and_what_to_do(scored: Any) -> None:
    settings, _, _ = scored
    sql = (
        "select p.file, r.src_row, r.header, r.value, r.rule, r.message, r.message_en from meta.reject as r"
        " inner join meta.part as p on p.part_id = r.part_id order by p.part_id, r.src_row"
    )
    found = current(settings).ask_sql(sql, local_actor()).rows()
    assert [row[:5] for row in found] == [
        ("评分.csv", 3, "评分得分", "31.0", "V-SCORE-1"),
        ("评分.csv", 4, "评分人", "E1", "V-SCORE-2"),
        ("指标修订.csv", 3, "指标版本", "1", "V-IND-2"),
        ("指标修订.csv", 4, "指标版本", "1", "V-IND-2"),
    ]
    assert "权重 30：请核对得分" in found[0][5]
    assert "have another evaluator score it" in found[1][6]
    assert "指标版本“1”已有最终认定的评分（2025年）" in found[2][5]
    counts = "select file, rows_read, rows_accepted, rows_rejected from meta.part order by part_id"
    parts = {row[0]: row[1:] for row in current(settings).ask_sql(counts, local_actor()).rows()}
    assert parts["评分.csv"] == (4, 2, 2)
    assert parts["指标修订.csv"] == (3, 1, 2)
    weights = "select distinct weight from mart.unit_indicator where ind_code = '1.1'"
    assert current(settings).ask_sql(weights, local_actor()).rows() == [(70.0,)]


def test_a_refused_change_is_no_earlier_value_and_the_report_counts_it(scored: Any) -> None:
    settings, first, second = scored
    assert (first.refused, second.refused) == (2, 2)
    diff = "select drop_id, \"new\", changed, same from meta.diff where dataset = 'indicator' order by drop_id"
    assert current(settings).ask_sql(diff, local_actor()).rows() == [(1, 3, 0, 0), (2, 0, 0, 1)]


def test_a_common_indicator_given_twice_in_a_drop_counts_once(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    again = INDICATORS[2].replace("30", "35")
    own = "9,,自己的,执行情况,,个性,10,按实,1,天津市教育局,编1号"
    twice = write(
        tmp_path / "指标.csv",
        f"{INDICATOR_HEAD},个性指标单位,个性指标核定文号",
        [f"{row},," for row in (*INDICATORS, again)] + [own],
    )
    report = dropped(settings, units(tmp_path), twice)
    [sheet] = [sheet for sheet in report.sheets if sheet.dataset == "indicator"]
    assert [(remark.rule, remark.row) for remark in sheet.refusals] == [("V-DUP", 5)]
    assert sheet.accepted == 4


def test_the_templates_of_two_kinds_may_use_the_same_codes_in_one_version(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    party = [row.replace("政府部门", "党委部门").replace("70", "60").replace("30", "40") for row in INDICATORS]
    both = dropped(settings, units(tmp_path), write(tmp_path / "指标.csv", INDICATOR_HEAD, [*INDICATORS, *party]))
    assert both.refused == 0
    sql = "select template_kind, ind_code, weight from mart.indicator order by all"
    held = [(kind, code, weight) for kind, (one, other) in {"GOV": (70, 30), "PARTY": (60, 40)}.items()
            for code, weight in (("1", 100), ("1.1", one), ("1.2", other))]  # fmt: skip
    assert current(settings).ask_sql(sql, local_actor()).rows() == held
    half = [row.replace("60", "50").replace("40", "50") for row in party]
    dropped(settings, write(tmp_path / "党委.csv", INDICATOR_HEAD, half))
    assert current(settings).ask_sql(sql, local_actor()).rows() == [
        *held[:4],
        ("PARTY", "1.1", 50),
        ("PARTY", "1.2", 50),
    ]
    diff = "select \"new\", changed, same from meta.diff where dataset = 'indicator' order by drop_id"
    assert current(settings).ask_sql(diff, local_actor()).rows() == [(6, 0, 0), (0, 2, 1)]


NAMES_OF_ONE = {"市教育局": "2023年", "天津市教育局": "2024年", "001": "2025年"}
"""Names of a unit, and the round in which it scores under this one."""


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One drop of files of scores of which each has something else the matter with it."""
    folder = tmp_path_factory.mktemp("doubtful")
    settings = settings_at(folder)
    by_itself = [
        row
        for rater, year in NAMES_OF_ONE.items()
        for row in (
            f"天津市教育局,1.1,{year},互评,{rater},60,卷1,,",
            f"天津市生态环境局,1.1,{year},互评,{rater},60,卷1,,",
            f"天津市教育局,1.2,{year},自评,{rater},30,卷1,,",
        )
    ]
    commented = [
        "天津市教育局,1.1,2022年,评估组,E7,60,卷1,,,", "天津市教育局,1.1,2022年,评估组,E8,60,卷1,,,缺编制管理制度",
        "天津市教育局,1.2,2022年,评估组,E7,30,卷1,,,", "天津市教育局,1.2,2022年,系统,excess@1,20,,,,",
    ]  # fmt: skip
    report = dropped(
        settings,
        units(folder),
        write(folder / "指标.csv", INDICATOR_HEAD, INDICATORS),
        write(folder / "评估员.csv", "评估员编号,派出单位,回避单位", ["E2,天津市生态环境局,市教育局；天津市农村局"]),
        write(folder / "自己.csv", SCORE_HEAD, by_itself),
        write(folder / "说明.csv", f"{SCORE_HEAD},扣分说明", commented),
        write(folder / "回避.csv", SCORE_HEAD, ["天津市教育局,1.1,2021年,评估组,E2,60,卷1,,"]),
    )
    return settings, {sheet.file: sheet for sheet in report.sheets}


@pytest.mark.parametrize("rater", NAMES_OF_ONE)
def test_a_unit_scores_itself_under_none_of_its_names(doubtful: Any, rater: str) -> None:
    settings, sheets = doubtful
    assert sheets["自己.csv"].refused == 3
    told = f"select rule from meta.reject where value = '{rater}'"
    assert current(settings).ask_sql(told, local_actor()).rows() == [("V-SCORE-2",)]
    known = f"select rater_known, count(*) from mart.score where round_name = '{NAMES_OF_ONE[rater]}' group by all"
    assert current(settings).ask_sql(known, local_actor()).rows() == [(True, 2)]


def test_a_comment_is_asked_for_where_a_person_gave_less_than_the_weight(doubtful: Any) -> None:
    settings, sheets = doubtful
    assert sheets["说明.csv"].refused == 0
    told = (
        "select src_row, field, severity, message from meta.remark inner join meta.part using (part_id)"
        " where rule = 'V-SCORE-6' and file = '说明.csv'"
    )
    [(at, field, severity_, message)] = current(settings).ask_sql(told, local_actor()).rows()
    assert (at, field, severity_) == (2, "comment", "warning")
    assert "权重 70" in message


def test_a_unit_to_avoid_is_known_by_any_of_its_names_and_one_that_is_not_known_is_warned_of(doubtful: Any) -> None:
    settings, sheets = doubtful
    assert sheets["回避.csv"].refused == 1
    sql = "select rule, value, message from meta.reject inner join meta.part using (part_id) where file = '回避.csv'"
    [(rule, value, told)] = current(settings).ask_sql(sql, local_actor()).rows()
    assert (rule, value) == ("V-SCORE-4", "E2")
    assert "回避" in told
    warned = "select severity, value, message from meta.remark where field = 'conflicts'"
    [(severity, value, told)] = current(settings).ask_sql(warned, local_actor()).rows()
    assert (severity, value) == ("warning", "天津市农村局")
    assert "还不起作用" in told


def test_who_sees_one_unit_sees_the_template_and_no_score_set_beside_others(scored: Any) -> None:
    settings, _, _ = scored
    snapshot = Door(settings).snapshot()
    assert snapshot is not None
    mine = ident_of(snapshot, "天津市教育局")
    contact = Actor("联络员", "contact", units=frozenset({mine}))
    asked: dict[str, Any] = {"round_name": "2025年", "kind": "GOV", "unit_id": None}
    assert snapshot.ask("indicators_weights", contact, **asked).height == 3
    assert snapshot.ask("indicators_units", contact, **asked).is_empty()
    assert snapshot.ask("indicators_leaves", contact, unit_id=mine, round_name="2025年").is_empty()
    assert snapshot.ask("indicators_raters", contact, round_name="2025年").is_empty()
    rows = snapshot.ask(
        "rows_scores", contact, unit_id=mine, round_name="2025年", index_name=None, ind_code=None, rater=None
    )
    assert rows.height == 1
    other = Actor("别的", "contact", units=frozenset({ident_of(snapshot, "天津市生态环境局")}))
    assert snapshot.ask("indicators_weights", other, **asked).is_empty()


def ident_of(snapshot: Any, name: str) -> int:
    found = snapshot.ask("units", local_actor())
    return int(found.filter(pl.col("name") == name)["unit_id"].item())
