"""The sample: the same every time, marked, consistent when read back by other means, with its stories in the numbers."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.errors import PanoramaError
from panorama.methods.matching import proposed
from panorama.sample import EXPECTED_REFUSALS, PARTS, STORIES, messy, words, write_sample
from panorama.sample.places import OLD_NAME, RENAMED
from panorama.sample.stories import BY_KEY
from panorama.sample.units import Unit, units
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.sources.checks import uscc_is_sound
from panorama.store.door import Door
from panorama.store.drops import load
from panorama.text import Text
from panorama.themes import rules

Sheet = tuple[str, str, list[tuple[Any, ...]]]


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if raw[:2] == b"\xff\xfe":
        return raw.decode("utf-16")
    return raw.decode("utf-8-sig") if raw[:3] == b"\xef\xbb\xbf" else raw.decode("gb18030")


@cache
def _sheets(folder: Path) -> tuple[Sheet, ...]:
    """Every sheet as openpyxl or csv shows it: file, sheet, rows of plain values."""
    found: list[Sheet] = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            found += [(path.name, sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book]
        else:
            mark = "\t" if path.suffix == ".tsv" else ","
            rows = [tuple(row) for row in csv.reader(io.StringIO(_decoded(path), newline=""), delimiter=mark)]
            found.append((path.name, "", rows))
    return tuple(found)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))


def _rows(folder: Path, title: str) -> Iterator[dict[str, Any]]:
    """Rows of the plain files of one dataset (title row, header row, rows), by header."""
    for file, sheet, rows in _sheets(folder):
        plain = file.startswith(f"模拟数据_{title}") and file not in (messy.WIDE, messy.REFUSED)
        hidden = sheet in ("说明", "底稿")
        if not hidden and (plain or sheet == title):
            for row in rows[2:]:
                yield dict(zip(rows[1], row, strict=True))


def _zh(dataset: str, field: str) -> str:
    return SOURCES[dataset].columns()[field].zh


class Ledger:
    """Plain ledger rows by (unit, year, type): what units say and what offices add up to."""

    def __init__(self, folder: Path) -> None:
        self.units: dict[tuple[str, int, str], tuple[int, int]] = {}
        self.sums: dict[tuple[str, int, str], list[int]] = defaultdict(lambda: [0, 0])
        self.offices: dict[tuple[str, str, int], dict[str, int]] = defaultdict(dict)
        heads = {name: _zh("staffing_ledger", name) for name in SOURCES["staffing_ledger"].columns()}
        for row in _rows(folder, "机构编制台账"):
            unit = RENAMED if row[heads["unit_ref"]] == OLD_NAME else row[heads["unit_ref"]]
            year, kind = _day(row[heads["snapshot_date"]]).year, row[heads["estab_type"]]
            office = row[heads["office_ref"]]
            if kind is None:
                if office:
                    free = ("external", "seconded_in", "seconded_out", "absent", "mixed_post")
                    self.offices[unit, office, year] |= {name: int(row[heads[name]]) for name in free}
                continue
            numbers = int(row[heads["approved"]]), int(row[heads["actual"]])
            if office is None:
                self.units[unit, year, kind] = numbers
                continue
            self.sums[unit, year, kind][0] += numbers[0]
            self.sums[unit, year, kind][1] += numbers[1]
            told = self.offices[unit, office, year]
            told["approved"] = told.get("approved", 0) + numbers[0]
            told["actual"] = told.get("actual", 0) + numbers[1]


@pytest.fixture(scope="module")
def ledger(sample_files: Path) -> Ledger:
    return Ledger(sample_files)


def _ask(home: Path, sql: str) -> list[dict[str, Any]]:
    door = Door(Settings(home=home))
    try:
        snapshot = door.snapshot()
        assert snapshot is not None
        return snapshot.ask_sql(sql, local_actor()).to_dicts()
    finally:
        door.close()


# The files themselves


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(sample_files: Path, tmp_path: Path) -> None:
    def hashes(folder: Path) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    write_sample(tmp_path / "again", "pilot", 7)
    write_sample(tmp_path / "other", "pilot", 8)
    assert hashes(tmp_path / "again") == hashes(sample_files)
    other = hashes(tmp_path / "other")
    assert other.keys() == hashes(sample_files).keys()
    assert sum(other[name] != kept for name, kept in hashes(sample_files).items()) > 15


def test_progress_is_told_and_every_path_returned(tmp_path: Path) -> None:
    told: list[tuple[int, int, Text]] = []
    paths = write_sample(tmp_path, progress=lambda done, total, text: told.append((done, total, text)))
    assert sorted(paths) == sorted(tmp_path.iterdir())
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][0] == told[-1][1]


def test_an_unknown_scale_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PanoramaError) as caught:
        write_sample(tmp_path, "galaxy")
    assert "pilot" in caught.value.say("zh")
    assert "pilot" in caught.value.say("en")


def test_every_file_and_sheet_says_that_it_is_made_up(sample_files: Path) -> None:
    guides = Counter(file for file, sheet, _ in _sheets(sample_files) if sheet == "说明")
    for file, _, rows in _sheets(sample_files):
        assert file.startswith("模拟数据_")
        assert "模拟数据" in str(rows[0][0])
        assert guides[file] == int(file.endswith(".xlsx"))


def test_nobody_is_named(sample_files: Path) -> None:
    number = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
    personal = {column.zh for model in SOURCES.values() for column in model.columns().values() if column.masked}
    for _, _, rows in _sheets(sample_files):
        header = rows[1] if len(rows) > 1 else ()
        for row in rows:
            assert not any(number.search(cell) for cell in row if isinstance(cell, str))
        for at, head in enumerate(header):
            if head in personal:
                assert {row[at] for row in rows[2:]} <= {"示例", None, ""}


def test_codes_are_sound_and_keep_their_zeros(sample_files: Path) -> None:
    rows = list(_rows(sample_files, "单位"))
    assert len(rows) == 12
    for row in rows:
        code, kind = row[_zh("unit", "uscc")], row[_zh("unit", "unit_kind")]
        assert uscc_is_sound(code)
        assert code[:8] == ("12" if "事业单位" in kind else "11") + "990100"
        assert code[8:17] == row[_zh("unit", "org_code9")]
        assert isinstance(row[_zh("unit", "unit_code")], str)
        assert row[_zh("unit", "unit_code")].startswith("00")


def test_there_is_a_file_for_every_dataset(sample_files: Path) -> None:
    names = [path.name for path in sample_files.iterdir()]
    for model in SOURCES.values():
        assert any(name.startswith(f"模拟数据_{model.title.zh}") for name in names), model.title.zh


def test_the_pilot_is_seven_units_with_about_seventy_offices(sample_files: Path) -> None:
    pilot = [row for row in _rows(sample_files, "单位") if row[_zh("unit", "is_pilot")] == "是"]
    assert len(pilot) == 7
    names = {row[_zh("unit", "name")] for row in pilot}
    offices = [row for row in _rows(sample_files, "内设机构") if row[_zh("office", "unit_ref")] in names]
    assert 60 <= len(offices) <= 75


# Numbers that must agree


def test_units_say_what_their_offices_add_up_to_but_for_one(ledger: Ledger) -> None:
    off = {
        key: (stated[1] - ledger.sums[key][1], stated[0] - ledger.sums[key][0])
        for key, stated in ledger.units.items()
        if key in ledger.sums and stated != tuple(ledger.sums[key])
    }
    assert off == {("武清区", 2023, "事业编制"): (2, 0)}


def test_documents_explain_every_change_of_approved_staff_but_one(sample_files: Path, ledger: Ledger) -> None:
    deltas: dict[tuple[str, int, str], int] = defaultdict(int)
    for row in _rows(sample_files, "编制变动"):
        delta = row[_zh("estab_change", "delta")]
        if delta is not None:
            year = _day(row[_zh("estab_change", "change_date")]).year
            deltas[row[_zh("estab_change", "unit_ref")], year, row[_zh("estab_change", "estab_type")]] += int(delta)
    stated = {key: numbers[0] for key, numbers in ledger.units.items()}
    unexplained = {
        (unit, year, kind): approved - stated[unit, year - 1, kind] - deltas[unit, year, kind]
        for (unit, year, kind), approved in stated.items()
        if (unit, year - 1, kind) in stated and approved - stated[unit, year - 1, kind] != deltas[unit, year, kind]
    }
    assert unexplained == {("南开区", 2024, "事业编制"): 14}


def test_a_transfer_and_a_merger_add_up_to_nothing(sample_files: Path) -> None:
    sums: dict[str, int] = defaultdict(int)
    for row in _rows(sample_files, "编制变动"):
        if row[_zh("estab_change", "kind")] in ("划转", "合并"):
            sums[row[_zh("estab_change", "doc_no")]] += int(row[_zh("estab_change", "delta")])
    assert len(sums) == 3
    assert set(sums.values()) == {0}


def test_posts_add_up_to_their_offices(sample_files: Path, ledger: Ledger) -> None:
    approved: dict[tuple[str, str], int] = defaultdict(int)
    actual: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in _rows(sample_files, "岗位"):
        key = row[_zh("post", "unit_ref")], row[_zh("post", "office_ref")]
        approved[key] += int(row[_zh("post", "n_approved")])
        actual[key] += Decimal(str(row[_zh("post", "n_actual")]))
    for row in _rows(sample_files, "内设机构"):
        key = row[_zh("office", "unit_ref")], row[_zh("office", "office_name")]
        assert approved[key] == int(row[_zh("office", "approved_staff")])
        assert approved[key] == ledger.offices[(*key, 2025)]["approved"]
        assert actual[key] == ledger.offices[(*key, 2025)]["actual"]


def test_the_wide_ledger_holds_the_only_copy_of_its_slice_and_its_totals_fit(
    sample_files: Path, ledger: Ledger
) -> None:
    assert not any(unit == messy.WIDE_UNIT and year == 2024 for unit, year, _ in ledger.units)
    rows = next(rows for file, sheet, rows in _sheets(sample_files) if file == messy.WIDE and sheet == "台账")
    body = [row for row in rows[5:] if row[1] and row[1] != "小计"]
    total = next(row for row in rows if row[0] == "合计")
    plain = [[int(re.sub(r"\(.*", "", str(cell))) if cell is not None else 0 for cell in row[2:]] for row in body]
    assert len(body) == 12
    assert [sum(column) for column in zip(*plain, strict=True)] == [cell or 0 for cell in total[2:]]
    assert any("(含借调2)" in str(cell) for row in body for cell in row)
    assert any(re.fullmatch("[０-９]+", str(cell)) for row in body for cell in row)


def test_audits_and_inspections_are_dated_in_order(sample_files: Path) -> None:
    today, states = date(2025, 12, 31), Counter[str]()
    for row in _rows(sample_files, "巡视巡察问题"):
        told, due, done = (row.get(_zh("inspection_finding", name)) for name in ("feedback_date", "due", "done_date"))
        if row[_zh("inspection_finding", "nil_return")] == "是":
            assert row[_zh("inspection_finding", "text")] is None
            continue
        assert _day(told) <= today
        assert _day(due) > _day(told)
        assert done is None or _day(told) < _day(done) <= today
        state = row[_zh("inspection_finding", "state")]
        assert (state == "已完成") == (done is not None)
        states[state] += 1
    assert len(states) == 5


# Words


@pytest.fixture(scope="module")
def themes_of() -> dict[str, set[str]]:
    """Each text that findings are made of → the themes that the rules propose for it."""
    texts = [text for told in words.THEMED.values() for text in told] + [text for _, text in words.OTHERS]
    frame = pl.DataFrame({"text_id": texts, "text": [_filled(text) for text in texts]})
    found = proposed(frame, rules()).drop_nulls("theme").select("text_id", "theme")
    return {text: {theme for of, theme in found.iter_rows() if of == text} for text in texts}


def _filled(text: str) -> str:
    return text.format(o="综合处", n=3, m=12, y=2023, k=21, a=12.5)


@pytest.mark.parametrize("theme", words.THEMED)
def test_a_text_made_for_a_theme_is_proposed_for_it(themes_of: dict[str, set[str]], theme: str) -> None:
    for text in words.THEMED[theme]:
        assert theme in themes_of[text], text


def test_other_matters_propose_no_theme(themes_of: dict[str, set[str]]) -> None:
    for _, text in words.OTHERS:
        assert not themes_of[text], text


def test_all_thirty_themes_have_words() -> None:
    assert set(words.THEMED) == {choice.value for choice in SOURCES["audit_finding"].columns()["themes"].choices}


# The whole folder loaded


def test_exactly_the_rows_that_should_be_refused_are(sample_home: Path) -> None:
    found = _ask(
        sample_home,
        "select p.file, p.sheet, r.src_row, r.rule from meta.reject as r inner join meta.part as p using (part_id)",
    )
    told = {(row["file"], row["sheet"], row["src_row"], row["rule"]) for row in found}
    assert told == set(EXPECTED_REFUSALS)


def test_the_hidden_sheet_is_not_in_the_store(sample_home: Path) -> None:
    assert not _ask(sample_home, "select 1 from mart.staffing where actual = 999")
    assert not _ask(sample_home, "select 1 from meta.part where sheet = '底稿'")


def test_the_checks_across_files_find_the_stories_and_nothing_else(sample_home: Path) -> None:
    found = _ask(
        sample_home,
        "select distinct c.rule, u.name from mart.check_remark as c inner join mart.unit as u using (unit_id)",
    )
    assert {(row["rule"], row["name"]) for row in found} == {
        ("V-LED-2", "武清区"),
        ("V-LED-3", "南开区"),
        ("V-LED-5", "南开区"),
        ("V-WL-1", "市市场监督管理局"),
    }


def test_amounts_in_yuan_arrive_in_ten_thousands(sample_home: Path, sample_files: Path) -> None:
    rows = next(rows for file, sheet, rows in _sheets(sample_files) if file == messy.YUAN and sheet == "问题清单")
    at = rows[2].index("涉及金额")
    stated = sum(Decimal(str(row[at])) for row in rows[3:] if row[at] is not None)
    found = _ask(
        sample_home,
        "select sum(f.amount_wan) as amount from mart.finding as f inner join mart.unit as u using (unit_id)"
        " where u.name = '南开区' and f.dataset = 'audit_finding' and f.year = 2022",
    )
    assert Decimal(str(found[0]["amount"])) * 10_000 == pytest.approx(stated)


def test_ranks_in_words_are_read_as_they_say(sample_home: Path) -> None:
    found = _ask(
        sample_home,
        "select u.name, r.rank, r.tie, r.tier_text from mart.ranking as r inner join mart.unit as u using (unit_id)"
        " where r.indicator = '营商环境评价' and r.period = '2024'",
    )
    by_name = {row["name"]: row for row in found}
    assert by_name["市生态环境局"]["tie"]
    assert by_name["市生态环境局"]["rank"] >= 1
    assert by_name["市公共资源交易中心"]["rank"] is None
    assert by_name["市公共资源交易中心"]["tier_text"] == "前列"
    assert len(found) == 7


@pytest.fixture(scope="module")
def office_years(sample_home: Path) -> dict[tuple[str, str, int], dict[str, Any]]:
    rows = _ask(
        sample_home,
        "select u.name as unit, o.name as office, s.* from mart.saturation as s"
        " inner join mart.unit as u on u.unit_id = s.unit_id inner join mart.office as o on o.office_id = s.office_id"
        " where s.post_id is null and s.month is null",
    )
    return {(row["unit"], row["office"], row["year"]): row for row in rows}


OfficeYears = dict[tuple[str, str, int], dict[str, Any]]


def _of(office_years: OfficeYears, key: str) -> list[dict[str, Any]]:
    story = BY_KEY[key]
    assert story.office is not None
    return [office_years[story.unit, story.office, year] for year in story.years]


def test_every_story_is_about_a_unit_of_the_register(sample_files: Path) -> None:
    units = {row[_zh("unit", "name")] for row in _rows(sample_files, "单位")}
    offices = {
        (row[_zh("office", "unit_ref")], row[_zh("office", "office_name")]) for row in _rows(sample_files, "内设机构")
    }
    for story in STORIES:
        assert story.unit in units
        assert story.office is None or (story.unit, story.office) in offices
        assert story.text.zh
        assert story.text.en


def test_story_idle_and_drowning(office_years: OfficeYears) -> None:
    assert all(row["high"] < 0.60 for row in _of(office_years, "idle"))
    assert all(row["low"] > 1.15 for row in _of(office_years, "drowning"))


def test_ordinary_offices_lie_between(office_years: OfficeYears) -> None:
    told = {(story.unit, story.office) for story in STORIES}
    others = [row["saturation"] for (unit, office, _), row in office_years.items() if (unit, office) not in told]
    assert all(0.6 < value < 1.2 for value in others)
    assert sum(0.7 <= value <= 1.1 for value in others) > 0.9 * len(others)


def test_story_contract_staff_and_seconded(office_years: OfficeYears, ledger: Ledger) -> None:
    for row in _of(office_years, "contract_staff"):
        assert row["saturation"] > 1.15
        assert row["saturation_with_external"] < 1.0
    story = BY_KEY["seconded"]
    for year in story.years:
        assert ledger.offices[story.unit, str(story.office), year]["seconded_out"] == 6
    assert all(row["saturation"] > 1.05 for row in _of(office_years, "seconded"))


def test_story_growing_seasonal_and_without_standard(office_years: OfficeYears, sample_home: Path) -> None:
    growing = [row["saturation"] for row in _of(office_years, "growing")]
    assert growing == sorted(growing)
    assert growing[0] < 0.75
    assert growing[-1] > 1.1
    assert all(0.8 < row["saturation"] < 1.0 for row in _of(office_years, "seasonal"))
    months = _ask(
        sample_home,
        "select w.month, sum(w.hours) as hours from mart.workload as w inner join mart.office as o using (office_id)"
        " where o.name = '高校招生考试处' group by w.month",
    )
    hours = {row["month"]: float(row["hours"]) for row in months}
    busy = sum(hours[month] for month in (5, 6, 7, 8)) / 4
    assert busy > 2.5 * sum(hours[month] for month in hours if month not in (5, 6, 7, 8)) / 8
    assert all(row["lower_bound"] for row in _of(office_years, "no_standard"))
    assert not any(row["lower_bound"] for key, row in office_years.items() if key[1] != "网络交易监管处")


def test_story_excess_hidden_by_a_vacancy(sample_home: Path) -> None:
    rows = _ask(
        sample_home,
        "select s.* from mart.unit_staffing as s inner join mart.unit as u using (unit_id)"
        " where u.name = '市市场监督管理局' and s.newest and s.estab_type is not null",
    )
    by_type = {row["estab_type"]: row for row in rows}
    assert by_type["XZ"]["excess"] > 0
    assert by_type["SY"]["vacancy"] > by_type["XZ"]["excess"]
    assert sum(row["actual"] for row in rows) < sum(row["approved"] for row in rows)


def test_story_leaders_over_by_rank_while_the_total_fits(sample_home: Path) -> None:
    rows = _ask(
        sample_home,
        "select l.* from mart.leader as l inner join mart.unit as u using (unit_id)"
        " where u.name = '市生态环境局' and l.newest and l.scope = '单位领导'",
    )
    assert {row["rank"]: row["excess"] for row in rows} == {"正职": 0, "副职": 1, "总师": 0}
    assert sum(row["actual"] for row in rows) == sum(row["approved"] for row in rows)


def test_story_sources_that_contradict_each_other(sample_home: Path) -> None:
    serious = _ask(
        sample_home,
        "select 1 from mart.finding as f inner join mart.rating as r on r.unit_id = f.unit_id and r.year = f.year"
        " inner join mart.unit as u on u.unit_id = f.unit_id where u.name = '市生态环境局' and f.year = 2024"
        " and f.dataset = 'audit_finding' and f.severity = '严重' and r.grade_raw = '优秀'",
    )
    assert serious
    mixed = _ask(
        sample_home,
        "select sum(s.mixed_post) as people from mart.staffing as s inner join mart.unit as u using (unit_id)"
        " where u.name = '南开区' and year(s.snapshot_date) = 2024",
    )
    found = _ask(
        sample_home,
        "select 1 from mart.finding as f inner join mart.finding_theme as t using (finding_id)"
        " inner join mart.unit as u on u.unit_id = f.unit_id"
        " where u.name = '南开区' and f.year = 2024 and f.dataset = 'inspection_finding' and t.theme = 'T13'",
    )
    assert mixed[0]["people"] == 0
    assert found


def test_story_old_names_and_ended_units_belong_where_they_should(sample_home: Path, sample_files: Path) -> None:
    assert any(row[_zh("staffing_ledger", "unit_ref")] == OLD_NAME for row in _rows(sample_files, "机构编制台账"))
    rows = _ask(
        sample_home,
        "select distinct year(s.snapshot_date) as year from mart.staffing as s inner join mart.unit as u using (unit_id)"
        f" where u.name = '{RENAMED}' order by 1",
    )
    assert [row["year"] for row in rows] == [2021, 2022, 2023, 2024, 2025]
    merged = _ask(
        sample_home,
        "select u.name, u.ended, t.name as successor from mart.unit as u"
        " inner join mart.unit as t on list_contains(u.successor_ids, t.unit_id)",
    )
    assert {row["name"] for row in merged} == {"市教育考试服务中心", "市教育信息中心"}
    assert all(row["ended"] and row["successor"] == "市教育数据服务中心" for row in merged)


def test_story_nothing_found_nothing_told_and_not_yet_there_are_three_things(sample_home: Path) -> None:
    rows = _ask(
        sample_home,
        "select u.name, c.year, c.family, c.state from mart.coverage as c inner join mart.unit as u using (unit_id)",
    )
    state = {(row["name"], row["year"], row["family"]): row["state"] for row in rows}
    assert state["武清区", 2023, "巡视巡察"] == "nil"
    assert state["市市场监督管理局", 2023, "审计"] == "missing"
    assert state["武清区", 2022, "工作量"] == "missing"
    assert ("市委社会工作部", 2022, "台账") not in state
    assert state["市委社会工作部", 2023, "台账"] == "rows"


def test_story_overdue(sample_home: Path) -> None:
    rows = _ask(
        sample_home,
        "select count(*) as n from mart.finding as f inner join mart.unit as u using (unit_id)"
        " where u.name = '市市场监督管理局' and f.overdue and f.year >= 2024",
    )
    assert rows[0]["n"] >= 4


def test_the_city_holds_the_pilot_and_a_city_around_it(tmp_path: Path) -> None:
    paths = write_sample(tmp_path, "city")
    sizes = {path.name: path.stat().st_size for path in paths}
    assert len(sizes) == len(paths)
    sheet = openpyxl.load_workbook(tmp_path / "模拟数据_单位.xlsx")["单位"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    units = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert 150 <= len(units) <= 180
    assert (
        sum(row[_zh("unit", "admin_level")] == "区" and row[_zh("unit", "unit_kind")] == "区(县)" for row in units)
        == 16
    )
    lines = sum(path.read_bytes().count(b"\n") - 2 for path in paths if "工作量" in path.name)
    assert 700_000 < lines < 1_300_000
    findings = sum(
        pl.read_csv(path, skip_rows=1, infer_schema=False).height
        for path in paths
        if path.suffix == ".csv" and ("审计问题" in path.name or "巡视巡察问题" in path.name)
    )
    assert 12_000 < findings < 30_000


def test_a_province_is_made_city_by_city_and_months_hold_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = units

    def few(scale: str, seed: int, part: int = 1) -> list[Unit]:
        return whole(scale, seed, part)[:9]

    monkeypatch.setattr(sys.modules["panorama.sample.world"], "units", few)
    monkeypatch.setitem(PARTS, "province", 2)
    write_sample(tmp_path / "whole", "province")
    write_sample(tmp_path / "one", "province", part=2)
    store = Settings(home=tmp_path / "store")
    report = load([tmp_path / "whole"], store, local_actor())
    assert report.refused == 0
    snapshot = Door(store).snapshot()
    assert snapshot is not None
    counted = snapshot.ask_sql(
        "select left(u.name, 5) as city, count(distinct u.unit_id) as units, count(w.row_id) as rows"
        " from mart.unit as u left join mart.workload as w on w.unit_id = u.unit_id group by all order by 1",
        local_actor(),
    )
    assert counted["city"].to_list() == ["示例01市", "示例02市"]
    assert counted["units"].to_list() == [9, 9]
    alone = sum(_rows_in(path) for path in (tmp_path / "one" / "示例02市").glob("*工作量记录*"))
    assert counted["rows"][1] == alone > 1000
    assert len(list((tmp_path / "whole").glob("*工作量记录_????-??.csv"))) == 60


def _rows_in(path: Path) -> int:
    """Without the title and the header."""
    return len(_decoded(path).splitlines()) - 2


def test_no_two_units_of_a_nation_share_a_code_or_a_name() -> None:
    parts = [unit for part in (1, 2, 48, 49, 1488) for unit in units("nation", 7, part)]
    parts += [unit for part in (1, 48) for unit in units("province", 7, part)]
    for of in (lambda unit: unit.uscc, lambda unit: unit.name):
        assert len({of(unit) for unit in parts}) == len(parts)
    nation = [unit.code for unit in parts if "省" in unit.name]
    assert len(set(nation)) == len(nation)
    assert all(uscc_is_sound(unit.uscc) for unit in parts)


def test_a_nation_is_a_plan_of_parts(tmp_path: Path) -> None:
    [plan] = write_sample(tmp_path, "nation")
    lines = plan.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + 31 * 48
    assert lines[-1] == "1488,示例31省示例48市,panorama sample --scale nation --seed 7 --part 1488 --out DIR"
    with pytest.raises(PanoramaError, match="no part 1489"):
        write_sample(tmp_path, "nation", part=1489)
    with pytest.raises(PanoramaError, match="has no parts"):
        write_sample(tmp_path, "city", part=1)
