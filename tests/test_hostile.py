"""Broken and hostile files end as one sentence in both languages; this process lives on and keeps no files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
import workbooks
import xlsxwriter

from panorama.access.actor import local_actor
from panorama.errors import Unreadable
from panorama.intake import nursery, opening
from panorama.intake.child import PATIENCE, out_of_time
from panorama.intake.opening import open_file
from panorama.settings import Settings
from panorama.store import drops
from tests.processes import memory

pytestmark = pytest.mark.children
SETTINGS = Settings()


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what this process leaves behind is told from what others do at the same time."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))


def refusal(path: Path, name: str | None = None, settings: Settings = SETTINGS, patience: int = 1) -> Unreadable:
    """The sentence for a file that must not open, with what every refusal has to hold.

    patience: how often its time a reader may be given, which waits for a processor.
    """
    begun = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        open_file(path, settings, name)
    assert time.monotonic() - begun < patience * settings.read_seconds + 2
    assert not list(Path(tempfile.gettempdir()).glob("panorama-*"))
    text = caught.value.text
    assert (name or path.name) in text.zh
    assert (name or path.name) in text.en
    assert "Traceback" not in text.zh + text.en
    return caught.value


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


HOSTILE: list[tuple[Callable[[Path], Path], str, str]] = [
    (workbooks.far_cell, "范围过大", "too large inside"),
    (workbooks.false_count, "范围过大", "too large inside"),
    (workbooks.huge_cell, "解压后过大", "unpacks to far more"),
    (workbooks.billion_laughs, "实体声明", "declares entities"),
    (workbooks.outside_entity, "实体声明", "declares entities"),
    (workbooks.encrypted_stand_in, "有密码", "password"),
]


@pytest.mark.parametrize(("make", "zh", "en"), HOSTILE)
def test_a_hostile_workbook_becomes_a_sentence(tmp_path: Path, make: Callable[[Path], Path], zh: str, en: str) -> None:
    text = refusal(make(tmp_path / "坏文件.xlsx")).text
    assert zh in text.zh
    assert en in text.en


@pytest.mark.parametrize("make", [workbooks.huge_cell, workbooks.many_cells])
def test_a_bomb_is_refused_at_once_and_this_process_hardly_grows(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "炸弹.xlsx")
    Path("/proc/self/clear_refs").write_text("5")
    before, begun = memory("VmRSS"), time.monotonic()
    assert "解压后过大" in refusal(path).text.zh
    assert time.monotonic() - begun < 5
    assert memory("VmHWM") - before < 50 << 20


def test_a_check_of_files_without_a_table_says_so_and_builds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a large store to build takes minutes."""

    def built(*_: object) -> None:
        raise AssertionError("there is nothing to build of")

    monkeypatch.setattr(drops, "build", built)
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 and no package")
    report = drops.check([path], Settings(home=tmp_path / "store"), local_actor())
    assert (report.action, report.drop_id, report.exit_code, report.accepted) == ("check", None, 2, 0)
    assert report.message.zh == "核对（未装入）：0 个文件，接收 0 行，拒收 0 行；1 个文件没有读入"
    [sheet] = report.sheets
    assert sheet.problem is not None
    assert "坏.xlsx" in sheet.problem.zh


