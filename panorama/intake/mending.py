"""Rows that mend refused ones: the workbook that gives them back says in a column of its own which row each one was."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from panorama.intake.grid import MENDS_SCHEMA, Table

MARK: Final = "修正自（系统用，请勿改）"
"""Header of that column; its cells hold row_id. It travels with its row when the sheet is sorted or cut."""


def taken_off(table: Table) -> tuple[Table, pl.DataFrame]:
    """The table without that column, and what stood in it: MENDS_SCHEMA. A value that is no number is none."""
    letters = [header.letter for header in table.headers if header.tiers and header.tiers[-1] == MARK]
    if not letters:
        return table, pl.DataFrame(schema=MENDS_SCHEMA)
    mends = pl.coalesce(pl.col(letters).cast(pl.Int64, strict=False))
    said = table.frame.select(pl.col("row").cast(pl.UInt32).alias("src_row"), mends.alias("mends")).drop_nulls()
    bare = replace(
        table,
        headers=tuple(header for header in table.headers if header.letter not in letters),
        frame=table.frame.drop(letters),
        skipped=table.skipped.drop(letters, strict=False),
    )
    return bare, said
