"""The watched folder: whole files only, in once, moved aside with their report; nothing lost whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from panorama.access.actor import local_actor
from panorama.errors import PanoramaError, StoreError
from panorama.settings import Settings
from panorama.store import inbox as module
from panorama.store.inbox import DONE, QUIET_SECONDS, REPORT, Inbox, candidates, watch
from panorama.store.report import DropReport
from tests.browser import serving
from tests.stock import VOLUME, WORK, answer, settings_at, units, work

ROOT = Path(__file__).resolve().parents[1]


def inbox_at(tmp_path: Path) -> tuple[Inbox, Settings, Path]:
    folder = tmp_path / "收件夹"
    folder.mkdir()
    settings = settings_at(tmp_path)
    return Inbox(folder, settings, local_actor()), settings, folder


def results(folder: Path) -> list[Path]:
    return sorted((folder / DONE).iterdir()) if (folder / DONE).exists() else []


def test_a_file_counts_once_it_was_left_alone_for_two_seconds(tmp_path: Path) -> None:
    inbox, _, folder = inbox_at(tmp_path)
    first = units(folder)
    assert inbox.whole(100.0) == []
    assert inbox.whole(100.0 + QUIET_SECONDS - 0.1) == []
    assert inbox.whole(100.0 + QUIET_SECONDS) == [first]
    # One still being written holds back those beside it: what comes together is read together.
    slow = work(folder)
    assert inbox.whole(103.0) == []
    with slow.open("a", encoding="utf-8") as out:
        out.write(WORK[0] + "\n")
    assert inbox.whole(105.0) == []
    assert inbox.whole(106.9) == []
    assert inbox.whole(107.0) == sorted([first, slow])


def test_a_file_dated_in_the_future_is_taken_in_like_any_other(tmp_path: Path) -> None:
    inbox, settings, folder = inbox_at(tmp_path)
    for path in (units(folder), work(folder)):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    assert inbox.whole(100.0) == []
    report = inbox.take(inbox.whole(100.0 + QUIET_SECONDS))
    assert report is not None
    assert answer(settings, VOLUME) == [(12.0,)]
    assert candidates(folder) == []


def test_passing_and_hidden_files_links_and_what_was_dealt_with_are_left_alone(tmp_path: Path) -> None:
    _, _, folder = inbox_at(tmp_path)
    for name in (
        "~$单位.xlsx",
        ".~lock.单位.ods#",
        "单位.xlsx.tmp",
        "单位.csv.part",
        "单位.zip.crdownload",
        "Thumbs.db",
    ):
        (folder / name).write_text("x")
    (folder / DONE / "批次1").mkdir(parents=True)
    (folder / DONE / "批次1" / "单位.csv").write_text("x")
    (folder / "链接.csv").symlink_to("/etc/hostname")
    (folder / "南开").mkdir()
    (folder / "南开" / "台账.csv").write_text("x")
    assert candidates(folder) == [folder / "南开" / "台账.csv"]


def test_what_is_taken_in_is_moved_aside_with_its_report_and_the_rows_to_mend(tmp_path: Path) -> None:
    inbox, settings, folder = inbox_at(tmp_path)
    (folder / "南开").mkdir()
    paths = [units(folder), work(folder / "南开", [*WORK, WORK[0].replace(",3", ",三台")])]
    report = inbox.take(paths)
    assert report is not None
    assert answer(settings, VOLUME) == [(12.0,)]
    (place,) = results(folder)
    assert place.name.endswith("批次1 有拒收")
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) == [
        "单位.csv",
        "南开/工作量.csv",
        "报告.txt",
        "拒收的行_批次1.xlsx",
    ]
    text = (place / REPORT).read_text(encoding="utf-8-sig")
    assert "拒收 1" in text
    assert "1 refused" in text
    assert not (folder / "南开").exists()


def test_the_same_bytes_again_change_nothing_and_are_moved_aside_too(tmp_path: Path) -> None:
    inbox, settings, folder = inbox_at(tmp_path)
    inbox.take([units(folder)])
    before = answer(settings, "select count(*) from meta.drop")
    report = inbox.take([units(folder)])
    assert report is not None
    assert report.action == "nothing"
    assert answer(settings, "select count(*) from meta.drop") == before
    assert [place.name.split(" ")[-1] for place in results(folder)] == ["批次1", "装入过"]


def test_a_file_that_cannot_be_read_is_moved_aside_with_the_sentence(tmp_path: Path) -> None:
    inbox, _, folder = inbox_at(tmp_path)
    bad = folder / "坏.xlsx"
    bad.write_bytes(b"PK\x03\x04 broken")
    inbox.take([bad])
    (place,) = results(folder)
    assert place.name.endswith("没有读入")
    assert "不完整" in (place / REPORT).read_text(encoding="utf-8-sig")


def test_when_the_store_cannot_be_written_the_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, _, folder = inbox_at(tmp_path)
    path = units(folder)

    def full(*_: object, **__: object) -> DropReport:
        raise StoreError("磁盘空间不足", "The disk is full")

    monkeypatch.setattr(module, "load", full)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    told: list[DropReport | PanoramaError] = []
    stop = Event()
    thread = Thread(target=watch, args=(inbox, stop, told.append))
    thread.start()
    while len(told) < 2 and thread.is_alive():
        time.sleep(0.01)
    stop.set()
    thread.join(10)
    assert all(isinstance(one, StoreError) for one in told)
    assert path.exists()


def test_two_that_watch_one_folder_take_a_file_once(tmp_path: Path) -> None:
    inbox, settings, folder = inbox_at(tmp_path)
    other = Inbox(folder, settings, local_actor())
    path = units(folder)
    reports: list[DropReport | None] = []
    threads = [Thread(target=lambda one=one: reports.append(one.take([path]))) for one in (inbox, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(report is None for report in reports) == [False, True]
    assert answer(settings, "select count(*) from meta.drop") == [(1,)]


def until(done: Path, seconds: float = 180.0) -> None:
    end = time.monotonic() + seconds
    while not list(done.glob(f"*/{REPORT}")):
        assert time.monotonic() < end, "nothing was taken in"
        time.sleep(0.1)


def test_a_process_of_its_own_watches_for_several_dashboards(tmp_path: Path) -> None:
    home, folder = tmp_path / "store", tmp_path / "inbox"
    process = subprocess.Popen(
        [sys.executable, "-m", "panorama", "watch", "--home", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        assert str(folder) in process.stdout.readline()
        units(folder)
        until(folder / DONE)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "批次 1" in process.stdout.read()
    finally:
        process.kill()
        process.wait()


def test_a_dashboard_watches_its_inbox(tmp_path: Path) -> None:
    home, folder = tmp_path / "store", tmp_path / "inbox"
    folder.mkdir()
    with serving(home):
        units(folder)
        until(folder / DONE)
    assert answer(Settings(home=home), "select count(*) from mart.unit") == [(2,)]
