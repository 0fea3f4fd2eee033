"""Drops: what comes in, what is refused, what waits, what is replaced and taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.charts import intake
from panorama.errors import PanoramaError, Refused, StoreError
from panorama.intake import large
from panorama.intake.mending import MARK
from panorama.settings import Settings
from panorama.store import drops as taking_in
from panorama.store import part_files
from panorama.store.decisions import change_days, confirm_name, decisions, dismiss_name, reject_name, withdraw_decision
from panorama.store.door import Door
from panorama.store.drops import check, drops, load, rebuild, undo
from panorama.store.mending import mend
from panorama.store.originals import original
from panorama.store.outdated import outdated
from panorama.store.register import identity
from panorama.store.rejects import original_rows, sheet_to_mend, write_rejects
from panorama.store.report import DropReport, SheetReport
from panorama.store.verify import verify
from tests.postgres import IN_BOTH
from tests.stock import (
    UNITS,
    VOLUME,
    WORK,
    WORK_HEAD,
    after,
    answer,
    copied,
    current,
    dropped,
    events,
    report_of,
    settings_at,
    stocked,
    units,
    work,
    write,
)
from tests.workbooks import write_xlsx

ACTOR = local_actor()
EDUCATION = identity("001")
WORK_NOTE = f"{WORK_HEAD},备注"
AUDIT_HEAD = "被审计单位,审计项目名称,审计年度,问题编号,问题描述"
STANDARD_HEAD = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本"
NUMBERS = ("11010519491231002X", "120101199003071232", "320311770706001")
HOSTILE = "'); drop schema mart cascade; --"
BY_CODE = "天津市教育局,办公室,文书,A1,2024-01,业务系统,8"
"""An activity by its code, that other rows name 核稿."""

Stored = tuple[Settings, DropReport]
"""A store, and what was said when its last drop was loaded."""


def of(activity: str, rows: Sequence[str] = WORK) -> list[str]:
    """The rows with another activity: no key of theirs is in another file."""
    return [row.replace("收文", activity) for row in rows]


def volume(settings: Settings, activity: str) -> list[tuple[object, ...]]:
    return answer(settings, f"{VOLUME} where activity = '{activity}'")


def told(settings: Settings, table: str, file: str, what: str) -> list[tuple[object, ...]]:
    """What meta.reject or meta.remark says of the rows of one file."""
    of_file = file.replace("'", "''")
    return answer(
        settings,
        f"select {what} from meta.{table} inner join meta.part using (part_id) where file = '{of_file}' order by src_row",
    )


def sheet_of(report: DropReport, file: str) -> SheetReport:
    (sheet,) = (one for one in report.sheets if one.file == file)
    return sheet


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """One drop of files of which each has something else the matter with it. Read only."""
    folder = tmp_path_factory.mktemp("doubtful")
    register = (
        *UNITS,
        "101,市甲局,市甲局,政府部门,市级,正局级,撤销,,2024-06-30,市乙局、103、查无局",
        "102,市乙局,市乙局,政府部门,市级,正局级,,,,",
        "103,市丙局,市丙局,政府部门,市级,正局级,,,,",
        # A name that holds the sign itself is one unit.
        "104,统战、民宗局,统战、民宗局,政府部门,市级,正局级,,,,",
        "105,市戊局,市戊局,政府部门,市级,正局级,撤销,,2024-06-30,统战、民宗局",
        "106,市己局,市己局,衙门,市级,正局级,,,,",
    )
    ledger = ["2024-12-31,天津市教育局,行政编制,10,9", "2024-12-31,天津市教育局,事业编制,5,5", ",合计,,15,15"]
    twice = of("阅文", (*WORK, WORK[0], WORK[1].replace("天津市教育局", "市教育局").replace(",4", ",9")))
    broken = folder / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    files = (
        units(folder, register),
        write(folder / "内设机构.csv", "单位名称,内设机构编码,内设机构名称", ["001,01,办公室"]),
        write(folder / "台账.csv", "统计日期,机构名称,编制类型,核定编制数,实有人数", ledger),
        work(folder, twice, "重复.csv"),
        work(folder, of("督办"), "甲.csv"),
        work(folder, of("督办", [WORK[0], "天津市教育局,办公室,文书,发文,2024-01,业务系统,1"]), "乙.csv"),
        work(folder, [*of("信访"), "天津市教育局,,文书,信访,2024-03,业务系统,7"], "缺内设机构.csv"),
        work(
            folder,
            of("会务", [WORK[0], WORK[1].replace("办公室", "办公室 "), "天津市教育局,人事处,,收文,2024-01,业务系统,7"]),
            "没登记的内设机构.csv",
        ),
        work(folder, [*of("接待"), f"{HOSTILE},{HOSTILE},{HOSTILE},{HOSTILE},2024-01,业务系统,9"], "x'; drop table y; --.csv"),
        write(folder / "标准.csv", STANDARD_HEAD, ["A1,核稿,全部,核心,件,0.5,写实,2024,1"]),
        work(folder, [*of("核稿"), BY_CODE], "编码.csv"),
        broken,
        write(folder / "名单（机密）.csv", "单位名称,备注", ["天津市教育局,不该留下的字"]),
    )  # fmt: skip
    settings = settings_at(folder)
    return settings, dropped(settings, *files)


@pytest.fixture(scope="module")
def repeated(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A folder, one of whose files says each of its rows twice, and a copy of the other. Read only."""
    folder = tmp_path_factory.mktemp("repeated")
    inbox = folder / "inbox" / "deep"
    inbox.mkdir(parents=True)
    units(inbox)
    work(inbox.parent, (*WORK, *WORK))
    (inbox / "~$锁.xlsx").write_text("")
    # The same as another file of the drop: it is read once.
    other = folder / "另存.csv"
    other.write_bytes((inbox / "单位.csv").read_bytes())
    settings = settings_at(folder)
    return settings, dropped(settings, inbox.parent, other)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A drop in which numbers of persons stand in cells, headers and names. Read only."""
    folder = tmp_path_factory.mktemp("numbered")
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = f"表{NUMBERS[0]}"
    for row in ([*WORK_HEAD.split(","), f"经办{NUMBERS[1]}"], [*of("发文", WORK[:1])[0].split(","), "x"]):
        page.append(row)
    path = folder / f"工作量{NUMBERS[2]}.xlsx"
    book.save(path)
    noted = write(folder / "工作量.csv", WORK_NOTE, [f"{WORK[0]},经办人 {NUMBERS[0]}", f"{WORK[1]},"])
    settings = settings_at(folder)
    return settings, dropped(settings, units(folder), noted, path)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """Workload of names that are in no register: a test that answers one takes a copy."""
    folder = tmp_path_factory.mktemp("waiting")
    rows = (
        *WORK,
        "教育局,办公室,文书,发文,2024-01,业务系统,100",
        *(row.replace("天津市教育局", "乙") for row in of("会务", [WORK[0], WORK[1].replace(",4", ",三十二台")])),
        *(row.replace("天津市教育局", "天津市丙局") for row in of("信访", WORK[:2])),
        *(row.replace("天津市教育局", "老教委") for row in of("督办", WORK[:2])),
    )
    settings = settings_at(folder)
    return settings, dropped(settings, units(folder), work(folder, rows))


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """Workload of which two rows are to be mended, one waits for a name and one repeats another: a test that mends takes a copy."""
    folder = tmp_path_factory.mktemp("refused")
    waits = WORK[1].replace("天津市教育局", "市教育厅")
    bad = (WORK[0].replace(",3", ",三十二台"), "=1+1,办公室,,收文,2024年末,业务系统,8", waits, WORK[1], *WORK[1:])
    settings = settings_at(folder)
    return settings, dropped(settings, units(folder), work(folder, bad))


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """What an audit found, as drop 2: a test that drops more takes a copy."""
    folder = tmp_path_factory.mktemp("audited")
    settings = stocked(folder, with_work=False)
    return settings, dropped(settings, audit(folder))


def audit(folder: Path) -> Path:
    return write(folder / "审计清单.csv", AUDIT_HEAD, [f"天津市教育局,甲审计,2024,{at},问题{at}" for at in (1, 2, 3)])


@IN_BOTH
def test_files_come_in_as_one_drop_and_their_rows_lead_back_to_them(tmp_path: Path) -> None:
    settings, report = stocked(tmp_path), report_of(("units", "work"))
    assert (report.exit_code, report.accepted, report.refused) == (0, 5, 0)
    assert answer(settings, VOLUME) == [(12.0,)]
    ((row_id,),) = answer(settings, "select row_id from mart.workload where volume = 5")
    traced = current(settings).trace([row_id], ACTOR).row(0, named=True)
    assert (traced["file"], traced["src_row"], traced["drop_id"]) == ("工作量.csv", 4, report.drop_id)
    near = original_rows(row_id, settings, around=1)
    assert near is not None
    assert near["工作量"].to_list() == ["4", "5"]


def test_a_newer_program_knows_that_the_snapshot_is_an_older_ones_and_makes_the_same_marts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not outdated(settings_at(tmp_path / "none"))
    settings = stocked(tmp_path)
    assert not outdated(settings)
    marts = "select * from mart.workload order by all"
    before = answer(settings, marts)
    # Once for who asks, once for who builds.
    for module in ("outdated", "build"):
        monkeypatch.setattr(f"panorama.store.{module}.program", lambda: "newer")
    assert outdated(settings)
    rebuild(settings, ACTOR)
    assert not outdated(settings)
    assert answer(settings, VOLUME) == [(12.0,)]
    assert answer(settings, marts) == before


def test_a_home_whose_name_is_a_pattern_reads_its_own_files_and_no_others(tmp_path: Path) -> None:
    # Each of the stores beside it fits a pattern, and holds files of the same names.
    for other in ("数据1全部*", "数据[1]全部的", "数据1全部的"):
        stocked(tmp_path / other)
    folder = tmp_path / "数据[1]全部*"
    folder.mkdir()
    settings = settings_at(folder)
    rows = [WORK[0].replace(",3", ",30"), WORK[1].replace(",4", ",四十台")]
    report = dropped(settings, units(folder), work(folder, rows))
    assert (report.accepted, report.refused) == (3, 1)
    assert answer(settings, VOLUME) == [(30.0,)]
    # A store from before the lines were kept has them made anew.
    for lines in (settings.home / "parts").glob("*.yearly.parquet"):
        lines.rename(lines.with_suffix(".gone"))
    rebuild(settings, ACTOR)
    for lines in (settings.home / "parts").glob("*.yearly.gone"):
        lines.rename(lines.with_suffix(".parquet"))
    assert answer(settings, VOLUME) == [(30.0,)]
    assert write_rejects(report.drop_id or 0, folder / "拒收.xlsx", settings, ACTOR) == 1
    assert verify(settings).broken is None


def test_a_folder_is_one_drop(repeated: Stored) -> None:
    _, report = repeated
    assert sorted(sheet.file for sheet in report.sheets) == ["deep/单位.csv", "工作量.csv"]


@IN_BOTH
def test_the_same_bytes_again_change_nothing_and_it_is_said(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    first = current(settings)
    again = dropped(settings, work(tmp_path, name="改了名.csv"))
    assert (again.action, again.snapshot_id, again.exit_code) == ("nothing", first.id, 0)
    assert "已装入过（批次 1）" in again.message.zh
    assert drops(settings).height == 1


@IN_BOTH
def test_the_same_key_again_is_an_update_with_its_difference_and_undo_brings_the_old_back(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    newer = (WORK[0], WORK[1].replace(",4", ",40"), "天津市教育局,办公室,文书,收文,2024-03,业务系统,1")
    report = dropped(settings, work(tmp_path, newer, "更正.csv"))
    (change,) = report.changes
    assert (change.dataset, change.new, change.changed, change.same) == ("workload", 1, 1, 1)
    assert answer(settings, VOLUME) == [(49.0,)]
    told = answer(settings, "select field, cast(old as double), cast(new as double) from meta.diff_value")
    assert told == [("volume", 4.0, 40.0)]
    undo(report.drop_id or 0, settings, ACTOR)
    assert answer(settings, VOLUME) == [(12.0,)]
    assert answer(settings, "select state from meta.drop order by drop_id") == [("live",), ("withdrawn",)]


def test_taking_back_the_older_of_two_drops_leaves_the_newer_and_the_same_bytes_may_come_in_again(
    tmp_path: Path,
) -> None:
    settings = after(tmp_path, ("units",), ("work",))
    dropped(settings, work(tmp_path, [WORK[0].replace(",3", ",30")], "更正.csv"))
    undo(2, settings, ACTOR)
    assert answer(settings, VOLUME) == [(30.0,)]
    assert dropped(settings, work(tmp_path)).accepted == 3


def test_taking_back_everything_leaves_an_empty_store(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    assert undo(1, settings, ACTOR).snapshot_id is None
    assert Door(settings).snapshot() is None
    assert verify(settings).broken is None


@pytest.mark.parametrize("number", [2, 99])
def test_a_drop_that_is_not_there_cannot_be_taken_back(tmp_path: Path, number: int) -> None:
    settings = stocked(tmp_path, with_work=False)
    with pytest.raises(PanoramaError, match="no drop"):
        undo(number, settings, ACTOR)


@IN_BOTH
def test_a_drop_is_taken_back_only_once(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    undo(1, settings, ACTOR)
    with pytest.raises(PanoramaError, match="already"):
        undo(1, settings, ACTOR)


def test_a_check_says_what_a_load_would_do_and_changes_nothing(tmp_path: Path) -> None:
    settings, one, other = settings_at(tmp_path), units(tmp_path), tmp_path / "另存.csv"
    other.write_bytes(one.read_bytes())
    checked = check([one, other, work(tmp_path)], settings, ACTOR)
    assert not settings.home.exists()
    loaded = report_of(("units", "work"))
    assert checked.sheets == loaded.sheets
    assert checked.changes == loaded.changes
    assert "2 个文件，接收 5 行" in checked.message.zh
    assert "“另存.csv”与“单位.csv”内容完全相同，只读一次" in checked.message.zh
    assert '"另存.csv" is the same as "单位.csv"' in checked.message.en


def everything(home: Path) -> set[str]:
    """Names of all files, those that the database makes while it is open left out."""
    return {path.name for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))}


def test_a_row_given_twice_in_a_drop_counts_once_and_the_second_is_refused(doubtful: Stored) -> None:
    settings, report = doubtful
    sheet = sheet_of(report, "重复.csv")
    assert (sheet.read, sheet.accepted, sheet.refused) == (5, 3, 2)
    assert volume(settings, "阅文") == [(12.0,)]
    said = told(settings, "reject", "重复.csv", "src_row, rule, message")
    assert [(row, rule) for row, rule, _ in said] == [(5, "V-DUP"), (6, "V-DUP")]
    assert "第2行完全相同" in str(said[0][2])
    assert "第3行关键字相同、内容不同" in str(said[1][2])
    # Of the two only the one with another content needs a person: the other merely repeats.
    todo = current(settings).ask("intake_todo", ACTOR).filter(file="重复.csv")
    assert todo.select("kind", "n").rows() == [("refused", 1)]
    counts = "select sum(rows_rejected), sum(rows_repeated) from meta.part where file = '重复.csv'"
    assert answer(settings, counts) == [(2, 1)]


def test_the_report_says_which_warnings_there_are(doubtful: Stored) -> None:
    _, report = doubtful
    sheet = sheet_of(report, "台账.csv")
    assert [(one.row, one.rule) for one in sheet.warned] == [(4, "V-SUM")]
    said = sheet.warned[0].message
    (line,) = [line for line in report.lines("zh") if said.zh in line]
    assert "提醒 " in line
    assert "第 4 行" in line
    assert any("Warning, row 4" in line and said.en in line for line in report.lines("en"))


def test_rows_that_merely_repeat_others_are_no_task_for_anybody(repeated: Stored) -> None:
    settings, report = repeated
    assert report.refused == 3
    snapshot = current(settings)
    assert snapshot.ask("intake_todo", ACTOR).is_empty()
    shown = intake.files(snapshot.ask("intake_files", ACTOR, drop_id=report.drop_id), "zh")
    assert "需要处理" in shown.title
    assert shown.table["state"].to_list() == ["whole", "whole"]
    asked = (snapshot.ask(question, ACTOR, drop_id=report.drop_id) for question in ("intake_files", "intake_named"))
    said = intake.message(*asked, 0, "zh")
    assert "gray[拒收 3 行]，其中 3 行与前面完全相同" in said.title


def test_a_row_given_twice_over_two_files_of_a_drop_names_the_first(doubtful: Stored) -> None:
    settings, _ = doubtful
    ((message,),) = told(settings, "reject", "乙.csv", "message")
    assert "甲.csv" in str(message)


def test_rows_of_an_unknown_unit_wait(waiting: Stored) -> None:
    settings, report = waiting
    assert (report.exit_code, report.refused, report.waiting_names) == (1, 7, 4)
    assert answer(settings, VOLUME) == [(12.0,)]
    ((count, candidates),) = answer(settings, "select rows, candidates from meta.waiting where ref = '教育局'")
    assert count == 1
    assert json.loads(str(candidates))[0]["unit_id"] == EDUCATION


@IN_BOTH
def test_rows_come_alive_when_their_name_is_confirmed_it_is_remembered_for_later_files_and_can_be_taken_back(
    waiting: Stored, tmp_path: Path
) -> None:
    settings = copied(waiting[0], tmp_path)
    confirm_name("教育局", EDUCATION, settings, ACTOR)
    assert answer(settings, VOLUME) == [(112.0,)]
    waits = "select ref, rows from meta.waiting where ref = '教育局'"
    assert answer(settings, waits) == []
    assert answer(settings, "select rows_accepted, rows_rejected from meta.part where dataset = 'workload'") == [(4, 6)]
    later = work(tmp_path, [WORK[0].replace("天津市教育局", "教育局").replace("2024", "2025")], "再报.csv")
    assert dropped(settings, later).refused == 0
    assert answer(settings, VOLUME) == [(115.0,)]
    ((decision,),) = decisions(settings).select("id").rows()
    withdraw_decision(decision, settings, ACTOR)
    assert answer(settings, VOLUME) == [(12.0,)]
    assert answer(settings, waits) == [("教育局", 2)]
    assert verify(settings).broken is None


def test_what_is_no_unit_closes_its_rows_with_the_reason_and_is_undone(waiting: Stored, tmp_path: Path) -> None:
    settings, drop_id = copied(waiting[0], tmp_path), waiting[1].drop_id or 0
    counts = "select rows_read, rows_accepted, rows_rejected, rows_waiting, rows_closed from meta.part where dataset = 'workload'"
    waits = "select ref, rows from meta.waiting where ref = '乙'"
    assert (answer(settings, counts), answer(settings, waits)) == ([(10, 3, 7, 6, 0)], [("乙", 1)])
    dismiss_name("乙", settings, ACTOR)
    assert (answer(settings, counts), answer(settings, waits)) == ([(10, 3, 7, 5, 2)], [])
    assert answer(settings, VOLUME) == [(12.0,)]
    assert answer(
        settings, "select distinct value, message like '%不是任何单位%' from meta.reject where rule = 'V-ID-3'"
    ) == [("乙", True)]
    assert current(settings).ask("intake_todo", ACTOR)["kind"].to_list() == ["names"]
    assert sheet_to_mend(drop_id, 2, settings, ACTOR) is None
    # Not asked again by later files either.
    again = of("会务", [WORK[0].replace("天津市教育局", "乙")])
    assert dropped(settings, work(tmp_path, again, "又.csv")).waiting_names == 0
    ((decision, kind),) = decisions(settings).select("id", "kind").rows()
    assert kind == "nobody"
    withdraw_decision(decision, settings, ACTOR)
    assert answer(settings, waits) == [("乙", 2)]
    assert answer(settings, counts)[0] == (10, 3, 7, 6, 0)
    assert verify(settings).broken is None


def test_a_unit_that_the_register_comes_to_have_is_one_though_it_was_said_to_be_none(
    waiting: Stored, tmp_path: Path
) -> None:
    settings = copied(waiting[0], tmp_path)
    dismiss_name("天津市丙局", settings, ACTOR)
    assert volume(settings, "信访") == [(None,)]
    dropped(settings, units(tmp_path, ["003,天津市丙局,市丙局,政府部门,市级,正局级,,,,"], "补.csv"))
    assert volume(settings, "信访") == [(7.0,)]


@IN_BOTH
def test_a_refused_unit_is_not_proposed_again_until_the_refusal_is_taken_back(waiting: Stored, tmp_path: Path) -> None:
    settings = copied(waiting[0], tmp_path)
    reject_name("教育局", EDUCATION, settings, ACTOR)
    waits = "select rows, candidates from meta.waiting where ref = '教育局'"
    assert answer(settings, waits) == [(1, "[]")]
    ((decision, kind),) = decisions(settings).select("id", "kind").rows()
    assert kind == "rejected"
    withdraw_decision(decision, settings, ACTOR)
    ((_, candidates),) = answer(settings, waits)
    assert json.loads(str(candidates))[0]["unit_id"] == EDUCATION


def test_a_confirmed_name_is_given_other_days_in_one_step(waiting: Stored, tmp_path: Path) -> None:
    settings = copied(waiting[0], tmp_path)
    confirm_name("老教委", EDUCATION, settings, ACTOR)
    assert volume(settings, "督办") == [(7.0,)]
    before = len(Door(settings).kept())
    ((decision,),) = decisions(settings).select("id").rows()
    change_days(decision, date(2020, 1, 1), date(2024, 1, 31), settings, ACTOR)
    assert len(Door(settings).kept()) == before + 1
    # February lies after its last day: that row waits again.
    assert volume(settings, "督办") == [(3.0,)]
    ((again, first, last),) = decisions(settings).select("id", "valid_from", "valid_to").rows()
    assert (first, last) == (date(2020, 1, 1), date(2024, 1, 31))
    with pytest.raises(PanoramaError, match="before it begins"):
        change_days(again, date(2024, 2, 1), date(2024, 1, 1), settings, ACTOR)
    with pytest.raises(PanoramaError, match="no decision"):
        change_days(decision, None, None, settings, ACTOR)
    assert decisions(settings)["id"].to_list() == [again]
    assert events(settings, "name.days") == 1


def test_several_successors_in_one_cell_of_the_register_are_each_known_or_told_of(doubtful: Stored) -> None:
    settings, _ = doubtful
    ended = answer(settings, "select unit_code, successor, len(successor_ids) from mart.unit where ended order by 1")
    assert ended == [("101", "市乙局、市丙局", 2), ("105", "统战、民宗局", 1)]
    assert answer(settings, "select value from meta.remark where rule = 'V-ID-1'") == [("查无局",)]


def test_a_general_word_cannot_be_confirmed_as_a_name(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    with pytest.raises(PanoramaError, match="general word"):
        confirm_name("机关", EDUCATION, settings, ACTOR)


def test_rows_that_came_before_the_register_come_alive_when_it_arrives(tmp_path: Path) -> None:
    assert report_of(("work",)).refused == 3
    assert answer(after(tmp_path, ("work",), ("units",)), VOLUME) == [(12.0,)]


def test_files_in_any_order_give_the_same_marts(tmp_path: Path) -> None:
    one, other = after(tmp_path / "a", ("units",), ("work",)), after(tmp_path / "b", ("work",), ("units",))
    marts = "select unit_id, office_id, post_id, period, volume from mart.workload order by all"
    assert answer(one, marts) == answer(other, marts)


def test_a_post_without_its_office_is_refused_not_lost(doubtful: Stored) -> None:
    settings, report = doubtful
    sheet = sheet_of(report, "缺内设机构.csv")
    assert sheet.accepted + sheet.refused == 4
    ((total,),) = volume(settings, "信访")
    assert (total, len(told(settings, "reject", "缺内设机构.csv", "rule"))) in ((12.0, 1), (19.0, 0))


def test_an_office_that_the_register_does_not_know_is_taken_in_with_a_warning(doubtful: Stored) -> None:
    settings, _ = doubtful
    of_unit = f"select name, registered from mart.office where unit_id = {EDUCATION} order by registered"
    assert answer(settings, of_unit) == [("人事处", False), ("办公室", True)]
    assert told(settings, "remark", "没登记的内设机构.csv", "rule, value") == [("V-OFF-1", "人事处")]


def test_a_file_that_cannot_be_read_is_told_of_and_the_others_come_in(doubtful: Stored) -> None:
    _, report = doubtful
    assert report.exit_code == 2
    assert sheet_of(report, "内设机构.csv").accepted == 1
    assert [sheet.file for sheet in report.sheets if sheet.problem] == ["坏.xlsx", "名单（机密）.csv"]


def test_when_no_file_can_be_read_nothing_happens(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    first = current(settings)
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    report = dropped(settings, broken)
    assert (report.action, report.exit_code) == ("nothing", 2)
    assert current(settings).id == first.id
    assert drops(settings)["state"].to_list() == ["failed", "live"]


def test_a_secret_file_leaves_nothing_in_the_store(doubtful: Stored) -> None:
    settings, report = doubtful
    assert report.exit_code == 2
    kept = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert "不该留下的字".encode() not in kept


def test_numbers_of_persons_in_cells_headers_and_names_are_nowhere_in_the_store(numbered: Stored) -> None:
    settings, report = numbered
    assert report.exit_code == 0
    assert report.accepted == 5
    files = [file for file in settings.home.rglob("*") if file.is_file()]
    kept = b"".join(file.name.encode() + file.read_bytes() for file in files)
    frames = [str(pl.read_parquet(file, glob=False).rows()) for file in files if file.suffix == ".parquet"]
    said = "".join(
        [
            *frames,
            *report.lines("zh"),
            str(answer(settings, "from meta.part")),
            str(answer(settings, "from meta.remark")),
        ]
    )
    for number in NUMBERS:
        assert number.encode() not in kept
        assert number not in said
    assert len(list((settings.home / "originals").iterdir())) == 1, "the register alone is kept"


def test_originals_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    (kept,) = (settings.home / "originals").iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_refused_rows_come_out_as_a_workbook_that_can_be_mended_and_loaded(refused: Stored, tmp_path: Path) -> None:
    settings, report = copied(refused[0], tmp_path), refused[1]
    assert report.refused == 4
    out = tmp_path / "拒收.xlsx"
    with pytest.raises(Refused):
        write_rejects(report.drop_id or 0, out, settings, Actor("某单位", "unit", units=frozenset({1})))
    assert write_rejects(report.drop_id or 0, out, settings, ACTOR) >= 2
    book = openpyxl.load_workbook(out)
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    sheet = book.worksheets[1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:3] == ["单位名称", "内设机构", "岗位"]
    assert [row[0] for row in rows[1:]] == ["天津市教育局", "=1+1"], (
        "a row that only waits for a name is not mended here"
    )
    coloured = {(cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.comment}
    assert coloured == {(2, 7), (3, 1), (3, 5)}
    assert all(sheet.cell(*at).fill.fgColor.rgb == "FFFFD9D4" for at in coloured)
    assert "三十二台" in sheet.cell(2, 7).comment.text
    sheet.cell(2, 7).value = "3"
    sheet.cell(3, 1).value = "天津市生态环境局"
    sheet.cell(3, 5).value = "2024-02"
    book.save(out)
    mended = dropped(settings, out)
    assert (mended.exit_code, mended.accepted) == (0, 2)
    assert answer(settings, VOLUME) == [(20.0,)]
    # The refusals close; what waits for a name, or repeats another, stays. Taking the mending drop back reopens them.
    open_rows = "select distinct src_row from meta.reject where mended_by is null order by all"
    counts = "select sum(rows_rejected), sum(rows_mended) from meta.part where drop_id = 1"
    assert (answer(settings, open_rows), answer(settings, counts)) == ([(4,), (6,)], [(4, 2)])
    undo(mended.drop_id or 0, settings, ACTOR)
    assert (answer(settings, open_rows), answer(settings, counts)) == ([(2,), (3,), (4,), (6,)], [(4, 0)])


def test_a_mended_row_that_is_refused_again_is_the_one_to_mend_now_and_no_row_mended_is_told_to_the_leader(
    refused: Stored, tmp_path: Path
) -> None:
    settings, report = copied(refused[0], tmp_path), refused[1]
    attention = (Path("panorama/sql/questions/overview_attention.sql")).read_text(encoding="utf-8")
    held = attention[attention.index("held as (") + len("held as (") : attention.index("),\nlacking as")]
    # Rows that repeat others are no reason why a source is missing.
    assert answer(settings, held) == [("工作量", 3)]
    out = tmp_path / "拒收.xlsx"
    write_rejects(report.drop_id or 0, out, settings, ACTOR)
    book = openpyxl.load_workbook(out)
    book.worksheets[1].cell(2, 7).value = "很多"
    book.worksheets[1].cell(3, 1).value = "天津市生态环境局"
    book.worksheets[1].cell(3, 5).value = "2024-02"
    book.save(out)
    again = dropped(settings, out)
    assert again.refused == 1
    of_drops = "select part_id, src_row, mended_by is null from meta.reject order by all"
    assert answer(settings, f"select distinct * from ({of_drops})") == [
        (2, 2, False), (2, 3, False), (2, 4, True), (2, 6, True), (4, 2, True),
    ]  # fmt: skip
    assert answer(settings, held) == [("工作量", 2)]
    write_rejects(again.drop_id or 0, out, settings, ACTOR)
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[1]
    assert [cell.value for cell in sheet[1]].count(MARK) == 1
    sheet.cell(2, 7).value = "3"
    book.save(out)
    assert dropped(settings, out).accepted == 1
    assert answer(settings, "select distinct src_row from meta.reject where mended_by is null order by all") == [
        (4,),
        (6,),
    ]
    assert answer(settings, held) == [("工作量", 1)], "the row that waits for a name"


def test_the_workbook_to_mend_offers_the_choices_of_a_field(doubtful: Stored, tmp_path: Path) -> None:
    settings, report = doubtful
    out = tmp_path / "拒收.xlsx"
    write_rejects(report.drop_id or 0, out, settings, ACTOR)
    book = openpyxl.load_workbook(out)
    (register,) = (sheet for sheet in book.worksheets[1:] if sheet.cell(1, 1).value == "机构编码")
    rules = {str(rule.sqref): rule.formula1 for rule in register.data_validations.dataValidation}
    name, place = rules["D2"].split("!")
    assert "政府部门" in [cell.value for (cell,) in book[name.strip("'")][place.replace("$", "")]]
    assert book[name.strip("'")].sheet_state == "hidden"


@IN_BOTH
def test_rows_are_mended_cell_by_cell_by_a_person(refused: Stored, tmp_path: Path) -> None:
    settings, report = copied(refused[0], tmp_path), refused[1]
    sheet = sheet_to_mend(report.drop_id or 0, 2, settings, ACTOR)
    assert sheet is not None
    assert sheet.rows["row"].to_list() == [2, 3]
    with pytest.raises(PanoramaError, match="No cell was changed"):
        mend(sheet, sheet.rows, settings, ACTOR)
    edited = sheet.rows.with_columns(G=pl.when(pl.col("row") == 2).then(pl.lit("3")).otherwise("G"))
    mended = mend(sheet, edited, settings, ACTOR)
    assert (mended.accepted, mended.refused) == (1, 0)
    assert answer(settings, VOLUME) == [(12.0,)]
    done = current(settings).ask("intake_mended", ACTOR, drop_id=report.drop_id)
    assert done.select("src_row", "value", "by_file", "loaded_by").rows() == [
        (2, "三十二台", "工作量_页面修正.xlsx", ACTOR.name)
    ]
    assert sheet_to_mend(report.drop_id or 0, 2, settings, ACTOR).rows["row"].to_list() == [3]  # type: ignore[union-attr]


@IN_BOTH
def test_an_older_state_can_be_asked_for_by_day(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    first = current(settings)
    door = Door(settings)
    for day in (None, today(), today().isoformat()):
        snapshot = door.snapshot(day)
        assert snapshot is not None
        assert snapshot.id == first.id
    with pytest.raises(StoreError, match="or before"):
        door.snapshot(today() - timedelta(days=1))
    with pytest.raises(PanoramaError, match="no date"):
        door.snapshot("gestern")
    assert isinstance(door.snapshot().day, date)  # type: ignore[union-attr]


@IN_BOTH
def test_only_the_last_snapshots_are_kept_and_the_current_one_always(tmp_path: Path) -> None:
    settings = after(tmp_path, ("units",), ("work",), keep_snapshots=2)
    second = current(settings).id
    rebuild(settings, ACTOR)
    # Of the same second, which their names may say alike, all the same the last two.
    assert {path.name for path in (settings.home / "snapshots").iterdir()} == {
        f"{second}.duckdb",
        f"{current(settings).id}.duckdb",
    }
    assert second != current(settings).id
    assert answer(settings, "select count(*) from mart.unit") == [(2,)]
    assert verify(settings).broken is None


@pytest.mark.parametrize("folder", ["parts", "originals", "snapshots"])
def test_a_flipped_byte_in_any_file_is_found_and_named(tmp_path: Path, folder: str) -> None:
    settings = stocked(tmp_path)
    file = max((settings.home / folder).iterdir(), key=lambda path: path.stat().st_size)
    bytes_ = bytearray(file.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(bytes_)
    broken = verify(settings).broken
    assert broken is not None
    assert file.name in broken.zh


def test_a_missing_snapshot_is_said_to_be_missing_with_what_to_do(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    for file in (settings.home / "snapshots").iterdir():
        file.unlink()
    with pytest.raises(StoreError, match="panorama build"):
        Door(settings).snapshot()
    rebuild(settings, ACTOR)
    assert answer(settings, "select count(*) from mart.unit") == [(2,)]


def test_hostile_text_in_cells_and_file_names_stays_text(doubtful: Stored) -> None:
    settings, report = doubtful
    file = "x'; drop table y; --.csv"
    assert sheet_of(report, file).refused == 1
    assert told(settings, "reject", file, "value") == [(HOSTILE,)]
    assert volume(settings, "接待") == [(12.0,)]


def test_a_path_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PanoramaError, match="does not exist"):
        load([tmp_path / "nirgends.csv"], settings_at(tmp_path), ACTOR)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["天津市教育局", "市教育局", "教育局", "", "天津市生态环境局"]),
        st.sampled_from(["2024-01", "2024-02", "2024-13", ""]),
        st.sampled_from(["1", "2", "x", "-3", ""]),
    ),
    min_size=1,
    max_size=8,
)


@given(st.lists(LINES, min_size=8, max_size=8))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_ends_as_accepted_refused_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[str, str, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    # Each file tells of an office of its own, so that none of its rows repeats another's.
    paths = [
        work(
            folder,
            [f"{unit},办公室{at},文书,收文,{period},业务系统,{volume}" for unit, period, volume in lines],
            f"工作量{at}.csv",
        )
        for at, lines in enumerate(files)
    ]
    report = check([units(folder, UNITS), *paths], settings_at(folder), ACTOR)
    sheets = {sheet.file: sheet for sheet in report.sheets}
    for path, lines in zip(paths, files, strict=True):
        sheet = sheets[path.name]
        assert sheet.read == sheet.accepted + sheet.refused + sheet.skipped == len(lines)
        good = {
            (unit.replace("天津市", "市"), period)
            for unit, period, volume in lines
            if "市" in unit and period[-1:] in "12" and period and volume in ("1", "2")
        }
        assert sheet.accepted >= len(good) if all(volume for _, _, volume in lines) else True


FINDING_HEAD = "问题编号,被巡视巡察单位,巡察轮次,反馈日期,问题描述,整改进展,整改时限"


def findings(folder: Path, rows: Sequence[str], name: str = "巡察问题.csv") -> Path:
    return write(folder / name, FINDING_HEAD, rows)


def test_a_drop_tells_which_figures_of_the_overview_it_moved_and_keeps_it(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    path = findings(
        tmp_path,
        [
            "1,天津市教育局,第一轮,2024-03-01,超编进人,整改中,2024-12-31",
            "2,天津市教育局,第一轮,2024-03-01,档案不全,已完成,2024-12-31",
        ],
    )
    first, before = current(settings), everything(settings.home)
    foretold = check([path], settings, ACTOR)
    assert (foretold.accepted, foretold.waiting_names) == (2, 0), "a check sees what is live"
    assert everything(settings.home) == before
    assert current(settings).id == first.id
    expected = {"findings": (None, 2), "findings_open": (None, 1), "findings_overdue": (None, 1)}
    assert {move.figure: (move.before, move.after) for move in foretold.moves} == expected
    assert answer(settings, "select count(*) from mart.finding") == [(0,)]
    report = dropped(settings, path)
    assert report.moves == foretold.moves
    kept = "select figure, before, after from meta.move where drop_id = 2 order by all"
    told = answer(settings, kept)
    assert {figure: (before, after) for figure, before, after in told} == expected
    # Later drops, and a drop before this one taken back, leave what was told of it as it was.
    dropped(settings, findings(tmp_path, ["1,天津市生态环境局,第一轮,2024-03-01,混岗,整改中,2024-12-31"], "二.csv"))
    undo(1, settings, ACTOR)
    assert answer(settings, kept) == told
    rebuild(settings, ACTOR)
    assert answer(settings, kept) == told
    assert answer(settings, "select state from meta.drop order by drop_id") == [("withdrawn",), ("live",), ("live",)]


def test_one_activity_by_code_and_by_name_is_one_key(doubtful: Stored, tmp_path: Path) -> None:
    settings = copied(doubtful[0], tmp_path)
    assert sheet_of(doubtful[1], "编码.csv").refused == 1
    assert told(settings, "reject", "编码.csv", "rule, value, message") == [
        ("V-DUP", None, "与第2行关键字相同、内容不同，只接收先出现的一行")
    ]
    later = dropped(settings, work(tmp_path, [BY_CODE], "补报.csv"))
    assert [(change.new, change.changed, change.same) for change in later.changes] == [(0, 1, 0)]
    assert volume(settings, "核稿") == [(17.0,)]


def test_a_file_that_is_the_same_as_another_of_its_drop_is_told_of(repeated: Stored) -> None:
    message = repeated[1].message
    assert "2 个文件，接收 5 行" in message.zh
    assert "“另存.csv”与“deep/单位.csv”内容完全相同，只读一次" in message.zh
    assert '"另存.csv" is the same as "deep/单位.csv"' in message.en


def test_rows_that_a_corrected_file_of_the_same_name_leaves_out_are_told_of(audited: Stored, tmp_path: Path) -> None:
    settings = copied(audited[0], tmp_path)
    assert "同名文件" not in audited[1].message.zh
    # One is of another unit after all, one is taken out; one is as it was, one is new.
    mended = (
        "天津市生态环境局,甲审计,2024,1,问题1",
        "天津市教育局,甲审计,2024,2,问题2",
        "天津市教育局,甲审计,2024,4,问题4",
    )
    again = write(tmp_path / "审计清单.csv", AUDIT_HEAD, mended)
    for take in (check, load):
        report = take([again], settings, local_actor())
        assert "批次 2 的同名文件“审计清单.csv”里有 2 行这次没有，仍然有效" in report.message.zh
        assert '2 rows of "审计清单.csv" in drop 2 did not come again' in report.message.en
    assert answer(settings, "select count(*) from mart.finding") == [(5,)]
    said = load([audit(tmp_path)], settings, local_actor())
    assert (said.action, "其后批次 3 装入了同名文件" in said.message.zh) == ("nothing", True)
    undo(2, settings, local_actor())
    assert answer(settings, "select count(*) from mart.finding") == [(3,)]


def test_a_file_of_the_same_name_about_other_matters_is_no_correction(audited: Stored, tmp_path: Path) -> None:
    settings = copied(audited[0], tmp_path)
    file = write(tmp_path / "审计清单.csv", AUDIT_HEAD, ["天津市教育局,2023年审计,2023,1,问题"])
    assert "同名文件" not in load([file], settings, local_actor()).message.zh


ASKED = (
    "select part_id, drop_id, file, dataset, rows_read, rows_accepted, rows_rejected, rows_waiting from meta.part order by all",
    'select part_id, row_id, src_row, "column", field, value, rule, message from meta.reject order by all',
    'select part_id, row_id, src_row, "column", field, value, rule, message from meta.remark order by all',
    "select * exclude (unit_id) from mart.workload order by all",
    "select name, unit_code, row_id from mart.unit order by all",
)


Told = list[list[tuple[object, ...]]]


def loaded(place: Path, *rooms: str) -> tuple[Settings, list[str], Told]:
    """Files of all sorts of rows taken in where there is no room of these kinds: which were in memory until then, what is told."""
    doubtful = (*WORK, "天津市教育局,办公室,文书,收文,2024-13,业务系统,3", "没有的局,办公室,,收文,2024-01,业务系统,5")
    bad = [f"天津市教育局,办公室,文书,收文,2024-13,业务系统,{at}" for at in range(3)]
    settings, begun, written = settings_at(place), [], part_files._written
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            part_files, "_written", lambda part, parsed: (begun.append(part.file), written(part, parsed))[1]
        )
        for room in rooms:
            patched.setattr(part_files, room, 0)
        dropped(settings, units(place), work(place, doubtful), work(place, bad, "全部拒收.csv"))
    return settings, begun, [answer(settings, question) for question in ASKED]


@pytest.fixture(scope="module")
def roomy(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Told]:
    """Likewise where there is room for all."""
    return loaded(tmp_path_factory.mktemp("roomy"))[1:]


@pytest.mark.parametrize("rooms", [("ROOM",), ("ROOM_OF_DROP",), ("ROOM", "ROOM_OF_DROP")])
def test_rows_set_aside_until_a_drop_is_taken_in_are_the_same_rows_and_so_they_are_when_all_is_built_again(
    tmp_path: Path, roomy: tuple[list[str], Told], rooms: tuple[str, ...]
) -> None:
    in_memory, kept = roomy
    assert len(in_memory) == 3, "all were in memory until they were taken in"
    settings, begun, aside = loaded(tmp_path, *rooms)
    assert begun == [], "and none was, where there is no room"
    assert aside == kept
    rebuild(settings, ACTOR)
    assert verify(settings).broken is None
    assert [answer(settings, question) for question in ASKED] == kept
    assert [len(rows) > 0 for rows in kept] == [True, True, False, True, True]


@pytest.mark.parametrize("in_stretches", [False, True])
def test_what_is_on_the_disk_already_is_not_set_aside_again_when_the_room_of_a_drop_is_used_up(
    in_stretches: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long table above a short one, after files that left no room; or a text that was judged in stretches."""
    settings = stocked(tmp_path, with_work=False)
    rows = [f"天津市教育局,办公室,岗位{at},收文,2024-01,业务系统,{at % 9}" for at in range(400)]
    short = [f"发文,天津市教育局,办公室,岗位{at},2024-01,业务系统,1" for at in range(5)]
    file = work(tmp_path, [*rows, "事项,单位名称,内设机构,岗位,统计期,数据来源,工作量", *short])
    if in_stretches:
        monkeypatch.setattr(large, "LARGE", 1)
    monkeypatch.setattr(part_files, "ROOM", 20_000)
    monkeypatch.setattr(part_files, "ROOM_OF_DROP", 10)
    report = dropped(settings, file)
    assert [sheet.accepted for sheet in report.sheets] == [400, 5]
    assert answer(settings, "select count(*) from mart.workload") == [(405,)]


