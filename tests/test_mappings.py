"""Saved mappings: files whose headers no source knows, read as a person said once."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError, Refused
from panorama.intake.mapping import fingerprint, read_mapping
from panorama.intake.mending import MARK
from panorama.settings import Settings
from panorama.store.drops import check, load
from panorama.store.mappings import kept_mappings, remove_mapping, save_mapping
from panorama.store.rejects import sheet_to_mend, write_rejects
from panorama.store.report import DropReport
from tests.postgres import IN_BOTH
from tests.stock import answer, copied, settings_at, stocked

ACTOR = local_actor()
DOCS = Path(__file__).parents[1] / "docs" / "mappings"

CLINIC = """
title = "门诊月报"
headers = ["Month", "Org", "Visits", "Late", "Fee"]

[[rows]]
dataset = "workload"
filled = ["Visits"]
[rows.fields]
unit_ref = "Org"
period = { column = "Month", date = "%Y-%b" }
activity_code = { constant = "门诊" }
volume = { column = "Visits", codes = { "SUPP" = "" } }
hours_actual = { column = "Late", unit = "分钟" }
source = { constant = "业务系统" }

[[rows]]
dataset = "industry_ranking"
where = { Org = ["天津市教育局"] }
[rows.fields]
unit_ref = "Org"
system = { constant = "卫生" }
indicator = { constant = "次均费用" }
period = { column = "Month", date = "%Y-%b" }
scope = { constant = "全市" }
value = { column = "Fee", drop = ["£"] }
"""

LINES = [
    "Org,Month,Visits,Late,Fee",
    '天津市教育局,2024-SEP,120,90,"£1,421"',
    "天津市教育局,2024-OCT,SUPP,30,£12.5",
    "天津市教育局,2024-NOV,,30,£13",
    "天津市生态环境局,2024-SEP,十二台,60,£9",
]
"""The second unit's cell cannot be read; the third row is left out of the workload."""


