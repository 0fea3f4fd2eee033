"""`make bench`: one table, ratios against floors measured in the same run."""

from __future__ import annotations

import argparse
import platform
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import streamlit

from benchmarks import ingest, links, naming, served
from panorama.access.actor import local_actor
from panorama.sample import write_sample
from panorama.settings import Settings
from panorama.store.door import Door
from panorama.store.drops import load

PLACES = (
    "select u.name as unit_ref, o.name as office_ref from mart.unit u join mart.office o using (unit_id) order by all"
)
ACTIVITIES = "select activity_code as name from mart.activity order by activity_code"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000, help="workload rows of the ingest benchmark")
    asked.add_argument("--scale", default="city", choices=["pilot", "city"])
    asked.add_argument("--rounds", type=int, default=60)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="panorama-bench-") as folder:
        for row in measured(Path(folder), options):
            print("| " + " | ".join(row) + " |", flush=True)


def measured(folder: Path, options: argparse.Namespace) -> list[tuple[str, ...]]:
    print(
        f"{date.today()} · {platform.platform()} · Python {platform.python_version()} · duckdb {duckdb.__version__}"
        f" · polars {pl.__version__} · streamlit {streamlit.__version__}"
    )
    files, home = folder / "files", folder / "home"
    write_sample(files, options.scale, seed=7)
    start = time.perf_counter()
    load([files], Settings(home=home), local_actor())
    rows: list[tuple[str, ...]] = [(f"load the {options.scale} sample", f"{time.perf_counter() - start:.1f} s", "", "")]
    rows += _ingest(folder, options.rows)
    rows.append(naming.named())
    rows.append(links.row())
    snapshot = Door(Settings(home=home)).snapshot()
    assert snapshot is not None
    codes = snapshot.ask_sql("select unit_code from mart.unit order by unit_code", local_actor())["unit_code"].to_list()
    return rows + served.pages(home, codes, options.rounds)


def _ingest(folder: Path, count: int) -> list[tuple[str, ...]]:
    """One workload file into a store that knows its units and activities already."""
    files, home = folder / "pilot", folder / "pilot-home"
    write_sample(files, "pilot", seed=7)
    load([files], Settings(home=home), local_actor())
    snapshot = Door(Settings(home=home)).snapshot()
    assert snapshot is not None
    places = snapshot.ask_sql(PLACES, local_actor())
    activities = snapshot.ask_sql(ACTIVITIES, local_actor())["name"].to_list()
    csv = folder / "workload.csv"
    ingest.workload_csv(csv, count, places, activities)
    base = ingest.floor(csv, folder / "floor.parquet")
    took = []
    for turn in range(3):
        copy = folder / f"home-{turn}"
        shutil.copytree(home, copy)
        took.append(ingest.published(copy, csv))
    middle = sorted(took)[1]
    return [
        (
            f"{count:,} workload rows, CSV to published",
            f"{middle:.2f} s",
            f"{middle / base:.1f} × floor",
            f"floor {base:.2f} s (polars scan_csv to Parquet); goal < 5 s",
        )
    ]


if __name__ == "__main__":
    main()
