"""Rules of contradiction: each with cases that fire, that must not, and that lack a side; each unit below is one case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from world import SQL, World, every, ident, one, world

from panorama.errors import StoreError
from panorama.sources import SOURCES
from panorama.store.rules import COLUMNS, Rule, rule_of, rules, write_rules
from panorama.themes import themes

Row = dict[str, Any]
Rows = dict[str, list[Row]]
END = date(2024, 12, 31)


def inspected(no: str = "1", text: str | None = "存在混编混岗问题", **more: Any) -> Rows:
    row = {"finding_no": no, "authority": "市委", "round": "第三轮", "conf": "内部", "text": text}
    return {"inspection_finding": [row | {"feedback_date": date(2024, 5, 6)} | more]}


def audited(no: str = "1", text: str | None = "超编制进人", **more: Any) -> Rows:
    row = {"finding_no": no, "project": "经责", "audit_year": 2024, "conf": "内部", "text": text}
    return {"audit_finding": [row | more]}


def ledger(actual: int | None = 10, approved: int | None = 10, **more: Any) -> Rows:
    row = {"snapshot_date": END, "estab_type": "XZ", "approved": approved, "actual": actual}
    return {"staffing_ledger": [row | more]}


def rated(grade: str | None = "优秀", **more: Any) -> Rows:
    return {"performance_rating": [{"scheme": "绩效", "year": 2024, "grade_raw": grade} | more]}


def ranked(*ranks: int | None) -> Rows:
    base = {"system": "环保", "scope": "全市", "period": "2024", "field_n": 10}
    return {"industry_ranking": [base | {"indicator": f"指标{at}", "rank": rank} for at, rank in enumerate(ranks)]}


def worked(volume: float | None, year: int = 2024, activity: str = "A", months: int = 12, **more: Any) -> Rows:
    """Each month a twelfth; an hour a piece, 1,840 hours a person a year: the volume over 1,840 is what is required."""
    share = None if volume is None else volume / 12
    row = {"office_ref": "一处", "activity_code": activity, "source": "统计台账", "overtime": 1.0, "volume": share}
    return {"workload": [row | more | {"period": f"{year}-{month:02}"} for month in range(1, months + 1)]}


def timed(hours: float = 1.0, scope: str | None = None, code: str = "A", year: int = 2024, **more: Any) -> Rows:
    """A unit time; scope None: the case's own unit."""
    row = {"activity_code": code, "activity_name": f"事项{code}", "scope_ref": scope, "wisn_class": "核心"}
    row |= {"std_hours": hours, "unit_of_work": "件", "evidence": "写实", "valid_year": year, "version": "1"}
    return {"activity_standard": [row | more]}


def merged(*given: Rows) -> Rows:
    found: Rows = defaultdict(list)
    for rows in given:
        for dataset, listed in rows.items():
            found[dataset] += listed
    return found


def busy(volume: float, *ledgers: Rows, **more: Any) -> Rows:
    return merged(timed(), worked(volume, **more), *ledgers)


def office(actual: int | None, approved: int | None = 2, **more: Any) -> Rows:
    return ledger(actual, approved, office_ref="一处", **more)


def duty(*given: Rows, **more: Any) -> Rows:
    """A duty on activity B, for the office."""
    return merged(timed(), timed(code="B", scope="{unit}/一处", duty_ref="信访办理", **more), *given)


def two_years(first: float, second: float, *, people: int = 2, overtime: float | None = 1.0, months: int = 12) -> Rows:
    before = ledger(2, 2, office_ref="一处", snapshot_date=date(2023, 12, 31))
    return merged(
        timed(year=2023), timed(),
        worked(first, 2023, months=months), worked(second, overtime=overtime), before, office(people),
    )  # fmt: skip


def scored(own: float | None, *team: float | None, **more: Any) -> Rows:
    """An indicator of ten points, the unit's own score of it, and those of the evaluation team; None: not applicable."""
    indicator = {
        "ind_code": "1.1",
        "name": "职责履行",
        "index": "执行情况",
        "common": "个性",
        "approved_doc": "编〔2024〕1号",
    }
    indicator |= {"weight": 10, "scoring": "按实", "version": "1"}
    raters = [("自评", "本单位", own), *(("评估组", f"员{at}", given) for at, given in enumerate(team))]
    rows = [
        {
            "ind_code": "1.1",
            "round": "2024年",
            "rater_kind": kind,
            "rater": rater,
            "score": given,
            "na": given is None,
            **more,
        }
        for kind, rater, given in raters
    ]
    return {"indicator": [indicator], "score": rows}


