"""What the marts say: staffing, leader posts, findings, themes, ratings, coverage, evidence, checks across files."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from world import Case, Together, every, ident, one, world

END = date(2025, 12, 31)
beside = Together()
of_2025 = Together()
"""Cases that tell of 2025 alone: a unit has a row in mart.unit_year for every year that anyone tells of."""


def unit(code: str, name: str, **more: Any) -> dict[str, Any]:
    kinds = {"short_name": name, "unit_kind": "政府部门", "admin_level": "市", "level": "正处"}
    return {"unit_code": code, "name": name, **kinds, **more}


def ledger(code: str, kind: str | None, approved: int | None, actual: int | None, **more: Any) -> dict[str, Any]:
    row = {"unit_ref": code, "snapshot_date": END, "estab_type": kind, "approved": approved, "actual": actual}
    return row | more


def finding(no: str, text: str | None, **more: Any) -> dict[str, Any]:
    row = {"finding_no": no, "unit_ref": "001", "authority": "市委", "round": "第三轮", "conf": "内部", "text": text}
    return row | {"feedback_date": date(2024, 5, 6)} | more


def rating(code: str, grade: str | None, **more: Any) -> dict[str, Any]:
    return {"unit_ref": code, "scheme": "年度绩效", "year": 2024, "grade_raw": grade} | more


UNIT = unit("001", "市甲局")


@of_2025(unit=[UNIT], staffing_ledger=[ledger("001", "XZ", 10, 12), ledger("001", "SY", 20, 15)])
def test_an_excess_of_one_type_and_a_vacancy_of_another_stand_side_by_side(con: Case) -> None:
    row = one(con, "select excess, vacancy, approved, actual, use_rate, vacancy_rate from mart.unit_year")
    assert (row["excess"], row["vacancy"]) == (2, 5)
    assert (row["approved"], row["actual"]) == (30, 27)
    assert row["use_rate"] == pytest.approx(27 / 30)
    assert row["vacancy_rate"] == pytest.approx(5 / 30)


@of_2025(unit=[UNIT], staffing_ledger=[ledger("001", "XZ", 10, 9), ledger("001", "XZ", 1, 3, single_listed=True)])
def test_people_listed_separately_stay_out_of_actual(con: Case) -> None:
    row = one(con, "select actual, excess, actual_single_listed from mart.unit_year")
    assert row == {"actual": 9, "excess": 0, "actual_single_listed": 3}


@of_2025(unit=[UNIT], staffing_ledger=[ledger("001", "XZ", None, 12), ledger("001", "SY", 5, None)])
def test_actual_without_approved_is_no_excess_and_null_is_not_zero(con: Case) -> None:
    rows = every(con, "select estab_type, excess, vacancy from mart.staffing order by estab_type")
    assert [(row["excess"], row["vacancy"]) for row in rows] == [(None, None), (None, None)]
    assert one(con, "select excess, vacancy from mart.unit_year") == {"excess": None, "vacancy": None}


@beside(
    unit=[UNIT],
    staffing_ledger=[
        ledger("001", "XZ", 10, 11),
        ledger("001", "XZ", 4, 4, office_ref="一处"),
        ledger("001", "SY", 6, 5, office_ref="一处"),
    ],
)
def test_a_whole_unit_row_and_its_offices_are_never_added_up(con: Case) -> None:
    found = every(con, "select estab_type, approved, actual, basis from mart.unit_staffing order by estab_type desc")
    assert [tuple(row.values()) for row in found] == [("XZ", 10, 11, "unit"), ("SY", 6, 5, "offices")]
    remarks = every(
        con, "select rule, measure, stated, found from mart.check_remark where rule = 'V-LED-2' order by measure"
    )
    assert [tuple(row.values()) for row in remarks] == [("V-LED-2", "actual", 11, 4), ("V-LED-2", "approved", 10, 4)]


@of_2025(unit=[UNIT], staffing_ledger=[ledger("001", "XZ", 10, 9), ledger("001", None, None, None, external=3)])
def test_external_staff_stand_in_a_row_without_a_type(con: Case) -> None:
    row = one(con, "select actual, external, external_share, excess from mart.unit_year")
    assert (row["actual"], row["external"], row["excess"]) == (9, 3, 0)
    assert row["external_share"] == pytest.approx(3 / 12)


@of_2025(
    unit=[UNIT],
    staffing_ledger=[
        ledger("001", "XZ", 10, 9),
        ledger("001", None, None, None, external=5, seconded_out=1),
        ledger("001", "XZ", 4, 4, office_ref="一处", external=2, seconded_out=1, absent=1),
        ledger("001", "XZ", 6, 5, office_ref="二处", external=3),
    ],
)
def test_people_beside_the_types_are_not_taken_from_offices_where_the_unit_states_them(con: Case) -> None:
    row = one(con, "select external, seconded_out, absent from mart.unit_year")
    assert row == {"external": 5, "seconded_out": 1, "absent": 1}


def test_two_units_of_one_short_name_are_told_apart_by_their_whole_names() -> None:
    con = world(unit=[unit("001", "甲市综合执法队", short_name="执法队"), unit("002", "乙市综合执法队", short_name="执法队"),
                      unit("003", "市教育局", short_name="教育局")])  # fmt: skip
    names = [row["short_name"] for row in every(con, "select short_name from mart.unit order by unit_code")]
    assert names == ["甲市综合执法队", "乙市综合执法队", "教育局"]


@of_2025(
    unit=[UNIT],
    staffing_ledger=[(ledger("001", "XZ", 10, 8) | {"snapshot_date": date(2025, 6, 30)}), ledger("001", "XZ", 10, 9)],
)
def test_the_last_ledger_of_a_year_speaks_for_it(con: Case) -> None:
    assert one(con, "select actual, ledger_date from mart.unit_year") == {"actual": 9, "ledger_date": END}


@beside(unit=[UNIT], staffing_ledger=[ledger("001", "XZ", 10, 8), ledger("001", "XZ", 10, 9, drop_seq=2)])
def test_the_same_key_dropped_again_replaces_the_older_row(con: Case) -> None:
    assert one(con, "select actual from mart.staffing")["actual"] == 9


@of_2025(
    unit=[UNIT, unit("002", "市乙局", status="合并", end_date=date(2025, 7, 1), successor_ref="001")],
    staffing_ledger=[ledger("001", "XZ", 15, 14), (ledger("002", "XZ", 5, 5) | {"snapshot_date": date(2025, 6, 30)})],
)
def test_people_of_a_merged_unit_count_once(con: Case) -> None:
    assert one(con, "select sum(actual) as actual from mart.unit_year where year = 2025")["actual"] == 14
    assert one(con, "select sum(actual) as actual from mart.unit_staffing where newest")["actual"] == 14


def test_a_unit_whose_last_day_is_told_without_a_status_stands_no_more() -> None:
    gone = unit("002", "市乙局", status=None, end_date=date(2025, 7, 1), successor_ref="001")
    before = ledger("002", "XZ", 5, 5) | {"snapshot_date": date(2025, 6, 30)}
    con = world(unit=[UNIT, gone], staffing_ledger=[ledger("001", "XZ", 15, 14), before])
    assert one(con, "select status, ended from mart.unit where unit_code = '002'") == {"status": "撤销", "ended": True}
    assert one(con, "select sum(actual) as actual from mart.unit_year where year = 2025")["actual"] == 14


@beside(
    unit=[
        unit("001", "市甲局", status="撤销", end_date=date(2025, 7, 1), successor_ref="002、003"),
        *[unit(code, name, set_date=date(2025, 7, 1)) for code, name in (("002", "市乙局"), ("003", "市丙局"))],
    ],
    staffing_ledger=[
        (ledger("001", "XZ", 12, 11) | {"snapshot_date": date(2024, 12, 31)}),
        (ledger("001", "XZ", 12, 10) | {"snapshot_date": date(2025, 6, 30)}),
        ledger("002", "XZ", 7, 6),
        ledger("003", "XZ", 5, 4),
    ],
)
def test_people_of_a_unit_that_was_split_count_once_in_the_year_of_the_split(con: Case) -> None:
    years = every(
        con, "select year, sum(actual) as actual from mart.unit_year where actual is not null group by all order by 1"
    )
    assert years == [{"year": 2024, "actual": 11}, {"year": 2025, "actual": 10}]
    assert one(con, "select sum(actual) as actual from mart.unit_staffing where newest")["actual"] == 10
    heirs = one(con, "select successor from mart.unit where successor is not null")["successor"]
    assert re.fullmatch(r"市乙局(#\d+)、市丙局\1", heirs), "called so in this world of many"


@beside(unit=[UNIT], staffing_ledger=[ledger("某局", "XZ", 10, 8)])
def test_a_row_of_an_unresolved_unit_waits(con: Case) -> None:
    assert every(con, "select * from mart.staffing") == []


LEADERS = {"unit_ref": "001", "snapshot_date": END, "scope": "单位领导"}


@of_2025(
    unit=[UNIT],
    leader_quota=[
        LEADERS | {"rank": "正职", "approved": 1, "actual": 0},
        LEADERS | {"rank": "副职", "approved": 3, "actual": 5},
        LEADERS | {"rank": "副职", "scope": "职级", "approved": 3, "actual": 9},
    ],
)
def test_leader_posts_are_never_netted_over_ranks(con: Case) -> None:
    row = one(con, "select leaders_approved, leaders_actual, leaders_excess, leaders_vacancy from mart.unit_year")
    assert tuple(row.values()) == (4, 5, 2, 1)


def test_findings_are_open_overdue_or_put_right_by_their_own_dates() -> None:
    rows = [
        finding("1", "存在超编进人问题", due=date(2025, 1, 1), state="整改中"),
        finding("2", "长期借调人员未清理", due=date(2025, 1, 1), state="已完成"),
        finding("3", "会议费超标", due=date(2025, 1, 1), state="长期坚持", estab_related="否"),
        finding("4", "工作量不均", due=date(2027, 1, 1)),
    ]
    con = world(unit=[UNIT], inspection_finding=rows, today=date(2026, 6, 30))
    row = one(
        con,
        "select issues_open, issues_overdue, issues_closed, inspection_staffing, audit_findings from mart.unit_year",
    )
    assert tuple(row.values()) == (3, 1, 1, 3, None)
    assert [r["state"] for r in every(con, "select state from mart.finding order by finding_no")] == [
        "整改中",
        "已完成",
        "长期坚持",
        "未说明",
    ]


def test_a_nil_return_is_neither_a_finding_nor_missing() -> None:
    others = [UNIT, unit("002", "市乙局"), unit("003", "市丙局"), unit("004", "区委部", unit_kind="党委部门")]
    rows = [finding("1", "存在超编"), finding("0", None, unit_ref="002", nil_return=True)]
    con = world(unit=others, inspection_finding=rows)
    states = every(
        con,
        "select u.unit_code, c.state, c.n from mart.coverage as c inner join mart.unit as u on u.unit_id = c.unit_id "
        "where c.family = '巡视巡察' order by u.unit_code",
    )
    assert [tuple(row.values()) for row in states] == [
        ("001", "rows", 1),
        ("002", "nil", 0),
        ("003", "missing", 0),
        ("004", "not_asked", 0),
    ]
    counts = every(
        con,
        "select y.inspection_findings from mart.unit_year as y inner join mart.unit as u on u.unit_id = y.unit_id "
        "order by u.unit_code",
    )
    assert [row["inspection_findings"] for row in counts] == [1, 0, None, None]


def test_a_nil_return_in_the_ledger_is_a_state_of_its_own_for_the_unit_and_those_below_it() -> None:
    """And X20 holds it against what outside sources found in the round, each family once."""
    others = [
        UNIT, unit("002", "市乙局"), unit("003", "甲中心", parent_ref="001"), unit("004", "市丁局", status="撤销", end_date=date(2021, 5, 1)),
    ]  # fmt: skip
    found = [
        finding("1", "存在混编混岗问题"), finding("2", "超编制进人", feedback_date=date(2022, 5, 6)), finding("3", "长期借调", unit_ref="003"),
        finding("4", "混编混岗", unit_ref="002"), finding("5", "混编混岗", feedback_date=date(2019, 5, 6)),
        finding("6", None, nil_return=True),
    ]  # fmt: skip
    audit = [
        {
            "finding_no": "1",
            "unit_ref": "001",
            "project": "经责",
            "audit_year": 2023,
            "conf": "内部",
            "text": "超编制进人",
        }
    ]
    nil = [{"unit_id": ident("001"), "first_year": 2021, "last_year": 2025, "given_on": date(2025, 3, 1)}]
    con = world(unit=others, inspection_finding=found, audit_finding=audit, nil_return=nil)
    asked = "select u.unit_code, c.year, c.state, c.n from mart.coverage as c inner join mart.unit as u using (unit_id) where c.family = '自评'"
    states = {(row["unit_code"], row["year"]): row["state"] for row in every(con, asked)}
    years = {2019, 2022, 2023, 2024}
    assert {place for place, state in states.items() if state == "nil"} == {(code, year) for code in ("001", "003") for year in years - {2019}}  # fmt: skip
    assert {state for place, state in states.items()} == {"nil", "not_asked"}, (
        "nobody is asked for one, so none is missing"
    )
    assert ("002", 2024) in states
    rows = every(con, "select u.unit_code, c.matter, c.right_family, c.right_at, len(c.right_rows) as n, c.left_text, c.left_text_en from rule.x20 as c inner join mart.unit as u using (unit_id) order by all")  # fmt: skip
    assert [(row["unit_code"], row["matter"], row["right_at"], row["n"]) for row in rows] == [
        ("001", "2021–2025 零报告 审计", "2023", 1),
        ("001", "2021–2025 零报告 巡视巡察", "2022–2024", 2),
        ("003", "2021–2025 零报告 巡视巡察", "2024", 1),
    ], "of the round alone, and of whom nobody said there was nothing not at all"
    assert rows[0]["left_text"] == "零报告：本轮没有问题"
    assert "上级单位市甲局" in rows[-1]["left_text"]
    assert "市甲局 above it" in rows[-1]["left_text_en"]
    assert not every(world(unit=others, inspection_finding=found), asked), "without one there is no such source"


def test_a_finding_keeps_its_id_whatever_else_is_dropped() -> None:
    alone = world(unit=[UNIT], inspection_finding=[finding("1", "存在超编")])
    among = world(unit=[UNIT], inspection_finding=[finding("9", "其他"), finding("1", "存在超编", drop_seq=7)])
    assert one(alone, "select finding_id from mart.finding") == one(
        among, "select finding_id from mart.finding where finding_no = '1'"
    )


@beside(
    unit=[UNIT],
    inspection_finding=[finding("1", "甲", round=None), finding("1", "乙", round=None, drop_seq=2)],
)
def test_two_files_numbered_from_one_without_a_round_are_two_findings(con: Case) -> None:
    assert len(every(con, "select * from mart.finding")) == 2


WORDS: tuple[tuple[str, set[str]], ...] = (
    ("该局超编制3人，且长期借调下属单位人员12名", {"T10", "T14"}),
    ("未超编，人员配备规范", set()),
    ("公务用车超编制配备", set()),
    ("编外聘用人员42名，未报编办审批", {"T16", "T22"}),
    ("内设机构职责交叉，办理事项相互推诿", {"T02"}),
    ("综合科忙闲不均，窗口人手不足", {"T25", "T27"}),
    ("超职数配备副科级干部2名", {"T17"}),
    ("预算执行率偏低，结余资金未及时上缴", set()),
)


@pytest.mark.parametrize(
    ("con", "themes"),
    [(beside.case(unit=[UNIT], inspection_finding=[finding("1", text)]), themes) for text, themes in WORDS],
    ids=[text for text, _ in WORDS],
)
def test_words_propose_themes(con: Case, themes: set[str]) -> None:
    rows = every(con, "select theme, origin, words from mart.finding_theme")
    assert {row["theme"] for row in rows} == themes
    assert all(row["origin"] == "rule" and row["words"] for row in rows)


def test_what_points_were_taken_off_for_keeps_its_id_over_imports() -> None:
    told = rating("001", "良好", deduct_items="超编进人3名")
    first = world(unit=[UNIT], performance_rating=[told])
    again = world(unit=[UNIT], performance_rating=[told | {"scheme": "另一项"}, told, told | {"drop_seq": 2}])
    ids = "select statement_id, theme from mart.statement_theme where row_id in (select row_id from mart.rating where scheme = '年度绩效')"
    assert every(first, ids) == every(again, ids) != []


@beside(unit=[UNIT], inspection_finding=[finding("1", "存在超编", themes=["T10", "长期不饱和"])])
def test_a_theme_written_in_the_file_outranks_the_rule(con: Case) -> None:
    rows = every(con, "select theme, origin from mart.finding_theme order by theme")
    assert [tuple(row.values()) for row in rows] == [("T10", "file"), ("T26", "file")]


def test_grades_map_by_the_scale_of_their_scheme_and_year_and_never_by_guess() -> None:
    units = [unit(f"00{n}", f"局{n}") for n in range(1, 6)]
    rows = [
        rating("001", "优秀", rank=1, field_n=5),
        rating("002", "良好"),
        rating("003", "较差"),
        rating("004", "模范"),
    ]
    rows.append(rating("005", "B", scheme="专项"))
    con = world(unit=units, performance_rating=rows)
    found = every(
        con,
        "select u.unit_code, r.grade_ord, r.percentile from mart.rating as r "
        "inner join mart.unit as u on u.unit_id = r.unit_id order by u.unit_code",
    )
    assert [row["grade_ord"] for row in found] == [1, 2, 4, None, 2]
    assert [row["percentile"] for row in found] == [0.9, None, None, None, None]
    assert one(con, "select matter from mart.check_remark where rule = 'V-ENUM'") == {"matter": "年度绩效 模范"}


def test_a_ranking_without_its_field_has_no_percentile_and_the_median_leaves_it_out() -> None:
    base = {"unit_ref": "001", "system": "环保", "scope": "全市", "period": "2024"}
    rows = [
        base | {"indicator": "甲", "rank": 1, "field_n": 10},
        base | {"indicator": "乙", "rank": 10, "field_n": 10},
        base | {"indicator": "丙", "rank": 3},
        base | {"indicator": "丁", "tier_text": "前列"},
    ]
    con = world(unit=[UNIT], industry_ranking=rows)
    row = one(con, "select ranking_percentile, ranking_count from mart.unit_year")
    assert row["ranking_percentile"] == pytest.approx(0.5)
    assert row["ranking_count"] == 4


@beside(
    unit=[UNIT],
    inspection_finding=[finding("1", "超编"), finding("2", "违规进人", round="第四轮")],
    audit_finding=[
        {
            "unit_ref": "001",
            "finding_no": "1",
            "project": "经责",
            "audit_year": 2024,
            "conf": "内部",
            "text": "超编制进人",
        }
    ],
    staffing_ledger=[ledger("001", "XZ", 10, 12)],
)
def test_two_files_of_one_family_are_one_voice(con: Case) -> None:
    row = one(
        con, "select n_families, label, families, first_year, last_year from mart.corroboration where theme = 'T10'"
    )
    assert (row["n_families"], row["label"]) == (3, "多源")
    assert set(row["families"]) == {"巡视巡察", "审计", "台账"}
    assert (row["first_year"], row["last_year"]) == (2024, 2025)
    assert one(con, "select count(*) as n from mart.corroboration")["n"] == 30
    assert one(con, "select label from mart.corroboration where theme = 'T30'") == {"label": "无"}


@beside(
    unit=[UNIT],
    staffing_ledger=[ledger("001", "XZ", 10, 8, mixed_post=2)],
    leader_quota=[
        {"unit_ref": "001", "snapshot_date": END, "scope": "单位领导", "rank": "副职", "approved": 2, "actual": 3}
    ],
    performance_rating=[rating("001", "较差", deduct_items="长期借调人员未清退")],
)
def test_figures_speak_as_evidence(con: Case) -> None:
    rows = every(con, "select theme, family from mart.evidence order by theme")
    assert [tuple(row.values()) for row in rows] == [
        ("T12", "台账"),
        ("T13", "台账"),
        ("T14", "绩效考核"),
        ("T17", "台账"),
        ("T28", "绩效考核"),
    ]


@beside(
    unit=[UNIT],
    inspection_finding=[finding("1", "军转安置造成政策性超编")],
    staffing_ledger=[ledger("001", "XZ", 10, 12)],
)
def test_an_excess_is_evidence_of_the_theme_that_findings_name(con: Case) -> None:
    rows = every(con, "select theme from mart.evidence where family = '台账'")
    assert [row["theme"] for row in rows] == ["T11"]


def load(months: int, volume: float, year: int = 2024) -> dict[str, list[dict[str, Any]]]:
    """Workload of a unit as a whole, an hour a piece; two people, about 2,000 hours a person a year."""
    row = {"unit_ref": "001", "activity_code": "A", "source": "业务系统", "volume": volume / 12}
    standard = {"activity_code": "A", "activity_name": "甲", "scope_ref": "政府部门", "wisn_class": "核心"}
    standard |= {"std_hours": 1.0, "unit_of_work": "件", "evidence": "写实", "valid_year": year, "version": "1"}
    return {
        "workload": [row | {"period": f"{year}-{month:02}"} for month in range(1, months + 1)],
        "activity_standard": [standard],
        "staffing_ledger": [ledger("001", "XZ", 2, 2) | {"snapshot_date": date(2023, 12, 31)}],
    }


OCTOBER = [row | {"period": f"2024-{month}"} for month, row in zip((10, 11, 12), load(3, 600)["workload"], strict=True)]


@pytest.mark.parametrize(
    ("con", "theme"),
    [
        (beside.case(unit=[UNIT], **load(12, 600)), "T26"),
        (beside.case(unit=[UNIT], **load(12, 9000)), "T27"),
        (beside.case(unit=[UNIT], **load(12, 3200)), None),
        (beside.case(unit=[UNIT], **load(6, 600)), None),
        (Together(date(2024, 7, 10)).case(unit=[UNIT], **load(6, 600)), None),
        (beside.case(unit=[UNIT | {"set_date": date(2024, 10, 1)}], **load(3, 600) | {"workload": OCTOBER}), None),
    ],
    ids=["little", "much", "neither", "half of the year was reported", "all that was due, but no twelve months",
         "founded in October"],
)  # fmt: skip
def test_saturation_is_evidence_only_when_its_whole_interval_and_twelve_months_say_so(
    con: Case, theme: str | None
) -> None:
    told = [row["theme"] for row in every(con, "select theme from mart.evidence where family = '工作量'")]
    assert told == ([theme] if theme else [])


@of_2025(unit=[UNIT], staffing_ledger=[ledger("001", "XZ", 10, 8), ledger("001", "SY", 40, None)])
def test_a_vacancy_is_weighed_against_the_types_with_both_figures(con: Case) -> None:
    assert one(con, "select vacancy_rate from mart.unit_year")["vacancy_rate"] == pytest.approx(0.2)
    assert [row["theme"] for row in every(con, "select theme from mart.evidence")] == ["T12"]


def test_a_nil_return_never_corroborates_and_years_outside_the_round_do_not_either() -> None:
    nil = {"unit_ref": "001", "finding_no": "1", "project": "经责", "audit_year": 2024, "conf": "内部"}
    told = [finding("1", "违规超编进人3名"), finding("2", "违规超编进人3名", feedback_date=date(2015, 5, 6))]
    con = world(unit=[UNIT], inspection_finding=told, audit_finding=[nil | {"nil_return": True}])
    window = one(con, "select first_year, last_year, given from mart.round")
    assert tuple(window.values()) == (2020, 2024, False)
    row = one(con, "select families, first_year, records from mart.corroboration where theme = 'T10'")
    assert row == {"families": ["巡视巡察"], "first_year": 2024, "records": 1}
    assert one(con, "select count(*) as n from mart.evidence")["n"] == 2
    wide = world(years=(2010, 2024), unit=[UNIT], inspection_finding=told)
    row = one(wide, "select first_year, records from mart.corroboration where theme = 'T10'")
    assert row == {"first_year": 2015, "records": 2}


def test_a_year_still_to_come_does_not_move_the_round() -> None:
    rows = [finding("1", "超编"), finding("2", "超编", feedback_date=None, feedback_year=2042)]
    con = world(unit=[UNIT], inspection_finding=rows)
    assert one(con, "select last_year from mart.round") == {"last_year": 2024}


JUMP = {
    "unit": [UNIT],
    "staffing_ledger": [
        ledger("001", "XZ", 20, 20) | {"snapshot_date": date(2024, 12, 31)},
        ledger("001", "XZ", 30, 28),
    ],
}
APPROVED = {
    "doc_no": "津编办发〔2025〕1号",
    "unit_ref": "001",
    "change_date": date(2025, 3, 1),
    "kind": "增加",
    "estab_type": "XZ",
}


@beside.cases(
    explained=JUMP | {"estab_change": [APPROVED | {"delta": 10}]},
    half=JUMP | {"estab_change": [APPROVED | {"delta": 4}]},
)
def test_a_jump_between_ledgers_needs_an_approval(explained: Case, half: Case) -> None:
    # Where no list of changes was ever given, none can be missing from it.
    unexplained = world(**JUMP)
    rows = every(unexplained, "select rule, measure from mart.check_remark where rule like 'V-LED%' order by measure")
    assert [tuple(row.values()) for row in rows] == [("V-LED-5", "actual"), ("V-LED-5", "approved")]
    assert every(explained, "select * from mart.check_remark where rule like 'V-LED%'") == []
    remark = one(half, "select rule, stated, found from mart.check_remark where rule like 'V-LED%'")
    assert tuple(remark.values()) == ("V-LED-3", 10, 4)


@beside(unit=[unit("001", "市甲局", short_name=None, level=None)])
def test_a_register_row_without_short_name_level_or_posts_is_remarked(con: Case) -> None:
    rows = every(con, "select measure from mart.check_remark where rule = 'V-B01' order by measure")
    assert [row["measure"] for row in rows] == ["establishment", "level", "short_name"]


def test_models_run_on_nothing_at_all() -> None:
    con = world().make_all()
    assert every(con, "select * from mart.unit_year") == []
    assert every(con, "select * from mart.saturation") == []


def two_ledgers(*rows: dict[str, Any], **more: Any) -> Case:
    """The unit 001's first ledger has 行政 10/8 and 工勤 3/3; these are the rows of the second."""
    first = [
        ledger("001", kind, *people) | {"snapshot_date": date(2024, 12, 31)}
        for kind, people in (("XZ", (10, 8)), ("GQ", (3, 3)))
    ]
    return world(unit=[UNIT], staffing_ledger=[*first, *rows], **more)