def given(tmp_path: Path, lines: list[str] = LINES, name: str = "门诊.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path, with_work=False)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, DropReport, DropReport]:
    """LINES as drop 3, read by CLINIC; what was said of them before there was a mapping, and then."""
    folder = tmp_path_factory.mktemp("clinic")
    settings = stocked(folder, with_work=False)
    before = load([given(folder)], settings, ACTOR)
    save_mapping(read_mapping(CLINIC), settings, ACTOR)
    report = load([given(folder)], settings, ACTOR)
    assert report.drop_id == 3
    return settings, before, report


@pytest.fixture
def clinic(loaded: tuple[Settings, DropReport, DropReport], tmp_path: Path) -> Settings:
    return copied(loaded[0], tmp_path)


def test_headers_nobody_knows_are_refused_until_a_person_says_what_they_are(
    loaded: tuple[Settings, DropReport, DropReport],
) -> None:
    _, before, report = loaded
    assert before.exit_code != 0
    assert "表头不属于任何已知数据" in str(before.sheets[0].problem)
    assert [(sheet.dataset, sheet.read, sheet.accepted, sheet.refused, sheet.skipped) for sheet in report.sheets] == [
        ("workload", 4, 2, 1, 1),
        ("industry_ranking", 4, 3, 0, 1),
    ]


@IN_BOTH
def test_codes_signs_dates_units_and_constants_read_as_said(clinic: Settings) -> None:
    work = "select w.period, a.activity_code, w.volume, w.hours_actual from mart.workload as w join mart.activity as a using (activity_id) order by 1"
    assert answer(clinic, work) == [
        ("2024-09", "门诊", Decimal("120.00"), Decimal("1.50")),
        # Withheld is not zero.
        ("2024-10", "门诊", None, Decimal("0.50")),
    ]
    fees = "select period, value from mart.ranking order by 1"
    assert answer(clinic, fees) == [
        ("2024-09", Decimal("1421.0000")),
        ("2024-10", Decimal("12.5000")),
        ("2024-11", Decimal("13.0000")),
    ]
    said = "select message from meta.remark where rule = 'V-HEAD' and message like '%门诊月报%'"
    assert len(answer(clinic, said)) == 2


@IN_BOTH
def test_refused_rows_of_a_mapped_sheet_come_back_mended(clinic: Settings, tmp_path: Path) -> None:
    out = tmp_path / "改.xlsx"
    assert write_rejects(3, out, clinic, ACTOR) == 1
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[1]
    assert [cell.value for cell in sheet[1]] == ["Org", "Month", "Visits", "Late", "Fee", MARK]
    sheet.cell(2, 3).value = 12
    book.save(out)
    again = load([out], clinic, ACTOR)
    assert [(sheet.dataset, sheet.accepted) for sheet in again.sheets if sheet.dataset] == [
        ("workload", 1),
        ("industry_ranking", 0),
    ]
    assert answer(clinic, "select count(*) from meta.reject where mended_by is null") == [(0,)]


def test_refused_rows_of_a_mapped_sheet_are_shown_in_the_page(clinic: Settings) -> None:
    [(part,)] = answer(clinic, "select part_id from meta.reject")
    sheet = sheet_to_mend(3, int(str(part)), clinic, ACTOR)
    assert sheet is not None
    assert sheet.rows["row"].to_list() == [5]


def test_each_record_names_its_unit_and_the_unit_is_taken_once(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    mapping = """
title = "名录"
headers = ["Code", "Name", "Kind"]
[[rows]]
dataset = "unit"
once = true
[rows.fields]
unit_code = "Code"
name = "Name"
unit_kind = { constant = "政府部门" }
admin_level = { constant = "市" }
"""
    save_mapping(read_mapping(mapping), settings, ACTOR)
    lines = ["Code,Name,Kind", "A1,甲局,x", "A1,甲局,y", "A2,乙局,x"]
    [sheet] = load([given(tmp_path, lines)], settings, ACTOR).sheets
    assert (sheet.read, sheet.accepted, sheet.refused, sheet.skipped) == (3, 2, 0, 1)
    assert answer(settings, "select name from mart.unit order by 1") == [("乙局",), ("甲局",)]


def test_tables_are_known_again_by_their_headers_in_any_order() -> None:
    headers = ["Month", "Org", "Visits（人次）"]
    assert fingerprint(headers) == fingerprint(["ORG ", "Visits", "month", MARK])
    assert fingerprint(headers) != fingerprint([*headers, "Fee"])


def test_a_new_column_is_a_new_table(settings: Settings, tmp_path: Path) -> None:
    save_mapping(read_mapping(CLINIC), settings, ACTOR)
    wider = [f"{line},x" for line in LINES]
    report = load([given(tmp_path, wider)], settings, ACTOR)
    assert report.sheets[0].dataset is None


def test_a_month_of_a_field_of_days_is_its_last_day(settings: Settings, tmp_path: Path) -> None:
    mapping = """
title = "在编人数"
headers = ["When", "Org", "In post"]
[[rows]]
dataset = "staffing_ledger"
[rows.fields]
unit_ref = "Org"
estab_type = { constant = "行政编制" }
snapshot_date = { column = "When", date = "%B %Y" }
approved = { constant = "30" }
actual = "In post"
"""
    save_mapping(read_mapping(mapping), settings, ACTOR)
    lines = ["When,Org,In post", "February 2024,天津市教育局,28"]
    [sheet] = load([given(tmp_path, lines)], settings, ACTOR).sheets
    assert sheet.accepted == 1
    [row] = answer(settings, "select cast(snapshot_date as varchar), approved, actual from mart.staffing")
    assert row == ("2024-02-29", 30, 28)


def test_what_a_person_says_of_a_file_goes_before_the_mapping(settings: Settings, tmp_path: Path) -> None:
    mapping = """
title = "在编人数"
headers = ["Org", "Approved", "In post"]
[[rows]]
dataset = "staffing_ledger"
[rows.fields]
unit_ref = "Org"
estab_type = { constant = "行政编制" }
approved = "Approved"
actual = "In post"
"""
    save_mapping(read_mapping(mapping), settings, ACTOR)
    path = given(tmp_path, ["Org,Approved,In post", "天津市教育局,30,28"])
    assert load([path], settings, ACTOR).refused == 1
    [sheet] = load([path], settings, ACTOR, snapshot_date=date(2024, 6, 30)).sheets
    assert sheet.accepted == 1
    assert answer(settings, "select cast(snapshot_date as varchar) from mart.staffing") == [("2024-06-30",)]
    [sheet] = check([path], settings, ACTOR, dataset="workload").sheets
    assert sheet.dataset is None
    assert "工作量记录" in str(sheet.problem)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "门诊月报"', "title = 门诊", "不是合规的 TOML"),
        ('title = "门诊月报"', "", "title：缺少"),
        ('title = "门诊月报"', 'title = "门诊月报"\ncolour = "red"', "colour：没有这样的项"),
        ('dataset = "workload"', 'dataset = "work"', "第 1 组（work）：没有这个数据集"),
        ('unit_ref = "Org"\nperiod', 'unit_name = "Org"\nperiod', "没有字段 unit_name"),
        ('"Visits", codes', '"Visitors", codes', "表头里没有“Visitors”列"),
        ("where = { Org", "where = { Orgs", "表头里没有“Orgs”列"),
        ('{ constant = "门诊" }', '{ constant = "门诊", column = "Org" }', "二者取一"),
        ('{ constant = "门诊" }', "{ }", "二者取一"),
        ('source = { constant = "业务系统" }', "", "必填的“数据来源”"),
        ('{ constant = "业务系统" }', '{ constant = "听说" }', "固定值“听说”读不出来"),
        ('drop = ["£"]', 'date = "%Y"', "不是日期"),
        ('unit = "分钟"', 'unit = "万元"', "不能以“万元”计"),
        ('"Late", "Fee"]', '"Late", "late", "Fee"]', "不止一列"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_at_its_place(old: str, new: str, said: str) -> None:
    assert old in CLINIC
    with pytest.raises(PanoramaError) as fault:
        read_mapping(CLINIC.replace(old, new, 1))
    assert said in fault.value.text.zh


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_mapping_written_and_read_again_is_the_same(path: Path) -> None:
    mapping = read_mapping(path.read_text(encoding="utf-8"))
    assert read_mapping(mapping.to_toml()) == mapping


@IN_BOTH
def test_a_newer_mapping_takes_the_place_of_the_older_and_one_removed_counts_no_more(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    assert kept_mappings(settings) == []
    save_mapping(read_mapping(CLINIC), settings, ACTOR)
    save_mapping(read_mapping(CLINIC.replace("门诊月报", "门诊月报（新）")), settings, ACTOR)
    [kept] = kept_mappings(settings)
    assert (kept.mapping.title, kept.saved_by) == ("门诊月报（新）", ACTOR.name)
    with pytest.raises(Refused):
        remove_mapping(kept.id, settings, Actor("某单位", "unit", units=frozenset({1})))
    remove_mapping(kept.id, settings, ACTOR)
    assert kept_mappings(settings) == []
    with pytest.raises(PanoramaError, match="no mapping"):
        remove_mapping(kept.id, settings, ACTOR)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store of the public files, read by the mappings of the documentation."""
    named = os.environ.get("PANORAMA_REALDATA")
    if not named:
        pytest.skip("no public files here: name their folder in PANORAMA_REALDATA to run this")
    settings = Settings(home=tmp_path_factory.mktemp("public"))
    for path in DOCS.glob("*.toml"):
        save_mapping(read_mapping(path.read_text(encoding="utf-8")), settings, ACTOR)
    health, schools = Path(named) / "uk_nhs", Path(named) / "uk_schools"
    # Those that call a unit by its code come first; its name follows.
    load([health / "ae_attendances.csv", schools / "england_swf.csv"], settings, ACTOR)
    load([*health.glob("hchs-staff*.xlsx"), schools / "england_ks4final.csv"], settings, ACTOR)
    return settings


_WORK = "from mart.workload as w inner join mart.activity as a on a.activity_id = w.activity_id where"


def test_the_marts_tell_the_facts_of_the_health_files(public: Settings) -> None:
    done = f"select sum(volume) {_WORK} period = '2019-03' and starts_with(activity_code, '%')"
    [(visits,)], [(late,)] = (answer(public, done.replace("%", word)) for word in ("急诊就诊", "超四小时"))
    assert visits == 2_167_550
    assert round(100 * (1 - float(str(late)) / float(str(visits))), 4) == 86.6043
    staff = f"select period, round(sum(staff_eff)) {_WORK} activity_code = '在岗' group by all order by 1"
    assert answer(public, staff) == [("2017-09", 1_052_963), ("2018-06", 1_061_617)]
    both = (
        f"select count(*) from (select distinct unit_id {_WORK} activity_code = '在岗'"
        f" intersect select distinct unit_id {_WORK} starts_with(activity_code, '急诊就诊'))"
    )
    assert answer(public, both) == [(169,)]


def test_the_marts_tell_the_facts_of_the_school_files(public: Settings) -> None:
    grades = answer(public, "select grade_raw, count(*) from mart.rating where scheme = 'Ofsted' group by all")
    assert dict(grades) == {
        "Good": 2485,
        "Outstanding": 800,
        "Requires Improvement": 628,
        "Inadequate": 293,
        "Satisfactory": 3,
    }
    [(skipped,)] = answer(public, "select rows_skipped from meta.part where dataset = 'performance_rating'")
    assert skipped == 1307
    teachers = (
        f"select sum(staff_eff), sum(volume), count(*) filter (staff_eff > volume) {_WORK} activity_code = '教师在岗'"
    )
    assert answer(public, teachers) == [(Decimal("199257.40000"), Decimal("217355.00"), 0)]
    pay = "select max(value) from mart.ranking where indicator = '教师平均年薪（英镑）' and value is not null"
    assert Decimal(20_000) < Decimal(str(answer(public, pay)[0][0])) < Decimal(150_000)
