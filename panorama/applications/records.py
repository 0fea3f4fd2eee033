"""机构编制申请 as a workbook says it (D24): one sheet of applications, one of the issues that held each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from panorama.applications.application import (
    COUNTED,
    DECISION,
    GRANTED,
    ITEM,
    MOST_POSTS,
    RESULT,
    Answer,
    Application,
    Hold,
    Item,
    Passed,
)
from panorama.issues.records import STATES
from panorama.sources import checks
from panorama.sources.choices import ESTAB_TYPE
from panorama.sources.grammar import Check, Choice, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text

_ITEMS: Final = tuple(Choice(one, label) for one, label in ITEM.items())
_RESULTS: Final = tuple(Choice(one, label) for one, label in RESULT.items())
_DECISIONS: Final = tuple(Choice(one, label) for one, label in DECISION.items())


class ApplicationRecord(Source):
    """One row per application. Names of fields are those of `Application`, but for its unit and the gate's answer."""

    number: ClassVar[str] = "D24"
    dataset: ClassVar[str] = "application"
    title: ClassVar[Text] = Text("机构编制申请", "Applications")
    key: ClassVar[tuple[str, ...]] = ("app_no",)
    day: ClassVar[str | None] = "applied_on"

    app_no: Annotated[str, Column("申请编号", "Application number", "str", aliases=("收文号",), bare=("序号", "编号"))]
    unit_ref: Annotated[str, unit_column("申请单位", "Unit that asks", more=("报送单位", "单位"))]
    unit_name: Annotated[
        str | None, Column("登记时单位名称", "Unit as it was called", "text", help=Text("不填为现在的名称", "Empty: as it is called now"))
    ] = None  # fmt: skip
    applied_on: Annotated[
        date, Column("申请日期", "Applied on", "date", aliases=("收文日期", "来文时间", "来文日期", "收文时间"))
    ]
    doc_no: Annotated[str | None, Column("来文文号", "Document", "str", aliases=("请示文号",))] = None
    title_: Annotated[str, Column("申请标题", "Title", "text", aliases=("请示标题", "来文标题"), bare=("标题",))]
    item: Annotated[str, Column("事项类型", "Asked for", "enum", aliases=("申请事项",), choices=_ITEMS)]
    estab_type: Annotated[
        str | None, Column("编制类型", "Staffing type", "enum", aliases=("编制类别",), choices=ESTAB_TYPE)
    ] = None
    quantity: Annotated[
        int | None,
        Column("申请数量", "Posts asked for", "int", aliases=("申请编制数", "数量"), unit="名", gt=0, le=MOST_POSTS),
    ] = None
    reason: Annotated[str, Column("申请理由", "Why it is asked for", "text", aliases=("事由", "申请事由"))]
    handling_office: Annotated[str | None, Column("承办处室", "Office in charge", "str", aliases=("经办处室",))] = None
    gate_result: Annotated[str | None, Column("受理结论", "Gate", "enum", choices=_RESULTS)] = None
    gate_day: Annotated[date | None, Column("检查日期", "Judged on", "date", aliases=("检查时间",))] = None
    gate_issues: Annotated[
        list[str] | None, Column("关联未销号问题", "Issues that held it", "list", aliases=("未销号问题",))
    ] = None
    earliest: Annotated[date | None, Column("最早恢复日期", "Earliest release", "date")] = None
    waiver_by: Annotated[str | None, Column("豁免批准人", "Waived by", "str")] = None
    waiver_reason: Annotated[str | None, Column("豁免理由", "Why waived", "text")] = None
    waiver_doc: Annotated[str | None, Column("豁免文号", "Waiver document", "str")] = None
    waived_on: Annotated[date | None, Column("豁免日期", "Waived on", "date")] = None
    waived_issues: Annotated[list[str] | None, Column("豁免的问题", "Issues waived", "list")] = None
    decision: Annotated[
        str, Column("办理结果", "Decision", "enum", aliases=("审批意见", "审批结果"), choices=_DECISIONS)
    ] = "办理中"
    approved_quantity: Annotated[
        int | None, Column("批准数", "Posts granted", "int", aliases=("批准编制数",), unit="名", gt=0, le=MOST_POSTS)
    ] = None
    decided_on: Annotated[date | None, Column("批复日期", "Decided on", "date", aliases=("办结日期",))] = None
    decision_doc: Annotated[str | None, Column("批复文号", "Decision document", "str")] = None
    opinion: Annotated[str | None, Column("办理意见", "Opinion", "text", aliases=("审批意见说明",))] = None
    withdrawn_on: Annotated[date | None, Column("撤回日期", "Withdrawn on", "date")] = None
    withdrawal_reason: Annotated[str | None, Column("撤回理由", "Why withdrawn", "text")] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.past("applied_on", Text("申请日期", "The day of the application")),
        checks.past("gate_day", Text("检查日期", "The day of the judgement")),
        checks.past("waived_on", Text("豁免日期", "The day of the waiver")),
        checks.past("decided_on", Text("批复日期", "The day of the decision")),
        checks.past("withdrawn_on", Text("撤回日期", "The day of the withdrawal")),
        checks.not_before("decided_on", "applied_on", Text("批复日期早于申请日期", "It was decided before it was asked for")),
        checks.not_before("withdrawn_on", "applied_on", Text("撤回日期早于申请日期", "It was withdrawn before it was asked for")),
    )  # fmt: skip