MISSING = "select estab_type, year, of_year, last_date, approved, actual, next from mart.missing_type"


def test_a_type_that_the_next_ledger_leaves_out_is_missing_and_not_zero() -> None:
    con = two_ledgers(ledger("001", "XZ", 10, 9))
    assert [tuple(row.values()) for row in every(con, MISSING)] == [("GQ", 2025, True, date(2024, 12, 31), 3, 3, True)]
    remark = one(con, "select rule, matter, measure, stated, found from mart.check_remark where rule = 'V-LED-6'")
    assert tuple(remark.values()) == ("V-LED-6", "GQ", "approved", 3, None)
    assert one(con, "select approved, actual from mart.unit_year where year = 2025") == {"approved": 10, "actual": 9}


def test_a_type_stays_missing_until_a_ledger_states_it_and_is_asked_about_once() -> None:
    later = ledger("001", "XZ", 10, 9) | {"snapshot_date": date(2026, 12, 31)}
    con = two_ledgers(ledger("001", "XZ", 10, 9), later)
    assert [(row["year"], row["next"]) for row in every(con, f"{MISSING} order by year")] == [
        (2025, True),
        (2026, False),
    ]
    assert len(every(con, "select 1 from mart.check_remark where rule = 'V-LED-6'")) == 1
    back = two_ledgers(ledger("001", "XZ", 10, 9), later, later | {"estab_type": "GQ", "approved": 2, "actual": 2})
    assert [row["year"] for row in every(back, MISSING)] == [2025]


@pytest.mark.parametrize(("delta", "missing"), [(-3, False), (-2, True)])
def test_a_type_that_approvals_took_away_is_not_missed(delta: int, missing: bool) -> None:
    approval = APPROVED | {"kind": "减少", "estab_type": "GQ", "delta": delta}
    con = two_ledgers(ledger("001", "XZ", 10, 9), estab_change=[approval])
    assert bool(every(con, MISSING)) == missing


def test_a_type_of_nobody_and_no_posts_is_not_missed() -> None:
    con = two_ledgers(
        ledger("001", "XZ", 10, 9),
        ledger("001", "GQ", 3, 3),
        ledger("001", "SY", 0, 0) | {"snapshot_date": date(2024, 12, 31)},
    )
    assert every(con, MISSING) == []
