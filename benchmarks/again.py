"""`python -m benchmarks.again`: what publishing costs once most stands already, against the same snapshot built from nothing."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb

from panorama.access.actor import local_actor
from panorama.sample import write_sample
from panorama.settings import Settings
from panorama.store import build
from panorama.store.decisions import dismiss_name
from panorama.store.door import Door
from panorama.store.drops import load, rebuild, undo

LAST = "模拟数据_工作量记录_2025.csv"
MONTH = "2025-12"
HEAD = 2
"""Lines above the rows of the sample's workload: title and header."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", default="city", choices=["pilot", "city"])
    options = asked.parse_args()
    print(f"{date.today()} · duckdb {duckdb.__version__} · {options.scale}")
    with tempfile.TemporaryDirectory(prefix="panorama-again-") as folder:
        for row in measured(Path(folder), options.scale):
            print("| " + " | ".join(row) + " |", flush=True)


def measured(folder: Path, scale: str) -> Iterator[tuple[str, ...]]:
    """Seconds of processor of building alone; the floor is the build from nothing, in the middle of it all."""
    files, month = folder / "files", folder / "模拟数据_2025年12月.csv"
    write_sample(files, scale, seed=7)
    rows = _set_aside(files / LAST, month)
    settings = Settings(home=folder / "home")
    load([files], settings, local_actor())
    monthly = _built(lambda: load([month], settings, local_actor()))
    whole = _built(lambda: rebuild(settings, local_actor()))
    ranking = folder / "模拟数据_排名.csv"
    ranking.write_text(
        f"单位,行业系统,排名指标,时间,排名范围,排名,参评数\n{_unit(settings)},教育,试排,2025,全市,3,16\n",
        encoding="utf-8",
    )
    one = _built(lambda: load([ranking], settings, local_actor()))
    name = _built(lambda: dismiss_name("没有这个单位", settings, local_actor()))
    back = _built(lambda: undo(3, settings, local_actor()))
    yield "the snapshot from nothing", f"{whole:.2f} s", "floor"
    for what, took in (
        (f"a month more of workload ({rows:,} rows)", monthly),
        ("one row of a ranking more", one),
        ("a name said to be no unit", name),
        ("the ranking taken back", back),
    ):
        yield what, f"{took:.2f} s", f"{took / whole:.2f} × floor"


def _set_aside(file: Path, month: Path) -> int:
    """Move the rows of the last month to a file of their own; how many these are."""
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    moved = [line for line in lines if MONTH in line]
    file.write_text("".join(line for line in lines if MONTH not in line), encoding="utf-8")
    month.write_text("".join(lines[:HEAD] + moved), encoding="utf-8")
    return len(moved)


def _unit(settings: Settings) -> str:
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        assert snapshot is not None
        return str(snapshot.ask_sql("select min(name) as name from mart.unit", local_actor())["name"].item())
    finally:
        door.close()


def _built(work: Callable[[], object]) -> float:
    """Seconds of processor that building took while this was done."""
    took: list[float] = []
    whole = build._database

    def timed(*given: object) -> dict[str, int]:
        start = time.process_time()
        try:
            return whole(*given)  # type: ignore[arg-type]
        finally:
            took.append(time.process_time() - start)

    build._database = timed
    try:
        work()
    finally:
        build._database = whole
    return sum(took)


if __name__ == "__main__":
    main()