class ApplicationHold(Source):
    """One row per issue that held an application, as it stood on the day of the judgement."""

    number: ClassVar[str] = "D24"
    dataset: ClassVar[str] = "application_hold"
    title: ClassVar[Text] = Text("受理依据", "What held them")
    key: ClassVar[tuple[str, ...]] = ("app_no", "issue_no")

    app_no: Annotated[str, Column("申请编号", "Application number", "str")]
    issue_no: Annotated[str, Column("问题编号", "Issue number", "str")]
    held_unit: Annotated[str | None, Column("问题单位", "Unit of the issue", "text")] = None
    held_title: Annotated[str | None, Column("问题标题", "Title of the issue", "text")] = None
    held_state: Annotated[str | None, Column("当日状态", "State that day", "enum", choices=STATES)] = None
    limit: Annotated[date | None, Column("当日时限", "Limit that day", "date")] = None
    passed_unit: Annotated[str | None, Column("撤并的原单位", "Ended unit", "text")] = None
    passed_heirs: Annotated[list[str] | None, Column("由谁承接", "Taken over by", "list")] = None
    passed_on: Annotated[date | None, Column("承接日期", "Taken over on", "date")] = None
    passed_doc: Annotated[str | None, Column("承接文号", "Approval of the taking over", "text")] = None

    checks: ClassVar[tuple[Check, ...]] = ()


_WAIVER: Final = ("waiver_by", "waiver_reason", "waiver_doc", "waived_on")
_WORDS: Final[tuple[Mapping[str, Text], ...]] = (dict(ITEM), dict(DECISION))  # type: ignore[arg-type]
_FIELDS: Final = tuple(name for name in ApplicationRecord.columns() if name in Application.model_fields)


def application_of(
    row: Mapping[str, Any],
    unit_id: int,
    unit_name: str,
    holds: Sequence[Hold],
    waived: Sequence[int],
    more: Collection[Item],
    today: Answer,
) -> Application:
    """The application that a row tells of. unit_name: as the unit is called now. more: what the gate asks about.

    holds: the issues that its row says held it. today: what the gate says now, for what is in hand and was never judged.
    """
    decided = row["decided_on"] or row["withdrawn_on"]
    asks_more = row["item"] in more
    if row["gate_result"] is None and decided is None:
        gate = today
    else:
        gate = Answer(
            result=row["gate_result"] or "可受理",
            day=row["gate_day"] or decided or today.day,
            more=asks_more,
            holds=tuple(holds),
            earliest=row["earliest"],
        )
    told = {name: row[name] for name in _FIELDS}
    return Application.model_validate(
        {
            **told, "unit_id": unit_id, "unit_name": row["unit_name"] or unit_name, "title": row["title_"], "gate": gate,
            "waived": tuple(sorted(waived)),
        }
    )  # fmt: skip


def lacking(row: Mapping[str, Any], found: Application) -> Iterator[tuple[str, Text]]:
    """What an application that came from elsewhere lacks, or says twice: field, and the sentence; as the commands would ask."""
    if found.item in COUNTED and found.quantity is None:
        yield "quantity", _needed("quantity", found.item)
    if found.item == "增编" and found.estab_type is None:
        yield "estab_type", _needed("estab_type", found.item)
    yield from _of_waiver(found)
    yield from _of_gate(row, found)
    yield from _of_decision(found)
    if found.withdrawn_on is None and found.withdrawal_reason:
        yield "withdrawn_on", _along("withdrawn_on", "withdrawal_reason")
    if found.withdrawn_on is not None and not found.withdrawal_reason:
        yield "withdrawal_reason", _along("withdrawal_reason", "withdrawn_on")
    if found.withdrawn_on is not None and found.decision != "办理中":
        yield "withdrawn_on", Text("已经办结的不能又撤回", "What was decided cannot be withdrawn too")


