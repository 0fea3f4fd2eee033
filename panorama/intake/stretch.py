"""A stretch of a large text, from its bytes to judged rows: what the child process does, once for each stretch."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from panorama.errors import Unreadable
from panorama.intake import csvtext, encoding
from panorama.intake.grid import MENDS_SCHEMA, Parsed, Table
from panorama.intake.mapping import SavedMapping
from panorama.intake.recognise import Recognition
from panorama.intake.remarks import told_of
from panorama.intake.secrecy import refuse_secret_values
from panorama.intake.sieve import judge
from panorama.intake.table import further_rows
from panorama.intake.yearly import DATASET, by_year

ROW_GROUP: Final = 122_880
"""Rows written together: what the database reads at a time."""


@dataclass(frozen=True)
class Plan:
    """What is known of a large text from its beginning.

    begun: its table, without rows. explained: which column is which field. mark, width: delimiter and number of columns.
    secret: letters of columns that state secrecy levels.
    """

    begun: Table
    explained: Recognition | SavedMapping
    mark: str
    width: int
    secret: tuple[str, ...]

    def kinds(self, table: Table) -> list[tuple[Table, Recognition]]:
        """For each kind of row that the table gives: its rows, and which column is which field."""
        if isinstance(self.explained, SavedMapping):
            return self.explained.recognised(table)
        return [(table, self.explained)]


def judged(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The rows and remarks of one stretch, written as Parquet, and their counts; irregular text says so.

    job: path, start and end (bytes), first_row, last, plan (a file of our own making), out (folder and beginning of
    names). Raises Unreadable for state secrets.
    """
    plan: Plan = pickle.loads(Path(job["plan"]).read_bytes())
    with Path(job["path"]).open("rb") as file:
        file.seek(job["start"])
        data = file.read(job["end"] - job["start"])
    try:
        named = encoding.detect(data)
    except Unreadable:
        # What is wrong with the whole is said when it is read whole.
        return {"irregular": True}
    text = encoding.transcode(data, named)
    del data
    frame = csvtext.quickly(text, plan.mark, plan.width)
    if frame is None or frame.height != job["rows"]:
        return {"irregular": True}
    ascii_only = named == "utf-8" and text.isascii()
    del text
    rows = _filled(frame.with_columns(pl.col("row") + (job["first_row"] - 1)))
    del frame
    refuse_secret_values(rows, plan.secret)
    table = further_rows(plan.begun, rows, job["last"])
    kinds = [
        _written(judge(left, found, pl.DataFrame(schema=MENDS_SCHEMA), whole=False), Path(f"{job['out']}.{at}"))
        for at, (left, found) in enumerate(plan.kinds(table))
    ]
    totals = table.skipped.filter(pl.col("reason") == "total")
    if totals.height:
        totals.write_parquet(Path(f"{job['out']}.totals"))
    return {
        "encoding": None if ascii_only else named,
        "kept": table.frame.height + table.skipped.height,
        "last_row": rows["row"][-1] if rows.height else None,
        "totals": totals.height,
        "kinds": kinds,
    }


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without rows that hold nothing."""
    letters = frame.columns[1:]
    if not all(frame[name].null_count() for name in letters):
        return frame
    return frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in letters))


def _written(parsed: Parsed, out: Path) -> dict[str, Any]:
    # With statistics: rows of one unit lie together, and the database then passes over all other rows.
    parsed.rows.write_parquet(f"{out}.parquet", compression="lz4", statistics=True, row_group_size=ROW_GROUP)
    if parsed.dataset == DATASET:
        by_year(parsed.rows).write_parquet(f"{out}.yearly.parquet", compression="lz4")
    told_of(parsed).write_parquet(f"{out}.remarks.parquet", compression="lz4")
    return {
        "read": parsed.read,
        "accepted": parsed.accepted,
        "refused": parsed.refused,
        "skipped": parsed.skipped,
        "personal": parsed.personal,
    }


def pieces(size: int, most: int) -> Iterator[tuple[int, int]]:
    """Even pieces of at most `most` bytes: (start, end)."""
    count = -(-size // most)
    for at in range(count):
        yield at * size // count, (at + 1) * size // count
