"""D12 巡视巡察问题: findings of inspections, or that there were none."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from panorama.sources import checks, findings
from panorama.sources.choices import INSPECTION_AUTHORITY, INSPECTION_KIND, RECTIFY_STATE, RECTIFY_TERM
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text


class InspectionFinding(Source):
    number: ClassVar[str] = "D12"
    dataset: ClassVar[str] = "inspection_finding"
    title: ClassVar[Text] = Text("巡视巡察问题", "Inspection findings")
    family: ClassVar[str | None] = "巡视巡察"
    key: ClassVar[tuple[str, ...]] = ("authority", "round", "unit_ref", "finding_no")
    day: ClassVar[str | None] = "feedback_date"
    needs: ClassVar[tuple[str, ...]] = ("finding_no", "text", "feedback_date")

    finding_no: Annotated[
        str | None,
        Column(
            "问题编号",
            "Finding number",
            "str",
            bare=("序号", "编号"),
            help=Text("只有序号时按文件区分", "A bare serial number counts within its file"),
        ),
    ] = None
    unit_ref: Annotated[
        str,
        unit_column(
            "被巡视巡察单位",
            more=("责任单位", "被巡察党组织", "被巡视党组织", "被巡察单位", "被巡视单位"),
            bare=("单位", "部门"),
        ),
    ]
    round: Annotated[
        str | None, Column("轮次", "Round", "str", aliases=("巡察轮次", "巡视轮次", "第N轮"), bare=("批次",))
    ] = None
    kind: Annotated[
        str | None,
        Column("巡视巡察类型", "Kind of inspection", "enum", aliases=("巡察类型", "巡视类型"), choices=INSPECTION_KIND),
    ] = None
    authority: Annotated[
        str | None,
        Column(
            "巡视主体", "Inspecting body", "enum", aliases=("巡察主体", "巡视巡察主体"), choices=INSPECTION_AUTHORITY
        ),
    ] = None
    feedback_date: Annotated[
        date | None, Column("反馈日期", "Feedback date", "date", aliases=("反馈时间",), bare=("日期", "时间"))
    ] = None
    feedback_year: Annotated[
        int | None,
        Column(
            "反馈年度",
            "Feedback year",
            "year",
            aliases=("巡察年度", "巡视年度"),
            bare=("年度", "年份"),
            ge=1949,
            le=2100,
            help=Text("没有反馈日期时填年度", "Where the day is not known"),
        ),
    ] = None
    block: Annotated[
        str | None, Column("问题板块", "Block", "str", aliases=("四个落实", "三个聚焦"), bare=("方面",))
    ] = None
    category: Annotated[str | None, Column("问题类别", "Category", "str", aliases=("问题类型",), bare=("分类",))] = None
    text: Annotated[
        str | None,
        Column("问题描述", "Finding", "text", aliases=("发现问题", "具体问题", "问题表现", "存在问题", "问题内容")),
    ] = None
    themes: Annotated[list[str] | None, findings.THEMES] = None
    estab_related: Annotated[str | None, findings.RELATED] = None
    sev: Annotated[str | None, findings.SEVERITY] = None
    measures: Annotated[str | None, Column("整改措施", "Measures", "text")] = None
    owner_lead: Annotated[str | None, Column("牵头领导", "Leader in charge", "str", masked=True)] = None
    owner: Annotated[
        str | None, Column("责任人", "Owner", "str", aliases=("责任部门", "责任人/责任部门"), masked=True)
    ] = None
    term: Annotated[
        str | None, Column("整改类型", "Kind of rectification", "enum", aliases=("整改方式",), choices=RECTIFY_TERM)
    ] = None
    due: Annotated[date | None, Column("整改时限", "Due", "date", aliases=("完成时限", "整改期限"))] = None
    state: Annotated[
        str | None,
        Column(
            "整改进展",
            "State",
            "enum",
            aliases=("整改情况", "是否完成", "销号情况", "整改状态"),
            choices=RECTIFY_STATE,
        ),
    ] = None
    done_date: Annotated[date | None, Column("完成时间", "Done on", "date", aliases=("整改完成时间", "完成日期"))] = (
        None
    )
    evidence: Annotated[str | None, Column("佐证", "Evidence", "text", aliases=("佐证材料",))] = None
    nil_return: Annotated[bool, findings.NIL] = False
    conf: Annotated[str, findings.CONFIDENCE] = "内部"

    checks: ClassVar[tuple[Check, ...]] = (
        *findings.finding_checks(),
        checks.one_of(
            ("feedback_date", "feedback_year"), Text("反馈日期与反馈年度至少填一项", "Give the feedback date or year")
        ),
        checks.past("feedback_date", Text("反馈日期", "The feedback date")),
        checks.sane("due", Text("整改时限", "The due date")),
        checks.past("done_date", Text("完成时间", "The day it was done")),
        checks.not_before("due", "feedback_date", Text("整改时限早于反馈日期", "Due before the feedback")),
        checks.not_before("done_date", "feedback_date", Text("完成时间早于反馈日期", "Done before the feedback")),
    )
