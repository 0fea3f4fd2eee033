"""Workload rows gathered by year: one line for what one place did of one activity, its periods side by side.

Workload comes as many rows: a post, an activity, a month. What a snapshot needs of them are sums by year and month. The
lines hold all that those take, in a twelfth of the rows, and are made once, when a file is read.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

DATASET: Final = "workload"
"""The dataset whose rows are gathered."""

SLOTS: Final = (*(f"{month:02d}" for month in range(1, 13)), *(f"Q{quarter}" for quarter in range(1, 5)), "Y")
"""The periods of a year as they may be written: its months, its quarters, the year as a whole."""
MONTHS: Final = SLOTS[:12]
PLACE: Final = ("unit_ref", "office_ref", "post_ref")
KEY: Final = (*PLACE, "activity_code", "year")
_TWO_PLACES: Final = pl.Decimal(18, 2)

YEARLY: Final[dict[str, pl.DataType]] = {
    "unit_ref": pl.String(),
    "office_ref": pl.String(),
    "post_ref": pl.String(),
    "activity_code": pl.String(),
    "year": pl.Int32(),
    "rows": pl.UInt32(),
    "first_row": pl.UInt32(),
    "given": pl.UInt32(),
    "valued": pl.UInt32(),
    "again": pl.Boolean(),
    "overtime": pl.Int64(),
    "overtime_rows": pl.UInt32(),
    **{f"v{slot}": pl.Int64() for slot in SLOTS},
    **{f"h{slot}": pl.Int64() for slot in SLOTS},
}
"""A line: as its rows write place and activity; how many rows, the first of them; bits of the periods that have a row, and
of those with a volume (bit 0 = January … 12 = first quarter … 16 = the year); again: some period has more than one row;
overtime: added up, in hundredths, and how many rows tell it; v…: volume, h…: reported hours of each period, in hundredths, null where none is given (meaningless where `again`)."""


def by_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines (YEARLY) of accepted workload rows, in the order in which each first stands in the file."""
    if rows.is_empty():
        return pl.DataFrame(schema=YEARLY)
    year, slot = _periods(rows["period"])
    lines, line = _numbered(rows.select(*PLACE, "activity_code", "src_row", year=pl.Series(year)))
    # Slot by slot, as the columns lie.
    cell = slot * lines.height + line
    size = lines.height * len(SLOTS)
    counts = np.bincount(cell, minlength=size).reshape(len(SLOTS), -1)
    volumes = _spread("v", rows["volume"], cell, size)
    hours = _spread("h", rows["hours_actual"], cell, size)
    valued = np.stack([volumes[name].is_not_null().to_numpy() for name in volumes.columns])
    return lines.with_columns(
        rows=pl.Series(counts.sum(axis=0)),
        given=pl.Series(_bits(counts > 0)),
        valued=pl.Series(_bits(valued)),
        again=pl.Series((counts > 1).any(axis=0)),
        **_overtime(rows["overtime"], line, lines.height),
        **{name: volumes[name] for name in volumes.columns},
        **{name: hours[name] for name in hours.columns},
    ).select(pl.col(name).cast(kind) for name, kind in YEARLY.items())


def _periods(period: pl.Series) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Year and slot of each row's period (2024-03, 2024-Q1, 2024)."""
    written = period.unique(maintain_order=True)
    years = np.array([int(text[:4]) for text in written], dtype=np.int32)
    slots = np.array([SLOTS.index(text[5:] or "Y") for text in written], dtype=np.int64)
    code = period.cast(pl.Enum(written)).to_physical().to_numpy()
    return years[code], slots[code]


def _numbered(rows: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """The lines (KEY, first_row), and which one each row belongs to."""
    # Rows of one line mostly follow each other: runs are told apart by a look at the row before, and are far fewer.
    begins = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in KEY)
    starts = rows.select(begins.alias("begins"))["begins"].to_numpy().copy()
    starts[0] = True
    run = np.cumsum(starts) - 1
    first = np.minimum.reduceat(rows["src_row"].to_numpy(), np.flatnonzero(starts))
    runs = rows.filter(pl.Series(starts)).select(*KEY, first_row=pl.Series(first))
    if runs.select(KEY).hash_rows().n_unique() == runs.height:
        return runs, run
    lines = runs.group_by(KEY, maintain_order=True).agg(pl.col("first_row").min()).with_row_index("line")
    of_run = runs.join(lines.select(*KEY, "line"), on=KEY, nulls_equal=True, maintain_order="left")["line"]
    return lines.drop("line"), of_run.to_numpy().astype(np.int64)[run]


def _spread(letter: str, values: pl.Series, cell: NDArray[np.int64], size: int) -> pl.DataFrame:
    """One column a slot: the value that stands in each cell, in hundredths."""
    names = [f"{letter}{slot}" for slot in SLOTS]
    if values.null_count() == len(values):
        return pl.DataFrame(
            {name: pl.Series([None], dtype=pl.Int64).new_from_index(0, size // len(SLOTS)) for name in names}
        )
    given = cell[values.is_not_null().to_numpy()] if values.null_count() else cell
    numbers = np.zeros(size, dtype=np.int64)
    stands = np.zeros(size, dtype=bool)
    numbers[given] = _hundredths(values.drop_nulls())
    stands[given] = True
    table, there = numbers.reshape(len(SLOTS), -1), stands.reshape(len(SLOTS), -1)
    columns = [pl.Series(name, values) for name, values in zip(names, table, strict=True)]
    return pl.DataFrame(
        [
            column if given.all() else column.set(pl.Series(~given), None)
            for column, given in zip(columns, there, strict=True)
        ]
    )


def _hundredths(values: pl.Series) -> NDArray[np.int64]:
    # Of two places: a decimal is kept as so many of its last place.
    return values.cast(_TWO_PLACES).to_physical().cast(pl.Int64).to_numpy()


def _overtime(values: pl.Series, line: NDArray[np.int64], count: int) -> dict[str, pl.Series]:
    given = values.is_not_null().to_numpy()
    told = _hundredths(values.drop_nulls())
    sums = np.bincount(line[given], weights=told, minlength=count)
    return {"overtime": pl.Series(sums), "overtime_rows": pl.Series(np.bincount(line[given], minlength=count))}


def _bits(table: NDArray[np.bool_]) -> NDArray[np.uint32]:
    weights = (1 << np.arange(len(SLOTS), dtype=np.uint32)).astype(np.uint32)
    return np.asarray(weights @ table.astype(np.uint32), dtype=np.uint32)
