"""Files whose headers no source knows: a person says once which column is which field, and it is kept by their headers."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import Any, Final

import polars as pl
import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from panorama.errors import PanoramaError
from panorama.intake.band import find_band
from panorama.intake.cleaning import Place, clean
from panorama.intake.grid import MENDS_SCHEMA, Grid, Header, Parsed, Table
from panorama.intake.mending import MARK
from panorama.intake.recognise import Recognition
from panorama.intake.sieve import judge
from panorama.intake.table import find_table
from panorama.sources import SOURCES, normalise_header
from panorama.sources.grammar import Column, Source
from panorama.sources.headers import unit_hint
from panorama.text import Text

TRIED: Final = 2_000
"""Rows on which a mapping is tried while it is being made."""
_STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True)
_FORMS: Final = {"date": "%Y-%m-%d", "month": "%Y-%m", "period": "%Y-%m", "year": "%Y"}
"""How a date that was read by a pattern is handed on, by the kind of the field."""
_FINER: Final = ("%d", "%e", "%j", "%F", "%D")
_MONTHS: Final = ("%m", "%b", "%B", "%h", *_FINER)


class Reads(BaseModel):
    """How one field is read: from a column, or the same in every row."""

    model_config = _STRICT

    column: str | None = None
    """The header as written; tiers joined by "/"."""
    constant: str | None = None
    """What every row says, written as a cell would be."""
    codes: dict[str, str] = Field(default_factory=dict)
    """Whole cells that stand for another text: {"SUPP": ""} is nothing given, {"1": "大型"} a name."""
    drop: list[str] = Field(default_factory=list)
    """Signs taken out before reading: ["£"]."""
    date: str | None = None
    """How a date is written: "%Y-%b" for 2017-SEP, "%Y%m%d" for 20190702."""
    unit: str | None = None
    """The unit of the figures, where the header does not say it: 万元, 分钟."""

    def text_of(self, cells: pl.Expr, column: Column) -> pl.Expr:
        """The text that is read in place of the cells."""
        if self.codes:
            cells = cells.str.strip_chars().replace(self.codes)
        for sign in self.drop:
            cells = cells.str.replace_all(sign, "", literal=True)
        if self.date:
            cells = pl.coalesce(_dated(cells, self.date, column), cells)
        return pl.when(cells != "").then(cells) if self.codes or self.drop else cells


def _dated(cells: pl.Expr, pattern: str, column: Column) -> pl.Expr:
    """What a pattern makes of the cells, null where it does not fit. A month in a field of days is its last day."""
    finer = any(sign in pattern for sign in _FINER)
    monthly = any(sign in pattern for sign in _MONTHS)
    text, whole = cells.str.strip_chars(), pattern
    if not finer:
        text, whole = text + ("~01" if monthly else "~01-01"), pattern + ("~%d" if monthly else "~%m-%d")
    day = text.str.to_date(whole, strict=False)
    if not finer and column.kind == "date":
        day = day.dt.month_end() if monthly else day.dt.offset_by("1y").dt.offset_by("-1d")
    form = "%Y" if column.kind == "period" and not monthly else _FORMS.get(column.kind, "%Y-%m-%d")
    return day.dt.strftime(form)


class Rows(BaseModel):
    """One kind of row that the table gives; a table may give several, each row of the sheet one of each."""

    model_config = _STRICT

    dataset: str
    fields: dict[str, Reads]
    """Field → how it is read; a bare header is short for its column."""
    where: dict[str, list[str]] = Field(default_factory=dict)
    """Header → cells: other rows are left out."""
    filled: list[str] = Field(default_factory=list)
    """Headers: rows with nothing there are left out."""
    once: bool = False
    """Rows that say the same again are left out, as where each record repeats its unit."""

    @field_validator("fields", mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: {"column": value} if isinstance(value, str) else value for name, value in given.items()}


class SavedMapping(BaseModel):
    """What a table with these headers means. The order of its columns does not matter, their names do."""

    model_config = _STRICT

    title: str
    headers: list[str]
    rows: list[Rows]

    @cached_property
    def fingerprint(self) -> str:
        """By which tables with the same headers are known again."""
        return fingerprint(self.headers)

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Its headers, for the finder of header rows."""
        return {normalise_header(word): () for header in self.headers for word in (header, *header.split("/"))}

    def recognised(self, table: Table) -> list[tuple[Table, Recognition]]:
        """For each kind of row: the table without rows left out, and which of its columns is which field.

        The headers of the table are those of the mapping.
        """
        return [self._recognised(table, rows) for rows in self.rows]

    def _recognised(self, table: Table, rows: Rows) -> tuple[Table, Recognition]:
        by_name = {_known(header.written): header for header in table.headers if header.tiers}
        source = SOURCES[rows.dataset]
        mapping = {
            name: _place(by_name[_known(read.column)], read)
            for name, read in rows.fields.items()
            if read.column is not None
        }
        used = {header.letter for header in mapping.values()}
        context = {name: _constant(name, read, source) for name, read in rows.fields.items() if read.column is None}
        if "snapshot_date" in source.columns() and "snapshot_date" not in {*mapping, *context}:
            context |= {"snapshot_date": table.snapshot_date} if table.snapshot_date else {}
        found = Recognition(
            source=source,
            mapping=mapping,
            context=context,
            extra=tuple(header for header in table.headers if header.tiers and header.letter not in used),
            by=self.title,
            reads={name: partial(read.text_of, column=source.columns()[name]) for name, read in rows.fields.items()},
        )
        return _left_out(table, rows, by_name, found), found

    def to_toml(self) -> str:
        """As a file that can be read again; a field that is only a column is written short."""
        told = self.model_dump(exclude_defaults=True)
        for rows in told["rows"]:
            rows["fields"] = {
                name: read["column"] if list(read) == ["column"] else read for name, read in rows["fields"].items()
            }
        return tomli_w.dumps(told)


