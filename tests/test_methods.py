"""Saturation and its interval: the test vector of the method, who counts as staff, what is missing, how sure it is."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import Case, Together, World, every, one, world

from panorama.methods.interval import RESULT, _in_order, interval, lognormal

Row = dict[str, Any]
beside = Together()
UNIT: Row = {"unit_code": "001", "name": "市甲局", "unit_kind": "政府部门", "admin_level": "市"}
LEAVE: Row = {"applies_to": "政府部门", "year": 2025, "workdays": 248, "annual_leave": 10, "sick": 3, "training": 5}


def standard(code: str, hours: float | None, scope: str = "政府部门", **more: Any) -> Row:
    row = {
        "activity_code": code,
        "activity_name": f"事项{code}",
        "scope_ref": scope,
        "wisn_class": "核心",
        "std_hours": hours,
    }
    return row | {"unit_of_work": "件", "evidence": "专家", "valid_year": 2025, "version": "1"} | more


def support(code: str, share: float, scope: str = "政府部门") -> Row:
    return standard(code, None, scope, wisn_class="支持", cas_share=share)


def extra(code: str, people: int, hours: float, scope: str = "政府部门") -> Row:
    return standard(code, None, scope, wisn_class="附加", ias_hours=hours, ias_staff=people)


def work(code: str, volume: float | None, office: str | None = "一处", period: str = "2025", **more: Any) -> Row:
    row = {"unit_ref": "001", "office_ref": office, "activity_code": code, "period": period, "volume": volume}
    return row | {"source": "统计台账"} | more


def staff(actual: int | None, office: str | None = "一处", day: date = date(2025, 12, 31), **more: Any) -> Row:
    row = {"unit_ref": "001", "office_ref": office, "snapshot_date": day, "estab_type": "XZ", "approved": 8}
    return row | {"actual": actual} | more


VECTOR = {
    "unit": [UNIT],
    "availability": [LEAVE],
    "activity_standard": [
        standard("A", 1.2), standard("B", 6), standard("C", 3.5),
        support("S1", 2 / 40), support("S2", 3 / 40), support("S3", 1.5 / 40),
        extra("X1", 1, 600), extra("X2", 2, 120),
    ],
    "workload": [work("A", 5200), work("B", 640), work("C", 310)],
}  # fmt: skip


def office(con: Any, period: str = "2025", name: str = "一处") -> Row:
    sql = (
        "select s.* from mart.saturation as s inner join mart.office as o on o.office_id = s.office_id "
        "where s.post_id is null and s.period = $1 and o.name = $2"
    )
    return one(con, sql, period, name)


@pytest.mark.parametrize(
    ("con", "saturation"),
    [
        pytest.param(beside.case(**VECTOR, staffing_ledger=[staff(people)]), saturation, id=f"{people} people")
        for people, saturation in ((8, 0.963), (6, 1.284), (9, 0.856))
    ],
)
def test_the_vector_of_the_method_comes_out(con: Case, saturation: float) -> None:
    row = office(con)
    assert row["awt"] == 1840
    assert row["required_hours"] == pytest.approx(11165)
    assert row["core_staff"] == pytest.approx(6.0679, abs=5e-5)
    assert row["caf"] == pytest.approx(1.1940, abs=5e-5)
    assert row["ias_hours"] / row["awt"] == pytest.approx(0.4565, abs=5e-5)
    assert row["required_staff"] == pytest.approx(7.7018, abs=5e-5)
    assert row["saturation"] == pytest.approx(saturation, abs=5e-4)


@beside(
    unit=[UNIT],
    office=[{"unit_ref": "001", "office_name": n, "peer_tag": t} for n, t in (("一处", "标签一"), ("二处", "标签二"))],
    availability=[LEAVE],
    activity_standard=[
        standard("A", 1.0),
        support("S1", 0.2, "标签一"),
        extra("X1", 1, 184, "标签一"),
        support("S2", 0.5, "标签二"),
    ],
    workload=[work("A", 1840), work("A", 1840, "二处")],
    staffing_ledger=[staff(2), staff(2, "二处")],
)
def test_a_second_cadre_has_its_own_support_and_extra_work(con: Case) -> None:
    assert office(con)["required_staff"] == pytest.approx(1 / 0.8 + 0.1)
    assert office(con, name="二处")["required_staff"] == pytest.approx(1 / 0.5)
    unit = one(con, "select * from mart.saturation where office_id is null and period = '2025'")
    assert unit["saturation"] == pytest.approx((1 / 0.8 + 0.1 + 1 / 0.5) / 4)


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0), extra("X", 1, 184)],
    workload=[work("A", 1380), work("A", 460, "二处")],
    staffing_ledger=[staff(1), staff(1, "二处")],
)
def test_extra_work_of_a_whole_unit_counts_once_over_its_offices(con: Case) -> None:
    unit = one(con, "select required_staff from mart.saturation where office_id is null and period = '2025'")
    assert unit["required_staff"] == pytest.approx(1.1)
    assert office(con)["required_staff"] == pytest.approx(0.75 + 0.075)


EDGES = ((0.59, "明显不饱满"), (0.60, "偏低"), (0.80, "饱满"), (1.00, "偏高"), (1.15, "偏高"), (1.16, "超负荷"))


@pytest.fixture(scope="module")
def at_the_edges() -> World:
    """For every value of EDGES an office by that name, with that saturation in March."""
    # A month's row has no interval: its band is the point's.
    share = "(select share from mart.month where year = 2025 and month = 3)"
    places = [str(required) for required, _ in EDGES]
    con = world(
        unit=[UNIT], availability=[LEAVE], activity_standard=[standard("A", 1.0)],
        workload=[work("A", 1, place, "2025-03") for place in places],
        staffing_ledger=[staff(1, place, date(2025, 1, 31)) for place in places],
    )  # fmt: skip
    hours = one(con, f"select 1840 * {share} as hours")["hours"]
    for required, _ in EDGES:
        assert office(con, "2025-03", str(required))["saturation"] == pytest.approx(1 / hours)
        leaf = f"(select office_id from mart.office where name = '{required}')"
        con.sql(
            f"update staging.saturation_point set saturation = {required} where span = 202503 and office_id = {leaf}"
        )
    con.make_again("mart.saturation_stored", "mart.saturation")
    return con


@pytest.mark.parametrize(("required", "band"), EDGES)
def test_a_boundary_value_belongs_to_the_upper_band(at_the_edges: World, required: float, band: str) -> None:
    assert office(at_the_edges, "2025-03", str(required))["band"] == band


@beside(**VECTOR, staffing_ledger=[staff(8)])
def test_months_share_the_year_by_working_days(con: Case) -> None:
    assert one(con, "select sum(share) as s from mart.month where year = 2025")["s"] == pytest.approx(1)
    october, march = (
        one(con, f"select days from mart.month where year = 2025 and month = {m}")["days"] for m in (10, 3)
    )
    assert october < march


def test_months_not_reported_are_not_taken_for_idleness() -> None:
    months = [work("A", 100, period=f"2025-{month:02}") for month in range(1, 7)]
    con = world(unit=[UNIT], availability=[LEAVE], activity_standard=[standard("A", 1.5)], workload=months,
                staffing_ledger=[staff(1, day=date(2024, 12, 31))], today=date(2026, 6, 30))  # fmt: skip
    half = one(con, "select sum(share) as s from mart.month where year = 2025 and month <= 6")["s"]
    row = office(con)
    assert row["coverage"] == pytest.approx(0.5)
    assert row["saturation"] == pytest.approx(900 / (1840 * half))
    assert row["high"] - row["low"] > 0


def test_months_still_to_come_are_not_expected() -> None:
    months = [work("A", 100, period=f"2025-{month:02}") for month in range(1, 7)]
    con = world(unit=[UNIT], activity_standard=[standard("A", 1.5)], workload=months, today=date(2025, 7, 10))
    assert office(con)["coverage"] == 1


@beside(
    unit=[UNIT],
    activity_standard=[standard("A", 1.0), standard("B", 1.0)],
    workload=[
        work("A", 1200),
        *[work("A", 100, period=f"2025-{month:02}") for month in range(1, 13)],
        *[work("B", 30, period="2025-Q1"), work("B", 10, period="2025-01"), work("B", 10, period="2025-04")],
    ],
)
def test_grains_that_overlap_count_once_and_are_remarked(con: Case) -> None:
    assert office(con)["required_hours"] == pytest.approx(1200 + 30 + 10)
    assert office(con, "2025-01")["required_hours"] == pytest.approx(110)
    remarks = every(con, "select matter, stated, found from mart.check_remark where rule = 'V-WL-2' order by matter")
    assert [tuple(row.values()) for row in remarks] == [("A", 1200, 1200), ("B", 40, 10)]


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 900), work("Z", 300, hours_actual=450)],
    staffing_ledger=[staff(1)],
)
def test_volume_without_a_unit_time_is_listed_and_makes_a_lower_bound(con: Case) -> None:
    row = office(con)
    assert (row["lower_bound"], row["coverage_volume"], row["hours_without_standard"]) == (True, 0.75, 450)
    gap = one(con, "select activity_code, volume, n from mart.activity_gap")
    assert (gap["activity_code"], float(gap["volume"]), gap["n"]) == ("Z", 300, 1)
    assert one(con, "select matter from mart.check_remark where rule = 'V-WL-1'") == {"matter": "Z"}


ONE = {
    "unit": [UNIT], "availability": [LEAVE], "activity_standard": [standard("A", 1.0)], "staffing_ledger": [staff(1)],
}  # fmt: skip


@beside.cases(
    of_known=ONE | {"workload": [work("A", 900)]},
    of_more=ONE | {"workload": [work("A", 900), work("Z", 300)]},
)
def test_a_lower_bound_is_not_called_low(of_known: Case, of_more: Case) -> None:
    known, more = office(of_known), office(of_more)
    assert (known["band"], known["lower_bound"]) == ("明显不饱满", False)
    assert (more["band"], more["lower_bound"], more["saturation"]) == ("待判", True, known["saturation"])


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 3680), work("Z", 900, "二处")],
    staffing_ledger=[staff(2), staff(11, "二处")],
)
def test_people_of_an_office_whose_work_has_no_unit_time_are_not_people_without_work(con: Case) -> None:
    assert office(con, name="二处")["saturation"] is None
    row = one(con, "select * from mart.saturation where office_id is null and period = '2025'")
    assert (row["staff"], row["lower_bound"]) == (2, True)
    assert row["saturation"] == pytest.approx(1.0)


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    post=[{"unit_ref": "001", "office_ref": "三处", "post_name": "岗", "n_actual": 1}],
    activity_standard=[standard("A", 1.0), support("S", 0.2), extra("X", 1, 184)],
    workload=[
        work("A", 1840),
        *(work("S", 1, "二处", f"2025-{month:02}") for month in range(1, 7)),
        work("X", 1, "三处", "2025-01", post_ref="岗"),
    ],
    staffing_ledger=[staff(2), staff(11, "二处")],
)
def test_a_place_of_support_work_alone_is_there_without_a_figure_and_counts_for_coverage(con: Case) -> None:
    row = office(con, name="二处")
    assert (row["saturation"], row["band"], row["lacking"], row["coverage"]) == (None, None, "core", 0.5)
    assert (row["staff"], row["required_hours"], row["lower_bound"], row["cas"]) == (11, None, False, 0.2)
    post = one(con, "select * from mart.saturation where post_id is not null and period = '2025-01'")
    assert (post["saturation"], post["lacking"], post["coverage"]) == (None, "core", 1)
    # It stands for nobody in the roll-up, and for its months in what was reported.
    unit = one(con, "select * from mart.saturation where office_id is null and period = '2025'")
    assert (unit["staff"], unit["lacking"]) == (2, None)
    assert unit["saturation"] == pytest.approx((1 / 0.8 + 0.1) / 2)
    assert unit["coverage"] == pytest.approx((12 + 6 + 1) / 36)
    assert every(con, "select distinct office_id from staging.saturation_part where office_staff is null") == []


WORKED = ONE | {"workload": [work("A", 1840)]}


@beside.cases(
    nothing=WORKED,
    staff=WORKED | {"staffing_ledger": []},
    unit_time=WORKED | {"activity_standard": []},
    shares=WORKED | {"activity_standard": [standard("A", 1.0), support("S", 1.0)]},
)
def test_what_a_place_without_a_figure_lacks_is_said(nothing: Case, staff: Case, unit_time: Case, shares: Case) -> None:
    assert office(nothing)["lacking"] is None
    assert office(staff)["lacking"] == "staff"
    assert office(unit_time)["lacking"] == "unit_time"
    assert office(shares)["lacking"] == "shares"


@beside(**VECTOR)
def test_no_staff_known_gives_no_saturation(con: Case) -> None:
    row = office(con)
    assert row["required_staff"] == pytest.approx(7.7018, abs=5e-5)
    assert (row["saturation"], row["band"], row["staff"], row["staff_source"], row["low"]) == (
        None,
        None,
        None,
        None,
        None,
    )


LEDGERS = VECTOR | {
    "staffing_ledger": [
        staff(9, day=date(2025, 6, 30)),
        staff(10, seconded_out=2, absent=1, seconded_in=1, external=2),
        staff(5, single_listed=True),
    ]
}


@beside.cases(
    yearly=LEDGERS,
    monthly=LEDGERS | {"workload": [work("A", 100, period="2025-07"), work("A", 100, period="2025-05")]},
)
def test_staff_is_who_is_at_work_by_the_last_ledger_and_both_figures_stand(yearly: Case, monthly: Case) -> None:
    row = office(yearly)
    assert (row["staff"], row["staff_with_external"], row["staff_source"]) == (8, 10, "ledger")
    assert row["saturation_with_external"] == pytest.approx(7.7018 / 10, abs=5e-5)
    assert office(monthly, "2025-07")["staff"] == 9
    assert office(monthly, "2025-05")["staff"] is None


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 3680), work("A", 5520, "二处")],
    staffing_ledger=[staff(8), staff(4, "二处"), staff(5, "不报处"), staff(20, None, external=3)],
)
def test_a_unit_is_the_sum_over_the_offices_that_report_and_no_other(con: Case) -> None:
    row = one(con, "select * from mart.saturation where office_id is null and period = '2025'")
    assert (row["staff"], row["staff_source"], row["staff_with_external"]) == (12, "offices", 15)
    assert row["saturation"] == pytest.approx((2 + 3) / 12)


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 3680, None)],
    staffing_ledger=[staff(8), staff(20, None)],
)
def test_a_unit_that_reports_as_a_whole_has_its_whole_unit_row(con: Case) -> None:
    row = one(con, "select * from mart.saturation where period = '2025'")
    assert (row["staff"], row["staff_source"]) == (20, "ledger")


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 3680), work("A", 10, "二处")],
    staffing_ledger=[staff(8), staff(20, None)],
)
def test_an_office_whose_people_nobody_knows_sends_the_unit_to_its_whole_row(con: Case) -> None:
    row = one(con, "select * from mart.saturation where office_id is null and period = '2025'")
    assert (row["staff"], row["staff_source"]) == (20, "ledger")


@beside(
    unit=[UNIT],
    post=[
        {"unit_ref": "001", "office_ref": "一处", "post_name": name, "n_actual": n}
        for name, n in (("岗甲", 1.5), ("岗乙", 2))
    ],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 920, post_ref="岗甲", staff_eff=9), work("A", 920, post_ref="岗乙", staff_eff=9)],
)
def test_posts_stand_in_where_the_ledger_says_nothing_and_staff_eff_never_does(con: Case) -> None:
    row = office(con)
    assert (row["staff"], row["staff_source"]) == (3.5, "posts")
    assert row["saturation"] == pytest.approx(1 / 3.5)
    found = every(con, "select staff, saturation from mart.saturation where post_id is not null order by staff")
    assert [r["saturation"] for r in found] == [pytest.approx(0.5 / 1.5), pytest.approx(0.25)]
    unit = one(con, "select staff, staff_source from mart.saturation where office_id is null")
    assert tuple(unit.values()) == (3.5, "posts")


SCOPES: tuple[tuple[list[str], int | None], ...] = (
    (["政府部门", "市甲局"], 2),
    (["政府部门", "市甲局", "标签一"], 3),
    (["政府部门", "一处", "标签一"], 2),
    (["全部", "政府部门"], 2),
    (["岗甲", "一处"], 1),
    (["另一个标签"], None),
)


@pytest.fixture(scope="module")
def scoped() -> World:
    """An activity for every case of SCOPES, with a unit time of 1, 2, 3 hours for each of its scopes."""
    return world(
        unit=[UNIT], office=[{"unit_ref": "001", "office_name": "一处", "peer_tag": "标签一"}],
        activity_standard=[
            standard(" ".join(scopes), at, scope) for scopes, _ in SCOPES for at, scope in enumerate(scopes, start=1)
        ],
        workload=[work(" ".join(scopes), 10, post_ref="岗甲") for scopes, _ in SCOPES],
    )  # fmt: skip


@pytest.mark.parametrize(("scopes", "hours"), SCOPES)
def test_the_closest_scope_gives_the_unit_time(scoped: World, scopes: list[str], hours: int | None) -> None:
    found = one(scoped, "select std_hours from mart.workload where activity in ($1, '事项' || $1)", " ".join(scopes))
    assert found["std_hours"] == hours


@beside(
    unit=[UNIT],
    activity_standard=[
        standard("A", 1),
        standard("A", 2, version="10"),
        standard("A", 3, version="9"),
        standard("A", 4, valid_year=2024),
    ],
    workload=[work("A", 10), work("事项A", 10, period="2024")],
)
def test_the_standard_is_of_the_year_and_its_latest_version(con: Case) -> None:
    found = every(con, "select year, std_hours from mart.workload order by year")
    assert [row["std_hours"] for row in found] == [4, 2]


@beside(
    unit=[UNIT],
    activity_standard=[standard("A", 1), support("S", 0.6), support("T", 0.4)],
    workload=[work("A", 10)],
    staffing_ledger=[staff(1)],
)
def test_support_shares_of_all_time_are_an_error_and_give_no_figure(con: Case) -> None:
    assert office(con)["saturation"] is None
    assert one(con, "select severity from mart.check_remark where rule = 'V-CAS'") == {"severity": "error"}


OF_THE_UNIT, OF_ALL = (
    LEAVE | {"applies_to": "市甲局", "annual_leave": 15},
    LEAVE | {"applies_to": "全部", "annual_leave": 0},
)


def test_the_most_specific_rule_on_available_time_wins() -> None:
    # The rule of all reaches every unit of a world: each of these has its own.
    assert office(world(**VECTOR | {"availability": [LEAVE, OF_THE_UNIT, OF_ALL]}))["awt"] == (248 - 23) * 8
    assert office(world(**VECTOR | {"availability": [LEAVE, OF_ALL]}))["awt"] == 1840
    assert office(world(**VECTOR | {"availability": []}))["awt"] == 248 * 8


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[standard("A", 1.0)],
    workload=[work("A", 1840), work("A", 3680, "二处")],
    staffing_ledger=[staff(2), staff(1, "二处")],
)
def test_gini_weighs_offices_by_their_people(con: Case) -> None:
    row = one(con, "select gini, staff_under, staff_over from mart.imbalance")
    assert row["gini"] == pytest.approx(2 * 2 * 1 * 1.5 / (2 * 3 * 3))
    assert (row["staff_under"], row["staff_over"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))


PLACES = st.fixed_dictionaries(
    {
        "rows": st.lists(
            st.tuples(
                st.sampled_from("ABC"), st.sampled_from(["一处", "二处"]), st.integers(1, 12), st.integers(0, 500)
            ),
            min_size=1, max_size=12, unique_by=lambda row: row[:3],
        ),
        "hours": st.tuples(*[st.integers(1, 40)] * 3),
        "people": st.tuples(st.integers(1, 9), st.integers(1, 9)),
    }
)  # fmt: skip


@given(st.lists(PLACES, min_size=8, max_size=8))
@settings(max_examples=2, deadline=None)
def test_the_models_agree_with_the_formula_in_plain_python(told: list[dict[str, Any]]) -> None:
    together = Together()
    cases = [
        together.case(
            unit=[UNIT], availability=[LEAVE],
            activity_standard=[
                *(standard(code, h / 4) for code, h in zip("ABC", case["hours"], strict=True)), support("S", 0.1),
            ],
            workload=[work(code, volume, place, f"2025-{month:02}") for code, place, month, volume in case["rows"]],
            staffing_ledger=[staff(case["people"][0]), staff(case["people"][1], "二处")],
        )
        for case in told
    ]  # fmt: skip
    for con, case in zip(cases, told, strict=True):
        agrees_with_plain_python(con, **case)


def agrees_with_plain_python(
    con: Case, rows: list[tuple[str, str, int, int]], hours: tuple[int, ...], people: tuple[int, int]
) -> None:
    share = {r["month"]: r["share"] for r in every(con, "select month, share from mart.month where year = 2025")}
    unit_time = dict(zip("ABC", (h / 4 for h in hours), strict=True))
    required, at_work = 0.0, 0
    for place, at in (("一处", 0), ("二处", 1)):
        mine = [row for row in rows if row[1] == place]
        if not mine:
            continue
        core = sum(unit_time[code] * volume for code, _, _, volume in mine)
        spoken = sum(share[month] for month in {row[2] for row in mine})
        need = core / (1840 * spoken) / (1 - 0.1)
        required += need
        at_work += people[at]
        assert office(con, name=place)["saturation"] == pytest.approx(need / people[at], abs=1e-8)
    unit = one(con, "select saturation from mart.saturation where office_id is null and period = '2025'")
    assert unit["saturation"] == pytest.approx(required / at_work, abs=1e-8)


def parts(loads: list[float], cv: float = 0.2, staff: float = 1, **more: Any) -> pl.DataFrame:
    base = {"unit_id": 1, "office_id": None, "post_id": None, "period": "2025", "cv": cv, "fixed": 0, "missing": 0}
    base |= {"month_cv": 0.3, "post_staff": None, "office_staff": None, "unit_staff": staff} | more
    schema = {"office_id": pl.Int64, "post_id": pl.Int64, "post_staff": pl.Float64, "office_staff": pl.Float64}
    schema |= {"missing": pl.Float64, "load": pl.Float64}
    rows = [base | {"activity_code": f"A{at}", "load": load} for at, load in enumerate(loads)]
    return pl.DataFrame(rows, schema_overrides=schema)


def test_one_activity_spans_widely_and_many_narrow_it() -> None:
    wide = interval(parts([0.73])).row(0, named=True)
    assert wide["low"] == pytest.approx(0.52, abs=0.03)
    assert wide["high"] == pytest.approx(1.0, abs=0.04)
    narrow = interval(parts([0.73 / 5] * 5)).row(0, named=True)
    assert narrow["low"] == pytest.approx(0.62, abs=0.03)
    assert narrow["high"] == pytest.approx(0.85, abs=0.03)


def test_the_interval_is_the_lognormal_one() -> None:
    found = interval(parts([1.0], cv=0.3), draws=20_000).row(0, named=True)
    sigma = math.sqrt(math.log1p(0.3**2))
    assert found["low"] == pytest.approx(math.exp(-1.645 * sigma - sigma**2 / 2), rel=0.02)
    assert found["high"] == pytest.approx(math.exp(1.645 * sigma - sigma**2 / 2), rel=0.02)
    assert np.mean(lognormal(0.3, np.random.default_rng(1).standard_normal(200_000))) == pytest.approx(1, abs=0.01)


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["2024", "2024-01", "2023"]),
            st.integers(0, 2),
            st.none() | st.integers(0, 2),
            st.none() | st.integers(0, 1),
            st.none() | st.sampled_from(["A", "B", "收文"]),
            st.none() | st.sampled_from([0.0, 0.3]),
        )
    )
)
def test_parts_are_put_in_the_order_of_their_keys_and_what_has_none_comes_first(rows: list[tuple[object, ...]]) -> None:
    kinds = {"period": pl.String, **dict.fromkeys(("unit_id", "office_id", "post_id"), pl.Int64)}
    frame = pl.DataFrame(rows, {**kinds, "activity_code": pl.String, "cv": pl.Float64}, orient="row")
    assert _in_order(frame).equals(frame.sort(frame.columns, nulls_last=False))


def test_the_same_parts_give_the_same_interval_in_any_order_and_company() -> None:
    mine = pl.concat([parts([0.3, 0.5], missing=0.25), parts([0.2], period="2024")])
    other = parts([0.9, 0.4, 0.1], missing=0.5, unit_id=2)
    alone = interval(mine).sort("period")
    among = interval(pl.concat([other, mine.reverse()])).filter(pl.col("unit_id") == 1).sort("period")
    assert alone.equals(among)


def test_one_draw_per_activity_is_shared_by_all_rows_that_use_it() -> None:
    one_office = parts([1.0])
    shared = pl.concat([parts([0.5], office_id=7, office_staff=0.5), parts([0.5], office_id=8, office_staff=0.5)])
    unit = interval(shared).filter(pl.col("office_id").is_null())
    assert unit["low"].item() == pytest.approx(interval(one_office)["low"].item(), rel=1e-5)
    assert interval(shared)["low"].n_unique() == 1


def test_missing_months_widen_the_interval_and_extra_work_narrows_it() -> None:
    def width(frame: pl.DataFrame) -> float:
        row = interval(frame).row(0, named=True)
        return float(row["high"] - row["low"])

    plain = width(parts([1.0], cv=0.1))
    assert width(parts([1.0], cv=0.1, missing=0.5, month_cv=0.6)) > plain * 1.1
    assert width(parts([0.5], cv=0.1, fixed=0.5)) < plain * 0.6


def test_the_draws_of_activities_are_their_own_and_the_same_whatever_their_evidence() -> None:
    # codding and gnu have one CRC-32: a draw by that would be one for both.
    frame = parts([0.5, 0.5]).with_columns(activity_code=pl.Series(["codding", "gnu"]))
    alone = interval(parts([1.0]).with_columns(activity_code=pl.lit("codding"))).row(0, named=True)
    both = interval(frame).row(0, named=True)
    assert both["high"] - both["low"] < 0.8 * (alone["high"] - alone["low"])
    cvs = pl.concat([parts([1.0], cv=cv, unit_id=unit) for unit, cv in ((1, 0.1), (2, 0.3))])
    sigmas = [math.sqrt(math.log1p(cv**2)) for cv in (0.1, 0.3)]
    found = interval(cvs).sort("unit_id")["high"].to_list()
    normals = [(math.log(high) + sigma**2 / 2) / sigma for high, sigma in zip(found, sigmas, strict=True)]
    assert normals[0] == pytest.approx(normals[1], abs=1e-4)


def test_extra_work_of_an_office_with_nothing_else_done_is_in_the_interval_of_its_unit() -> None:
    con = world(
        unit=[UNIT], availability=[LEAVE],
        activity_standard=[standard("A", 1.0, evidence="写实"), extra("X", 1, 1840 * 5, "二处")],
        workload=[work("A", 1840), work("A", 0, "二处")], staffing_ledger=[staff(1), staff(5, "二处")],
    )  # fmt: skip
    unit = one(con, "select * from mart.saturation where office_id is null and period = '2025'")
    assert unit["saturation"] == pytest.approx(1)
    assert unit["low"] < 1 < unit["high"]
    assert (unit["low"] * 6 - 5, unit["high"] * 6 - 5) == (pytest.approx(0.85, abs=0.02), pytest.approx(1.17, abs=0.02))
    idle = office(con, name="二处")
    assert (idle["low"], idle["high"], idle["p_under"], idle["p_over"]) == (pytest.approx(1), pytest.approx(1), 0, 0)


def test_every_interval_of_a_year_holds_its_point_or_nearly() -> None:
    months = [work(code, 90 + month, place, f"2025-{month:02}") for code in "AB" for place in ("一处", "二处")
              for month in range(1, 9 if place == "一处" else 13)]  # fmt: skip
    con = world(unit=[UNIT], availability=[LEAVE], workload=months, staffing_ledger=[staff(2), staff(3, "二处")],
                activity_standard=[standard("A", 1.5), standard("B", 4, evidence="申报"), support("S", 0.2), extra("X", 2, 200)])  # fmt: skip
    rows = every(con, "select saturation, low, high from mart.saturation where length(period) = 4")
    assert len(rows) == 3
    assert all(row["low"] < row["saturation"] < row["high"] for row in rows)


def test_no_parts_and_no_staff_give_no_rows() -> None:
    assert interval(parts([1.0]).clear()).schema == pl.Schema(RESULT)
    assert interval(parts([1.0], staff=0)).height == 0


MEASURED = [standard(code, hours, evidence="写实") for code, hours in (("A", 1.2), ("B", 6), ("C", 3.5))]


@beside.cases(
    judged=VECTOR | {"staffing_ledger": [staff(8)]},
    measured=VECTOR | {"activity_standard": MEASURED, "staffing_ledger": [staff(9)]},
)
def test_an_interval_over_two_edges_leaves_the_band_undetermined(judged: Case, measured: Case) -> None:
    row = office(judged)
    edges = [edge for edge in (0.60, 0.80, 1.00, 1.15) if row["low"] < edge < row["high"]]
    assert len(edges) >= 2
    assert row["band"] == "待判"
    assert office(measured)["band"] == "偏低"


REGISTER = [{"unit_ref": "001", "office_name": name} for name in ("一处", "二处")]
WHOLE = {
    "unit": [UNIT], "availability": [LEAVE], "activity_standard": [standard("A", 1.0)],
    "staffing_ledger": [staff(10, None)],
}  # fmt: skip


@beside.cases(
    silent=WHOLE | {"office": REGISTER, "workload": [work("A", 1840)]},
    complete=WHOLE | {"office": REGISTER, "workload": [work("A", 1840), work("A", 1840, "二处")]},
    unlisted=WHOLE | {"workload": [work("A", 1840)]},
    as_whole=WHOLE | {"office": REGISTER, "workload": [work("A", 1840, None)]},
    half_known=WHOLE | {"staffing_ledger": [staff(3)], "workload": [work("A", 1840), work("A", 1840, "二处")]},
)
def test_an_office_that_reports_nothing_is_not_taken_for_idle_where_only_the_units_people_are_known(
    silent: Case, complete: Case, unlisted: Case, as_whole: Case, half_known: Case
) -> None:
    ask = (
        "select saturation, band, lower_bound, partial, p_under, lacking from mart.saturation"
        " where office_id is null and period = '2025'"
    )
    for con in (silent, unlisted):
        row = one(con, ask)
        assert row["saturation"] == pytest.approx(0.1)
        assert (row["band"], row["lower_bound"], row["partial"], row["p_under"]) == ("待判", True, True, None)
    for con, saturation in ((complete, 0.2), (as_whole, 0.1)):
        row = one(con, ask)
        assert row["saturation"] == pytest.approx(saturation)
        assert (row["band"], row["lower_bound"], row["partial"], row["p_under"]) == ("明显不饱满", False, False, 1)
    # People of one office are not set against the work of two.
    row = one(half_known, ask)
    assert (row["saturation"], row["lacking"]) == (None, "staff")
    assert office(half_known)["saturation"] == pytest.approx(1 / 3)


POSTS = [
    {"unit_ref": "001", "office_ref": "一处", "post_name": name, "n_actual": n}
    for name, n in (("甲岗", 1), ("乙岗", 1), ("空岗", 0))
]


@beside.cases(
    silent=WHOLE | {"staffing_ledger": [staff(2)], "post": POSTS, "workload": [work("A", 920, post_ref="甲岗")]},
    told=WHOLE
    | {
        "staffing_ledger": [staff(2)],
        "post": POSTS,
        "workload": [work("A", 920, post_ref="甲岗"), work("A", 920, post_ref="乙岗")],
    },
)
def test_a_staffed_post_that_reports_nothing_makes_its_office_a_lower_bound(silent: Case, told: Case) -> None:
    row = office(silent)
    assert (row["band"], row["lower_bound"], row["partial"]) == ("待判", True, True)
    row = office(told)
    assert (row["band"], row["lower_bound"], row["partial"]) == ("明显不饱满", False, False)


@beside.cases(
    founded=WHOLE | {"office": [REGISTER[0], REGISTER[1] | {"set_date": date(2025, 2, 1)}], "workload": [work("A", 1840)]},
    ended=WHOLE | {"office": [REGISTER[0], REGISTER[1] | {"end_date": date(2025, 12, 30)}], "workload": [work("A", 1840)]},
    gone=WHOLE | {"office": [REGISTER[0], REGISTER[1] | {"end_date": date(2024, 12, 30)}], "workload": [work("A", 1840)]},
    nobody=WHOLE | {"office": REGISTER, "staffing_ledger": [staff(10, None), staff(0, "二处")], "workload": [work("A", 1840)]},
    vacant=WHOLE | {"staffing_ledger": [staff(2)], "post": POSTS, "workload": [work("A", 920, post_ref="甲岗"), work("A", 1, post_ref="空岗")]},
)  # fmt: skip
def test_who_is_missed_are_people_that_there_were(
    founded: Case, ended: Case, gone: Case, nobody: Case, vacant: Case
) -> None:
    ask = "select partial from mart.saturation where office_id is null and period = '2025'"
    assert [one(con, ask)["partial"] for con in (founded, ended, gone, nobody)] == [True, True, False, False]
    assert office(vacant)["partial"]


@beside.cases(
    ended=WHOLE | {"office": [REGISTER[0] | {"end_date": date(2025, 6, 15)}], "workload": [work("A", 10, period=f"2025-{m:02d}") for m in range(1, 7)]},
    founded=WHOLE | {"office": [REGISTER[0] | {"set_date": date(2025, 10, 20)}], "workload": [work("A", 10, period=f"2025-{m}") for m in (10, 11)]},
)  # fmt: skip
def test_months_are_expected_of_an_office_while_it_stood(ended: Case, founded: Case) -> None:
    assert office(ended)["coverage"] == 1, "reported until the month in which it ended"
    assert office(founded)["coverage"] == pytest.approx(2 / 3), "October, November and December"


@beside(
    unit=[UNIT],
    availability=[LEAVE],
    activity_standard=[
        standard(code, hours, valid_year=year, version=version)
        for code, told in {
            "A": ((2023, 1.0, "V1"), (2024, 1.0, "V1"), (2025, 1.5, "V2")),
            "B": ((2024, 2.0, "V1"), (2025, 2.0, "V2")),
            "C": ((2024, 1.0, "V1"), (2025, 3.0, "V1")),
            "D": ((2025, 1.0, "V2"),),
        }.items()
        for year, hours, version in told
    ],
    workload=[
        work(code, 100, office, year)
        for office, codes in {"一处": "AB", "二处": "BCD"}.items()
        for code in codes
        for year in ("2023", "2024", "2025")
    ],
    staffing_ledger=[staff(2), staff(2, "二处")],
)
def test_only_a_new_version_that_changes_a_unit_time_parts_the_years(con: Case) -> None:
    sql = "select o.name, b.year, b.versions, b.activities from mart.rule_break as b left join mart.office as o using (office_id) order by o.name nulls first"
    assert [tuple(row.values()) for row in every(con, sql)] == [
        (None, 2025, "V1 → V2", 1),
        ("一处", 2025, "V1 → V2", 1),
    ]
