"""D13 审计问题: findings of audits, or that there were none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from panorama.sources import checks, findings
from panorama.sources.choices import AUDIT_KIND, AUDIT_TERM, DISPOSAL, RECTIFY_STATE
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text

WAN = {"元": "0.0001", "千元": "0.1", "百万元": "100", "亿元": "10000"}
"""Factors to 万元."""


class AuditFinding(Source):
    number: ClassVar[str] = "D13"
    dataset: ClassVar[str] = "audit_finding"
    title: ClassVar[Text] = Text("审计问题", "Audit findings")
    family: ClassVar[str | None] = "审计"
    key: ClassVar[tuple[str, ...]] = ("report_no", "unit_ref", "finding_no")
    day: ClassVar[str | None] = "audit_year"
    needs: ClassVar[tuple[str, ...]] = ("finding_no", "text")

    finding_no: Annotated[
        str | None,
        Column(
            "问题编号",
            "Finding number",
            "str",
            bare=("序号", "编号"),
            help=Text("零报告可不填", "A nil return needs none"),
        ),
    ] = None
    unit_ref: Annotated[str, unit_column("被审计单位", more=("责任单位", "整改责任单位"), bare=("单位", "部门"))]
    project: Annotated[str, Column("审计项目", "Audit", "str", aliases=("项目名称", "审计项目名称"), bare=("项目",))]
    report_no: Annotated[
        str | None,
        Column("报告文号", "Report", "str", aliases=("审计报告号", "审计意见书"), bare=("文号",), document=True),
    ] = None
    audit_year: Annotated[
        int,
        Column("审计年度", "Audit year", "year", aliases=("实施年度",), bare=("年度", "年份"), ge=1949, le=2100),
    ]
    period_from: Annotated[
        date | None,
        Column(
            "审计期间起",
            "Audited from",
            "date",
            aliases=("审计期间", "审计期间/起", "审计期间开始"),
            bare=("所属年度",),
            until="period_to",
        ),
    ] = None
    period_to: Annotated[
        date | None, Column("审计期间止", "Audited to", "date", aliases=("审计期间/止", "审计期间结束"))
    ] = None
    kind: Annotated[
        str | None, Column("审计类型", "Kind of audit", "enum", aliases=("项目类型",), choices=AUDIT_KIND)
    ] = None
    authority: Annotated[str | None, Column("审计机关", "Auditor", "str", aliases=("实施单位",))] = None
    category: Annotated[
        str | None,
        Column("问题类别", "Category", "str", aliases=("问题类型", "一级分类", "二级分类", "问题定性"), bare=("分类",)),
    ] = None
    basis: Annotated[str | None, Column("定性依据", "Basis", "text", aliases=("法规依据", "违反条款"))] = None
    text: Annotated[
        str | None,
        Column("问题描述", "Finding", "text", aliases=("审计发现问题", "问题摘要", "发现问题", "审计发现的问题")),
    ] = None
    amount: Annotated[
        Decimal | None,
        Column("问题金额", "Amount", "dec", aliases=("涉及金额",), bare=("金额",), unit="万元", scales=WAN, ge=0),
    ] = None
    persons: Annotated[int | None, Column("涉及人数", "People", "int", bare=("人数",), unit="人", ge=0)] = None
    disposal: Annotated[
        str | None,
        Column("处理意见", "Disposal", "enum", aliases=("审计决定", "审计建议", "移送处理"), choices=DISPOSAL),
    ] = None
    audit_term: Annotated[
        str | None, Column("整改要求", "Kind of rectification", "enum", aliases=("整改类型",), choices=AUDIT_TERM)
    ] = None
    due: Annotated[date | None, Column("整改时限", "Due", "date", aliases=("完成时限", "整改期限"))] = None
    state: Annotated[
        str | None,
        Column("整改状态", "State", "enum", aliases=("整改情况", "是否整改到位"), choices=RECTIFY_STATE),
    ] = None
    done_date: Annotated[
        date | None, Column("整改完成日期", "Done on", "date", aliases=("整改完成时间", "完成日期"))
    ] = None
    rectified_amount: Annotated[
        Decimal | None,
        Column("已整改金额", "Put right", "dec", aliases=("整改金额",), unit="万元", scales=WAN, ge=0),
    ] = None
    systems_built: Annotated[
        int | None, Column("建立制度数", "Rules made", "int", aliases=("完善制度",), unit="项", ge=0)
    ] = None
    leader_term: Annotated[
        str | None,
        Column("责任领导", "Responsible leader", "str", aliases=("被审计领导干部", "任期"), masked=True),
    ] = None
    themes: Annotated[list[str] | None, findings.THEMES] = None
    estab_related: Annotated[str | None, findings.RELATED] = None
    sev: Annotated[str | None, findings.SEVERITY] = None
    nil_return: Annotated[bool, findings.NIL] = False
    conf: Annotated[str, findings.CONFIDENCE] = "内部"

    checks: ClassVar[tuple[Check, ...]] = (
        *findings.finding_checks(),
        checks.sane("period_from", Text("审计期间起", "The start of the audited period")),
        checks.sane("period_to", Text("审计期间止", "The end of the audited period")),
        checks.not_before(
            "period_to", "period_from", Text("审计期间止早于审计期间起", "The audited period ends before it begins")
        ),
        checks.sane("due", Text("整改时限", "The due date")),
        checks.past("done_date", Text("整改完成日期", "The day it was put right")),
        checks.at_most(
            "rectified_amount",
            "amount",
            Text("已整改金额大于问题金额，请核对", "More put right than was found: please check"),
            "warning",
        ),
    )
