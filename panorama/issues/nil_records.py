"""零报告 as a workbook says it: one row a nil return, beside the issues of the ledger (D22)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from panorama.issues.nil import NilReturn
from panorama.sources import checks
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text


class NilRecord(Source):
    """One row per nil return of a unit for a round, those that were withdrawn too. Names of fields are those of `NilReturn`."""

    number: ClassVar[str] = "D22"
    dataset: ClassVar[str] = "nil_return"
    title: ClassVar[Text] = Text("零报告", "Nil returns")
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "first_year", "last_year", "given_on")
    day: ClassVar[str | None] = "given_on"

    unit_ref: Annotated[str, unit_column("零报告单位", "Unit without issues", more=("单位", "单位名称"))]
    unit_name: Annotated[
        str | None, Column("登记时单位名称", "Unit as it was called", "text", help=Text("不填为现在的名称", "Empty: as it is called now"))
    ] = None  # fmt: skip
    first_year: Annotated[int, Column("轮次首年", "First year of the round", "int", ge=1990, le=2100)]
    last_year: Annotated[int, Column("轮次末年", "Last year of the round", "int", ge=1990, le=2100)]
    signed_by: Annotated[str, Column("签报人", "Signed by", "str")]
    given_on: Annotated[date, Column("零报告日期", "Nil return of", "date", aliases=("签报日期",))]
    note: Annotated[str | None, Column("零报告说明", "Note", "text")] = None
    withdrawn_on: Annotated[date | None, Column("零报告撤回日期", "Withdrawn on", "date")] = None
    withdrawal_reason: Annotated[str | None, Column("零报告撤回理由", "Why withdrawn", "text")] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.past("given_on", Text("零报告日期", "The day of the nil return")),
        checks.past("withdrawn_on", Text("撤回日期", "The day of the withdrawal")),
        checks.not_before("withdrawn_on", "given_on", Text("撤回日期早于零报告日期", "It was withdrawn before it was given")),
    )  # fmt: skip


def nil_of(row: Mapping[str, Any], unit_id: int, unit_name: str) -> NilReturn:
    """The nil return that a row tells of. unit_name: as the unit is called now."""
    told = {name: row[name] for name in NilRecord.columns() if name in NilReturn.model_fields}
    return NilReturn(**{**told, "unit_id": unit_id, "unit_name": row["unit_name"] or unit_name})


def lacking(nil: NilReturn) -> Iterator[tuple[str, Text]]:
    """What cannot be said together: field, and the sentence."""
    if nil.last_year < nil.first_year:
        yield "last_year", Text("轮次末年早于首年", "The round ends before it begins")
    if nil.withdrawn_on is not None and not nil.withdrawal_reason:
        yield "withdrawal_reason", Text("撤回的零报告要写明理由", "A nil return that was withdrawn says why")
    if nil.withdrawn_on is None and nil.withdrawal_reason:
        yield "withdrawn_on", Text("写了撤回理由，也要写撤回日期", "With the reason goes the day it was withdrawn")
