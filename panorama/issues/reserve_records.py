"""改革政策储备问题清单 as a workbook says it (D23): each entry is an issue of class C, told in the words of the reserve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from panorama.issues.records import CLASSES, DOMAINS, RESERVE_STATES, STATES, IssueRecord
from panorama.sources.grammar import Column
from panorama.sources.references import unit_column
from panorama.text import Text

BY_HAND: Final = "人工"
"""What stands in place of an issue's number where a problem comes from no issue."""
_LIST: Final = "改革政策储备问题清单"
_CLASS_REASON: Final = f"列入{_LIST}"


class ReserveRecord(IssueRecord):
    """One row per problem in the reserve. Names of fields are those of `IssueRecord`; headers are those of the list."""

    number: ClassVar[str] = "D23"
    dataset: ClassVar[str] = "policy_reserve"
    title: ClassVar[Text] = Text("政策储备", "Policy reserve")
    key: ClassVar[tuple[str, ...]] = ("reserve_no",)

    issue_no: Annotated[
        str | None,
        Column(
            "来源问题", "Issue it comes from", "str", aliases=("来源问题编号", "问题编号", "台账编号"),
            help=Text("问题编号；没有的写“人工”或不填，导入时给新编号", "Its number; none or 人工: it gets a new one"),
        ),
    ] = None  # fmt: skip
    unit_ref: Annotated[str, unit_column("涉及单位", "Unit concerned", more=("单位",))]
    title_: Annotated[str, Column("问题名称", "Problem", "text", aliases=("问题事项", "储备问题"))]
    text: Annotated[str, Column("问题描述", "Description", "text", aliases=("具体情形", "情形描述"))]
    issue_class: Annotated[str | None, Column("问题分类", "Class", "enum", aliases=("分类",), choices=CLASSES)] = None
    found_on: Annotated[date, Column("提出日期", "Put forward on", "date", aliases=("提出时间", "发现日期"))]
    lead_office: Annotated[str | None, Column("提出处室", "Put forward by", "str", aliases=("牵头处室",))] = None
    state: Annotated[str, Column("问题状态", "State of the issue", "enum", choices=STATES)] = "已核定"
    reserve_no: Annotated[str, Column("储备编号", "Reserve number", "str", bare=("序号", "编号"))]
    clause: Annotated[
        str | None, Column("涉及三定条款", "Mandate clause", "text", aliases=("三定规定", "三定条款"))
    ] = None
    domain: Annotated[str, Column("改革领域", "Domain of reform", "enum", choices=DOMAINS)]
    proposal: Annotated[str | None, Column("改革建议", "Proposal", "text", aliases=("意见建议", "工作建议"))] = None
    reserve_state: Annotated[
        str | None,
        Column(
            "储备状态", "State in the reserve", "enum", aliases=("办理情况",), bare=("状态",), choices=RESERVE_STATES
        ),
    ] = None


def as_issue(row: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Text]]]:
    """A row of `ReserveRecord` as one of `IssueRecord`; and what the list leaves unsaid and was filled in, by field."""
    filled: list[tuple[str, Text]] = []
    told = {**row, "issue_class": row["issue_class"] or "C", "issue_no": row["issue_no"]}
    if told["issue_no"] == BY_HAND:
        told["issue_no"] = None
    if told["issue_no"] is None:
        filled.append(
            ("issue_no", Text("没有来源问题，导入时给新编号", "It comes from no issue and gets a new number"))
        )
    if not row["class_reason"]:
        told["class_reason"] = _CLASS_REASON
        filled.append(
            (
                "class_reason",
                Text(f"没有写分类理由，记为“{_CLASS_REASON}”", f"No reason for its class: {_CLASS_REASON}"),
            )
        )
    return told, filled


def by_list(row: Mapping[str, Any]) -> str:
    """The source of an entry of which nothing says where it comes from: the list itself."""
    return f"{_LIST} {row['reserve_no']}"
