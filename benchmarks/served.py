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
PAGES = (
    "overview",
    "unit",
    "evidence",
    "saturation",
    "staffing",
    "peers",
    "indicators",
    "changes",
    "review",
    "issues",
    "applications",
    "reserve",
    "admin",
    "intake",
    "methods",
)
OF_UNIT = ("unit", "saturation", "peers")
VIEWS = (
    ("saturation", "view=history"),
    ("saturation", "view=moves"),
    ("peers", "level=offices"),
    ("indicators", "view=raters"),
    ("indicators", "view=pair"),
)
WARMING = 5
"""Visits before the clock runs: imports and shared answers are there, as in a process that has served for a while."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(home: Path, port: int, app: str = "app.py") -> Iterator[float]:
    """The dashboard, or another app, on `port`; yields the seconds from start to a healthy answer."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command(app, port),
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


def command(app: str, port: int) -> list[str]:
    """The dashboard as a user starts it; another app as its maker would."""
    if app == "app.py":
        return [sys.executable, "-m", "panorama", "serve", "--port", str(port)]
    return [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]


def _until_healthy(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not come up within a minute")


def pages(home: Path, units: list[str], rounds: int = 60, seed: int = 7) -> list[tuple[str, ...]]:
    """One row a page and way of looking: median and 95th percentile of server time in ms."""
    chance = random.Random(seed)
    base = _floor(home, rounds)
    rows = [("a page of one heading, served alike", f"median {base:.0f} ms", "1 × floor", "")]
    port = free_port()
    with server(home, port) as healthy:
        with Session(port) as session:
            first, _ = session.visit("overview")
        rows.append(("cold start to first page", f"{healthy + first / 1000:.2f} s", "", "goal < 3 s"))
        for page in PAGES:
            one = f"unit={chance.choice(units)}" if page in OF_UNIT else ""
            rows.append(_page(port, f"page {page}", page, [one] * rounds, base))
        for view in ("sources", "contradictions", "coverage"):
            rows.append(_page(port, f"page evidence, {view}", "evidence", [f"view={view}"] * rounds, base))
        for page, view in VIEWS:
            one = view + (f"&unit={chance.choice(units)}" if page in OF_UNIT else "")
            rows.append(_page(port, f"page {page}, {view.partition('=')[2]}", page, [one] * rounds, base))
        for page in OF_UNIT:
            never_seen = [f"unit={unit}" for unit in chance.sample(units, min(rounds, len(units)))]
            rows.append(_page(port, f"page {page}, each unit for the first time", page, never_seen, base))
    return rows


def _floor(home: Path, rounds: int) -> float:
    """Median milliseconds of a page that asks nothing and shows one heading: what Streamlit and the wire cost."""
    bare = home.parent / "bare.py"
    bare.write_text('import streamlit as st\nst.title("0")\n', encoding="utf-8")
    port = free_port()
    with server(home, port, str(bare)):
        return statistics.median(_times(port, "", [""] * rounds)[0])


def _page(port: int, name: str, page: str, queries: list[str], base: float) -> tuple[str, ...]:
    times, size = _times(port, page, queries)
    middle, high = statistics.median(times), statistics.quantiles(times, n=20)[18]
    return (
        name,
        f"median {middle:.0f} ms, p95 {high:.0f} ms",
        f"{middle / base:.1f} × floor",
        f"{size // 1024} kB, n = {len(times)}; goal median < 60, p95 < 150",
    )


def _times(port: int, page: str, queries: list[str]) -> tuple[list[float], int]:
    with Session(port) as session:
        for query in queries[:1] * WARMING:
            session.visit(page, query)
        visits = [session.visit(page, query) for query in queries]
    return [took for took, _ in visits], visits[-1][1]
