"""The grammar in which a source is said once.

A source is one pydantic model in one file. From it come recognition of headers, cleaning, vectorised checks,
the Excel template, the dictionary page and the column types in Parquet and DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any, ClassVar, Literal, get_type_hints

import annotated_types
import polars as pl
from pydantic import BaseModel, ConfigDict, model_validator

from panorama.sources.headers import normalise_header
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
    fallback: tuple[str, ...] = ()
    """Headers of a second column for the same value (a code beside a name): it serves where the first is absent or empty."""
    masked: bool = False
    """Personal: shown masked to all but those entitled."""
    ranks: bool = False
    """A cell may count several ranks at once: 一正三副, 1正3副 stand for two rows, 正职 1 and 副职 3."""
    signed: bool = False
    """Words may carry the sign: 核减3名 is −3."""
    ordinal: bool = False
    """第3 is 3; 并列2 is 2 and sets `tie`; 前列 is no number and goes to `tier_text` (where the source has these fields)."""
    document: bool = False
    """A document number: brackets round the year are unified, 津编办发〔2024〕12号."""
    until: str | None = None
    """The field that takes the end when one cell holds a span of dates, 2020年1月至2022年12月."""
    minus: str | None = None
    """The field that takes the size of a negative value (加减分 of −2 is a penalty of 2)."""
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

    def _is_choice(self, value: str | list[str] | None) -> bool:
        if value is None:
            return True
        values = value if isinstance(value, list) else [value]
        allowed = {choice.value for choice in self.choices}
        return allowed.issuperset(values)

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


Values = Mapping[str, str | bool]
"""Field → value that a header gives by itself."""
Groups = tuple[tuple[tuple[str, ...], Values], ...]


@dataclass(frozen=True)
class Spread:
    """What one header of a wide sheet stands for: its cells fill `fields` of the row that has `values`."""

    fields: tuple[str, ...]
    values: Values


@dataclass(frozen=True)
class Wide:
    """How headers of a wide sheet say a measure and a group at once (编制数/行政编制, 行政实际数), so that it becomes long.

    A header is a measure and a group word in either order, in two tiers or run together. A sheet row gives one row
    a group that has any value; a plain column is repeated on each, unless it is `free`, `only` of one group, or itself a
    measure (空编数 beside 编制数/行政): that is the sum over the groups, checked and not stored.
    """

    measures: Mapping[str, tuple[str, ...]]
    """Words by field: {"approved": ("编制数", "核定数")}. A field may be several, joined by "+"."""
    groups: Groups
    """Words, and the values that these words give: (("行政", "行政编制"), {"estab_type": "XZ"})."""
    exact: Mapping[str, tuple[str, Values]] = field(default_factory=dict)
    """Whole headers: {"B0227": ("approved", {"estab_type": "XZ"})}."""
    captions: tuple[str, ...] = ()
    """Upper tiers that say nothing and may be dropped."""
    totals: tuple[str, ...] = ("合计", "小计", "总计", "总数")
    """In place of a group: the sum over groups, checked and not stored."""
    free: tuple[str, ...] = ()
    """Fields that belong to no group: in a wide sheet they make a row of their own, without group values."""
    only: Mapping[str, Values] = field(default_factory=dict)
    """Fields that belong to one group: {"structure_mgmt": {"estab_type": "SY"}}."""

    yields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Headers that are plain columns beside one of these: 工勤编制 beside 管理编制 is a part of the institution's posts."""
    period: str | None = None
    """The field whose value each group is, less the year (-01, -Q1), which the header, a column or the title says."""

    def read(self, tiers: Sequence[str], beside: Collection[str] = ()) -> Spread | None:
        """What a header stands for, or None when it is no spread header. `beside`: the sheet's headers, normalised."""
        if set(self.yields.get("/".join(normalise_header(tier) for tier in tiers), ())) & set(beside):
            return None
        found = self._find(tiers)
        return found if found is not None and found.values else None

    def total(self, tiers: Sequence[str]) -> str | None:
        """The field whose sum over groups stands under this header (编制数/合计), or None."""
        found = self._find(tiers)
        return found.fields[0] if found is not None and not found.values else None

    def _find(self, tiers: Sequence[str]) -> Spread | None:
        words = [word for tier in tiers for word in normalise_header(tier).split("/") if word]
        # A caption merged over several tiers repeats itself.
        words = [word for at, word in enumerate(words) if at == 0 or word != words[at - 1]]
        idle = {normalise_header(caption) for caption in self.captions}
        known = _spreads(self)
        while "/".join(words) not in known and len(words) > 1 and words[0] in idle:
            words = words[1:]
        return known.get("/".join(words))

    __hash__ = object.__hash__


@cache
def _spreads(wide: Wide) -> dict[str, Spread]:
    found: dict[str, Spread] = {}
    groups = (*wide.groups, (wide.totals, {}))
    for names, words in wide.measures.items():
        for group_words, values in groups:
            spread = Spread(tuple(names.split("+")), values)
            for word, group in product(_normal(words), _normal(group_words)):
                for header in (f"{word}/{group}", f"{group}/{word}", f"{group}{word}", f"{word}{group}"):
                    found.setdefault(header, spread)
    for header, (name, values) in wide.exact.items():
        found[normalise_header(header)] = Spread(tuple(name.split("+")), values)
    return found


def _normal(words: Iterable[str]) -> list[str]:
    # Word by word: there are tens of thousands of pairs, and none is joined at a bracket.
    return [normalise_header(word) for word in words]


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
    needs: ClassVar[tuple[str, ...]] = ()
    """Columns a sheet has to have although a row may leave them empty; a check says when it may."""
    wide: ClassVar[Wide | None] = None
    """How wide sheets of this source become long."""

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
    def defaults(cls) -> dict[str, Any]:
        """What an empty or absent cell means, for the fields that say so (单列: no, 满分: 100)."""
        fields = cls.model_fields.items()
        return {name: info.default for name, info in fields if not info.is_required() and info.default is not None}

    @classmethod
    def starred(cls) -> frozenset[str]:
        """Fields marked * in the template: required ones, and those that a check asks for."""
        return cls.required() | frozenset(cls.needs)

    @classmethod
    def schema_of_part(cls) -> dict[str, pl.DataType]:
        """Columns of an accepted part: the row number in the sheet, then every field."""
        return {"src_row": pl.UInt32(), **{name: column.dtype for name, column in cls.columns().items()}}
