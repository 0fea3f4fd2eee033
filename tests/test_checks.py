"""Rules between columns: each means the same in polars and in Python; credit codes; the civil calendar."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from panorama.calendar import default_workdays, period_bounds, today, working_days
from panorama.sources import SOURCES
from panorama.sources.checks import USCC_ALPHABET, uscc_breaks, uscc_is_sound
from panorama.sources.grammar import Column, Source
from panorama.sources.rules import RULES
from panorama.sources.unit_alias import GENERIC_NAMES

# --- checks: two forms, one meaning

SMALL = st.integers(0, 6)
DAYS = st.sampled_from(
    [date(1850, 1, 1), date(2020, 1, 31), date(2024, 2, 29), date(2024, 12, 31), date(2130, 1, 1)]
) | st.integers(-3, 3).map(lambda days: today() + timedelta(days=days))
WORDS = st.sampled_from(
    ["", "办公室", "含借调2人", "其中含单列1名", " 机关 ", "区教委", "120103", "1201", "2024", "2024-Q5", "2024-13", "2024-01", "2024-Q1", "1", "0",
     "1.甲；2.乙", "（一）甲。（二）乙", "①②", "11120000000183015X", "91350100M000100Y43", "91350100m000100y43", "91350100M000100Y44", "000183015", "00018301-5"]
)  # fmt: skip


def _values(column: Column) -> st.SearchStrategy[Any]:
    if column.kind == "enum":
        return st.sampled_from([choice.value for choice in column.choices])
    if column.kind == "list":
        return st.just(["T10"])
    match column.kind:
        case "int":
            return SMALL | st.integers(-3, 400)
        case "year":
            return st.integers(2007, 2027)
        case "dec":
            return SMALL.map(Decimal) | st.integers(0, 25000).map(lambda n: Decimal(n).scaleb(-1))
        case "pct":
            return st.integers(0, 12).map(lambda n: Decimal(n) / 10)
        case "date":
            return DAYS
        case "bool":
            return st.booleans()
        case _:
            return WORDS


def _rows(model: type[Source]) -> st.SearchStrategy[dict[str, Any]]:
    def cell(name: str, column: Column) -> st.SearchStrategy[Any]:
        value = _values(column)
        if name in model.required():
            return value
        if name in model.defaults():
            return value | st.just(model.defaults()[name])
        return st.none() | value

    return st.fixed_dictionaries({name: cell(name, column) for name, column in model.columns().items()})


@pytest.mark.parametrize("dataset", SOURCES)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_rule_in_polars_says_what_the_rule_in_python_says(dataset: str, data: st.DataObject) -> None:
    model = SOURCES[dataset]
    rows = data.draw(st.lists(_rows(model), min_size=1, max_size=12))
    schema = {name: column.dtype for name, column in model.columns().items()}
    frame = pl.DataFrame(rows, schema=schema, strict=False)
    for check in model.checks:
        vector = frame.select(check.expr().alias("broken"))["broken"].to_list()
        assert vector == [check.broken(row) for row in frame.to_dicts()], (check.rule, check.column)


TODAY = today()
# dataset, rule, column marked, severity, a row that breaks it (other fields empty), a row that does not
BROKEN: list[tuple[str, str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("unit", "V-REQ", "unit_code", "refused", {}, {"unit_code": "001"}),
    ("unit", "V-USCC", "org_code9", "warning", {"uscc": "91350100M000100Y43", "org_code9": "M000100Y5"}, {"uscc": "91350100M000100Y43", "org_code9": "M000100Y-4"}),
    ("unit", "V-B01", "level", "warning", {}, {"level": "正处"}),
    ("unit", "V-REL", "region", "warning", {"region": "1201"}, {"region": "120103"}),
    ("unit", "V-REL", "fund", "warning", {"fund": "财政拨款", "unit_kind": "政府部门"}, {"fund": "财政拨款", "unit_kind": "部门所属事业单位"}),
    ("unit", "V-REL", "end_date", "refused", {"status": "撤销"}, {"status": "撤销", "end_date": date(2024, 1, 1)}),
    ("unit", "V-DATE", "set_date", "refused", {"set_date": TODAY + timedelta(days=1)}, {"set_date": TODAY}),
    ("unit_alias", "V-ALIAS", "alias", "refused", {"alias": "本级"}, {"alias": "市教委"}),
    ("unit_alias", "V-DATE", "valid_to", "refused", {"valid_from": date(2024, 1, 2), "valid_to": date(2024, 1, 1)}, {"valid_to": date(2024, 1, 1)}),
    ("staffing_ledger", "V-KEY", "approved", "refused", {"estab_type": "XZ", "actual": 3}, {"estab_type": "XZ", "actual": 3, "approved": 0}),
    ("staffing_ledger", "V-REQ", "estab_type", "refused", {"approved": 3}, {"external": 3}),
    ("staffing_ledger", "V-REQ", "estab_type", "refused", {}, {"estab_type": "XZ"}),
    ("staffing_ledger", "V-LED-1", "vacant", "warning", {"approved": 10, "actual": 12, "vacant": 2}, {"approved": 10, "actual": 12, "vacant": 0}),
    ("staffing_ledger", "V-LED-1", "over", "warning", {"approved": 10, "actual": 12, "over": 0}, {"approved": 10, "actual": 12, "over": 2}),
    ("staffing_ledger", "V-LED-1", "structure_mgmt", "warning", {"estab_type": "SY", "approved": 10, "structure_mgmt": 3, "structure_prof": 6}, {"estab_type": "SY", "approved": 10, "structure_mgmt": 3, "structure_prof": 6, "structure_work": 1}),
    ("staffing_ledger", "V-REL", "seconded_out", "refused", {"actual": 3, "seconded_out": 4}, {"actual": 3, "seconded_out": 3}),
    ("staffing_ledger", "V-NOTE", "note", "note", {"external": 3, "note": "实有含借调2人"}, {"external": 3, "note": "实有含借调2人", "seconded_in": 2}),
    ("staffing_ledger", "V-NOTE", "note", "note", {"external": 3, "note": "含年底单列3名"}, {"external": 3, "note": "含年底单列3名", "single_listed": True}),
    ("staffing_ledger", "V-REL", "absent", "refused", {"actual": 3, "absent": 4}, {"absent": 4}),
    ("staffing_ledger", "V-REL", "mixed_post", "refused", {"actual": 3, "mixed_post": 4}, {"actual": 4, "mixed_post": 4}),
    ("leader_quota", "V-LED-1", "over", "warning", {"approved": 1, "actual": 3, "over": 1}, {"approved": 1, "actual": 3, "over": 2}),
    ("leader_quota", "V-B01", "approved", "warning", {"rank": "正职", "approved": 3}, {"rank": "副职", "approved": 3}),
    ("leader_quota", "V-REL", "concurrent", "refused", {"actual": 1, "concurrent": 2}, {"actual": 2, "concurrent": 2}),
    ("estab_change", "V-REL", "estab_type", "refused", {"delta": -3}, {"delta": -3, "estab_type": "XZ"}),
    ("estab_change", "V-REL", "to_ref", "refused", {"kind": "划转", "from_ref": "a"}, {"kind": "划转", "to_ref": "a"}),
    ("estab_change", "V-REL", "from_ref", "refused", {"kind": "划转", "to_ref": "a"}, {"kind": "增加"}),
    ("estab_change", "V-REL", "delta", "warning", {"kind": "核减", "delta": 3}, {"kind": "核减", "delta": -3}),
    ("estab_change", "V-DATE", "change_date", "refused", {"change_date": TODAY + timedelta(days=1)}, {"change_date": TODAY}),
    ("activity_standard", "V-REL", "std_hours", "refused", {"wisn_class": "核心", "std_hours": Decimal(0)}, {"wisn_class": "支持"}),
    ("activity_standard", "V-REL", "cas_share", "refused", {"wisn_class": "支持"}, {"wisn_class": "突发"}),
    ("activity_standard", "V-REL", "ias_staff", "refused", {"wisn_class": "附加"}, {"wisn_class": "附加", "ias_staff": 2}),
    ("workload", "V-DATE", "period", "refused", {"period": "2024-13"}, {"period": "2024-Q4"}),
    ("workload", "V-REL", "staff_ext", "refused", {"staff_eff": Decimal(2), "staff_ext": Decimal(3)}, {"staff_eff": Decimal(3), "staff_ext": Decimal(3)}),
    ("availability", "V-REQ", "rule_doc", "refused", {"year": 2025, "workdays": 250}, {"year": 2025, "workdays": 248}),
    ("availability", "V-REQ", "rule_doc", "refused", {"year": 2024, "hours_day": Decimal(7)}, {"year": 2024, "workdays": 250, "hours_day": Decimal(8)}),
    ("availability", "V-RANGE", "awt", "warning", {"awt": Decimal(1199)}, {"awt": Decimal(2000)}),
    ("inspection_finding", "V-REL", "text", "refused", {"nil_return": True, "text": "有"}, {"nil_return": True}),
    ("inspection_finding", "V-REQ", "text", "refused", {"nil_return": False}, {"nil_return": False, "text": "有"}),
    ("inspection_finding", "V-REQ", "feedback_date", "refused", {}, {"feedback_year": 2024}),
    ("inspection_finding", "V-DATE", "due", "refused", {"feedback_date": date(2024, 1, 2), "due": date(2024, 1, 1)}, {"feedback_date": date(2024, 1, 1), "due": date(2024, 1, 1)}),
    ("inspection_finding", "V-DATE", "done_date", "refused", {"done_date": date(1066, 1, 1)}, {"done_date": date(2024, 1, 1)}),
    *(("inspection_finding", "V-MANY", "text", "warning", {"text": many}, {"text": one}) for many, one in (
        ("1.违规借调3人；2.超配领导2名", "1.违规借调3人"), ("存在问题：\n1、甲\n2、乙\n3、丙", "占比1.5%，上年2.5%"),
        ("（一）擅自设机构。（二）混编混岗。", "违反条例第三条（一）项、（二）项"), ("①甲②乙", "甲的②"),
    )),
    ("audit_finding", "V-MANY", "text", "warning", {"text": "1．甲。2．乙"}, {"text": "2024.1.1至2024.2.1"}),
    ("audit_finding", "V-REQ", "text", "refused", {"nil_return": False}, {"nil_return": True}),
    ("audit_finding", "V-DATE", "period_to", "refused", {"period_from": date(2024, 1, 2), "period_to": date(2024, 1, 1)}, {"period_to": date(2024, 1, 1)}),
    ("audit_finding", "V-REL", "rectified_amount", "warning", {"amount": Decimal("1.00"), "rectified_amount": Decimal("1.01")}, {"amount": Decimal("1.01"), "rectified_amount": Decimal("1.01")}),
    ("performance_rating", "V-REL", "score", "refused", {"score": Decimal("105.001"), "score_max": Decimal(100), "bonus": Decimal(5)}, {"score": Decimal(105), "score_max": Decimal(100), "bonus": Decimal(5)}),
    ("performance_rating", "V-REL", "rank", "refused", {"rank": 12, "field_n": 11}, {"rank": 11, "field_n": 11}),
    ("industry_ranking", "V-REL", "field_n", "warning", {"rank": 3}, {"rank": 3, "field_n": 16}),
    ("industry_ranking", "V-DATE", "period", "refused", {"period": "去年"}, {"period": "2023"}),
]  # fmt: skip


@pytest.mark.parametrize(("dataset", "rule", "column", "severity", "bad", "good"), BROKEN)
def test_a_rule_is_broken_by_the_bad_row_and_not_by_the_good(
    dataset: str, rule: str, column: str, severity: str, bad: dict[str, Any], good: dict[str, Any]
) -> None:
    columns = SOURCES[dataset].columns()
    schema = {name: item.dtype for name, item in columns.items()}
    same = [item for item in SOURCES[dataset].checks if (item.rule, item.column) == (rule, column)]
    assert same

    def broken(row: dict[str, Any]) -> bool:
        frame = pl.DataFrame([dict.fromkeys(columns) | row], schema=schema)
        judged = [bool(frame.select(check.expr()).item()) for check in same]
        assert judged == [check.broken(frame.to_dicts()[0]) for check in same]
        return any(judged)

    assert broken(bad)
    assert not broken(good)
    assert severity in {check.severity for check in same}


def test_a_refused_rule_keeps_a_row_from_being_made() -> None:
    with pytest.raises(ValidationError, match="V-KEY"):
        SOURCES["staffing_ledger"](snapshot_date=date(2024, 12, 31), unit_ref="区教委", estab_type="XZ", actual=3)


def test_a_warning_does_not_keep_a_row_from_being_made() -> None:
    row = {"snapshot_date": date(2024, 12, 31), "unit_ref": "区教委", "estab_type": "XZ", "approved": 10, "actual": 12}
    assert SOURCES["staffing_ledger"](**row, over=0).model_dump()["over"] == 0


@pytest.mark.parametrize(
    ("dataset", "extra"),
    [
        ("staffing_ledger", {"approved": -1}),
        ("staffing_ledger", {"estab_type": "全供"}),
        ("staffing_ledger", {"approved": 2.5}),
        ("staffing_ledger", {"unknown": 1}),
    ],
)
def test_bounds_choices_types_and_strange_fields_are_refused(dataset: str, extra: dict[str, Any]) -> None:
    row = {"snapshot_date": date(2024, 12, 31), "unit_ref": "区教委", "estab_type": "XZ", "approved": 3}
    with pytest.raises(ValidationError):
        SOURCES[dataset](**(row | extra))


def test_an_optional_choice_or_bound_may_be_empty() -> None:
    made = SOURCES["office"](unit_ref="区教委", office_name="人事处", office_kind=None, approved_staff=None)
    assert made.model_dump()["office_kind"] is None


def test_every_rule_is_explained_once_and_every_check_has_a_rule() -> None:
    named = {check.rule for model in SOURCES.values() for check in model.checks}
    listed = "ID-1 ID-2 LED-1 LED-2 LED-3 LED-4 LED-5 SUM WL-1 WL-2 WL-3 DATE ENUM DUP UNIT NULL0 ENC CONF KEY B01"
    assert named | {f"V-{name}" for name in listed.split()} <= set(RULES)


def test_no_check_is_graver_than_its_rule() -> None:
    order = {"note": 0, "warning": 1, "refused": 2}
    for model in SOURCES.values():
        for check in model.checks:
            assert order[check.severity] <= order[RULES[check.rule].severity], (model.dataset, check.rule, check.column)


@pytest.mark.parametrize("word", GENERIC_NAMES)
def test_a_general_word_is_no_alias(word: str) -> None:
    with pytest.raises(ValidationError, match="V-ALIAS"):
        SOURCES["unit_alias"](alias=word, unit_ref="区教委")


# --- unified social credit code, computed here in another way: powers of 3 and the standard's own value table


def _last_sign(first: str) -> str:
    table = dict(zip("0123456789ABCDEFGHJKLMNPQRTUWXY", range(31), strict=True))
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    rest = 31 - sum(table[sign] * weight for sign, weight in zip(first, weights, strict=True)) % 31
    return {number: sign for sign, number in table.items()}[0 if rest == 31 else rest]


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91330106673959654P", "91110000802100433B"])
def test_known_credit_codes_are_sound(code: str) -> None:
    assert uscc_is_sound(code)
    assert _last_sign(code[:17]) == code[17]


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_only_one_last_sign_makes_a_credit_code_sound(first: str, at: int) -> None:
    right = _last_sign(first)
    assert uscc_is_sound(first + right)
    other = USCC_ALPHABET[at]
    assert uscc_is_sound(first + other) == (other == right)
    frame = pl.DataFrame({"code": [first + right, first + other, (first + right).lower(), first]})
    assert frame.select(uscc_breaks("code")).to_series().to_list() == [False, other != right, False, True]


@pytest.mark.parametrize(
    "code", ["", "1", "I1350100M000100Y43", "91350100M000100Y4", "91350100M000100Y433", "９１350100M000100Y43"]
)
def test_codes_of_wrong_length_or_alphabet_are_not_sound(code: str) -> None:
    assert not uscc_is_sound(code)
    assert pl.DataFrame({"code": [code]}).select(uscc_breaks("code")).item()


# --- calendar


@pytest.mark.parametrize(
    ("year", "month", "days"),
    [(2024, 2, 18), (2024, 10, 19), (2023, 1, 18), (2025, 1, 19)],
)
def test_working_days_follow_the_published_calendar_with_swapped_days(year: int, month: int, days: int) -> None:
    assert working_days(year, month) == (days, False)


def test_a_year_not_yet_published_is_weekdays_and_marked_as_estimated() -> None:
    assert working_days(2035, 1) == (23, True)


def test_default_working_days_change_in_2025() -> None:
    assert [default_workdays(year) for year in (2008, 2024, 2025)] == [250, 250, 248]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_has_its_first_and_last_day(period: str, first: date, last: date) -> None:
    assert period_bounds(period) == (first, last)


@pytest.mark.parametrize("period", ["24", "2024-Q5", "2024-00", "2024-1", "2024-01-01", ""])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        period_bounds(period)
