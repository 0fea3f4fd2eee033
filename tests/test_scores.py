"""Indicators and scores: what is refused, whose own unit a rater comes from, and who may read which score."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from world import every, ident, world

from panorama.access.actor import Actor, local_actor
from panorama.sample.world import world as made_up
from panorama.settings import Settings
from panorama.sources.indicator import Indicator
from panorama.sources.score import Score
from panorama.store.door import Door

GIVEN: dict[str, Any] = {
    "unit_ref": "001", "ind_code": "1.1", "round": "2025年", "rater_kind": "评估组", "rater": "E1", "score": Decimal(8),
    "evidence_refs": ["卷1"],
}  # fmt: skip
COMMON: dict[str, Any] = {
    "ind_code": "1.1", "name": "职责履行", "index": "执行情况", "common": "共性", "template_kind": "GOV", "weight": Decimal(10),
    "scoring": "按实", "version": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"evidence_refs": None}, "evidence"),
        ({"na": True, "na_reason": "无此职能"}, "has no score"),
        ({"missing": True}, "has no score"),
        ({"score": None, "na": True, "missing": True, "na_reason": "无此职能"}, "two things"),
        ({"score": None, "na": True}, "why"),
        ({"score": None}, "no score"),
        ({"score": Decimal(-1)}, "greater than or equal to 0"),
        ({"rater_kind": "领导"}, "rater_kind"),
        ({"rater_kind": "系统", "rater": "E2"}, "names its formula"),
        ({"rater_kind": "系统", "rater": "saturation@9", "evidence_refs": None}, "names its formula"),
    ],
)
def test_a_score_that_can_not_stand_is_refused_with_its_reason(change: dict[str, Any], told: str) -> None:
    Score(**GIVEN)
    with pytest.raises(ValidationError, match=told):
        Score(**GIVEN | change)


def test_a_system_score_needs_no_material_and_what_does_not_apply_needs_none_either() -> None:
    Score(**GIVEN | {"rater_kind": "系统", "rater": "saturation@1", "evidence_refs": None})
    Score(**GIVEN | {"score": None, "evidence_refs": None, "na": True, "na_reason": "无此职能"})
    Score(**GIVEN | {"score": None, "evidence_refs": None, "missing": True})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"template_kind": None}, "which kind of unit"),
        ({"common": "个性", "approved_doc": "编〔2025〕1号"}, "whose"),
        ({"common": "个性", "unit_ref": "001"}, "not approved"),
        ({"goal_lo": Decimal(5), "goal_hi": Decimal(4)}, "goalpost"),
        ({"direction": "适度", "goal_lo": Decimal(5)}, "middle"),
        ({"index": "总分"}, "index"),
        ({"weight": Decimal(-5)}, "greater than or equal to 0"),
    ],
)
def test_an_indicator_that_can_not_stand_is_refused_with_its_reason(change: dict[str, Any], told: str) -> None:
    Indicator(**COMMON)
    Indicator(**COMMON | {"common": "个性", "unit_ref": "001", "approved_doc": "编〔2025〕1号"})
    with pytest.raises(ValidationError, match=told):
        Indicator(**COMMON | change)


def test_versions_stand_beside_each_other_and_evaluators_have_a_home() -> None:
    con = world(
        unit=[{"unit_code": code, "name": f"市{code}局", "unit_kind": "政府部门", "admin_level": "市"} for code in ("001", "002")],
        evaluator=[{"ev_id": "E1", "home_ref": "001"}, {"ev_id": "E2", "home_ref": "002"}],
        score=[GIVEN | {"rater": "E2"}, GIVEN | {"rater": "E9"}, GIVEN | {"rater_kind": "自评", "rater": "001"}],
        indicator=[COMMON, COMMON | {"version": "2"}],
    )  # fmt: skip
    marked = every(con, "select rater, rater_known from mart.score order by rater")
    assert [tuple(row.values()) for row in marked] == [("001", True), ("E2", True), ("E9", False)]
    assert len(every(con, "select * from mart.indicator")) == 2
    home = every(con, "select home_unit_id from mart.evaluator order by ev_id")
    assert [row["home_unit_id"] for row in home] == [ident("001"), ident("002")]


def test_the_newest_drop_of_a_score_holds() -> None:
    con = world(
        unit=[{"unit_code": "001", "name": "市甲局", "unit_kind": "政府部门", "admin_level": "市"}],
        score=[GIVEN | {"drop_seq": 2, "score": 6}, GIVEN | {"drop_seq": 1}],
    )  # fmt: skip
    assert [row["score"] for row in every(con, "select score from mart.score")] == [6]


def test_in_the_sample_parts_add_up_to_their_parent_and_nobody_rates_the_own_unit() -> None:
    rows = made_up("pilot", 7, date(2025, 12, 31)).rows
    parts: dict[str, Decimal] = defaultdict(Decimal)
    tops: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows["indicator"]:
        if row["parent"]:
            parts[row["parent"]] += row["weight"]
        else:
            tops[row["template_kind"], row["index"]] += row["weight"]
    weights = {row["ind_code"]: row["weight"] for row in rows["indicator"]}
    assert all(total == weights[parent] for parent, total in parts.items())
    assert set(tops.values()) == {Decimal(100)}
    assert len(tops) == 8
    home = {row["ev_id"]: row["home_ref"] for row in rows["evaluator"]}
    given = [row for row in rows["score"] if row["rater_kind"] == "评估组"]
    assert given
    assert all(home[row["rater"]] != row["unit_ref"] for row in given)
    assert all(row.get("score") is None or row["score"] <= weights[row["ind_code"]] for row in rows["score"])


def test_who_sees_one_unit_reads_its_own_scores_and_no_raters(sample_home: Path) -> None:
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    sql = "select unit_id, rater_kind, count(*) as n from mart.score group by all"
    whole = snapshot.ask_sql(sql, local_actor())
    assert set(whole["rater_kind"]) == {"自评", "评估组"}
    unit = int(whole["unit_id"][0])
    one = snapshot._run(
        "select distinct unit_id, rater_kind from seen.score", Actor("联络员", "unit", units=frozenset({unit})), {}
    )
    assert one.rows() == [(unit, "自评")]
    assert snapshot._run(
        "select * from seen.evaluator", Actor("联络员", "unit", units=frozenset({unit})), {}
    ).is_empty()
