"""One column of text into typed values. What is plain passes as a whole; only doubtful cells are read one by one, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import polars as pl

from panorama.intake.cell import BLANKS, Cell, Say, refused
from panorama.intake.dates import date_reader, read_month, read_period, read_year
from panorama.intake.numbers import COUNTS, DAYS, HOURS, number_reader
from panorama.intake.percent import Plain, percent_reader, plain_numbers
from panorama.intake.words import bool_reader, choice_reader, list_reader, read_document, read_short, read_text
from panorama.sources.grammar import Column
from panorama.text import Text

SAID_SCHEMA: Final[dict[str, pl.DataType]] = {
    "at": pl.UInt32(),
    "rule": pl.String(),
    "severity": pl.String(),
    "message": pl.String(),
    "message_en": pl.String(),
}
"""One thing said of one cell; `at` counts the rows of the series from 0."""

# Signs that reading leaves as they are; whatever holds another one, or fifteen digits in a row, is read cell by cell.
# Digits are spelt [0-9]: \d would take full-width ones as well, which no cast does.
_PLAIN_SHORT: Final = r"^[一-鿿0-9A-Za-z_\-.（）()、，。：；“”《》〔〕·/]+$"
_ROUGH_TEXT: Final = r"^\s|\s$|_x000D_|\r|\x{FFFD}|\d{15}"
_LONG: Final = r"\d{15}|\dE\d|^\d(?:\.\d+)?e\d"
_DATE: Final = r"^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?: 00:00:00)?$"
_YEAR: Final = r"^(?:19|20)[0-9]{2}$"
_MONTH: Final = r"^(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])$"
_PERIOD: Final = r"^(?:19|20)[0-9]{2}(?:-Q[1-4]|-(?:0[1-9]|1[0-2]))?$"
_GROUPED: Final = r"^[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
_MANY: Final = 1000


@dataclass(frozen=True)
class Cleaned:
    """A column read: typed values in the order of the cells, what is said of single cells (SAID_SCHEMA) and of the column.

    `spill`: values for other fields of the same row, by field; null where a cell gave none.
    """

    values: pl.Series
    said: pl.DataFrame
    whole: tuple[Say, ...] = ()
    spill: dict[str, pl.Series] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a column stands: its header as written, the unit hint of the header, the unit stated above the table."""

    header: str = ""
    hint: str | None = None
    table_hint: str | None = None


def clean(
    raw: pl.Series,
    name: str,
    column: Column,
    place: Place,
    plain: Plain | None = None,
    known: pl.Series | None = None,
) -> Cleaned:
    """The typed values of one column of text (field `name`). Null stays null; nothing is guessed silently.

    plain: of percentages, what the whole column holds, where these cells are only a stretch of it. known: all the cells, each
    wording once, where that was found before; there may be others among them.
    """
    whole: tuple[Say, ...] = ()
    match column.kind:
        case "int" | "dec":
            factor, whole = scale(column, place)
            fast = _numbers(raw, column, factor, known)
            read = number_reader(column, factor, place.header)
        case "pct":
            fast = pl.Series([None], dtype=column.dtype).new_from_index(0, len(raw))
            read, said = percent_reader(plain or plain_of(raw), place.hint)
            whole = (said,) if said else ()
        case "date":
            fast, read = _dates(raw), date_reader(name, column)
            if column.until:
                fast = fast.clear(len(raw))
        case "year":
            fast, read = _matching(raw, _YEAR, known).cast(pl.Int32), read_year
        case "month":
            fast, read = _matching(raw, _MONTH, known), read_month
        case "period":
            fast, read = _matching(raw, _PERIOD, known), read_period
        case "bool":
            fast, read = _yes_no(raw), bool_reader(column)
        case "enum":
            chosen = [choice.value for choice in column.choices]
            fast, read = _where(raw, raw.is_in(chosen)), choice_reader(column)
        case "list":
            fast, read = pl.Series(dtype=column.dtype).clear(len(raw)), list_reader(column)
        case "text":
            fast, read = _texts(raw), read_text
        case _:
            fast, read = (raw.clear(len(raw)), read_document) if column.document else (_shorts(raw, known), read_short)
    return _repaired(raw, fast, read, column.dtype, whole)


def plain_of(raw: pl.Series) -> Plain:
    """Which plain numbers stand in a column of percentages."""
    return plain_numbers(raw.drop_nulls().unique())


def scale(column: Column, place: Place) -> tuple[Decimal, tuple[Say, ...]]:
    """The factor from the unit stated to the column's unit, and what is to be said of it."""
    unit = column.unit or ""
    hint = place.hint or (place.table_hint if column.scales and place.table_hint in (unit, *column.scales) else None)
    if not unit or hint == unit:
        return Decimal(1), ()
    if hint is None:
        text = Text(f"未注明单位，按{unit}读取", f"No unit is stated: read as {unit}")
        return Decimal(1), (Say("V-SCALE", "note", text),) if column.scales and _is_money(unit) else ()
    if hint in column.scales:
        text = Text(f"表中单位为{hint}，已换算为{unit}", f"Stated in {hint}, converted to {unit}")
        return Decimal(column.scales[hint]), (Say("V-SCALE", "note", text),)
    if any(hint in alike and unit.casefold() in alike for alike in (COUNTS, DAYS, HOURS)):
        return Decimal(1), ()
    text = Text(
        f"表头单位“{hint}”与本列单位“{unit}”不同，未换算，请核对",
        f"The header says {hint}, the column {unit}: not converted, please check",
    )
    return Decimal(1), (Say("V-UNIT", "warning", text),)


def _is_money(unit: str) -> bool:
    return unit.endswith("元")


