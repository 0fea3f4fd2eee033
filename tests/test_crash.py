"""Killed at any moment, out of disk, two at once: the old state or the new one, never a mix, and the next load works."""

from __future__ import annotations

import os
import shutil
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
from tests.loading import Loading
from tests.stock import VOLUME, WORK, answer, dropped, stocked, work

ACTOR = local_actor()


def newer(folder: Path) -> Path:
    return work(folder, [line.replace("2024-", "2025-") for line in WORK], "新.csv")


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long an undisturbed load takes here."""
    folder = tmp_path_factory.mktemp("undisturbed")
    loading = Loading(stocked(folder).home, newer(folder))
    assert loading.said() == "ready"
    start = time.perf_counter()
    assert loading.said() == "0"
    took = time.perf_counter() - start
    assert loading.ended() == 0
    return took


@pytest.mark.parametrize("moment", [0.05, 0.4, 0.6, 0.7, 0.8, 0.88, 0.95, 1.0])
def test_a_load_killed_at_any_moment_leaves_the_old_state_or_the_new(
    tmp_path: Path, seconds: float, moment: float
) -> None:
    settings = stocked(tmp_path)
    file = newer(tmp_path)
    loading = Loading(settings.home, file)
    assert loading.said() == "ready"
    time.sleep(seconds * moment)
    loading.kill()
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
    loadings = [Loading(settings.home, one), Loading(settings.home, other)]
    assert [loading.said() for loading in loadings] == ["ready", "ready"]
    assert [loading.said() for loading in loadings] == ["0", "0"]
    assert [loading.ended() for loading in loadings] == [0, 0]
    assert answer(settings, VOLUME) == [(24.0,)]
    assert drops(settings)["state"].to_list() == ["live"] * 3


def test_one_file_loaded_twice_at_once_comes_in_once(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    file = work(tmp_path)
    loadings = [Loading(settings.home, file), Loading(settings.home, file)]
    assert [loading.said() for loading in loadings] == ["ready", "ready"]
    assert [loading.said() for loading in loadings] == ["0", "0"]
    assert [loading.ended() for loading in loadings] == [0, 0]
    assert drops(settings).height == 2


@pytest.mark.parametrize("limit", [100, 4096, 300_000])
def test_a_full_disk_is_one_sentence_and_changes_nothing(tmp_path: Path, limit: int) -> None:
    settings = stocked(tmp_path)
    file = newer(tmp_path)
    loading = Loading(settings.home, file, room=limit)
    printed = loading.printed.read()
    assert loading.ended() == 7, printed
    assert printed.count("\n") == 1
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