def agreed_too(rows: Rows, score: float) -> Rows:
    """The last rater's score stands, and beside it the one agreed on with him."""
    agreed = {"agreed": True, "agreed_on": date(2025, 6, 1), "score": score}
    return {**rows, "score": [*rows["score"], rows["score"][-1] | agreed]}


PUT_RIGHT = inspected(state="已完成", done_date=date(2024, 8, 1))
AGAIN = audited(text="存在混编混岗问题", audit_year=2025)

CASES: Sequence[tuple[str, bool, str, Rows]] = (
    ("X02", True, "台账记 0", merged(inspected(), ledger(mixed_post=0))),
    ("X02", False, "台账也有", merged(inspected(), ledger(mixed_post=2))),
    ("X02", False, "台账空白", merged(inspected(), ledger())),
    ("X02", False, "已整改", merged(inspected(state="已完成", done_date=date(2024, 8, 1)), ledger(mixed_post=0))),
    ("X02", False, "问题是另一主题", merged(inspected(text="长期借调人员未清退"), ledger(mixed_post=0))),
    ("X02", False, "没有问题", ledger(mixed_post=0)),
    ("X03", True, "同年", merged(rated(), audited(sev="严重"))),
    ("X03", False, "良好", merged(rated("良好"), audited(sev="严重"))),
    ("X03", False, "程度未写", merged(rated(), audited())),
    ("X03", False, "另一年", merged(rated(), audited(sev="严重", audit_year=2023))),
    ("X03", False, "等次未写", merged(rated(None), audited(sev="严重"))),
    ("X04", True, "一高一低", merged(rated(rank=1, field_n=20), ranked(9, 10, 2))),
    ("X04", False, "中位数不低", merged(rated(rank=1, field_n=20), ranked(10, 2, 2))),
    ("X04", False, "参评数未写", merged(rated(rank=1), ranked(9, 10))),
    ("X04", False, "名次未写", merged(rated(rank=1, field_n=20), ranked(None, None))),
    ("X05", True, "处室空三成", busy(1840 * 3.4, office(2, 3))),
    ("X05", False, "没有空编", busy(1840 * 3.4, office(2, 2))),
    ("X05", False, "不超负荷", busy(1840 * 1.6, office(2, 3))),
    ("X05", False, "核定未报", busy(1840 * 3.4, office(2, None))),
    ("X05", False, "实有未报", busy(1840 * 3.4, office(None, 3))),
    ("X08", True, "编外扛活", busy(1840 * 3.4, office(2, external=3))),
    ("X08", False, "计入仍高", busy(1840 * 3.4, office(2, external=1))),
    ("X08", False, "编外未报", busy(1840 * 3.4, office(2))),
    ("X09", True, "审计又现", merged(PUT_RIGHT, AGAIN)),
    ("X09", True, "巡察又现", merged(audited(text="混岗", state="已完成", done_date=date(2024, 3, 1)), inspected())),
    ("X09", False, "巡察在先", merged(audited(text="混岗", state="已完成", done_date=date(2024, 6, 1)), inspected())),
    ("X09", False, "同一来源再现", merged(PUT_RIGHT, inspected("2", feedback_date=date(2025, 3, 1)))),
    ("X09", False, "当年审计不知先后", merged(PUT_RIGHT, audited(text="存在混编混岗问题"))),
    ("X09", False, "两年以后", merged(PUT_RIGHT, audited(text="存在混编混岗问题", audit_year=2027))),
    ("X09", False, "没有完成日期", merged(inspected(state="已完成"), AGAIN)),
    ("X09", False, "没有改完", merged(inspected(state="整改中"), AGAIN)),
    ("X09", False, "另一主题", merged(PUT_RIGHT, audited(text="长期借调人员未清退", audit_year=2025))),
    ("X10", True, "高出两分", scored(9.0, 7.5, 6.5)),
    ("X10", False, "正好一分半", scored(8.5, 7.0)),
    ("X10", False, "自评更低", scored(6.0, 9.0)),
    ("X10", False, "平均不差", scored(9.0, 9.5, 6.5)),
    ("X10", False, "评估组未评", scored(9.0)),
    ("X10", False, "不适用", scored(9.0, None)),
    ("X10", True, "认定分不重复计", agreed_too(scored(9.0, 7.0), 9.0)),
    ("X10", False, "不知满分", {"score": scored(9.0, 5.0)["score"]}),
    ("X12", True, "没有这项", merged(duty(worked(100)), office(2))),
    ("X12", False, "有这项", merged(duty(worked(100), worked(10, activity="B")), office(2))),
    ("X12", False, "报了没填数", merged(duty(worked(100), worked(None, activity="B", months=1)), office(2))),
    ("X12", False, "按名称报", merged(duty(worked(100), worked(10, activity="事项B")), office(2))),
    ("X12", False, "只报半年", merged(duty(worked(100, months=6)), office(2))),
    ("X12", False, "没写职责", merged(timed(), timed(code="B", scope="{unit}/一处"), worked(100), office(2))),
    ("X13", True, "量增人不增", two_years(1000, 1400)),
    ("X13", False, "增得不多", two_years(1000, 1200)),
    ("X13", False, "人也增了", two_years(1000, 1400, people=3)),
    ("X13", False, "加班也增了", two_years(1000, 1400, overtime=2.0)),
    ("X13", False, "加班未填", two_years(1000, 1400, overtime=None)),
    ("X13", False, "上年只报半年", two_years(1000, 1400, months=6)),
    ("X16", True, "多发", ledger(10, paid=12)),
    ("X16", True, "总数对总数", merged(ledger(10), ledger(None, None, estab_type=None, paid=9))),
    ("X16", False, "相符", ledger(10, paid=10)),
    ("X16", False, "供养未填", ledger(10)),
    ("X16", False, "实有未填", ledger(None, paid=10)),
    ("X17", True, "借出一人", busy(1840 * 3.4, office(3, 3, seconded_out=1))),
    ("X17", False, "不超负荷", busy(1840 * 1.8, office(3, 3, seconded_out=1))),
    ("X17", False, "没有借出", busy(1840 * 3.4, office(2, 3, seconded_out=0))),
    ("X17", False, "借出未填", busy(1840 * 3.4, office(2, 3))),
    ("X18", True, "两倍", merged(timed(2.0, code="C"), worked(10, activity="C"))),
    ("X18", False, "同类一", merged(timed(1.0, code="C"), worked(10, activity="C"))),
    ("X18", False, "同类二", merged(timed(1.0, code="C"), worked(10, activity="C"))),
    ("X18", False, "同类三", merged(timed(1.0, code="C"), worked(10, activity="C"))),
    ("X18", False, "一倍半", merged(timed(1.5, code="C"), worked(10, activity="C"))),
    ("X18", False, "没有同类", merged(timed(2.0, code="D"), worked(10, activity="D"))),
    ("X20", True, "审计有问题", merged(inspected(text=None, nil_return=True), audited())),
    ("X20", True, "巡察有问题", merged(audited(text=None, nil_return=True), inspected())),
    ("X20", False, "都是零报告", merged(inspected(text=None, nil_return=True), audited(text=None, nil_return=True))),
    ("X20", False, "没有审计", inspected(text=None, nil_return=True)),
    ("X20", False, "另一年", merged(inspected(text=None, nil_return=True), audited(audit_year=2023))),
)  # fmt: skip


