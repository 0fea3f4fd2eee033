"""Remarks on cells, rows and sheets, as frames of REMARK_SCHEMA."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from panorama.intake.grid import REMARK_SCHEMA, Header, Parsed
from panorama.intake.identity import SUSPECT, mask_identity
from panorama.sources.grammar import Column, Severity
from panorama.text import Text


def on_cells(
    rows: pl.Series, values: pl.Series | None, name: str, column: Column, header: Header | None, what: pl.DataFrame
) -> pl.DataFrame:
    """Remarks on cells of one column: `rows`, `values` (as found) and `what` (rule, severity, message, message_en) in step.

    Values of personal columns are masked; a field that has no column in the sheet is named by its label.
    """
    found = pl.DataFrame({"src_row": rows.cast(pl.UInt32)}).with_columns(
        pl.lit(header.letter if header else None, pl.String).alias("column"),
        pl.lit(header.written if header else column.zh).alias("header"),
        pl.lit(name).alias("field"),
        (values if values is not None else pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))).alias(
            "value"
        ),
    )
    if column.masked:
        found = found.with_columns(pl.col("value").str.slice(0, 1) + "**")
    return pl.concat([found, what.select("rule", "severity", "message", "message_en")], how="horizontal")


def same(count: int, rule: str, severity: Severity, text: Text) -> pl.DataFrame:
    """One rule and sentence, `count` times."""
    one = pl.DataFrame({"rule": [rule], "severity": [severity], "message": [text.zh], "message_en": [text.en]})
    return pl.concat([one] * count) if count < 2 else one.select(pl.all().repeat_by(count).explode())


def on_sheet(
    rule: str, severity: Severity, text: Text, header: Header | None = None, name: str | None = None
) -> pl.DataFrame:
    """One remark on the whole sheet, or on a whole column of it."""
    return listed([tell(None, rule, severity, text, header, name)])


Told = tuple[int | None, str | None, str | None, str | None, str | None, str, str, str, str]
"""One remark in the order of REMARK_SCHEMA."""


def tell(
    row: int | None,
    rule: str,
    severity: Severity,
    text: Text,
    header: Header | None = None,
    name: str | None = None,
    value: str | None = None,
) -> Told:
    """One remark on a row, or on one cell of it."""
    letter, written = (header.letter, header.written) if header else (None, None)
    return (row, letter, written, name, value, rule, severity, text.zh, text.en)


def listed(told: Iterable[Told]) -> pl.DataFrame:
    """Remarks as a frame."""
    return pl.DataFrame(list(told), schema=REMARK_SCHEMA, orient="row")


def gathered(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All remarks in one frame: sheet first, then by row; equal ones once; identity-card numbers masked."""
    kept: Sequence[pl.DataFrame] = [part for part in parts if part.height]
    if not kept:
        return pl.DataFrame(schema=REMARK_SCHEMA)
    found = pl.concat([part.cast(pl.Schema(REMARK_SCHEMA)) for part in kept])
    found = found.unique(maintain_order=True).sort("src_row", nulls_last=False, maintain_order=True)
    for name in ("value", "message", "message_en"):
        if found[name].str.contains(SUSPECT).any():
            masked = pl.col(name).map_elements(lambda text: mask_identity(text, strict=False), return_dtype=pl.String)
            found = found.with_columns(pl.when(pl.col(name).str.contains(SUSPECT)).then(masked).otherwise(pl.col(name)))
    return found


def told_of(parsed: Parsed) -> pl.DataFrame:
    """Everything said of a table, REMARK_SCHEMA: remarks; of which unit (value) and day (message) each refused row is,
    severity "about"; which refused row (value, a row_id) a row stands for, severity "mends"."""
    about = {
        "src_row": pl.col("src_row"),
        "value": pl.col("ref"),
        "message": pl.col("day"),
        "severity": pl.lit("about"),
    }
    mends = {"src_row": pl.col("src_row"), "value": pl.col("mends"), "severity": pl.lit("mends")}
    return pl.concat([parsed.remarks, _as_remarks(parsed.whose, about), _as_remarks(parsed.mends, mends)]).cast(
        pl.Schema(REMARK_SCHEMA)
    )


def _as_remarks(frame: pl.DataFrame, said: Mapping[str, pl.Expr]) -> pl.DataFrame:
    return frame.select(said.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in REMARK_SCHEMA.items())
