"""What files would do, before they are taken in: the same rows, refusals and figures as once they are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.charts import intake, trial
from panorama.store.drops import check
from panorama.store.report import DropReport
from panorama.text import Language
from tests.stock import WORK, current, dropped, settings_at, units, work


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[DropReport, pl.DataFrame]:
    """What was foretold of files with a wrong cell, and the cells that were refused once they were taken in."""
    folder = tmp_path_factory.mktemp("tried")
    settings = settings_at(folder)
    files = [units(folder), work(folder, [*WORK[:2], WORK[2].replace(",5", ",很多")])]
    report = check(files, settings, local_actor())
    number = dropped(settings, *files).drop_id
    return report, current(settings).ask("intake_rejects", local_actor(), drop_id=number, part_id=None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_trial_tells_the_cells_that_the_drop_refuses(
    tried: tuple[DropReport, pl.DataFrame], language: Language
) -> None:
    report, frame = tried
    told = trial.refusals(report, language)
    assert told.table.select("src_row", "column", "value").rows() == frame.select("src_row", "column", "value").rows()
    assert told.title == {"zh": "会拒收 1 格", "en": "1 cell would be refused"}[language]
    assert intake.rejects(frame, language).title == {"zh": "拒收 1 格", "en": "1 cell refused"}[language]
    rows = {row["dataset"]: (row["new"], row["refused"]) for row in trial.rows(report, language).table.to_dicts()}
    assert rows == {"unit": (2, 0), "workload": (2, 1)}


def test_a_trial_of_good_files_refuses_nothing_and_says_so(tmp_path: Path) -> None:
    told = trial.refusals(check([units(tmp_path)], settings_at(tmp_path), local_actor()), "zh")
    assert (told.title, told.table.height) == ("不会拒收", 0)


def test_a_title_counts_all_refused_cells_though_the_list_is_cut(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    rows = [f"天津市教育局,办公室,文书,事项{at},2024-01,业务系统,很多" for at in range(5_001)]
    number = dropped(settings, units(tmp_path), work(tmp_path, rows)).drop_id
    frame = current(settings).ask("intake_rejects", local_actor(), drop_id=number, part_id=None)
    told = intake.rejects(frame, "zh")
    assert told.table.height == 5_000
    assert told.title == "拒收 5,001 格"
    assert "列出前 5,000 条" in told.note
