"""From CSV to a published snapshot, against a bare read-and-write of the same file measured in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.sources import source
from panorama.store.drops import load

ACTIVITIES = 5
WRITTEN = ("unit_ref", "office_ref", "post_ref", "activity_code", "period", "volume", "source")
AT_ONCE = 20_000
"""Posts whose rows are made at a time: a hundred million rows at once would take more memory than what is to be measured."""


def workload_csv(path: Path, rows: int, places: pl.DataFrame, activities: list[str], seed: int = 7) -> None:
    """`rows` monthly workload rows over the places (unit_ref, office_ref) and activities given, as UTF-8 CSV."""
    chance = np.random.default_rng(seed)
    months = pl.DataFrame({"period": [f"{year}-{month:02d}" for year in range(2021, 2026) for month in range(1, 13)]})
    # Five activities a post, as people work: a post-month is five rows.
    names = pl.DataFrame({"activity_code": activities[:ACTIVITIES]})
    lines = months.height * names.height
    picked = places[chance.integers(0, places.height, rows // lines + 1)].with_row_index("post")
    columns = source("workload").columns()
    with path.open("wb") as file:
        for at in range(0, picked.height, AT_ONCE):
            frame = picked[at : at + AT_ONCE].join(names, how="cross").join(months, how="cross").head(rows - at * lines)
            told = frame.with_columns(
                ("岗位" + pl.col("post").cast(pl.String)).alias("post_ref"),
                pl.Series("volume", chance.integers(0, 400, frame.height)),
                pl.lit("业务系统").alias("source"),
            )
            told.select(pl.col(name).alias(columns[name].zh) for name in WRITTEN).write_csv(
                file, include_header=at == 0
            )


def floor(path: Path, out: Path) -> float:
    """Seconds of the least that any loader must do: read the file, write Parquet."""
    return median(lambda: pl.scan_csv(path, infer_schema=False).sink_parquet(out))


def median(work: Callable[[], object], runs: int = 3) -> float:
    """Median seconds of `runs` runs after one warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def published(home: Path, path: Path) -> float:
    """Seconds from the file to a published snapshot."""
    start = time.perf_counter()
    load([path], Settings(home=home), local_actor())
    return time.perf_counter() - start
