"""A reader limited to one unit: nothing of another's wording, figures or rows reaches it, by whatever view or question."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import streamlit
import xlsxwriter
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.charts.picture import EVERY_YEAR
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store import build, seen
from panorama.store.door import Door, Snapshot
from panorama.store.originals import original
from panorama.store.register import identity
from panorama.ui import visit
from tests.stock import UNIT_HEAD, WORK_HEAD, current, dropped, settings_at, write

ALL = local_actor()
OWN, NEXT = identity("001"), identity("002")
ONE_UNIT = Actor("联络员", "unit", units=frozenset({OWN}))
NOBODY = Actor("路人", "none")
NAMES = ("市甲局", "市乙局", "市丙局", "市丁局", "市戊局")
STANDARD_HEAD = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本"
STANDARDS = (
    *(f"A1,{name}来文,{name},核心,件,{2 if name == NAMES[0] else 1},专家,2024,1" for name in NAMES),
    "A2,收费,市甲局,核心,户,1,专家,2024,1",
    "A2,征收,市乙局,核心,人次,1,专家,2024,1",
    "A3,机要,市乙局,核心,件,1,专家,2024,1",
    "B-77,会签件,市乙局,核心,件,1,专家,2024,1",
)
WORK = (
    *(f"{name},办公室,,A1,2024-01,业务系统,10" for name in NAMES),
    "市甲局,办公室,,A2,2024-01,业务系统,7",
    "市乙局,办公室,,A2,2024-01,业务系统,7",
    "市甲局,办公室,,A3,2024-01,业务系统,3",
    # By its name: its code stands in another unit's standard alone. A month within a quarter, so a check speaks of it too.
    "市甲局,会签处,,会签件,2024-01,业务系统,3",
    "市甲局,会签处,,会签件,2024-Q1,业务系统,5",
)
OTHERS = ("乙局", "丙局", "丁局", "戊局", "征收", "人次", "机要", "B-77", "中位数", "Median")
"""What only others wrote, or what tells of their figures."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("scope")
    made = settings_at(folder)
    register = [f"{at:03d},{name},{name},政府部门,市级,正局级,,,," for at, name in enumerate(NAMES, 1)]
    files = (
        write(folder / "单位.csv", UNIT_HEAD, register),
        write(folder / "标准.csv", STANDARD_HEAD, STANDARDS),
        write(folder / "工作量.csv", WORK_HEAD, WORK),
        write(folder / "模拟数据.csv", WORK_HEAD, ["市乙局,收费处,,A2,2024-02,业务系统,1"]),
    )
    dropped(made, *files)
    dropped(made, _merged_book(folder / "合并.xlsx"))
    return made


