"""`python -m benchmarks.themes`: precision, recall and F1 of the rules per theme, on labelled findings; and their speed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from panorama.methods.matching import proposed
from panorama.themes import read_rules, rules, themes

LABELLED: Final = Path(__file__).parents[1] / "tests" / "labelled" / "findings.csv"


def labelled() -> pl.DataFrame:
    """Made-up findings that people labelled: text_id, text, themes (list), split (rules: rules were written by it; held_out)."""
    found = pl.read_csv(LABELLED, infer_schema=False).with_row_index("text_id")
    return found.with_columns(
        pl.col("text_id").cast(pl.String), pl.col("themes").fill_null("").str.split(" ").list.filter(pl.element() != "")
    )


def scores(texts: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """One row per theme: theme, told (labelled), right, wrong (proposed and not labelled), precision, recall, f1."""
    meant = texts.select("text_id", pl.col("themes").alias("theme")).explode("theme").drop_nulls()
    said = proposed(texts.select("text_id", "text"), given).drop_nulls("theme").select("text_id", "theme")
    right = meant.join(said, on=["text_id", "theme"], how="semi")
    counts = [
        frame.group_by("theme").agg(pl.len().cast(pl.Int64).alias(name))
        for name, frame in (("told", meant), ("right", right), ("said", said))
    ]
    table = themes().select(pl.col("code").alias("theme"))
    for count in counts:
        table = table.join(count, on="theme", how="left")
    told, hit, claimed = (pl.col(name).fill_null(0) for name in ("told", "right", "said"))
    return table.select(
        "theme",
        told,
        hit,
        (claimed - hit).alias("wrong"),
        (hit / claimed).fill_nan(0.0).alias("precision"),
        (hit / told).alias("recall"),
        (2 * hit / (claimed + told)).alias("f1"),
    ).sort("theme")


def macro(scored: pl.DataFrame) -> float:
    """Mean of the themes' F1: each theme counts alike."""
    return float(scored["f1"].mean())  # type: ignore[arg-type]


def speed(count: int) -> float:
    """Distinct texts judged a second, of `count`."""
    told = labelled()["text"].to_list()
    texts = [f"{told[at % len(told)][:-1]}，涉及{at}项。{told[at * 7 % len(told)]}" for at in range(count)]
    frame = pl.DataFrame({"text_id": [str(at) for at in range(count)], "text": texts})
    start = time.perf_counter()
    proposed(frame, rules())
    return count / (time.perf_counter() - start)


def lines(given: pl.DataFrame) -> Iterator[str]:
    """The table of both parts, theme by theme, and macro F1."""
    texts = labelled()
    parts = {split: scores(texts.filter(split=split), given) for split in ("rules", "held_out")}
    yield "| theme | rules: P | R | F1 | held out: P | R | F1 |"
    for one, other in zip(parts["rules"].iter_rows(named=True), parts["held_out"].iter_rows(named=True), strict=True):
        cells = [f"{row[name]:.2f}" for row in (one, other) for name in ("precision", "recall", "f1")]
        yield "| " + " | ".join([one["theme"], *cells]) + " |"
    told = ", ".join(f"{split} {macro(part):.3f}" for split, part in parts.items())
    none = texts.filter(pl.col("themes").list.len() == 0)
    wrong = proposed(none.select("text_id", "text"), given).drop_nulls("theme")["text_id"].n_unique()
    yield f"macro F1: {told} · {texts.height} findings · of {none.height} without a theme {wrong} are given one"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rules", type=Path, help="a file of rules; those of the program without")
    asked.add_argument("--texts", type=int, default=200_000, help="texts for the measure of speed")
    options = asked.parse_args()
    given = read_rules(options.rules.read_text(encoding="utf-8"), str(options.rules)) if options.rules else rules()
    for line in lines(given):
        print(line)
    print(f"{speed(options.texts):,.0f} distinct texts/s")


if __name__ == "__main__":
    main()
