"""D5 机构编制台账: approved and actual staff by unit or office, date and staffing type (long form)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from panorama.sources.choices import ESTAB_TYPE
from panorama.sources.grammar import Column, Source
from panorama.text import Text

# The helper who owns sources completes this file: all fields, aliases, checks of D5.


class StaffingLedger(Source):
    number: ClassVar[str] = "D5"
    dataset: ClassVar[str] = "staffing_ledger"
    title: ClassVar[Text] = Text("机构编制台账", "Staffing ledger")
    family: ClassVar[str | None] = "台账"
    key: ClassVar[tuple[str, ...]] = ("snapshot_date", "unit_ref", "office_ref", "estab_type", "single_listed")
    day: ClassVar[str | None] = "snapshot_date"

    snapshot_date: Annotated[date, Column("统计日期", "Ledger date", "date", aliases=("截止日期", "截至时间", "台账日期"))]
    unit_ref: Annotated[str, Column("机构名称", "Unit", "unit", aliases=("单位名称",))]
    office_ref: Annotated[str | None, Column("内设机构", "Office", "office")] = None
    estab_type: Annotated[str, Column("编制类型", "Staffing type", "enum", choices=ESTAB_TYPE)]
    approved: Annotated[int, Column("核定编制数", "Approved", "int", unit="名", ge=0)]
    actual: Annotated[int | None, Column("实有人数", "Actual", "int", unit="人", ge=0)] = None
