"""`python -m benchmarks.scale`: large files, as ratios against the barest program that reads or groups the same bytes."""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import polars as pl
import xlsxwriter

from benchmarks.ingest import floor, median, workload_csv
from panorama.access.actor import local_actor
from panorama.intake import nursery
from panorama.intake.reading import read_file
from panorama.settings import Settings
from panorama.store import build, drops
from panorama.store.drops import load

UNITS = 800
OFFICES = 10
BARE = (
    "create table t as select unit_ref, office_ref, post_ref, period, sum(volume) as volume, count(*) as n"
    " from read_parquet('{parts}/*-*[0-9].parquet', union_by_name = true) where volume is not null group by all"
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    options = asked.parse_args()
    print(f"{date.today()} · duckdb {duckdb.__version__} · polars {pl.__version__}")
    with tempfile.TemporaryDirectory(prefix="panorama-scale-") as folder:
        for row in (*_text(Path(folder), options.rows), _workbook(Path(folder))):
            print("| " + " | ".join(row) + " |", flush=True)


def _text(folder: Path, rows: int) -> Iterator[tuple[str, ...]]:
    places = pl.DataFrame({"unit": range(UNITS)}).join(pl.DataFrame({"office": range(OFFICES)}), how="cross")
    places = places.select(
        pl.format("{}", pl.col("unit") + 10_000).alias("unit_ref"), pl.format("第{}处", "office").alias("office_ref")
    )
    csv = folder / "workload.csv"
    workload_csv(csv, rows, places, [f"A{at:03d}" for at in range(5)])
    base = floor(csv, folder / "floor.parquet")
    settings = Settings(home=folder / "home")
    load([_register(folder)], settings, local_actor())
    nursery.warm()
    with _peak() as peak, _timed(drops, "_read") as read, _timed(build, "resolve_units", "resolve_places") as names, \
            _timed(build, "_database") as built:  # fmt: skip
        load([csv], settings, local_actor())
    taken = sum(read) + sum(names)
    yield (
        f"{rows:,} workload rows, UTF-8 CSV to accepted Parquet, checked, units, offices and posts resolved",
        f"{taken:.1f} s",
        f"{taken / base:.1f} × floor ({base:.2f} s)",
        f"of it names {sum(names):.1f} s; goal 4 ×",
    )
    bare = _grouped(folder)
    yield (
        "publishing the snapshot of these rows",
        f"{sum(built):.1f} s",
        f"{sum(built) / bare:.0f} × floor ({bare:.2f} s, one bare statement that groups them by post and month)",
        "goal 3 ×",
    )
    yield ("most memory while reading and publishing, all processes", f"{max(peak):.0f} MiB", "", "goal 3 GB")
    utf = _alone(csv, folder / "utf")
    chinese = folder / "gb.csv"
    with csv.open(encoding="utf-8", newline="") as told, chinese.open("w", encoding="gb18030", newline="") as again:
        shutil.copyfileobj(told, again, 1 << 20)
    yield (
        "the same file in GB18030, reading and checking alone",
        f"{(gb := _alone(chinese, folder / 'gb')):.1f} s",
        f"{gb / utf:.1f} × UTF-8 ({utf:.1f} s)",
        "goal 4 ×",
    )


def _register(folder: Path) -> Path:
    """Units, their ledgers by office, and unit times: what makes hours of volumes, and saturation of hours."""
    place = folder / "registers"
    place.mkdir()
    years = range(2021, 2026)
    units = [f"{at + 10_000},单位{at + 10_000},政府部门,市" for at in range(UNITS)]
    _csv(place / "units.csv", "机构编码,单位名称,单位类别,行政层级", units)
    staff = [
        f"{year - 1}-12-31,{at + 10_000},第{office}处,行政编制,5,{3 + (at + office + year) % 3},{office % 2}"
        for year in years
        for at in range(UNITS)
        for office in range(OFFICES)
    ]
    _csv(place / "ledger.csv", "统计日期,机构名称,内设机构,编制类型,核定编制数,实有人数,编外人数", staff)
    times = [
        f"A{at:03d},事项{at},全部,经常性,件,{0.4 + at / 5},{('写实', '系统日志', '专家', '申报')[at % 4]},{year},1"
        for year in years
        for at in range(5)
    ]
    _csv(place / "times.csv", "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本", times)
    return place


def _csv(path: Path, head: str, rows: list[str]) -> None:
    path.write_text("\n".join([head, *rows]), encoding="utf-8")


def _alone(path: Path, folder: Path) -> float:
    """Seconds to read and judge a file, without a store."""
    folder.mkdir()
    start = time.perf_counter()
    reading = read_file(path, Settings(), sha256="", folder=folder)
    assert reading.sheets[0].parsed is not None
    assert reading.sheets[0].parsed.files
    return time.perf_counter() - start


def _grouped(folder: Path) -> float:
    """Seconds of the barest statement over the same Parquet, into a database file."""
    times = []
    for turn in range(3):
        with duckdb.connect(str(folder / f"bare-{turn}.duckdb")) as con:
            start = time.perf_counter()
            con.execute(BARE.format(parts=folder / "home" / "parts"))
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def _workbook(folder: Path, rows: int = 100_000) -> tuple[str, ...]:
    path = folder / "workload.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["单位", "处室", "岗位", "事项", "统计期", "工作量", "数据来源"])
        for at in range(rows):
            cells = [
                f"{at % 800:05d}",
                "综合处",
                f"岗位{at % 97}",
                "收文",
                f"2024-{at % 12 + 1:02d}",
                at % 400,
                "业务系统",
            ]
            sheet.write_row(at + 1, 0, cells)
    bare = median(lambda: fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_polars())
    took = median(lambda: read_file(path, Settings(), sha256=""))
    return (
        f"{rows:,} rows .xlsx, read and checked",
        f"{took:.2f} s",
        f"{took / bare:.1f} × floor ({bare:.2f} s)",
        "goal 3 ×",
    )


@contextmanager
def _timed(module: Any, *names: str) -> Iterator[list[float]]:
    """Seconds that each call of these functions took, while the block runs."""
    took: list[float] = []
    before = {name: getattr(module, name) for name in names}

    def watched(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **more: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*given, **more)
            finally:
                took.append(time.perf_counter() - start)

        return run

    for name, work in before.items():
        setattr(module, name, watched(work))
    try:
        yield took
    finally:
        for name, work in before.items():
            setattr(module, name, work)


@contextmanager
def _peak() -> Iterator[list[float]]:
    """MiB in use by this process and its descendants, sampled; shared pages count by their share."""
    found, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            found.append(sum(_proportional(pid) for pid in _family()) / 1024)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def _family() -> set[str]:
    parents = {path.parent.name: _parent(path) for path in Path("/proc").glob("[0-9]*/stat")}
    family = {str(Path("/proc/self").resolve().name)}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _parent(stat: Path) -> str:
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[1]
    except OSError:
        return ""


def _proportional(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