def _merged_book(path: Path) -> Path:
    """Rows of two units in turn, with cells merged over one's rows, over both, and over the headers."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("工作量")
    rows = [[*WORK_HEAD.split(","), "备注"]]
    for at, unit in enumerate(("市甲局", "市甲局", "市甲局", "市乙局", "市乙局"), 1):
        rows.append([unit, "收发室", "", "A1", f"2024-0{at}", "业务系统", str(at), ""])
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    sheet.merge_range("H2:H3", "甲自己的备注")
    sheet.merge_range("H4:H5", "两家的备注")
    book.close()
    return path


@pytest.fixture(scope="module")
def snapshot(settings: Settings) -> Snapshot:
    return current(settings)


def words(rows: pl.DataFrame) -> str:
    return str(rows.to_dicts())


def office(snapshot: Snapshot) -> int:
    found = snapshot.ask_sql(f"select office_id from mart.office where unit_id = {OWN} and name = '办公室'", ALL)
    return int(found["office_id"].item())


def test_no_view_tells_one_unit_what_others_wrote(snapshot: Snapshot) -> None:
    views = snapshot.ask_sql("select view_name from duckdb_views() where schema_name = 'seen'", ALL)["view_name"]
    for name in views:
        told = words(snapshot._run(f'select * from seen."{name}"', ONE_UNIT, {}))
        assert not [word for word in OTHERS if word in told], name


def test_an_activity_bears_the_name_and_unit_of_work_of_the_standard_that_serves_it(snapshot: Snapshot) -> None:
    done = snapshot.ask("saturation_activities", ONE_UNIT, office_id=office(snapshot), year=2024)
    assert sorted(done.select("activity", "unit_of_work").rows(), key=str) == [
        ("A3", None), ("市甲局来文", "件"), ("收费", "户"),
    ]  # fmt: skip
    # Who sees everything reads the same: a name is that of its place, not of its reader.
    assert snapshot.ask("saturation_activities", ALL, office_id=office(snapshot), year=2024).equals(done)
    gaps = snapshot.ask("saturation_gaps", ONE_UNIT, unit_id=OWN, year=2024)
    assert sorted(gaps["activity"]) == ["A3", "会签件"]


def test_a_gap_and_a_check_speak_of_an_activity_as_its_unit_wrote_it(snapshot: Snapshot) -> None:
    gaps = snapshot._run("select activity_code, volume from seen.activity_gap order by 1", ONE_UNIT, {})
    assert [(code, float(volume)) for code, volume in gaps.rows()] == [("A3", 3.0), ("会签件", 5.0)]
    told = snapshot._run(
        "select rule, matter from seen.check_remark where rule like 'V-WL%' order by all", ONE_UNIT, {}
    )
    assert told.rows() == [("V-WL-1", "A3"), ("V-WL-1", "会签件"), ("V-WL-2", "会签件")]


@pytest.mark.parametrize("question", ["rows_saturation_unit", "rows_unit_family", "rows_saturation_office"])
def test_the_rows_behind_a_figure_speak_in_the_words_of_their_unit(snapshot: Snapshot, question: str) -> None:
    params = {
        "rows_saturation_unit": {"unit_id": OWN, "period": "2024"},
        "rows_unit_family": {"unit_id": OWN, "family": "工作量", "first_year": 2024, "last_year": 2024},
        "rows_saturation_office": {"office_id": office(snapshot), "period": "2024"},
    }[question]
    content = snapshot.ask(question, ONE_UNIT, **params)["content"].to_list()
    assert any("收费" in line for line in content)
    assert not [word for word in OTHERS if word in str(content)]


def test_what_compares_a_unit_with_others_is_not_for_who_sees_it_alone(snapshot: Snapshot) -> None:
    everything = {"unit_id": OWN, "theme": None, "family": None, "rule": "X18", "size": 9, "skip": 0}
    found = snapshot._run("select * from seen.contradiction where rule = 'X18'", ALL, {})
    assert found["unit_id"].to_list() == [OWN]
    assert snapshot._run("select * from seen.contradiction where rule = 'X18'", ONE_UNIT, {}).is_empty()
    assert snapshot.ask("evidence_contradictions", ONE_UNIT, **everything).is_empty()
    asked = {"rule": "X18", "unit_id": OWN, "matter": found["matter"].item(), "theme": None, **EVERY_YEAR}
    assert snapshot.ask("rows_contradiction", ALL, **asked).height == 5
    assert snapshot.ask("rows_contradiction", ONE_UNIT, **asked).is_empty()


def test_a_snapshot_tells_one_unit_of_its_own_files_alone(snapshot: Snapshot) -> None:
    assert snapshot.ask("snapshot", ALL).rows() == [(5, 1)]
    # The register, the standards, the workload and the merged book; the made-up file holds nothing of it.
    assert snapshot.ask("snapshot", ONE_UNIT).rows() == [(4, 0)]
    assert snapshot.ask("snapshot", NOBODY).rows() == [(0, 0)]
    told = snapshot._run("select * from seen.snapshot", ONE_UNIT, {})
    assert told.select("drops", "files", "made_up").row(0) == (None, None, None)
    assert snapshot._run("select * from seen.snapshot", ALL, {})["drops"].to_list() == ["[1, 2]"]


def test_drops_do_not_tell_one_unit_how_many_rows_others_sent_and_nothing_is_no_nought(snapshot: Snapshot) -> None:
    assert snapshot.ask("overview_changes", ALL)["accepted"].to_list() == [5, 25]
    own = snapshot.ask("overview_changes", ONE_UNIT)
    assert own.select("accepted", "rejected").rows() == [(None, None)] * 2


def test_a_cell_merged_over_rows_of_two_units_is_shown_to_neither(settings: Settings, snapshot: Snapshot) -> None:
    row_id = snapshot.ask_sql("select row_id from mart.workload where period = '2024-03'", ALL)["row_id"].item()
    other = snapshot.ask_sql("select row_id from mart.workload where period = '2024-04'", ALL)["row_id"].item()
    told = str(original(row_id, "saturation", snapshot, ONE_UNIT, settings).excerpt)
    assert "甲自己的备注" in told
    assert "两家的备注" not in told
    second = Actor("乙", "unit", units=frozenset({NEXT}))
    assert "备注'" not in str(original(other, "saturation", snapshot, second, settings).excerpt.lines[1:])
    assert "两家的备注" in str(original(row_id, "saturation", snapshot, ALL, settings).excerpt)


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with a state that an older program built, which showed everybody all workload, and one of today's."""
    folder = tmp_path_factory.mktemp("upgraded")
    made = settings_at(folder)
    register = [f"{at:03d},{name},{name},政府部门,市级,正局级,,,," for at, name in enumerate(NAMES, 1)]
    today = seen._filter
    with pytest.MonkeyPatch.context() as older:
        older.setattr(seen, "_filter", lambda name, of_unit: "" if name == "workload" else today(name, of_unit))
        older.setattr(build, "program", lambda: "older")
        dropped(made, write(folder / "单位.csv", UNIT_HEAD, register), write(folder / "工作量.csv", WORK_HEAD, WORK))
    dropped(made, write(folder / "标准.csv", STANDARD_HEAD, STANDARDS))
    return made