def _of_waiver(found: Application) -> Iterator[tuple[str, Text]]:
    given = [name for name in _WAIVER if getattr(found, name)]
    if given:
        yield from ((name, _along(name, given[0])) for name in _WAIVER if name not in given)
        if not found.waived:
            yield "waived_issues", _along("waived_issues", given[0])
    elif found.waived:
        yield "waiver_by", _along("waiver_by", "waived_issues")
    if found.gate.result == "豁免受理" and not given:
        yield "waiver_by", Text("豁免受理要写明批准人、理由和文号", "A waiver names who gave it, why, and the document")


def _of_gate(row: Mapping[str, Any], found: Application) -> Iterator[tuple[str, Text]]:
    gate = found.gate
    if row["gate_result"] is None and not found.open and gate.more:
        yield (
            "gate_result",
            Text(
                "已经办结或撤回的新增类申请要写明当日的受理结论",
                "What asked for more and is decided or withdrawn says what the gate said that day",
            ),
        )
    if not gate.more and gate.result != "可受理":
        yield (
            "gate_result",
            Text(
                f"“{found.item}”不是新增类，从不暂停受理",
                f"“{ITEM[found.item].en}” asks for nothing more and is never held",
            ),
        )
    if gate.more and (gate.result == "可受理") != (not gate.holds):
        yield (
            "gate_issues",
            Text(
                "暂停受理、豁免受理要列出关联未销号问题，可受理的没有",
                "What is held or waived names the issues that held it, and what may be accepted names none",
            ),
        )


def _of_decision(found: Application) -> Iterator[tuple[str, Text]]:
    granted, decided = found.decision in GRANTED, found.decision != "办理中"
    if decided:
        needed = ("decided_on", "opinion", *(("decision_doc",) if granted else ()))
        yield from ((name, _needed(name, found.decision)) for name in needed if not getattr(found, name))
    else:
        yield from (
            (name, Text("还在办理中，不应填写", "It is still in hand and has none"))
            for name in ("decided_on", "decision_doc", "approved_quantity", "opinion")
            if getattr(found, name)
        )
    if granted and found.gate.result == "暂停受理":
        yield "decision", Text("暂停受理的不能同意", "What is held cannot be granted")
    asked, given = found.quantity, found.approved_quantity
    whole = {"同意": given == asked, "部分同意": asked is None or (given is not None and given < asked)}
    if decided and not whole.get(found.decision, given is None):
        yield (
            "approved_quantity",
            Text(
                "批准数：同意的等于申请数，部分同意的少于申请数，其余不填",
                "Posts granted: all that was asked for, fewer where it is granted in part, else none",
            ),
        )


def _label(name: str) -> Text:
    return ApplicationRecord.columns()[name].label


def _needed(name: str, of: str) -> Text:
    label, english = _label(name), next((words[of].en for words in _WORDS if of in words), of)
    return Text(f"“{of}”必须有{label.zh}：请补填", f"“{english}” has a “{label.en}”: fill it in")


def _along(name: str, other: str) -> Text:
    label, there = _label(name), _label(other)
    return Text(f"填了{there.zh}，也要填{label.zh}", f"With “{there.en}” goes “{label.en}”: fill it in")


def row_of(found: Application, numbers: Mapping[int, str]) -> dict[str, Any]:
    """An application as a row of `ApplicationRecord`, but for its unit_ref. numbers: id of an issue → its number."""
    told = {name: value for name, value in found.model_dump().items() if name in ApplicationRecord.columns()}
    gate = found.gate
    return {
        **told, "title_": found.title, "gate_result": gate.result, "gate_day": gate.day, "earliest": gate.earliest,
        "gate_issues": [str(hold.issue_no) for hold in gate.holds], "waived_issues": [numbers[one] for one in found.waived],
    }  # fmt: skip


def hold_row(app_no: str, hold: Hold) -> dict[str, Any]:
    """An issue that held an application as a row of `ApplicationHold`."""
    return {
        "app_no": app_no, "issue_no": hold.issue_no, "held_unit": hold.unit_name, "held_title": hold.title,
        "held_state": hold.state, "limit": hold.limit, **_passed(hold.passed),
    }  # fmt: skip


def _passed(how: Passed | None) -> dict[str, Any]:
    if how is None:
        return {}
    return {
        "passed_unit": how.unit_name,
        "passed_heirs": list(how.heirs),
        "passed_on": how.on,
        "passed_doc": how.doc_no,
    }
