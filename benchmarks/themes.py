"""`python -m benchmarks.themes`: precision, recall and F1 of the rules per theme, on labelled findings; and their speed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from panorama.methods.learning import learn
from panorama.methods.matching import proposed
from panorama.themes import read_rules, rules, themes

LABELLED: Final = Path(__file__).parents[1] / "tests" / "labelled" / "findings.csv"

SPLITS: Final = ("rules", "held_out", "paraphrased")
"""rules: rules were mended by its errors. held_out: drawn by lot before. paraphrased: later, avoiding the field's terms."""


def labelled() -> pl.DataFrame:
    """Made-up findings that people labelled: text_id, text, themes (list), split (SPLITS)."""
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
        told.alias("told"),
        hit.alias("right"),
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
    """The table of both parts, theme by theme, macro F1, and what lies beyond the rules' words."""
    texts = labelled()
    parts = {split: scores(texts.filter(split=split), given) for split in SPLITS}
    yield "| theme | rules: P | R | F1 | held out: P | R | F1 |"
    for one, other in zip(*(parts[split].iter_rows(named=True) for split in SPLITS[:2]), strict=True):
        cells = [f"{row[name]:.2f}" for row in (one, other) for name in ("precision", "recall", "f1")]
        yield "| " + " | ".join([one["theme"], *cells]) + " |"
    none = texts.filter(pl.col("themes").list.len() == 0, pl.col("split") != "paraphrased")
    wrong = proposed(none.select("text_id", "text"), given).drop_nulls("theme")["text_id"].n_unique()
    yield "macro F1: " + ", ".join(f"{split} {macro(part):.3f}" for split, part in parts.items())
    yield f"of {none.height} findings without a theme {wrong} are given one"
    beyond = parts["paraphrased"]
    yield f"paraphrased, without the field's terms: rules find {beyond['right'].sum()} of {beyond['told'].sum()} themes"
    yield from _learned(texts)


def _learned(texts: pl.DataFrame) -> Iterator[str]:
    """What the learned suggestion, trained on the part that rules were written by, says of the others."""
    known = texts.filter(split="rules")
    model = learn(known["text"].to_list(), known["themes"].to_list())
    assert model is not None
    for split in SPLITS[1:]:
        asked = texts.filter(pl.col("split") == split, pl.col("themes").list.len() > 0)
        first = [model.themes[at] for at in model.probabilities(asked["text"].to_list()).argmax(axis=1)]
        right = sum(theme in meant for theme, meant in zip(first, asked["themes"].to_list(), strict=True))
        yield f"learned from {model.texts}: its first suggestion is right for {right} of {asked.height} {split}"


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
