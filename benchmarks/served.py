"""Pages as served: cold start to the first page, and each page's server time in a warm process at city scale."""

from __future__ import annotations

import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.session import Session

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("overview", "unit", "saturation", "staffing", "intake", "methods")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(home: Path, port: int) -> Iterator[float]:
    """The dashboard on `port`; yields the seconds from start to a healthy answer."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PANORAMA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_healthy(port)
        yield time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(timeout=20)


def _until_healthy(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not come up within a minute")


def pages(home: Path, units: list[str], rounds: int = 60, seed: int = 7) -> list[tuple[str, ...]]:
    """One row a page: median and 95th percentile of server time in ms, with the unit filter drawn at random."""
    chance = random.Random(seed)
    rows: list[tuple[str, ...]] = []
    port = free_port()
    with server(home, port) as healthy:
        with Session(port) as session:
            first, _ = session.visit("overview")
        rows.append(("cold start to first page", f"{healthy + first / 1000:.2f} s", "", "goal < 3 s"))
        for page in PAGES:
            rows.append(_page(port, page, units, rounds, chance))
    return rows


def _page(port: int, page: str, units: list[str], rounds: int, chance: random.Random) -> tuple[str, ...]:
    times: list[float] = []
    size = 0
    with Session(port) as session:
        for turn in range(rounds + 5):
            query = f"unit={chance.choice(units)}" if page in ("unit", "saturation") and units else ""
            took, size = session.visit(page, query)
            if turn >= 5:  # the first few warm the caches of this page
                times.append(took)
    cuts = statistics.quantiles(times, n=20)
    return (
        f"page {page}",
        f"median {statistics.median(times):.0f} ms",
        f"p95 {cuts[18]:.0f} ms",
        f"{size // 1024} kB, n = {len(times)}",
    )
