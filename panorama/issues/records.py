"""问题台账 as a workbook says it (D22): one sheet of issues, one of what they rest on, one of how far they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final, get_args

from panorama.calendar import months_after
from panorama.issues.issue import CLASS, DOMAIN, PRIORITY, RESERVE_STATE, STATE, EvidenceFile, Issue, IssueClass, State
from panorama.issues.people import same_person
from panorama.issues.transitions import MONTHS
from panorama.sources import checks
from panorama.sources.choices import SEV, THEME
from panorama.sources.grammar import Check, Choice, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text

CLASSES: Final = tuple(
    Choice(one, CLASS[one], (f"{one}类", f"{one} 类", words))
    for one, words in zip(get_args(IssueClass), ("单位整改", "编办解决", "政策储备"), strict=True)
)
_STATE_WORDS: Final[Mapping[State, tuple[str, ...]]] = {
    "草拟": ("草稿",),
    "整改中": ("正在整改", "整改推进中"),
    "已销号": ("销号", "已销"),
    "终止": ("已终止",),
}
STATES: Final = tuple(Choice(state, label, _STATE_WORDS.get(state, ())) for state, label in STATE.items())
DOMAINS: Final = tuple(Choice(domain, label) for domain, label in DOMAIN.items())

RESERVE_STATES: Final = tuple(Choice(state, label) for state, label in RESERVE_STATE.items())
_PRIORITIES: Final = tuple(Choice(one, label) for one, label in PRIORITY.items())

_ENTRY: Final = Column(
    "登记序号",
    "Entry",
    "str",
    help=Text("导出时给出，用来把三张表的行连在一起", "Given by the export: it ties rows of the three sheets together"),
)


class IssueRecord(Source):
    """One row per issue. Names of fields are those of `Issue`, but for the unit, the text of its source and of its progress."""

    number: ClassVar[str] = "D22"
    dataset: ClassVar[str] = "issue"
    title: ClassVar[Text] = Text("问题台账", "Issue ledger")
    key: ClassVar[tuple[str, ...]] = ("issue_no",)
    day: ClassVar[str | None] = "found_on"

    entry: Annotated[str | None, _ENTRY] = None
    issue_no: Annotated[
        str | None,
        Column("问题编号", "Issue number", "str", aliases=("台账编号", "问题台账编号"), bare=("序号", "编号")),
    ] = None
    unit_ref: Annotated[str, unit_column("单位", more=("单位名称", "存在问题单位", "被评估单位"))]
    unit_name: Annotated[
        str | None, Column("登记时单位名称", "Unit as it was called", "text", help=Text("不填为现在的名称", "Empty: as it is called now"))
    ] = None  # fmt: skip
    office: Annotated[str | None, Column("处室", "Office", "str", aliases=("内设机构", "涉及处室", "科室"))] = None
    title_: Annotated[str, Column("问题标题", "Title", "text", aliases=("标题", "问题名称"))]
    text: Annotated[str, Column("问题描述", "Description", "text", aliases=("存在问题", "描述", "具体情形"))]
    themes: Annotated[list[str] | None, Column("主题", "Themes", "list", aliases=("机构编制主题",), choices=THEME)] = (
        None
    )
    severity: Annotated[str, Column("程度", "Severity", "enum", aliases=("严重程度",), choices=SEV)] = "未定"
    issue_class: Annotated[
        str | None, Column("问题分类", "Class", "enum", aliases=("三类", "分类"), choices=CLASSES)
    ] = None
    class_reason: Annotated[str | None, Column("分类理由", "Why this class", "text")] = None
    source: Annotated[
        str | None,
        Column("来源", "Source", "text", aliases=("问题来源", "发现方式"), help=Text("手工登记的一句来源", "One line, for what was registered by hand")),
    ] = None  # fmt: skip
    found_on: Annotated[date, Column("发现日期", "Found on", "date", aliases=("发现时间", "登记日期"))]
    feedback_on: Annotated[
        date | None, Column("反馈日期", "Fed back on", "date", aliases=("交办日期", "通知日期", "反馈时间"))
    ] = None
    clock_from: Annotated[
        date | None,
        Column("时限起算日期", "Clock from", "date", help=Text("A 类三个月从这天起算；不填为反馈日期", "Class A: the three months run from here; empty: from feedback")),
    ] = None  # fmt: skip
    suggestion: Annotated[str | None, Column("整改建议", "Advice", "text")] = None
    lead_office: Annotated[str | None, Column("牵头处室", "Office asked", "str", aliases=("拟办处室",))] = None
    claimed_on: Annotated[date | None, Column("认领日期", "Claimed on", "date")] = None
    opinion: Annotated[str | None, Column("办理意见", "Opinion", "text")] = None
    criterion: Annotated[str | None, Column("销号标准", "Close-out criterion", "text", aliases=("整改目标",))] = None
    measures: Annotated[str | None, Column("整改措施", "Measures", "text", aliases=("措施",))] = None
    owner_unit: Annotated[str | None, Column("责任单位", "Unit responsible", "str", aliases=("整改责任单位",))] = None
    owner: Annotated[str | None, Column("责任人", "Person responsible", "str", aliases=("整改责任人",))] = None
    due: Annotated[date | None, Column("整改时限", "Due", "date", aliases=("完成时限", "整改期限"))] = None
    extended_to: Annotated[date | None, Column("延期至", "Extended to", "date")] = None
    extension_reason: Annotated[str | None, Column("延期理由", "Why extended", "text")] = None
    extension_by: Annotated[str | None, Column("延期批准人", "Extension approved by", "str")] = None
    state: Annotated[str, Column("状态", "State", "enum", aliases=("整改状态", "销号情况", "问题状态"), choices=STATES)]
    progress: Annotated[str | None, Column("进展", "Progress", "text", aliases=("整改情况", "整改进展"))] = None
    evidence: Annotated[
        str | None,
        Column("佐证", "Evidence", "text", aliases=("验收材料", "佐证材料"), help=Text("每行一件", "One a line")),
    ] = None
    files: Annotated[
        str | None,
        Column(
            "佐证文件",
            "Evidence files",
            "text",
            help=Text("每行一件：名称、字节数、sha256；文件本身不在台账里", "One a line: name, bytes, sha256; the files themselves are not in a ledger"),
        ),
    ] = None  # fmt: skip
    applied_by: Annotated[str | None, Column("申请销号人", "Close-out asked by", "str")] = None
    verifier: Annotated[str | None, Column("核验人", "Verified by", "str", aliases=("验收人",))] = None
    verified_on: Annotated[date | None, Column("核验日期", "Verified on", "date", aliases=("验收日期",))] = None
    close_no: Annotated[str | None, Column("销号单号", "Close-out slip", "str")] = None
    closed_on: Annotated[date | None, Column("销号日期", "Closed out on", "date", aliases=("销号时间",))] = None
    reserve_no: Annotated[str | None, Column("储备编号", "Reserve number", "str")] = None
    clause: Annotated[str | None, Column("涉及三定条款", "Mandate clause", "text", aliases=("三定条款",))] = None
    domain: Annotated[str | None, Column("改革领域", "Domain of reform", "enum", choices=DOMAINS)] = None
    proposal: Annotated[str | None, Column("改革建议", "Proposal", "text")] = None
    reserve_state: Annotated[str | None, Column("储备状态", "State in the reserve", "enum", choices=RESERVE_STATES)] = (
        None
    )
    priority: Annotated[str | None, Column("优先级", "Priority", "enum", choices=_PRIORITIES)] = None
    legal_basis: Annotated[str | None, Column("政策依据", "Legal basis", "text")] = None
    used_in: Annotated[str | None, Column("运用去向", "Where it was used", "text")] = None
    reopen_of: Annotated[str | None, Column("反弹自", "Rebound of", "str", aliases=("重开自",))] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.past("found_on", Text("发现日期", "The day it was found")),
        checks.past("feedback_on", Text("反馈日期", "The day of feedback")),
        checks.past("claimed_on", Text("认领日期", "The day of the claim")),
        checks.past("verified_on", Text("核验日期", "The day of verifying")),
        checks.past("closed_on", Text("销号日期", "The day of close-out")),
        checks.sane("due", Text("整改时限", "The limit")),
        checks.sane("extended_to", Text("延期至", "The extended limit")),
        checks.not_before(
            "feedback_on", "found_on", Text("反馈日期早于发现日期", "It was fed back before it was found")
        ),
        checks.not_before(
            "claimed_on", "feedback_on", Text("认领日期早于反馈日期", "It was claimed before it was fed back")
        ),
        checks.not_before("due", "clock_from", Text("整改时限早于起算日期", "It would be due before its clock began")),
        checks.not_before("extended_to", "due", Text("延期至早于原时限", "The extension ends before the limit")),
        checks.not_before("closed_on", "verified_on", Text("销号日期早于核验日期", "It was closed before it was verified")),
    )  # fmt: skip


class IssueSource(Source):
    """One row per piece of evidence of an issue."""

    number: ClassVar[str] = "D22"
    dataset: ClassVar[str] = "issue_source"
    title: ClassVar[Text] = Text("问题来源", "Evidence of issues")
    key: ClassVar[tuple[str, ...]] = ("entry", "issue_no", "text")

    entry: Annotated[str | None, _ENTRY] = None
    issue_no: Annotated[str | None, Column("问题编号", "Issue number", "str", aliases=("台账编号",))] = None
    text: Annotated[str, Column("来源内容", "What it says", "text")]
    source_family: Annotated[str | None, Column("来源类别", "Source family", "str")] = None
    place: Annotated[str | None, Column("来源出处", "Where it stands", "text")] = None
    row_id: Annotated[str | None, Column("来源行号", "Row id", "str")] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.one_of(("issue_no", "entry"), Text("请写明是哪个问题的来源", "Say which issue it is of")),
    )


class IssueProgress(Source):
    """One row per report of how far an issue is."""

    number: ClassVar[str] = "D22"
    dataset: ClassVar[str] = "issue_progress"
    title: ClassVar[Text] = Text("问题进展", "Progress of issues")
    key: ClassVar[tuple[str, ...]] = ("entry", "issue_no", "at", "said")

    entry: Annotated[str | None, _ENTRY] = None
    issue_no: Annotated[str | None, Column("问题编号", "Issue number", "str", aliases=("台账编号",))] = None
    at: Annotated[str | None, Column("记录时间", "Reported at", "text")] = None
    by: Annotated[str | None, Column("记录人", "Reported by", "str")] = None
    said: Annotated[str, Column("进展内容", "What was reported", "text")]

    checks: ClassVar[tuple[Check, ...]] = (
        checks.one_of(("issue_no", "entry"), Text("请写明是哪个问题的进展", "Say which issue it is of")),
    )


class IssueMilestone(Source):
    """One row per milestone of an issue."""

    number: ClassVar[str] = "D22"
    dataset: ClassVar[str] = "issue_milestone"
    title: ClassVar[Text] = Text("问题节点", "Milestones of issues")
    key: ClassVar[tuple[str, ...]] = ("entry", "issue_no", "due", "words")

    entry: Annotated[str | None, _ENTRY] = None
    issue_no: Annotated[str | None, Column("问题编号", "Issue number", "str", aliases=("台账编号",))] = None
    due: Annotated[date, Column("节点日期", "Milestone due", "date", aliases=("节点时间",))]
    words: Annotated[str, Column("节点内容", "What is to be done", "text", aliases=("工作节点",))]
    done_on: Annotated[date | None, Column("节点完成日期", "Milestone reached on", "date")] = None
    done_by: Annotated[str | None, Column("节点完成人", "Milestone reached by", "str")] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.one_of(("issue_no", "entry"), Text("请写明是哪个问题的节点", "Say which issue it is of")),
        checks.sane("due", Text("节点日期", "The day of the milestone")),
        checks.past("done_on", Text("节点完成日期", "The day it was reached")),
    )


_FED_BACK: Final = frozenset({"已反馈", "已认领", "整改中", "申请销号", "核验中", "退回整改", "重新打开", "已销号"})
_CLAIMED: Final = _FED_BACK - {"已反馈"}
_BEGUN: Final = frozenset({"整改中", "申请销号", "核验中", "退回整改", "已销号"})
_ASKED: Final = frozenset({"申请销号", "核验中", "已销号"})
_VERIFIED: Final = frozenset({"核验中", "已销号"})
_CLOSED: Final = frozenset({"已销号"})
_NOT_DRAFTS: Final = frozenset(STATE) - {"草拟", "终止"}

_NEEDED: Final[tuple[tuple[frozenset[str], str, tuple[str, ...]], ...]] = (
    (_NOT_DRAFTS, "ABC", ("issue_no", "issue_class", "class_reason")),
    (_FED_BACK, "A", ("feedback_on", "suggestion", "clock_from", "due")),
    (_CLAIMED, "B", ("feedback_on", "lead_office", "claimed_on")),
    (_BEGUN, "AB", ("criterion", "measures", "owner")),
    (_ASKED, "AB", ("evidence",)),
    (_VERIFIED, "AB", ("verifier",)),
    (_CLOSED, "AB", ("verified_on", "close_no", "closed_on")),
)
"""In these states, of these classes, an issue has these fields: what the commands would have asked for."""
_TOGETHER: Final = (
    ("extended_to", "extension_reason", "extension_by"),
    ("reserve_no", "clause", "domain", "proposal", "reserve_state"),
)
"""All of these or none."""


def lacking(issue: Issue) -> Iterator[tuple[str, Text]]:
    """What an issue that came from elsewhere lacks, or says twice: field, and the sentence. Nothing of one that grew here.

    The same demands that the commands make on the way to its state (methods §7).
    """
    for states, classes, names in _NEEDED:
        # Without a class it is not known what else is needed.
        if issue.state in states and (issue.issue_class or classes[0]) in classes:
            yield from ((name, _needed(name, issue)) for name in names if not _said(issue, name))
    for names in _TOGETHER:
        given = [name for name in names if getattr(issue, name)]
        if given:
            yield from ((name, _along(name, given[0])) for name in names if name not in given)
    yield from _against(issue)


def unlimited(issue: Issue) -> Iterator[tuple[str, Text]]:
    """That an office has a task without a limit. Claims of before it was asked for have none, so it keeps no row out."""
    if issue.issue_class == "B" and issue.state in _CLAIMED - _CLOSED and issue.limit is None:
        yield (
            "due",
            Text(
                "没有时限：不提醒，也不会超期。能补的请补填",
                "No limit: nobody is reminded of it, and it is never overdue. Fill it in where it is known",
            ),
        )


def _said(issue: Issue, name: str) -> Any:
    """What an issue has in this field; evidence may be words or files."""
    return getattr(issue, name) or (issue.files if name == "evidence" else None)


def _against(issue: Issue) -> Iterator[tuple[str, Text]]:
    """What cannot be said together."""
    if issue.state == "草拟" and (issue.issue_class or issue.issue_no):
        yield (
            "state",
            Text(
                "已有编号或分类，就不再是草拟：请改为“已核定”",
                "With a number or a class it is no draft any more: say 已核定",
            ),
        )
    if issue.state == "终止" and bool(issue.issue_class) != bool(issue.issue_no):
        yield (
            "issue_class",
            Text(
                "核定过的问题既有编号也有分类：请补填另一个",
                "What was triaged has a number and a class: fill in the other",
            ),
        )
    if issue.issue_class == "C" and issue.state not in ("已核定", "终止", "草拟"):
        yield (
            "state",
            Text(
                "C 类问题转入政策储备，不整改：状态只能是已核定或终止",
                "An issue of class C waits in the reserve: its state is 已核定 or 终止",
            ),
        )
    yield from _of_milestones(issue)
    if issue.reserve_state == "已转化" and not issue.used_in:
        yield "used_in", Text("已转化的要写明运用去向", "What was put to use says where")
    if issue.issue_class != "C" and issue.reserve_no:
        yield "reserve_no", Text("只有 C 类问题有储备编号", "Only issues of class C have a reserve number")
    latest = months_after(issue.clock_from, MONTHS) if issue.clock_from else None
    if issue.issue_class == "A" and issue.due and latest and issue.due > latest:
        yield (
            "due",
            Text(
                f"A 类问题的原时限不能晚于 {latest}（{issue.clock_from} 起三个月）；更长的请写在“延期至”",
                f"The limit of class A is {latest} at the latest (three months from {issue.clock_from}); later ones are extensions",
            ),
        )
    if issue.extended_to and issue.due is None:
        yield "due", Text("有延期，却没有原时限", "It is extended, and has no limit to extend")
    if issue.verifier and issue.owner and same_person(issue.verifier, issue.owner):
        yield "verifier", Text("核验人不能是责任人", "The verifier cannot be the person responsible")
    if issue.state not in _CLOSED:
        for name in ("close_no", "closed_on"):
            if getattr(issue, name):
                yield (
                    name,
                    Text(
                        f"状态是“{issue.state}”，不应有{_label(name).zh}",
                        f"In state “{STATE[issue.state].en}” there is no {_label(name).en}",
                    ),
                )


def _of_milestones(issue: Issue) -> Iterator[tuple[str, Text]]:
    """Milestones stand on a sheet of their own; what is wrong with them is said where the office claimed it."""
    if issue.milestones and (issue.issue_class != "B" or issue.claimed_on is None):
        yield "claimed_on", Text("有节点的只能是处室认领了的 B 类问题", "Only an issue of class B that was claimed has milestones")  # fmt: skip
        return
    for one in issue.milestones:
        if bool(one.done_on) != bool(one.done_by):
            yield "claimed_on", Text(f"节点“{one.name}”：完成日期和完成人要一起填写", f"Milestone “{one.name}”: day and person go together")  # fmt: skip
        if issue.limit and one.due > issue.limit:
            yield "due", Text(f"节点“{one.name}”晚于时限 {issue.limit}", f"Milestone “{one.name}” is after the limit, {issue.limit}")  # fmt: skip


def _needed(name: str, issue: Issue) -> Text:
    label, of = _label(name), f"{issue.issue_class} 类" if issue.issue_class else ""
    return Text(
        f"{of}问题在“{issue.state}”状态下必须有{label.zh}：请补填",
        f"An issue{f' of class {issue.issue_class}' if of else ''} in state “{STATE[issue.state].en}” has a “{label.en}”: fill it in",
    )


def _along(name: str, other: str) -> Text:
    label, there = _label(name), _label(other)
    return Text(f"填了{there.zh}，也要填{label.zh}", f"With “{there.en}” goes “{label.en}”: fill it in")


def _label(name: str) -> Text:
    return IssueRecord.columns()[name].label


def issue_of(row: Mapping[str, Any], unit_id: int, unit_name: str) -> Issue:
    """The issue that a row of `IssueRecord` tells of, without its evidence. unit_name: as the unit is called now."""
    listed = _lines(row["files"])
    told = {name: row[name] for name in IssueRecord.columns() if name in Issue.model_fields}
    told |= {
        "unit_id": unit_id,
        "unit_name": row["unit_name"] or unit_name,
        "title": row["title_"],
        "themes": tuple(row["themes"] or ()),
        "evidence": (*_lines(row["evidence"]), *(line for line in listed if _FILE.fullmatch(line) is None)),
        "files": tuple(_file(found) for line in listed if (found := _FILE.fullmatch(line))),
    }
    if told["issue_class"] == "A" and told["feedback_on"]:
        told["clock_from"] = told["clock_from"] or told["feedback_on"]
        told["due"] = told["due"] or months_after(told["clock_from"], MONTHS)
    if told["reserve_no"]:
        told["reserve_state"] = told["reserve_state"] or "入库"
    return Issue.model_validate(told)


def row_of(issue: Issue) -> dict[str, Any]:
    """An issue as a row of `IssueRecord`, but for entry, unit_ref, source and progress."""
    told = {name: value for name, value in issue.model_dump().items() if name in IssueRecord.columns()}
    files = (f"{one.name} | {one.size} | {one.sha256}" for one in issue.files)
    written = {"evidence": "\n".join(issue.evidence) or None, "files": "\n".join(files) or None}
    return {**told, "title_": issue.title, "themes": list(issue.themes), **written}


_FILE: Final = re.compile(r"(.+?) \| (\d{1,12}) \| ([0-9a-f]{64})")
"""No file is kept under a name with an upright stroke."""


def _file(found: re.Match[str]) -> EvidenceFile:
    return EvidenceFile(name=found[1], size=int(found[2]), sha256=found[3])


def _lines(written: str | None) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, (written or "").splitlines())))
