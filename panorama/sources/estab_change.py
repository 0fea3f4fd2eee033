"""D7 编制变动: documents that changed bodies, staff or leader posts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import polars as pl

from panorama.sources import checks
from panorama.sources.choices import APPROVER, CHANGE_KIND, ESTAB_TYPE
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import office_column, other_unit_column, unit_column
from panorama.text import Text


class EstabChange(Source):
    number: ClassVar[str] = "D7"
    dataset: ClassVar[str] = "estab_change"
    title: ClassVar[Text] = Text("编制变动", "Staffing changes")
    family: ClassVar[str | None] = "台账"
    key: ClassVar[tuple[str, ...]] = ("doc_no", "unit_ref", "office_ref", "kind", "estab_type")
    day: ClassVar[str | None] = "change_date"

    doc_no: Annotated[
        str,
        Column(
            "批复文号",
            "Document",
            "str",
            aliases=("批准文号", "文件号"),
            bare=("文号",),
            document=True,
            help=Text("如 津编办发〔2024〕12号", "For example 津编办发〔2024〕12号"),
        ),
    ]
    unit_ref: Annotated[str, unit_column("单位", bare=("部门", "名称"))]
    office_ref: Annotated[str | None, office_column(bare=())] = None
    change_date: Annotated[
        date,
        Column("批复日期", "Date of approval", "date", aliases=("发文日期", "批准时间", "批准日期"), bare=("日期",)),
    ]
    kind: Annotated[
        str | None,
        Column(
            "变动类型",
            "Kind of change",
            "enum",
            aliases=("事项类型", "变化原因", "机构变化原因"),
            choices=CHANGE_KIND,
        ),
    ] = None
    estab_type: Annotated[
        str | None, Column("编制类型", "Staffing type", "enum", aliases=("编制类别",), choices=ESTAB_TYPE)
    ] = None
    delta: Annotated[
        int | None,
        Column(
            "变动数",
            "Change",
            "int",
            aliases=("增减数", "增加编制", "核减编制", "编制变动数"),
            unit="名",
            signed=True,
            help=Text("增加为正，核减为负", "Increase is positive, reduction negative"),
        ),
    ] = None
    leader_delta: Annotated[
        int | None, Column("职数变动", "Change of leader posts", "int", aliases=("增减职数",), unit="名", signed=True)
    ] = None
    from_ref: Annotated[str | None, other_unit_column("划出", "From unit", "原单位", "划出单位")] = None
    to_ref: Annotated[str | None, other_unit_column("划入", "To unit", "新单位", "划入单位")] = None
    approver: Annotated[str | None, Column("审批机关", "Approver", "enum", aliases=("批准机关",), choices=APPROVER)] = (
        None
    )
    effective_from: Annotated[
        date | None,
        Column(
            "生效日期", "Effective from", "date", help=Text("不填为批复日期", "Left empty it is the date of approval")
        ),
    ] = None
    gist: Annotated[str | None, Column("事项摘要", "Gist", "text", aliases=("文件标题", "主要内容"))] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.follows(
            "estab_type", "delta", Text("有变动数须填编制类型", "A change of staff needs its staffing type")
        ),
        checks.needs("from_ref", "kind", ("划转",), Text("划转须填划出单位", "A transfer needs the unit it leaves")),
        checks.needs("to_ref", "kind", ("划转",), Text("划转须填划入单位", "A transfer needs the unit it goes to")),
        checks.rule(
            "V-REL",
            "warning",
            "delta",
            Text("变动数的正负与变动类型不一致，请核对", "The sign of the change contradicts its kind: please check"),
            lambda: (
                ((pl.col("kind") == "核减") & (pl.col("delta") > 0))
                | ((pl.col("kind") == "增加") & (pl.col("delta") < 0))
            ),
            lambda row: (
                row["delta"] is not None
                and ((row["kind"] == "核减" and row["delta"] > 0) or (row["kind"] == "增加" and row["delta"] < 0))
            ),
        ),
        checks.past("change_date", Text("批复日期", "The date of approval")),
        checks.sane("effective_from", Text("生效日期", "The effective date")),
    )
