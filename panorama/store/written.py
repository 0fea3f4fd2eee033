"""Rows that a person writes in the page, taken in as a drop of that person's: the same checks, undone like any other."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources import source
from panorama.store.drops import load
from panorama.store.mending import PLAIN
from panorama.store.report import DropReport

_MADE: Final = datetime(2000, 1, 1)
"""One and the same in every file: the same rows make the same bytes, and a click that arrives twice takes nothing in twice."""


def take_written(dataset: str, rows: pl.DataFrame, settings: Settings, actor: Actor) -> DropReport:
    """Load rows whose columns are fields of the dataset, as text; a row without any is passed over.

    Raises PanoramaError when nothing was written.
    """
    model = source(dataset)
    texts = rows.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    filled = texts.filter(pl.any_horizontal(pl.all().is_not_null()))
    if filled.is_empty():
        raise PanoramaError("还没有填写。请先填写至少一行。", "Nothing is written yet. Fill in at least one row.")
    name = f"{model.title.zh}_页面填写_{today()}.xlsx"
    with tempfile.TemporaryDirectory(prefix="panorama-written-") as folder:
        path = Path(folder) / "written.xlsx"
        path.write_bytes(sheet_of(dataset, filled))
        return load([path], settings, actor, dataset, names={path: name})


def sheet_of(dataset: str, rows: pl.DataFrame) -> bytes:
    """These rows as .xlsx under the headers of the dataset, to be taken in as it stands. Columns: fields of it, as text."""
    model, out = source(dataset), io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        book.set_properties({"created": _MADE})
        _write(book.add_worksheet(model.title.zh[:31]), rows, [model.columns()[field].zh for field in rows.columns])
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, rows: pl.DataFrame, heads: list[str]) -> None:
    for at, head in enumerate(heads):
        page.write_string(0, at, head)
    for line, row in enumerate(rows.iter_rows(), start=1):
        for at, value in enumerate(row):
            if value is not None:
                page.write_string(line, at, value)