def test_a_workbook_full_of_cells_is_not_told_of_a_stray_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is large by what it holds: where nothing strays there is nothing to be found."""
    path, small = tmp_path / "很大.xlsx", Settings(read_memory_mib=400)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(60_000):
            sheet.write_row(row, 0, [f"第{row}行第{column}列的一段文字" for column in range(12)])
    monkeypatch.setattr(opening, "_FULL", 16 << 20)
    text = refusal(path, settings=small).text
    assert "内容过大" in text.zh
    assert "too much" not in text.en
    assert "400 MB of memory" in text.en
    monkeypatch.setattr(opening, "_FULL", 1 << 40)
    assert "误填的单元格" in refusal(path, settings=small).text.zh


def test_a_text_too_large_to_be_read_whole_is_told_why_and_not_to_be_saved_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "很大.csv"
    path.write_bytes(b"sep=,\n" + b'a,b,c,d,"e\nf"\n' * 4_000_000)
    text = refusal(path, settings=Settings(read_memory_mib=600)).text
    assert "内容过大" in text.zh
    assert "columns further down" in text.en
    assert "CSV" not in text.zh + text.en


def _children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_a_reader_that_the_system_kills_leaves_nothing_and_says_that_memory_ran_out(tmp_path: Path) -> None:
    path = tmp_path / "慢.csv"
    path.write_bytes(b'a"b,c\n' * 8_000_000)
    nursery.close()
    nursery.warm()
    kept = nursery._idle.get()
    nursery._idle.put(kept)
    assert kept.pid is not None
    serving = kept.pid

    def kill() -> None:
        while not (found := _children(serving)):
            time.sleep(0.005)
        # There and not yet written says nothing of what the file is.
        while not any(one.read_text("utf-8") for one in Path(tempfile.gettempdir()).glob("panorama-*/content")):
            time.sleep(0.005)
        os.kill(found[0], signal.SIGKILL)

    killer = Thread(target=kill, daemon=True)
    killer.start()
    text = refusal(path).text
    killer.join(5)
    assert "内存" in text.zh
    assert "秒" not in text.zh
    # The one that forks them lives on, and the next file is read.
    assert kept.is_alive()
    assert open_file(written(tmp_path / "好.csv", "单位,数量\n甲,1\n".encode()), SETTINGS).kind == "csv"


BROKEN: list[tuple[str, bytes, str]] = [
    ("空.xlsx", b"", "没有任何内容"),
    ("网页.xls", "<html><body><table><tr><td>单位</td></tr></table></body></html>".encode(), "HTML"),
    ("表格2003.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "XML 表格 2003"),
    ("报告.xlsx", b"%PDF-1.7 ...", "PDF"),
    ("照片.csv", b"\x89PNG\r\n\x1a\n....", "图片"),
    ("半个.xlsx", b"PK\x03\x04" + b"\0" * 200, "不完整"),
    ("乱码.csv", b"a,b\n\0\0\0\0\1\0\0\1,1\n", "二进制"),
    ("西文.csv", "单位,caf".encode() + b"\xe9\n", "编码无法识别"),
    ("控制符.csv", b"a,b\n1,\x01\x02\n", "控制字符"),
    ("全空白.csv", b" " * (2 << 20), "没有任何内容"),
]


@pytest.mark.parametrize(("name", "content", "zh"), BROKEN)
def test_a_broken_file_is_told_from_its_content(tmp_path: Path, name: str, content: bytes, zh: str) -> None:
    assert zh in refusal(written(tmp_path / name, content)).text.zh


def test_a_truncated_workbook_is_incomplete(tmp_path: Path) -> None:
    whole = workbooks.write_xlsx(tmp_path / "整.xlsx", [["单位"], ["市教委"]]).read_bytes()
    assert "不完整" in refusal(written(tmp_path / "断.xlsx", whole[: len(whole) // 2])).text.zh


@pytest.mark.parametrize(
    ("entry", "zh"),
    [
        ("xl/workbook.bin", "已损坏"),
        ("xl/vbaProject.bin", "压缩包"),
        ("content.xml", "压缩包"),
        ("[Content_Types].xml", "内部结构"),
        ("word/document.xml", "Word"),
        ("a.csv", "先解压"),
    ],
)
def test_other_packages_are_refused_with_the_remedy(tmp_path: Path, entry: str, zh: str) -> None:
    import zipfile

    path = tmp_path / "其他.xlsx"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(entry, "x")
    assert zh in refusal(path).text.zh


def test_an_open_quote_is_told_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path / "引号.csv", '单位,备注\n甲,"换\n行"\n乙,"没有结束\n丙,3\n'.encode())
    text = refusal(path).text
    assert "第 3 行" in text.zh
    assert "row 3" in text.en


def test_megabytes_of_blank_cells_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "空行.csv", "单位,数量\n".encode() + b"," * (2 << 20))
    assert "16384" in refusal(path).text.zh


@pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork each file has a process from nothing")
def test_readers_that_work_side_by_side_are_forked_from_one_and_outlive_it(tmp_path: Path) -> None:
    path = written(tmp_path / "好.csv", "单位,数量\n甲,1\n".encode())
    nursery.close()
    nursery.ready(3)
    kept = [nursery._idle.get() for _ in range(3)]
    [first] = [one.pid for one in kept if one.pid]
    assert len(_children(first)) == 2
    os.kill(first, signal.SIGKILL)
    while kept[-1].is_alive() and kept[0].is_alive():
        time.sleep(0.005)
    assert [one.is_alive() for one in kept] == [one.pid is None for one in kept]
    for one in kept:
        nursery._idle.put(one)
    # The dead one is passed by.
    assert [open_file(path, SETTINGS).kind for _ in range(3)] == ["csv"] * 3
    assert nursery._idle.qsize() == 2
    nursery.close()


def test_a_reader_out_of_time_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "慢.csv"
    path.write_bytes(b'a"b,c\n' * 8_000_000)
    settings = Settings(read_seconds=1)
    assert "1 秒" in refusal(path, settings=settings, patience=PATIENCE).text.zh


CROWDED = """
import multiprocessing, os, time
from panorama.intake.child import out_of_time, waited
def burn():
    while True:
        pass
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
others = [multiprocessing.get_context("fork").Process(target=burn, daemon=True) for _ in range(4)]
for other in others:
    other.start()
