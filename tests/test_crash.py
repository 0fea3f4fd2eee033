"""Killed at any moment, out of disk, two at once: the old state or the new one, never a mix, and the next load works."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from panorama.access.actor import local_actor
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store.drops import drops, load
from panorama.store.verify import verify
from tests.stock import VOLUME, WORK, answer, dropped, stocked, work

ROOT = Path(__file__).parents[1]
ACTOR = local_actor()
# The child says when it is about to begin, so that the blow falls within the load and not within its imports.
CHILD = """
import sys
from pathlib import Path
from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.store import drops, build, decisions
import sqlglot, panorama.store.models
panorama.store.models.order()
print("ready", flush=True)
report = drops.load([Path(sys.argv[2])], Settings(home=Path(sys.argv[1])), local_actor())
print(report.exit_code, flush=True)
"""


def child(home: Path, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(home), str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def newer(folder: Path) -> Path:
    return work(folder, [line.replace("2024-", "2025-") for line in WORK], "新.csv")


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long an undisturbed load takes here."""
    folder = tmp_path_factory.mktemp("undisturbed")
    process = child(stocked(folder).home, newer(folder))
    assert said(process) == "ready"
    start = time.perf_counter()
    assert said(process) == "0"
    process.wait()
    return time.perf_counter() - start


@pytest.mark.parametrize("moment", [0.05, 0.4, 0.6, 0.7, 0.8, 0.88, 0.95, 1.0])
def test_a_load_killed_at_any_moment_leaves_the_old_state_or_the_new(
    tmp_path: Path, seconds: float, moment: float
) -> None:
    settings = stocked(tmp_path)
    file = newer(tmp_path)
    process = child(settings.home, file)
    assert said(process) == "ready"
    time.sleep(seconds * moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    ((total,),) = answer(settings, VOLUME)
    live = drops(settings)["state"].to_list().count("live")
    assert (total, live) in ((12.0, 1), (24.0, 2))
    assert verify(settings).broken is None
    load([file], settings, ACTOR)
    assert answer(settings, VOLUME) == [(24.0,)]
    assert verify(settings).broken is None
    assert not list((settings.home / "originals").glob("*.new"))
    assert all(path.suffix == ".duckdb" for path in (settings.home / "snapshots").iterdir())


def test_what_a_dead_load_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    home = settings.home
    (home / "originals" / "abc.new").write_text("halb")
    (home / "snapshots" / "20990101-000000.duckdb").write_text("halb")
    (home / "snapshots" / "spill-x").mkdir()
    dropped(settings, newer(tmp_path))
    assert not (home / "originals" / "abc.new").exists()
    assert len(list((home / "snapshots").iterdir())) == 2


def test_two_loads_at_once_queue_and_both_count(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    one, other = work(tmp_path), newer(tmp_path)
    processes = [child(settings.home, one), child(settings.home, other)]
    assert [said(process) for process in processes] == ["ready", "ready"]
    assert [said(process) for process in processes] == ["0", "0"]
    assert [process.wait() for process in processes] == [0, 0]
    assert answer(settings, VOLUME) == [(24.0,)]
    assert drops(settings)["state"].to_list() == ["live"] * 3


def test_one_file_loaded_twice_at_once_comes_in_once(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    file = work(tmp_path)
    processes = [child(settings.home, file), child(settings.home, file)]
    assert [said(process) for process in processes] == ["ready", "ready"]
    assert [said(process) for process in processes] == ["0", "0"]
    assert [process.wait() for process in processes] == [0, 0]
    assert drops(settings).height == 2


FULL = """
import resource, signal, sys
from pathlib import Path
from panorama.access.actor import local_actor
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store import drops, decisions, build
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    drops.load([Path(sys.argv[2])], Settings(home=Path(sys.argv[1])), local_actor())
except StoreError as fault:
    print(fault.say("zh"))
    sys.exit(7)
"""


@pytest.mark.parametrize("limit", [100, 4096, 300_000])
def test_a_full_disk_is_one_sentence_and_changes_nothing(tmp_path: Path, limit: int) -> None:
    settings = stocked(tmp_path)
    file = newer(tmp_path)
    command = [sys.executable, "-c", FULL, str(settings.home), str(file), str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 7, done.stderr[-2000:]
    assert done.stdout.count("\n") == 1
    assert answer(settings, VOLUME) == [(12.0,)]
    assert verify(settings).broken is None
    dropped(settings, file)
    assert answer(settings, VOLUME) == [(24.0,)]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "datei").write_text("")
    with pytest.raises(StoreError, match=r"datei"):
        load([work(tmp_path)], Settings(home=tmp_path / "datei" / "store"), ACTOR)


@contextmanager
def without_rights() -> Iterator[None]:
    """Whoever may do everything is nobody for a while."""
    mighty = os.geteuid() == 0
    if mighty:
        os.seteuid(65534)
    try:
        yield
    finally:
        if mighty:
            os.seteuid(0)


def test_a_store_that_may_only_be_read_is_one_sentence_and_stays_as_it_is(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        settings = stocked(folder)
        file = newer(folder)
        inside = [settings.home, *settings.home.rglob("*")]
        for path in inside:
            path.chmod(0o555 if path.is_dir() else 0o444)
        with without_rights(), pytest.raises(StoreError, match="may not be written") as fault:
            load([file], settings, ACTOR)
        assert "没有权限写" in fault.value.text.zh
        for path in inside:
            path.chmod(0o755 if path.is_dir() else 0o644)
        assert answer(settings, VOLUME) == [(12.0,)]
        assert drops(settings).height == 1


def test_a_store_can_be_moved_as_a_folder(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    moved = Settings(home=tmp_path / "anderswo")
    shutil.move(settings.home, moved.home)
    assert answer(moved, VOLUME) == [(12.0,)]
    dropped(moved, newer(tmp_path))
    assert answer(moved, VOLUME) == [(24.0,)]
