"""Links between findings: how long 100,000 take, how much memory, and how right the proposals are on labelled pairs.

python -m benchmarks.links [--findings N]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from panorama.methods.similarity import GIVEN, THRESHOLD, likeness
from panorama.sample import words

PAIRS: Final = Path(__file__).parents[1] / "tests" / "link_pairs.csv"
GOAL: Final = 60.0
UNITS: Final = 8_000
CROWDED: Final = 10_000
"""Findings of each of two units in the adverse case."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--findings", type=int, default=100_000)
    count = asked.parse_args().findings
    cases = {"8,000 units": made_up(count), "2 units with 10,000 each": made_up(count, crowded=2)}
    for name, findings in cases.items():
        print("| " + " | ".join(timed(name, findings)) + " |", flush=True)
    for share in ("chosen on", "held out"):
        print("| " + " | ".join(rightness(share)) + " |")


def timed(name: str, findings: pl.DataFrame) -> tuple[str, ...]:
    """One row: seconds and memory of all links; the floor is one pass that only tells which texts are identical."""
    start = time.perf_counter()
    findings.group_by("unit_id", "text").agg(pl.len())
    floor = time.perf_counter() - start
    start = time.perf_counter()
    links = likeness(findings)
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return (
        f"links of {findings.height:,} findings, {name}",
        f"{took:.1f} s",
        f"{took / floor:.0f} × floor",
        f"{links.height:,} pairs; peak {peak:,.0f} MB; goal < {GOAL:.0f} s",
    )


def made_up(count: int, crowded: int = 0, seed: int = 7) -> pl.DataFrame:
    """Findings of the sample's wording; `crowded` units have 10,000 each, the others share the rest."""
    random = np.random.default_rng(seed)
    texts = [*(text for told in words.THEMED.values() for text in told), *(text for _, text in words.OTHERS)]
    unit = np.concatenate(
        [np.repeat(np.arange(crowded), CROWDED), random.integers(crowded, UNITS, count - crowded * CROWDED)]
    )
    days = random.integers(0, 5 * 365, count)
    audited = random.random(count) < 0.5
    rows = [
        (
            f"{at:08x}",
            int(unit[at]),
            "审计" if audited[at] else "巡视巡察",
            str(date(2021, 1, 1).year + int(days[at]) // 365),
            date(2021, 1, 1) + timedelta(days=int(days[at])),
            _filled(texts[int(random.integers(len(texts)))], random),
        )
        for at in range(count)
    ]
    return pl.DataFrame(rows, schema=GIVEN, orient="row")


def _filled(text: str, random: np.random.Generator) -> str:
    office = f"{_OFFICES[int(random.integers(len(_OFFICES)))]}{_KINDS[int(random.integers(len(_KINDS)))]}"
    n, m, k = (int(number) for number in random.integers((2, 7, 10), (9, 31, 60)))
    return text.format(o=office, n=n, m=m, y=2020 + n % 5, k=k, a=round(float(random.lognormal(3.0, 1.1)), 2))


_OFFICES: Final = (
    "综合",
    "法规",
    "规划",
    "审批",
    "监督",
    "人事",
    "财务",
    "宣传",
    "信息",
    "执法",
    "科技",
    "安全",
    "信访",
    "督查",
)
_KINDS: Final = ("处", "科", "办公室", "中心", "支队", "一处", "二处")


def scored() -> pl.DataFrame:
    """The labelled pairs, each in a unit of its own: same, similarity (0 where below all)."""
    labelled = pl.read_csv(PAIRS)
    rows = [
        (f"{side}{at:03}", at, side, None, day, text)
        for at, pair in enumerate(labelled.iter_rows())
        for side, day, text in (("a", date(2023, 5, 1), pair[1]), ("b", date(2024, 7, 1), pair[2]))
    ]
    found = likeness(pl.DataFrame(rows, schema=GIVEN, orient="row"), threshold=0.0)
    alike = dict(found.select("unit_id", "similarity").iter_rows())
    return labelled.select("same").with_columns(
        similarity=pl.Series([alike.get(at, 0.0) for at in range(labelled.height)])
    )


def rightness(share: str, threshold: float = THRESHOLD) -> tuple[str, ...]:
    """Precision and recall on two thirds of the labelled pairs (chosen on), or on the last third (held out)."""
    held = pl.int_range(pl.len()) % 3 == 2
    precision, recall = of(scored().filter(held if share == "held out" else ~held), threshold)
    return f"labelled pairs, {share}", f"precision {precision:.2f}", f"recall {recall:.2f}", f"threshold {threshold}"


def of(pairs: pl.DataFrame, threshold: float) -> tuple[float, float]:
    """Precision and recall of proposing from the threshold on."""
    proposed, same = pairs["similarity"] >= threshold, pairs["same"] == 1
    both = (proposed & same).sum()
    return both / max(proposed.sum(), 1), both / same.sum()


def row() -> tuple[str, ...]:
    """One row for the table of all benchmarks."""
    return timed("2 units with 10,000 each", made_up(100_000, crowded=2))


if __name__ == "__main__":
    main()