begun = time.monotonic()
while time.process_time() < 0.5:
    pass
passed = time.monotonic() - begun
print(passed, waited(os.getpid()), out_of_time(passed, passed * 0.8, os.getpid()), out_of_time(passed, passed / 3, os.getpid()))
for other in others:
    other.kill()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the clock alone guards")
def test_what_a_reader_waits_for_a_processor_is_not_its_own_time() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CROWDED], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    passed, without, over, at_last = told.split()
    assert float(passed) > 0.5
    assert float(without) > 0.4 * float(passed)
    assert (over, at_last) == ("False", "True")


def test_a_reader_that_stands_still_has_its_seconds_and_no_more() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert not out_of_time(0.9, 1, child.pid)
        assert out_of_time(1.1, 1, child.pid)
        child.kill()


def test_a_file_above_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = written(tmp_path / "大.csv", b"a,b\n" * 300_000)
    assert "上限 1 MB" in refusal(path, settings=Settings(max_file_mib=1)).text.zh


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "找不到" in refusal(tmp_path / "无.csv").text.zh


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "文件夹" in refusal(tmp_path).text.zh


def test_the_name_given_by_the_user_is_the_one_told(tmp_path: Path) -> None:
    assert "台账.xls" in refusal(written(tmp_path / "8f3a", b"%PDF"), name="台账.xls").text.zh


@pytest.mark.parametrize(
    ("cells", "name", "sheet"),
    [
        ([["单位"], ["甲"]], "【机密】台账.xlsx", "台账"),
        ([["单位"], ["甲"]], "台账_绝密.xlsx", "台账"),
        ([["单位"], ["甲"]], "台账.xlsx", "秘密★"),
        ([["秘密★10年"], ["单位", "编制"], ["甲", 1]], "台账.xlsx", "台账"),
        ([["密级：机密"], ["单位", "编制"], ["甲", 1]], "台账.xlsx", "台账"),
        ([["单位", "密级"], ["甲", "公开"], ["乙", "秘密"]], "台账.xlsx", "台账"),
    ],
)
def test_a_file_marked_secret_is_refused(tmp_path: Path, cells: workbooks.Cells, name: str, sheet: str) -> None:
    path = workbooks.write_xlsx(tmp_path / name, cells, sheet=sheet)
    text = refusal(path).text
    assert "涉密" in text.zh
    assert "state secret" in text.en


def test_an_old_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    path = workbooks.write_xls(tmp_path / "旧.xls", [["单位"], ["甲"]])
    data = path.read_bytes()
    begin = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    after = begin + 20
    filepass = b"\x2f\x00\x04\x00\x00\x00\x00\x00"
    path.write_bytes(data[:after] + filepass + data[after + len(filepass) :])
    assert "有密码" in refusal(path).text.zh
