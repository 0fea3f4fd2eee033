"""Tables and readings made in code, for tests of intake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from panorama.intake.grid import Grid, Header, Reading, Table
from panorama.intake.letters import letter
from panorama.intake.reading import read_file
from panorama.settings import Settings
from panorama.sources.headers import unit_hint


def table(headers: list[str], rows: list[list[str | None]], first_row: int = 2, **more: object) -> Table:
    """A table under one row of headers; tiers of a header are separated by "|"."""
    letters = [letter(at) for at in range(1, len(headers) + 1)]
    frame = pl.DataFrame(
        {
            "row": pl.Series(range(first_row, first_row + len(rows)), dtype=pl.UInt32),
            **{name: pl.Series([row[at] for row in rows], dtype=pl.String) for at, name in enumerate(letters)},
        }
    )
    skipped = frame.clear().select("row", pl.lit("total").alias("reason"), *letters)
    tiers = [tuple(header.split("|")) for header in headers]
    named = tuple(Header(name, tier, unit_hint(tier[-1])) for name, tier in zip(letters, tiers, strict=True))
    fields: dict[str, object] = {"skipped": skipped, **more}
    return Table("表", named, (1, 1), frame, **fields)  # type: ignore[arg-type]


def grid(cells: list[list[str | None]], sheet: str = "台账", **more: object) -> Grid:
    """A sheet from its cells, from A1 on."""
    width = max(len(row) for row in cells)
    padded = [[*row, *[None] * (width - len(row))] for row in cells]
    frame = pl.DataFrame(
        {
            "row": pl.Series(range(1, len(cells) + 1), dtype=pl.UInt32),
            **{letter(at + 1): pl.Series([row[at] for row in padded], dtype=pl.String) for at in range(width)},
        }
    )
    return Grid(sheet, frame, **more)  # type: ignore[arg-type]


def read_text(folder: Path, text: str, dataset: str | None = None, day: date | None = None) -> Reading:
    """A CSV of this text, read."""
    path = folder / "文件.csv"
    path.write_text(text, "utf-8")
    return read_file(path, Settings(), dataset, day)