def test_a_state_that_an_older_program_built_is_closed_to_who_sees_single_units(upgraded: Settings) -> None:
    door = Door(upgraded)
    newest, older = (door.of(one) for one in door.kept())
    rows = "select count(*) as n from seen.workload"
    # It would tell of all.
    assert older._run(rows, ALL, {})["n"].item() == len(WORK)
    for reader in (ONE_UNIT, NOBODY):
        with pytest.raises(StoreError) as told:
            older._run(rows, reader, {})
        assert "旧版程序" in told.value.text.zh
        with pytest.raises(StoreError):
            older.ask("units", reader)
        with pytest.raises(StoreError):
            older.trace([2**32 + 2], reader)
    assert older.ask("units", ALL).height == len(NAMES)
    assert newest._run(rows, ONE_UNIT, {})["n"].item() == sum(line.startswith("市甲局") for line in WORK)
    # By day it is the same one.
    assert door.snapshot(older.day) is not None


@pytest.mark.parametrize("page", ["evaluation/unit", "evaluation/saturation", "evaluation/staffing"])
def test_a_page_says_that_an_older_state_is_closed_and_leads_back(
    page: str, upgraded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Door(upgraded).kept()[1].id
    monkeypatch.setattr(visit, "local_actor", lambda: ONE_UNIT)
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(upgraded.home))
    root = Path(__file__).resolve().parents[1]
    monkeypatch.chdir(root)
    app = AppTest.from_file(str(root / "app.py"), default_timeout=60)
    app.query_params["asof"] = older
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert any("旧版程序" in one.value for one in app.info)
    assert not app.metric
    assert app.button(key="asof-back")
    shown = "\n".join(str(part.value) for part in (*app.markdown, *app.header, *app.title))
    assert not [name for name in NAMES if name in shown]
