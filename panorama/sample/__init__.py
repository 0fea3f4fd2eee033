"""The sample: a made-up city, seeded and consistent, as files of every dataset, each marked 模拟数据."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from panorama.sample.units import CITIES, PROVINCES, YEARS, city_name
from panorama.sample.world import World, world
from panorama.sources import source
from panorama.text import Text

__all__ = ["EXPECTED_REFUSALS", "SCALES", "STORIES", "Story", "write_sample"]

SCALES: Final = ("pilot", "city", "province", "nation")
COMMON: Final = ("activity_standard", "availability", "indicator")
"""The same in every city: written once."""
Job = tuple[str, Callable[[], Path]]
Progress = Callable[[int, int, Text], None]
"""Called with files done, files in all, and what is being written."""


def write_sample(
    out: Path,
    scale: str = "pilot",
    seed: int = 7,
    progress: Progress | None = None,
    today: date = date(2025, 12, 31),
    part: int | None = None,
) -> list[Path]:
    """Write the sample into a folder (made if need be) and return the paths of its files.

    scale: pilot = 5 departments, 2 districts and their kin, about 75 offices; city = about 170 units; province = 48 such
    cities, about 8,000 units and 100 million rows of workload, written city by city; nation = 31 provinces, as a plan that
    names its parts. part: only this city of a province or nation.
    The same scale, seed and today give the same bytes. today: what is due or done is told as of this day.
    Raises PanoramaError for an unknown scale or part.
    """
    if scale not in SCALES:
        raise PanoramaError(
            f"模拟数据没有规模“{scale}”，可用：{'、'.join(SCALES)}",
            f'The sample has no scale "{scale}"; there are: {", ".join(SCALES)}',
        )
    _refuse_part(scale, part)
    out.mkdir(parents=True, exist_ok=True)
    if scale == "nation" and part is None:
        return [_nation(out, seed)]
    if scale in PARTS:
        return _cities(out, scale, seed, progress, today, [part] if part else range(1, PARTS[scale] + 1))
    made = world(scale, seed, today)
    jobs = [*_registers(made, out), *_ledgers(made, out), *_workloads(made, out, scale)]
    paths = _written(jobs, progress)
    paths += write_messy(made, out)
    _tell(progress, len(jobs) + 1, len(jobs) + 1, "")
    return paths


PARTS: Final = {"province": CITIES, "nation": CITIES * PROVINCES}


def _refuse_part(scale: str, part: int | None) -> None:
    most = PARTS.get(scale, 0)
    if part is not None and not 1 <= part <= most:
        raise PanoramaError(
            f"规模“{scale}”的分块是 1 到 {most}，没有第 {part} 块" if most else f"规模“{scale}”不分块",
            f'The scale "{scale}" has parts 1 to {most}, and no part {part}'
            if most
            else f'The scale "{scale}" has no parts',
        )


def _nation(out: Path, seed: int) -> Path:
    """Which parts a nation is made of, and the command that makes each."""
    path = out / books.name("全国分块计划", "csv")
    parts = pl.DataFrame({"part": range(1, PARTS["nation"] + 1)}).select(
        pl.col("part").alias("分块"),
        pl.col("part").map_elements(lambda part: city_name("nation", part), return_dtype=pl.String).alias("城市"),
        pl.format(f"panorama sample --scale nation --seed {seed} --part {{}} --out DIR", "part").alias("命令"),
    )
    path.write_bytes(f"\ufeff{parts.write_csv()}".encode())
    return path


def _cities(
    out: Path, scale: str, seed: int, progress: Progress | None, today: date, parts: Sequence[int]
) -> list[Path]:
    """City by city, one in memory at a time: registers in a folder each, workload in one file a month for all."""
    months: dict[str, Path] = {}
    paths: list[Path] = []
    for at, part in enumerate(parts):
        _tell(progress, at, len(parts), city_name(scale, part))
        made = world(scale, seed, today, part)
        folder = out / city_name(scale, part)
        folder.mkdir(exist_ok=True)
        # A part may be made alone, and then holds all it needs.
        left_out = COMMON if at else ()
        for dataset in left_out:
            made.rows.pop(dataset)
        paths += _written([*_registers(made, folder), *_ledgers(made, folder)], None)
        _append_months(made, out if len(parts) > 1 else folder, months)
    _tell(progress, len(parts), len(parts), "")
    return [*paths, *months.values()]


def _append_months(made: World, folder: Path, months: dict[str, Path]) -> None:
    """The city's workload to the end of each month's file, by codes, as systems export them."""
    for (month,), rows in _by_codes(made.workload).sort("period").group_by("period", maintain_order=True):
        title = f"{source('workload').title.zh}_{month}"
        begun = str(month) in months
        path = months.setdefault(str(month), folder / books.name(title, "csv"))
        books.frame(path, title, "workload", rows.select(WORKLOAD), more=begun)


def _written(jobs: Sequence[Job], progress: Progress | None) -> list[Path]:
    paths: list[Path] = []
    for at, (title, write) in enumerate(jobs):
        _tell(progress, at, len(jobs) + 1, title)
        paths.append(write())
    _tell(progress, len(jobs), len(jobs) + 1, "…")
    return paths


def _registers(made: World, out: Path) -> list[Job]:
    """One file a dataset."""
    jobs: list[Job] = []
    for dataset in made.rows:
        if dataset != "staffing_ledger" and made.rows[dataset]:
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
        rows = _by_codes(rows)
    else:
        old = (pl.col("year") == YEARS[0]) & (pl.col("unit_ref") == RENAMED)
        rows = rows.with_columns(
            pl.col("activity").alias("activity_code"),
            pl.when(old).then(pl.lit(OLD_NAME)).otherwise("unit_ref").alias("unit_ref"),
        )
    jobs: list[Job] = []
    for year in YEARS:
        title = f"{source('workload').title.zh}_{year}"
        own = rows.filter(pl.col("year") == year).select(WORKLOAD)
        jobs.append((title, partial(books.frame, out / books.name(title, "csv"), title, "workload", own)))
    return jobs


WORKLOAD: Final = (
    "unit_ref", "office_ref", "post_ref", "activity_code", "period", "volume", "hours_actual", "overtime", "source",
)  # fmt: skip


def _by_codes(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("unit_code").alias("unit_ref"),
        pl.col("office_code").alias("office_ref"),
        pl.col("post_code").alias("post_ref"),
    )


def _tell(progress: Progress | None, done: int, total: int, title: str) -> None:
    if progress is not None:
        progress(done, total, Text(f"写出模拟数据 {title}", f"Writing made-up files {title}"))
