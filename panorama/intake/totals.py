"""合计, 小计 and 其中 rows, and 合计 columns of wide sheets, held against what they sum. They are checked, never stored."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

import polars as pl

from panorama.intake.cleaning import Place, clean
from panorama.intake.grid import Header, Table
from panorama.intake.remarks import Told, tell
from panorama.sources.grammar import Column
from panorama.text import Text

LabelKind = Literal["part", "sub", "grand"]
LEADING: Final = 6
_SUB: Final = re.compile("小计|sub", re.IGNORECASE)
_NUMERIC: Final = re.compile(r"[\d.,，%\-—/、()（）\s]*")


@dataclass(frozen=True)
class Figures:
    """The numbers of one column: field, its column and place, the rows of the sheet (ascending), their values, as found."""

    name: str
    column: Column
    place: Place
    header: Header
    rows: pl.Series
    values: pl.Series
    raw: pl.Series


@dataclass(frozen=True)
class _Total:
    row: int
    kind: LabelKind
    label: str


def check_totals(table: Table, figures: Sequence[Figures], offices: str | None) -> Iterator[Told]:
    """V-SUM remarks on total rows whose numbers are no sum of a block they could belong to.

    A total may stand above or below its block; a grand total may count all rows, its own stretch, or only the rows of
    whole units (`offices`: letter of the office column). Empty or unreadable cells of totals are passed over.
    """
    totals = _totals(table)
    if not totals:
        return
    cells = table.skipped.filter(pl.col("reason") == "total").sort("row")
    raws = {name: dict(zip(cells["row"].to_list(), cells[name].to_list(), strict=True)) for name in cells.columns[2:]}
    whole = table.frame.filter(pl.col(offices).is_null())["row"] if offices else None
    for figure in figures:
        if figure.column.ordinal or figure.header.letter not in cells.columns:
            continue
        stated = clean(cells[figure.header.letter], figure.name, figure.column, figure.place).values
        by_row = dict(zip(cells["row"].to_list(), stated.to_list(), strict=True))
        for total in totals:
            value = by_row.get(total.row)
            if value is not None and (said := _mismatch(total, totals, figure, value, whole)):
                raw = raws[figure.header.letter][total.row]
                yield tell(total.row, "V-SUM", "warning", said, figure.header, figure.name, raw)


def check_across(table: Table, name: str, column: Column, header: Header, figures: Sequence[Figures]) -> Iterator[Told]:
    """V-SUM remarks on cells of a column that sums a field over the groups of a wide sheet (编制数/合计)."""
    parts = [figure for figure in figures if figure.name == name]
    if not parts:
        return
    stated = clean(table.frame[header.letter], name, column, parts[0].place).values
    long = pl.concat([pl.DataFrame({"row": part.rows, "value": part.values}) for part in parts]).drop_nulls()
    sums = long.group_by("row").agg(pl.col("value").sum())
    frame = pl.DataFrame({"row": table.frame["row"], "stated": stated, "raw": table.frame[header.letter]})
    off = frame.join(sums, on="row").filter(pl.col("stated") != pl.col("value")).sort("row")
    for row, value, raw, total in off.iter_rows():
        text = Text(
            f"“{header.written}”为 {value}，各类之和为 {total}：请核对，按各类入库",
            f"“{header.written}” says {value}, its parts add up to {total}: please check, the parts are stored",
        )
        yield tell(row, "V-SUM", "warning", text, header, name, raw)


def _totals(table: Table) -> list[_Total]:
    chosen = table.skipped.filter(pl.col("reason") == "total").sort("row")
    letters = chosen.columns[2:][:LEADING]
    return [_total(row, cells) for row, *cells in chosen.select("row", *letters).iter_rows()]


def _total(row: int, cells: Sequence[str | None]) -> _Total:
    texts = ["".join(cell.split()) for cell in cells if cell and not _NUMERIC.fullmatch(cell)]
    signs = [text for text in texts if re.search("合计|小计|总计|共计|汇总|其中", text)]
    label = signs[0] if signs else (texts[0] if texts else "")
    kind: LabelKind = "part" if label.startswith("其中") else "sub" if _SUB.search(label) else "grand"
    return _Total(row, kind, label)


def _mismatch(
    total: _Total, totals: Sequence[_Total], figure: Figures, value: int | Decimal, whole: pl.Series | None
) -> Text | None:
    """The sentence on a total that fits no block, or None."""
    if total.kind == "part":
        return _part_too_large(total, totals, figure, value)
    sums = [found for found in _candidates(total, totals, figure, whole) if found is not None]
    if not sums or any(abs(Decimal(value) - Decimal(found)) <= _slack(figure.column) for found in sums):
        return None
    return Text(
        f"“{total.label}”为 {value}，所辖各行之和为 {sums[0]}：请核对明细，合计不入库",
        f"“{total.label}” says {value}, its rows add up to {sums[0]}: please check the rows; totals are not stored",
    )


def _slack(column: Column) -> Decimal:
    """Halves of the last place: a total may be rounded apart from its rows."""
    return Decimal(0) if column.kind == "int" else Decimal(1).scaleb(-column.places) * 2


def _candidates(
    total: _Total, totals: Sequence[_Total], figure: Figures, whole: pl.Series | None
) -> Iterator[int | Decimal | None]:
    """Sums a total may stand for, the likeliest first."""
    alike = [other.row for other in totals if other.kind != "part"]
    before, after = _neighbours(total.row, alike)
    if total.kind == "grand":
        yield _sum(figure, 0, None, None)
        grand = [other.row for other in totals if other.kind == "grand"]
        previous, following = _neighbours(total.row, grand)
        yield _sum(figure, previous, total.row, None)
        yield _sum(figure, total.row, following, None)
        yield _sum(figure, 0, None, whole)
    yield _sum(figure, before, total.row, None)
    yield _sum(figure, total.row, after, None)
    yield _sum(figure, before, total.row, whole)


def _neighbours(row: int, others: Sequence[int]) -> tuple[int, int | None]:
    return max((other for other in others if other < row), default=0), min(
        (other for other in others if other > row), default=None
    )


def _sum(figure: Figures, above: int, below: int | None, only: pl.Series | None) -> int | Decimal | None:
    """Sum of the values between two rows; None when there is none."""
    start = bisect_left(figure.rows, above + 1)
    end = len(figure.rows) if below is None else bisect_left(figure.rows, below)
    values = figure.values.slice(start, end - start)
    if only is not None:
        values = values.filter(figure.rows.slice(start, end - start).is_in(only.implode()))
    values = values.drop_nulls()
    if not len(values):
        return None
    summed = values.sum()
    return summed if isinstance(summed, Decimal) else int(summed)


def _part_too_large(total: _Total, totals: Sequence[_Total], figure: Figures, value: int | Decimal) -> Text | None:
    """其中 counts a part of the data row above it, or of all rows when a total stands right above."""
    at = bisect_left(figure.rows, total.row) - 1
    above = max((other.row for other in totals if other.kind != "part" and other.row < total.row), default=0)
    if at < 0 or above > figure.rows[at]:
        return None
    whole: int | Decimal | None = figure.values[at]
    if whole is None or not value > whole:
        return None
    return Text(
        f"“{total.label}”为 {value}，大于上一行的 {whole}：请核对",
        f"“{total.label}” says {value}, more than the {whole} of the row above: please check",
    )
