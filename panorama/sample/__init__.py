"""The sample: a made-up city, seeded and consistent, as files of every dataset, each marked 模拟数据."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from panorama.errors import PanoramaError
from panorama.sample import books
from panorama.sample.messy import EXPECTED_REFUSALS, clean, write_messy
from panorama.sample.places import OLD_NAME, RENAMED
from panorama.sample.stories import STORIES, Story
from panorama.sample.units import YEARS
from panorama.sample.world import World, world
from panorama.sources import source
from panorama.text import Text

__all__ = ["EXPECTED_REFUSALS", "SCALES", "STORIES", "Story", "write_sample"]

SCALES: Final = ("pilot", "city")
Progress = Callable[[int, int, Text], None]
"""Called with files done, files in all, and what is being written."""


def write_sample(
    out: Path, scale: str = "pilot", seed: int = 7, progress: Progress | None = None, today: date = date(2025, 12, 31)
) -> list[Path]:
    """Write the sample into a folder (made if need be) and return the paths of its files.

    scale: pilot = 5 departments, 2 districts and their kin, about 75 offices; city = about 170 units.
    The same scale, seed and today give the same bytes. today: what is due or done is told as of this day.
    Raises PanoramaError for an unknown scale.
    """
    if scale not in SCALES:
        raise PanoramaError(
            f"模拟数据没有规模“{scale}”，可用：{'、'.join(SCALES)}",
            f'The sample has no scale "{scale}"; there are: {", ".join(SCALES)}',
        )
    out.mkdir(parents=True, exist_ok=True)
    made = world(scale, seed, today)
    jobs = [*_registers(made, out), *_ledgers(made, out), *_workloads(made, out, scale)]
    paths: list[Path] = []
    for at, (title, write) in enumerate(jobs):
        _tell(progress, at, len(jobs) + 1, title)
        paths.append(write())
    _tell(progress, len(jobs), len(jobs) + 1, "…")
    paths += write_messy(made, out)
    _tell(progress, len(jobs) + 1, len(jobs) + 1, "")
    return paths


Job = tuple[str, Callable[[], Path]]


def _registers(made: World, out: Path) -> list[Job]:
    """One file a dataset."""
    jobs: list[Job] = []
    for dataset in made.rows:
        if dataset != "staffing_ledger":
            title = source(dataset).title.zh
            jobs.append((title, partial(books.write, out, title, dataset, clean(made, dataset))))
    return jobs


def _ledgers(made: World, out: Path) -> list[Job]:
    """One file a year."""
    rows = clean(made, "staffing_ledger")
    jobs: list[Job] = []
    for year in YEARS:
        title = f"{source('staffing_ledger').title.zh}_{year}"
        own = [row for row in rows if row["snapshot_date"].year == year]
        jobs.append((title, partial(books.write, out, title, "staffing_ledger", own)))
    return jobs


def _workloads(made: World, out: Path, scale: str) -> list[Job]:
    """One CSV a year: names in the pilot, codes at city scale, as systems export them."""
    rows = made.workload
    if scale == "city":
        rows = rows.with_columns(
            pl.col("unit_code").alias("unit_ref"),
            pl.col("office_code").alias("office_ref"),
            pl.col("post_code").alias("post_ref"),
        )
    else:
        old = (pl.col("year") == YEARS[0]) & (pl.col("unit_ref") == RENAMED)
        rows = rows.with_columns(
            pl.col("activity").alias("activity_code"),
            pl.when(old).then(pl.lit(OLD_NAME)).otherwise("unit_ref").alias("unit_ref"),
        )
    fields = ["unit_ref", "office_ref", "post_ref", "activity_code", "period"]
    fields += ["volume", "hours_actual", "overtime", "source"]
    jobs: list[Job] = []
    for year in YEARS:
        title = f"{source('workload').title.zh}_{year}"
        own = rows.filter(pl.col("year") == year).select(fields)
        jobs.append((title, partial(books.frame, out / books.name(title, "csv"), title, "workload", own)))
    return jobs


def _tell(progress: Progress | None, done: int, total: int, title: str) -> None:
    if progress is not None:
        progress(done, total, Text(f"写出模拟数据 {title}", f"Writing made-up files {title}"))