def fingerprint(headers: Sequence[str]) -> str:
    """Of headers as written, in any order; a column by which refused rows are mended counts for nothing."""
    known = sorted(_known(header) for header in headers if header != MARK)
    return hashlib.sha256("\x1f".join(known).encode()).hexdigest()[:16]


def _known(header: str) -> str:
    return normalise_header(header)


def mapped(
    grid: Grid, mappings: Sequence[SavedMapping], snapshot_date: date | None = None
) -> tuple[Table, SavedMapping] | None:
    """The table of a sheet whose headers are those of a saved mapping; the date given goes before that of its title."""
    for mapping in mappings:
        band = find_band(grid, mapping.words)
        if band is None or fingerprint(["/".join(tiers) for tiers in band.tiers.values()]) != mapping.fingerprint:
            continue
        table = find_table(grid, mapping.words)
        if table is not None:
            return replace(table, snapshot_date=snapshot_date or table.snapshot_date), mapping
    return None


def _place(header: Header, read: Reads) -> Header:
    return header if read.unit is None else replace(header, hint=unit_hint(f"x({read.unit})") or read.unit)


def _constant(name: str, read: Reads, source: type[Source]) -> Any:
    return clean(pl.Series([read.constant], dtype=pl.String), name, source.columns()[name], Place()).values[0]


def _left_out(table: Table, rows: Rows, by_name: dict[str, Header], found: Recognition) -> Table:
    """The table without the rows that do not count for this kind of row."""
    conditions = [
        pl.col(by_name[_known(header)].letter).str.strip_chars().is_in(cells) for header, cells in rows.where.items()
    ]
    conditions += [pl.col(by_name[_known(header)].letter).str.strip_chars() != "" for header in rows.filled]
    kept = table.frame.filter(*(condition.fill_null(False) for condition in conditions)) if conditions else table.frame
    if rows.once:
        kept = kept.filter(pl.struct(_said(found)).is_first_distinct())
    return _with(table, kept)


def said_by_rows(table: Table, found: Recognition) -> pl.DataFrame:
    """What each row of a kind that counts once says, by which one that says the same again is known: row, and a column a field."""
    return table.frame.select("row", *_said(found))


def without(table: Table, rows: pl.Series) -> Table:
    """The table without the rows with these numbers: told as skipped."""
    return _with(table, table.frame.filter(~pl.col("row").is_in(rows.implode())))


def _said(found: Recognition) -> list[pl.Expr]:
    return [found.reads[name](pl.col(header.letter)).alias(name) for name, header in found.mapping.items()]


def _with(table: Table, kept: pl.DataFrame) -> Table:
    """The table with these of its rows; the others are told as skipped, none is lost."""
    if kept.height == table.frame.height:
        return table
    out = table.frame.filter(~pl.col("row").is_in(kept["row"].implode()))
    told = out.select("row", pl.lit("left out").alias("reason"), *table.skipped.columns[2:])
    return replace(table, frame=kept, skipped=pl.concat([table.skipped, told]).sort("row"))


def read_mapping(text: str) -> SavedMapping:
    """A mapping as TOML, checked whole. Raises PanoramaError: what is wrong, at which place, what to do."""
    try:
        mapping = SavedMapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise PanoramaError(
            f"不是合规的 TOML：{fault}。请改正后再存。", f"It is no TOML: {fault}. Mend it and save again."
        ) from None
    except ValidationError as fault:
        raise _misfit(fault) from None
    return checked(mapping)