@cache
def cases() -> World:
    """Every case as a unit of its own in one world."""
    found: Rows = defaultdict(list)
    found["availability"] = [
        {"applies_to": "全部", "year": year, "workdays": 230, "rule_doc": "算例"} for year in (2023, 2024)
    ]
    for rule, _, name, rows in CASES:
        code = f"{rule} {name}"
        found["unit"].append({"unit_code": code, "name": code, "unit_kind": "政府部门", "admin_level": "市"})
        for dataset, listed in rows.items():
            for row in listed:
                owned = {} if dataset == "activity_standard" else {"unit_ref": code}
                scope = {"scope_ref": (row["scope_ref"] or code).replace("{unit}", code)} if not owned else {}
                found[dataset].append(row | owned | scope)
    return world(today=date(2026, 11, 25), **found)


@pytest.mark.parametrize("rule", sorted({rule for rule, *_ in CASES}))
def test_a_rule_speaks_where_two_sides_disagree_and_nowhere_else(rule: str) -> None:
    rows = every(
        cases(),
        "select u.name, c.* from mart.contradiction as c inner join mart.unit as u on u.unit_id = c.unit_id "
        "where c.rule = $1 and starts_with(u.name, c.rule)",
        rule,
    )
    expected = {f"{rule} {name}" for number, fires, name, _ in CASES if number == rule and fires}
    assert {row["name"] for row in rows} == expected
    for row in rows:
        for side in ("left", "right"):
            assert row[f"{side}_rows"], f"{row['name']}: no rows behind the {side} side"
            assert all(row[f"{side}_{part}"] for part in ("family", "at", "text", "text_en"))
        assert row["matter"].startswith(("20", "T"))


def test_every_speaking_rule_is_tested_and_every_case_names_one() -> None:
    assert {rule for rule, *_ in CASES} == {rule.id for rule in rules().values() if rule.select}