def _where(raw: pl.Series, mask: pl.Series) -> pl.Series:
    """The cells where the mask holds, null elsewhere."""
    if mask.all():
        return raw
    return pl.select(pl.when(mask).then(raw).alias(raw.name)).to_series()


def _matching(raw: pl.Series, pattern: str, known: pl.Series | None = None) -> pl.Series:
    # Where the same few wordings stand again and again, as months do, it is enough to look at each once.
    if known is None and raw.head(_MANY).n_unique() * 2 < _MANY < len(raw):
        known = raw.unique()
    if known is not None and len(known) * 2 < len(raw):
        other = known.filter(~known.str.contains(pattern))
        return raw if other.is_empty() else _where(raw, ~raw.is_in(other.implode()))
    return _where(raw, raw.str.contains(pattern))


def _numbers(raw: pl.Series, column: Column, factor: Decimal, known: pl.Series | None = None) -> pl.Series:
    if factor != 1 or column.signed:
        return pl.Series(dtype=column.dtype).clear(len(raw))
    plain = _cast(raw, column, known)
    rest = raw.is_not_null() & plain.is_null()
    if rest.sum() >= _MANY:
        tidied = raw.filter(rest).str.strip_chars()
        grouped = tidied.str.contains(_GROUPED)
        tidied = pl.select(
            pl.when(grouped).then(tidied.str.replace_all(",", "", literal=True)).otherwise(tidied)
        ).to_series()
        plain = _patched(plain, rest.arg_true(), _cast(tidied.str.replace(r"\.0+$", ""), column))
    if column.minus:
        plain = pl.select(pl.when(plain >= 0).then(plain)).to_series()
    return plain


def _cast(raw: pl.Series, column: Column, known: pl.Series | None = None) -> pl.Series:
    if column.kind == "int":
        return raw.cast(pl.Int64, strict=False)
    # A cast to Decimal would round silently and take 1e3 for a number: only what fits goes.
    fits = rf"^-?[0-9]{{1,{18 - column.places}}}(?:\.[0-9]{{1,{column.places}}})?$"
    return _matching(raw, fits, known).cast(column.dtype)


def _dates(raw: pl.Series) -> pl.Series:
    return _matching(raw, _DATE).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def _yes_no(raw: pl.Series) -> pl.Series:
    return raw.replace_strict(["是", "否"], [True, False], default=None, return_dtype=pl.Boolean)


def _shorts(raw: pl.Series, known: pl.Series | None) -> pl.Series:
    distinct = (raw.unique() if known is None else known).drop_nulls()
    rough = ~distinct.str.contains(_PLAIN_SHORT) | distinct.str.contains(_LONG) | distinct.is_in(list(BLANKS))
    return raw if not rough.any() else _where(raw, ~raw.is_in(distinct.filter(rough).implode()))


def _texts(raw: pl.Series) -> pl.Series:
    empty = raw.is_in(["", *BLANKS])
    return _where(raw, ~(raw.str.contains(_ROUGH_TEXT) | empty))


def _patched(base: pl.Series, at: pl.Series, values: pl.Series) -> pl.Series:
    """The base with `values` put at the places `at`, whatever the type."""
    patch = pl.DataFrame({"at": at.cast(pl.UInt32), "value": values})
    whole = pl.DataFrame({"base": base}).with_row_index("at").join(patch, on="at", how="left", maintain_order="left")
    return whole.select(pl.coalesce("value", "base").alias(base.name)).to_series()


def _repaired(
    raw: pl.Series, fast: pl.Series, read: Callable[[str], Cell], dtype: pl.DataType, whole: tuple[Say, ...]
) -> Cleaned:
    """Doubtful cells (given, but not plainly read) are read one by one, equal ones once."""
    doubtful = raw.is_not_null() & fast.is_null()
    if not doubtful.any():
        return Cleaned(fast, pl.DataFrame(schema=SAID_SCHEMA), whole)
    at = doubtful.arg_true()
    found = raw.gather(at).alias("raw")
    distinct = found.unique()
    cells = [_read(read, text) for text in distinct]
    order = found.to_frame().join(distinct.to_frame().with_row_index("n"), on="raw", how="left", maintain_order="left")[
        "n"
    ]
    values = pl.Series("value", [cell.value for cell in cells], dtype=dtype).gather(order)
    spill = {
        name: _patched(_spilled(cells, name).clear(len(raw)), at, _spilled(cells, name).gather(order))
        for name in {name for cell in cells for name in cell.spill}
    }
    return Cleaned(_patched(fast, at, values), _said(cells, order, at), whole, spill)


def _read(read: Callable[[str], Cell], text: str) -> Cell:
    if "\ufffd" in text:
        return refused(
            "V-ENC",
            "含无法还原的字符：请从原系统重新导出，或另存为 UTF-8、xlsx 后再导入",
            "Holds characters that cannot be restored: export it again, or save it as UTF-8 or xlsx",
        )
    return read(text)


def _spilled(cells: list[Cell], name: str) -> pl.Series:
    values: list[Any] = [cell.spill.get(name) for cell in cells]
    return pl.Series(name, values)


def _said(cells: list[Cell], order: pl.Series, at: pl.Series) -> pl.DataFrame:
    told = [(n, say.rule, say.severity, say.text.zh, say.text.en) for n, cell in enumerate(cells) for say in cell.says]
    schema: dict[str, pl.DataType] = {
        "n": pl.UInt32(),
        **{name: kind for name, kind in SAID_SCHEMA.items() if name != "at"},
    }
    what = pl.DataFrame(told, schema=schema, orient="row")
    where = pl.DataFrame({"at": at.cast(pl.UInt32), "n": order.cast(pl.UInt32)})
    return where.join(what, on="n").select(*SAID_SCHEMA)