def checked(mapping: SavedMapping) -> SavedMapping:
    """The mapping, if a table could be read by it. Raises PanoramaError with the first thing that is wrong."""
    for problem in _problems(mapping):
        raise PanoramaError(problem.zh, problem.en)
    return mapping


def _problems(mapping: SavedMapping) -> Iterator[Text]:
    known = [_known(header) for header in mapping.headers]
    for header in mapping.headers:
        if known.count(_known(header)) > 1:
            yield Text(
                f"表头“{header}”不止一列：请在文件里改名，使各列不同名",
                f"More than one column is headed “{header}”: rename them in the file so that each differs",
            )
    if not mapping.rows:
        yield Text("没有写明读出哪种数据（rows）", "It does not say what the rows are (rows)")
    for at, rows in enumerate(mapping.rows, 1):
        title = SOURCES[rows.dataset].title if rows.dataset in SOURCES else Text(rows.dataset, rows.dataset)
        for problem in _problems_of_rows(rows, known):
            yield Text(f"第 {at} 组（{title.zh}）：{problem.zh}", f"Rows {at} ({title.en}): {problem.en}")


def _problems_of_rows(rows: Rows, known: list[str]) -> Iterator[Text]:
    if rows.dataset not in SOURCES:
        listed = "、".join(SOURCES)
        yield Text(f"没有这个数据集，可用：{listed}", f"There is no such dataset; there are: {', '.join(SOURCES)}")
        return
    source = SOURCES[rows.dataset]
    for header in (*rows.where, *rows.filled, *(read.column for read in rows.fields.values() if read.column)):
        if _known(header) not in known:
            yield Text(f"表头里没有“{header}”列", f"There is no column “{header}” among the headers")
    for name, read in rows.fields.items():
        yield from _problems_of_field(name, read, source)
    for name in (name for name in source.columns() if name in source.required() - rows.fields.keys()):
        column = source.columns()[name]
        if name != "snapshot_date":
            yield Text(
                f"必填的“{column.zh}”（{name}）没有对应的列或固定值",
                f"“{column.en}” ({name}) is required and has no column or constant",
            )


def _problems_of_field(name: str, read: Reads, source: type[Source]) -> Iterator[Text]:
    column = source.columns().get(name)
    if column is None:
        yield Text(
            f"没有字段 {name}，可用：{'、'.join(source.columns())}",
            f"There is no field {name}; there are: {', '.join(source.columns())}",
        )
        return
    if (read.column is None) == (read.constant is None):
        yield Text(
            f"“{column.zh}”（{name}）须写明取自哪一列或固定值，二者取一",
            f"“{column.en}” ({name}) needs a column or a constant, one of them",
        )
        return
    if read.constant is not None and _constant(name, read, source) is None:
        yield Text(
            f"“{column.zh}”（{name}）的固定值“{read.constant}”读不出来",
            f"The constant “{read.constant}” of “{column.en}” ({name}) cannot be read",
        )
    if read.date is not None and column.kind not in _FORMS:
        yield Text(
            f"“{column.zh}”（{name}）不是日期，不能写日期格式",
            f"“{column.en}” ({name}) is no date and takes no pattern",
        )
    if read.unit is not None and read.unit != column.unit and read.unit not in column.scales:
        fit = "、".join(filter(None, (column.unit, *column.scales))) or "—"
        yield Text(
            f"“{column.zh}”（{name}）不能以“{read.unit}”计，可用：{fit}",
            f"“{column.en}” ({name}) cannot be in “{read.unit}”; it may be in: {fit}",
        )


def _misfit(fault: ValidationError) -> PanoramaError:
    """The first thing that pydantic found, at its place."""
    first = fault.errors()[0]
    place = ".".join(str(step + 1) if isinstance(step, int) else step for step in first["loc"]) or "TOML"
    told = {
        "missing": Text("缺少这一项", "it is missing"),
        "extra_forbidden": Text("没有这样的项", "there is no such entry"),
    }
    what = told.get(first["type"], Text(first["msg"], first["msg"]))
    return PanoramaError(f"{place}：{what.zh}。请改正后再存。", f"{place}: {what.en}. Mend it and save again.")


def tried(table: Table, mapping: SavedMapping, most: int = TRIED) -> list[Parsed]:
    """What a mapping makes of the first rows of a table, one outcome for each kind of row. Nothing is kept."""
    short = replace(table, frame=table.frame.head(most), skipped=table.skipped.clear(), blank_rows=0)
    return [judge(left, found, pl.DataFrame(schema=MENDS_SCHEMA)) for left, found in mapping.recognised(short)]