def test_no_matter_comes_twice() -> None:
    twice = "select rule, unit_id, matter from mart.contradiction group by all having count(*) > 1"
    assert every(cases(), twice) == []


def test_twenty_rules_stand_with_a_head_in_both_languages() -> None:
    assert list(rules()) == [f"X{number:02}" for number in range(1, 21)]
    known = set(themes()["code"])
    for rule in rules().values():
        for text in (rule.name, rule.compares, rule.silent, rule.question):
            assert text.zh
            assert text.en
            assert not any("一" <= letter <= "鿿" for letter in text.en.replace("前列", ""))
        assert rule.question.zh.endswith("？")
        assert rule.themes == "T01–T30" or set(rule.themes.split(", ")) <= known


def test_a_rule_that_waits_says_for_which_data_and_one_that_speaks_waits_for_none() -> None:
    numbers = {source.number for source in SOURCES.values()}
    for rule in rules().values():
        assert bool(rule.select) == (set(rule.needs) <= numbers), rule.id


def test_a_rules_select_gives_the_columns_of_all() -> None:
    for rule in rules().values():
        if rule.select:
            found = [row[0] for row in cases().sql(f"describe rule.{rule.id.lower()}").fetchall()]
            assert found == list(COLUMNS), rule.id


def test_a_rule_without_its_data_is_told_with_what_is_missing() -> None:
    con = world(unit=[{"unit_code": "001", "name": "甲"}], inspection_finding=[])
    con.sql("create schema meta")
    write_rules(con.database)
    missing = dict(con.sql("select rule, missing from meta.rule").fetchall())
    assert missing["X01"] == ["D5", "D19"]
    assert missing["X20"] == ["D12", "D13"]


@pytest.mark.parametrize(
    ("line", "told"),
    [("-- question: 为何？", "question"), ("-- needs: D99", "D99"), ("", "silent")],
)
def test_a_faulty_head_is_refused_with_the_file_and_what_is_wrong(line: str, told: str) -> None:
    text = (SQL / "rules" / "x20.sql").read_text(encoding="utf-8")
    start = line.partition(":")[0] or "-- silent"
    broken = "\n".join(line if one.startswith(f"{start}:") else one for one in text.splitlines())
    with pytest.raises(StoreError) as fault:
        rule_of("x20.sql", broken)
    assert told in fault.value.say("en")
    assert "x20.sql" in fault.value.say("zh")


def test_an_answer_stays_with_its_matter_and_the_newest_holds() -> None:
    con = world(unit=[{"unit_code": "001", "name": "甲"}], **_of("001", merged(inspected(), ledger(mixed_post=0))))
    unit_id = ident("001")
    given = [
        (1, "X02", unit_id, "2024", "pursued", None, "甲", date(2026, 1, 1)),
        (2, "X02", unit_id, "2024", "dismissed", "登记口径不同", "乙", date(2026, 1, 2)),
        (3, "X02", unit_id, "2023", "pursued", None, "丙", date(2026, 1, 3)),
    ]
    names = ["id", "rule", "unit_id", "matter", "verdict", "reason", "decided_by", "decided_at"]
    con.database.register("given", pl.DataFrame(given, schema=names, orient="row"))
    con.sql("insert into raw.contradiction_review from given")
    row = one(con, "select verdict, reason, decided_by from mart.contradiction")
    assert row == {"verdict": "dismissed", "reason": "登记口径不同", "decided_by": "乙"}


def _of(code: str, rows: Rows) -> Rows:
    return {dataset: [{"unit_ref": code} | row for row in listed] for dataset, listed in rows.items()}


def test_a_contradiction_outside_the_round_says_so() -> None:
    con = world(
        years=(2025, 2026), unit=[{"unit_code": "001", "name": "甲"}],
        **_of("001", merged(inspected(), ledger(mixed_post=0))),
    )  # fmt: skip
    assert one(con, "select year, in_round from mart.contradiction") == {"year": 2024, "in_round": False}


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_a_rule_stands_in_the_methods(rule: Rule) -> None:
    name = rule.name.en if rule.select or rule.asked else f"{rule.name.en} (waits for its data)"
    line = f"| {rule.id} | {name} | {rule.compares.en} | {rule.silent.en} | {', '.join(rule.needs)} |"
    assert line in (SQL.parents[1] / "docs" / "methods.md").read_text(encoding="utf-8")


def test_the_rules_folder_holds_one_file_a_rule() -> None:
    assert sorted(path.stem.upper() for path in Path(SQL / "rules").glob("*.sql")) == list(rules())
