"""What the command line shows: tables, JSON, CSV, a bar on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from panorama.export import plain
from panorama.store.drops import Progress as Step
from panorama.text import Language, Text

MOST: Final = 3
"""Elements of a list shown in a table's cell."""


class Format(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@contextmanager
def progress(language: Language) -> Iterator[Step | None]:
    """A bar on a terminal, silence in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("", total=None)

        def step(done: int, total: int, text: Text) -> None:
            bar.update(task, completed=done, total=total, description=text[language])

        yield step


def write(frame: pl.DataFrame, output: Format) -> None:
    """A frame on standard output."""
    if output is Format.JSON:
        sys.stdout.write(json.dumps(frame.to_dicts(), ensure_ascii=False, default=_jsonable) + "\n")
    elif output is Format.CSV:
        flat = frame.with_columns(
            pl.col(name).list.eval(pl.element().cast(pl.String)).list.join("、")
            for name, kind in frame.schema.items()
            if isinstance(kind, pl.List)
        )
        sys.stdout.write(flat.write_csv())
    else:
        _out_table(frame)


def _out_table(frame: pl.DataFrame) -> None:
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for name in frame.columns:
        shown.add_column(name, overflow="fold", justify="right" if frame[name].dtype.is_numeric() else "left")
    for row in frame.iter_rows():
        shown.add_row(*(_short(cell) for cell in row))
    console = Console()
    (console if console.is_terminal else Console(width=10_000)).print(shown, markup=False)


def _short(cell: Any) -> str:
    """A cell of a printed table: of a list the first few and how many there are; CSV and JSON have it whole."""
    if isinstance(cell, list):
        told = str(plain(cell[:MOST]))
        return told if len(cell) <= MOST else f"{told} … ({len(cell)})"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return "" if cell is None else str(cell)


def _jsonable(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
