"""The grammar in which a source is said once.

A source is one pydantic model in one file. From it come recognition of headers, cleaning, vectorised checks,
the Excel template, the dictionary page and the column types in Parquet and DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal, get_type_hints

import annotated_types
import polars as pl
from pydantic import BaseModel, ConfigDict, model_validator

from panorama.text import Text

Kind = Literal[
    "str",  # a code or short name, kept verbatim after trimming (leading zeros stay)
    "text",  # free text
    "int",
    "dec",
    "date",
    "month",  # "YYYY-MM"
    "year",
    "period",  # "YYYY", "YYYY-Qn" or "YYYY-MM"
    "bool",
    "enum",
    "pct",  # stored 0 to 1
    "list",  # several short texts in one cell
    "unit",  # a name or code of a unit, resolved when the snapshot is built
    "office",  # likewise, within the unit
    "post",  # likewise, within the office
    "activity",  # a code or name of an activity standard
]
Severity = Literal["refused", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enumeration: what is stored, its labels, and how real files write it."""

    value: str
    label: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column(annotated_types.GroupedMetadata):
    """One column of a source. Bounds given here are enforced by pydantic and compiled into the sieve."""

    zh: str
    en: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    """The unit the stored value is in, as printed after a header: 名, 小时, 万元."""
    scales: Mapping[str, str] = field(default_factory=dict)
    """Factor (a decimal, as text) by unit hint found in the header or title: {"元": "0.0001"}."""
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    places: int = 2
    """Decimal places kept of a dec column; stored as Decimal(18, places)."""
    choices: tuple[Choice, ...] = ()
    separators: str = "、,，;；|｜┋"
    bare: tuple[str, ...] = ()
    """Headers too common to decide a source by (名称, 日期, 合计): they match only once the source is known."""
    masked: bool = False
    """Personal: shown masked to all but those entitled."""
    help: Text | None = None

    def __iter__(self) -> Iterator[annotated_types.BaseMetadata]:
        if self.ge is not None:
            yield annotated_types.Ge(self.ge)
        if self.gt is not None:
            yield annotated_types.Gt(self.gt)
        if self.le is not None:
            yield annotated_types.Le(self.le)
        if self.choices:
            yield annotated_types.Predicate(self._is_choice)

    def _is_choice(self, value: str) -> bool:
        return any(value == choice.value for choice in self.choices)

    @property
    def label(self) -> Text:
        return Text(self.zh, self.en)

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of the stored column (Parquet and DuckDB follow it)."""
        match self.kind:
            case "int":
                return pl.Int64()
            case "year":
                return pl.Int32()
            case "dec":
                return pl.Decimal(18, self.places)
            case "pct":
                return pl.Decimal(9, 6)
            case "date":
                return pl.Date()
            case "bool":
                return pl.Boolean()
            case "list":
                return pl.List(pl.String)
            case _:
                return pl.String()


@dataclass(frozen=True)
class Check:
    """A rule between columns of one row. `expr` is True where the row breaks it; `broken` says the same of one row.

    The two forms are held against each other by a property test.
    """

    rule: str
    severity: Severity
    column: str
    """The field marked when the rule is broken."""
    text: Text
    expr: Callable[[], pl.Expr]
    broken: Callable[[Mapping[str, Any]], bool]


class Source(BaseModel):
    """What one kind of file says, row by row. Values are typed already: cleaning comes before."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    number: ClassVar[str]
    """D5 and so on, as the data dictionary counts."""
    dataset: ClassVar[str]
    """The name in commands and of the raw table: staffing_ledger."""
    title: ClassVar[Text]
    family: ClassVar[str | None] = None
    """Source family (来源类别) whose voice these rows are; null for registers."""
    key: ClassVar[tuple[str, ...]]
    """Natural key: the same key again is an update."""
    day: ClassVar[str | None] = None
    """The field that dates a row: names are resolved as of it."""
    checks: ClassVar[tuple[Check, ...]] = ()

    @model_validator(mode="after")
    def _checks_hold(self) -> Source:
        row = self.model_dump()
        for check in self.checks:
            if check.severity == "refused" and check.broken(row):
                raise ValueError(f"{check.rule}: {check.text.en}")
        return self

    @classmethod
    @cache
    def columns(cls) -> dict[str, Column]:
        """Field name → its Column, in the order of the model."""
        hints = get_type_hints(cls, include_extras=True)
        found: dict[str, Column] = {}
        for name in cls.model_fields:
            for item in getattr(hints[name], "__metadata__", ()):
                if isinstance(item, Column):
                    found[name] = item
        return found

    @classmethod
    def required(cls) -> frozenset[str]:
        """Fields that may not be empty."""
        return frozenset(name for name, info in cls.model_fields.items() if info.is_required())

    @classmethod
    def schema_of_part(cls) -> dict[str, pl.DataType]:
        """Columns of an accepted part: the row number in the sheet, then every field."""
        return {"src_row": pl.UInt32(), **{name: column.dtype for name, column in cls.columns().items()}}