def test_of_files_whose_rows_were_set_aside_the_original_opens_at_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only of a text that was judged in stretches is each line a row."""
    monkeypatch.setattr(part_files, "ROOM", 0)
    broken = '天津市教育局,办公室,"文书\n机要",收文,2024-01,业务系统,3'
    text = work(tmp_path, [broken, WORK[1], WORK[2].replace(",5", ",很多")])
    lines = (WORK_HEAD, *WORK[:2], WORK[2].replace("2024-01", "2024-13"))
    rows = [line.replace("收文", "发文").split(",") for line in lines]
    book = write_xlsx(tmp_path / "工作量.xlsx", rows)
    settings = stocked(tmp_path, with_work=False)
    report = dropped(settings, text, book)
    assert (report.accepted, report.refused) == (4, 2)
    out = tmp_path / "拒收.xlsx"
    assert write_rejects(report.drop_id or 0, out, settings, ACTOR) == 2
    of_text, of_book = (
        sheet for sheet in openpyxl.load_workbook(out).worksheets[1:] if sheet.cell(1, 1).value == "单位名称"
    )
    assert [sheet.cell(2, 1).value for sheet in (of_text, of_book)] == ["天津市生态环境局"] * 2
    assert (of_text.cell(2, 7).value, of_book.cell(2, 5).value) == ("很多", "2024-13")
    snapshot = current(settings)
    for (row_id,) in answer(settings, "select row_id from meta.reject order by all"):
        found = original(int(row_id), "saturation", snapshot, ACTOR, settings)
        [line] = [line for line in found.excerpt.lines if line.row == found.row]
        assert (found.row, line.cells[0]) == (4, "天津市生态环境局")


def test_what_is_said_of_refused_rows_waits_on_the_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 100_000
    monkeypatch.setattr(part_files, "ROOM_OF_DROP", room)
    bad = [f"天津市教育局,办公室,文书,收文,2024-13,业务系统,{at}" for at in range(400)]
    files = [work(tmp_path, [f"没有的局{at},,,收文,2024-13,业务系统,5", *bad], f"{at}.csv") for at in range(5)]
    held: list[int] = []
    take_in = taking_in._take_in

    def seen(*given: Any) -> DropReport:
        parsed = [sheet.parsed for _, reading in given[4] for sheet in reading.sheets]
        frames = [frame for one in parsed if one for frame in (one.rows, one.remarks, one.whose, one.mends)]
        held.append(sum(int(frame.estimated_size()) for frame in frames))
        return take_in(*given)

    monkeypatch.setattr(taking_in, "_take_in", seen)
    settings = stocked(tmp_path, with_work=False)
    report = load(files, settings, local_actor())
    assert (report.accepted, report.refused) == (0, 5 * 401)
    assert held[0] <= room, "what five sheets say of their rows takes more than that"
    assert answer(settings, "select count(distinct row_id) from meta.reject") == [(5 * 401,)]
    assert verify(settings).broken is None
