"""What came back after it was put right: claimed where the order is known, told apart where it is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest
from world import Case, Together, every, one, world

from panorama.access.actor import local_actor
from panorama.charts import recurrence
from panorama.charts.tokens import ALARM
from panorama.methods.proportion import wilson
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.text import Language

ROOT = Path(__file__).resolve().parents[1]
UNIT = {
    "unit_code": "001",
    "name": "市甲局",
    "short_name": "甲局",
    "unit_kind": "政府部门",
    "admin_level": "市",
    "level": "正处",
}
PLATE = "未经批准加挂牌子"
beside = Together()
up_to_2025 = Together()
"""Cases whose outside sources speak up to the end of 2025: until then a unit counts as watched."""


def inspected(no: str, day: date | None, **more: Any) -> dict[str, Any]:
    row = {
        "finding_no": no,
        "unit_ref": "001",
        "authority": "市委",
        "round": f"第{no}轮",
        "conf": "内部",
        "text": PLATE,
    }
    return row | {"feedback_date": day, "state": "整改中"} | more


def audited(no: str, year: int, **more: Any) -> dict[str, Any]:
    row = {"finding_no": no, "unit_ref": "001", "project": f"审计{no}", "report_no": f"审{no}号", "conf": "内部"}
    return row | {"audit_year": year, "text": PLATE, "state": "整改中"} | more


def closed(no: str, found: date, done: date | None) -> dict[str, Any]:
    return inspected(no, found, state="已完成", done_date=done)


def found(*inspections: dict[str, Any], audits: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {"unit": [UNIT], "inspection_finding": inspections, "audit_finding": audits}


def claims(con: Case) -> list[str]:
    return [row["claim"] for row in every(con, "select claim from mart.recurrence order by year, record_id")]


FIRST = closed("1", date(2022, 4, 11), date(2022, 9, 30))


@beside.cases(
    day_after=found(FIRST, inspected("2", date(2022, 10, 1))),
    that_day=found(FIRST, inspected("2", date(2022, 9, 30))),
    before=found(FIRST, inspected("2", date(2022, 6, 1))),
)
def test_found_the_day_after_it_was_put_right_is_found_again_and_on_that_day_it_is_not(
    day_after: Case, that_day: Case, before: Case
) -> None:
    assert claims(day_after) == ["again"]
    assert claims(that_day) == []
    assert claims(before) == []


@beside(**found(inspected("1", date(2022, 4, 11)), inspected("2", date(2024, 4, 11))))
def test_a_theme_that_was_never_put_right_does_not_come_back(con: Case) -> None:
    assert claims(con) == []


@beside.cases(
    same_year=found(FIRST, audits=[audited("1", 2022)]),
    later=found(FIRST, audits=[audited("1", 2023)]),
    earlier=found(FIRST, audits=[audited("1", 2021)]),
)
def test_an_audit_of_the_same_year_is_of_unknown_order_and_of_a_later_year_is_not(
    same_year: Case, later: Case, earlier: Case
) -> None:
    assert claims(same_year) == ["unknown"]
    assert claims(later) == ["again"]
    assert claims(earlier) == []


@beside(**found(closed("1", date(2022, 4, 11), None), inspected("2", date(2024, 4, 11))))
def test_put_right_on_a_day_that_nobody_tells_is_of_unknown_order(con: Case) -> None:
    assert claims(con) == ["unknown"]


LOOKING_BACK = audited("1", 2024, period_from=date(2020, 1, 1), period_to=date(2022, 9, 30))


@beside.cases(
    looking_back=found(FIRST, audits=[LOOKING_BACK]),
    a_day_longer=found(FIRST, audits=[LOOKING_BACK | {"period_to": date(2022, 10, 1)}]),
)
def test_an_audit_of_a_time_that_ended_before_it_was_put_right_is_not_counted(
    looking_back: Case, a_day_longer: Case
) -> None:
    assert claims(looking_back) == ["earlier_period"]
    assert claims(a_day_longer) == ["again"]


@beside(**found(FIRST, inspected("2", date(2022, 12, 1), round="第1轮")))
def test_two_findings_of_one_round_are_no_recurrence(con: Case) -> None:
    assert claims(con) == []


def test_another_unit_or_theme_is_no_recurrence() -> None:
    other = {"unit_code": "002", "name": "市乙局", "short_name": "乙局", "unit_kind": "政府部门", "admin_level": "市"}
    rows = [
        FIRST,
        inspected("2", date(2024, 1, 1), unit_ref="002"),
        inspected("3", date(2024, 1, 1), text="长期借调人员3名"),
    ]
    con = world(unit=[UNIT, other], inspection_finding=rows)
    assert every(con, "select * from mart.recurrence") == []


def test_a_recurrence_names_both_sides_with_their_rows_and_the_last_closing_before() -> None:
    rows = [FIRST, closed("2", date(2023, 3, 1), date(2023, 6, 30)), inspected("3", date(2024, 1, 1))]
    con = world(unit=[UNIT], inspection_finding=rows)
    row = one(con, "select * from mart.recurrence where year = 2024")
    ids = {r["finding_no"]: r for r in every(con, "select finding_no, finding_id, row_id from mart.finding")}
    assert (row["closed_id"], row["closed_on"]) == (ids["2"]["finding_id"], date(2023, 6, 30))
    assert row["row_ids"] == [ids["2"]["row_id"], ids["3"]["row_id"]]
    assert row["first_year"] == 2022


DONE = date(2021, 9, 30)


def put_right(done: date, *later: dict[str, Any], audits: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    # An audit of another matter says up to when outside sources speak at all.
    return found(
        closed("1", date(2021, 4, 11), done), *later, audits=[audited("9", 2025, text="票据管理混乱"), *audits]
    )


def rebound(con: Case, done: date = DONE) -> dict[str, Any]:
    return one(con, "select rebound, perhaps, watched, looks from mart.rebound where closed_on = ?", done)


@up_to_2025.cases(
    last_day=put_right(DONE, inspected("2", date(2023, 9, 30))),
    day_after=put_right(DONE, inspected("2", date(2023, 10, 1))),
    same_day=put_right(DONE, inspected("2", date(2021, 9, 30))),
)
def test_a_rebound_lies_within_24_months_to_the_day(last_day: Case, day_after: Case, same_day: Case) -> None:
    assert rebound(last_day)["rebound"]
    assert not rebound(day_after)["rebound"]
    assert not rebound(same_day)["rebound"]


@pytest.mark.parametrize(
    ("con", "rebounds", "perhaps"),
    [
        pytest.param(up_to_2025.case(**put_right(DONE, audits=[audited("1", year)])), rebounds, perhaps, id=str(year))
        for year, rebounds, perhaps in (
            (2021, False, True),
            (2022, True, False),
            (2023, False, True),
            (2024, False, False),
        )
    ],
)
def test_a_year_that_reaches_over_an_edge_of_the_24_months_only_may_be_a_rebound(
    con: Case, rebounds: bool, perhaps: bool
) -> None:
    row = rebound(con)
    assert (row["rebound"], row["perhaps"]) == (rebounds, perhaps)


@up_to_2025.cases(long_ago=put_right(DONE), just_so=put_right(date(2023, 12, 31)), too_late=put_right(date(2024, 1, 1)))
def test_what_was_not_watched_for_24_months_is_censored(long_ago: Case, just_so: Case, too_late: Case) -> None:
    assert rebound(long_ago)["watched"]
    assert rebound(just_so, date(2023, 12, 31))["watched"]
    # Outside sources speak up to the end of 2025: later days saw nobody looking.
    assert not rebound(too_late, date(2024, 1, 1))["watched"]


@up_to_2025.cases(unseen=put_right(DONE), seen=put_right(DONE, audits=[audited("1", 2022, text="票据管理混乱")]))
def test_watched_while_no_outside_source_spoke_of_the_unit_is_told_apart(unseen: Case, seen: Case) -> None:
    assert rebound(unseen)["looks"] == 0
    assert rebound(seen)["looks"] == 1


def test_the_close_out_rate_counts_each_matter_once_and_all_of_them() -> None:
    rows = [
        closed("1", date(2021, 2, 1), date(2021, 5, 1)),
        closed("2", date(2021, 2, 1), date(2021, 5, 1)) | {"text": "长期借调人员3名"},
        closed("3", date(2021, 2, 1), date(2021, 5, 1)) | {"text": "票据管理混乱"},
        closed("4", date(2021, 2, 1), None),
        closed("5", date(2025, 1, 1), date(2025, 3, 1)),
        inspected("6", date(2022, 3, 1)),
        inspected("7", date(2025, 6, 1)),
    ]
    row = one(world(unit=[UNIT], inspection_finding=rows), "select * from mart.close_out")
    assert row["closed"] == row["undated"] + row["unthemed"] + row["censored"] + row["watched"] == 5
    assert (row["undated"], row["unthemed"], row["censored"], row["watched"]) == (1, 1, 1, 2)
    assert (row["rebounds"], row["early"]) == (1, 1)


def test_the_interval_of_a_share_is_where_the_score_test_holds() -> None:
    for part, whole in ((0, 5), (3, 7), (8, 10), (40, 40)):
        low, high = wilson(part, whole) or (0.0, 0.0)
        for edge in (low, high):
            spread = math.sqrt(edge * (1 - edge) / whole)
            assert abs(part / whole - edge) == pytest.approx(1.959964 * spread, abs=1e-6)
        assert low - 1e-9 <= part / whole <= high + 1e-9
    assert wilson(0, 0) is None


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Snapshot:
    found = Door(Settings(home=sample_home)).snapshot()
    assert found is not None
    return found


def steps(snapshot: Snapshot, unit: str) -> tuple[int, Any]:
    units = snapshot.ask("units", local_actor())
    unit_id = next(row["unit_id"] for row in units.iter_rows(named=True) if row["name"].endswith(unit))
    return unit_id, snapshot.ask("evidence_recurrence", local_actor(), unit_id=unit_id)


def test_the_sample_tells_what_came_back_and_what_must_not_count(snapshot: Snapshot) -> None:
    _, back = steps(snapshot, "公共资源交易中心")
    plate = back.filter(back["theme"] == "T06")
    assert plate["claim"].to_list() == [None, "again"]
    _, not_back = steps(snapshot, "南开区")
    assert set(not_back.filter(not_back["theme"] == "T06")["claim"].drop_nulls()) == {"unknown", "earlier_period"}
    pairs = snapshot.ask("evidence_links", local_actor(), unit_id=None)
    twice = [row for row in pairs.iter_rows(named=True) if {"基础教育处", "借调"} <= set(row["words"])]
    assert {twice[0]["one_family"], twice[0]["other_family"]} == {"巡视巡察", "审计"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_draws_what_it_counts_and_each_mark_leads_to_its_rows(
    language: Language, snapshot: Snapshot
) -> None:
    _, frame = steps(snapshot, "公共资源交易中心")
    drawn = recurrence.timeline(frame, language)
    found = drawn.figure["data"][1]
    again = [at for at, colour in zip(found["customdata"], found["marker"]["color"], strict=True) if colour == ALARM]
    assert [frame["claim"][at] for at in again] == ["again"] * len(again)
    assert len(again) == frame.filter(frame["claim"] == "again").height
    for at in again:
        rows = snapshot.ask(drawn.drills[at].question, local_actor(), **drawn.drills[at].params)
        assert frame["row_id"][at] in rows["row_id"].to_list()
    assert drawn.table.height == frame.height


def test_the_cards_say_what_their_rows_say(snapshot: Snapshot) -> None:
    unit_id, frame = steps(snapshot, "公共资源交易中心")
    rate = snapshot.ask("evidence_close_out", local_actor(), unit_id=unit_id)
    again, held = recurrence.cards(frame, rate, "某单位", unit_id, "zh")
    assert again.drill is not None
    assert held.drill is not None
    listed = snapshot.ask(again.drill.question, local_actor(), **again.drill.params)
    assert f"{listed.height} 条记录" in again.context
    assert snapshot.ask(held.drill.question, local_actor(), **held.drill.params).height == rate["watched"][0]


def test_a_unit_without_recurrence_has_no_empty_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.stock import dropped, settings_at, units, write

    settings = settings_at(tmp_path)
    head = "问题编号,被巡视巡察单位,轮次,巡视主体,反馈日期,问题描述,整改进展,密级"
    dropped(
        settings,
        units(tmp_path),
        write(tmp_path / "巡察.csv", head, [f"1,天津市教育局,第一轮,市委,2023-05-06,{PLATE},整改中,内部"]),
    )
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/evaluation/unit.py").run()
    assert not app.exception
    assert "有效销号率" not in [metric.label for metric in app.metric]
