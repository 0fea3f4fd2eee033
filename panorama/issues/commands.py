"""What people do to an issue: one class a transition, each field with what a form asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict

from panorama.issues.issue import Domain, EvidenceFile, IssueClass, Priority, ReserveState, Severity, Source
from panorama.text import Text


@dataclass(frozen=True)
class Ask:
    """How a form asks for a field. need: without it the command is refused."""

    zh: str
    en: str
    need: bool = True
    long: bool = False

    @property
    def label(self) -> Text:
        return Text(self.zh, self.en)


_REASON = Ask("理由", "Reason", long=True)
_ON = Ask("日期", "Date")


class Command(BaseModel):
    """kind: what the log calls it. label: what its button says."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, extra="forbid")

    kind: ClassVar[str]
    label: ClassVar[Text]


class Register(Command):
    """A new issue, as a draft. unit_id: the unit that it is of."""

    kind = "issue.register"
    label = Text("登记为问题", "Register an issue")

    unit_id: int
    title: Annotated[str, Ask("问题标题", "Title")] = ""
    text: Annotated[str, Ask("问题描述", "Description", long=True)] = ""
    themes: Annotated[tuple[str, ...], Ask("主题", "Themes")] = ()
    severity: Annotated[Severity, Ask("程度", "Severity", need=False)] = "未定"
    found_on: Annotated[date | None, Ask("发现日期", "Found on")] = None
    office: Annotated[str, Ask("处室", "Office", need=False)] = ""
    sources: tuple[Source, ...] = ()
    reopen_of: Annotated[str, Ask("反弹自（原问题编号）", "Rebound of (number)", need=False)] = ""


class Amend(Command):
    """Other words for a draft."""

    kind = "issue.amend"
    label = Text("修改草稿", "Change the draft")

    title: Annotated[str, Ask("问题标题", "Title")] = ""
    text: Annotated[str, Ask("问题描述", "Description", long=True)] = ""
    themes: Annotated[tuple[str, ...], Ask("主题", "Themes")] = ()
    severity: Annotated[Severity, Ask("程度", "Severity", need=False)] = "未定"
    found_on: Annotated[date | None, Ask("发现日期（空着不变）", "Found on (unchanged if empty)", need=False)] = None


class AddSources(Command):
    """More evidence of the same matter; what stands there already is not added twice."""

    kind = "issue.sources"
    label = Text("补充来源", "Add evidence found")

    sources: tuple[Source, ...] = ()


class Triage(Command):
    """The class is decided, and the issue gets its number."""

    kind = "issue.triage"
    label = Text("核定分类", "Triage")

    issue_class: Annotated[IssueClass | None, Ask("问题分类", "Class")] = None
    reason: Annotated[str, _REASON] = ""


class Feedback(Command):
    """The unit is told. Of class A it starts the clock; of class B it puts the task to an office."""

    kind = "issue.feedback"
    label = Text("反馈", "Feed back")

    on: Annotated[date | None, Ask("反馈日期", "Fed back on")] = None
    suggestion: Annotated[str, Ask("整改建议（A 类必填）", "Advice (class A)", need=False, long=True)] = ""
    due: Annotated[
        date | None, Ask("整改时限（A 类：不填为三个月）", "Due (class A: three months unless sooner)", need=False)
    ] = None
    lead_office: Annotated[str, Ask("拟办处室（B 类必填）", "Office asked (class B)", need=False)] = ""


class Claim(Command):
    """An office takes a task of class B. due: the limit that it sets itself: without one nothing would ever remind of it."""

    kind = "issue.claim"
    label = Text("认领", "Claim")

    on: Annotated[date | None, Ask("认领日期", "Claimed on")] = None
    opinion: Annotated[str, Ask("办理意见", "Opinion", long=True)] = ""
    owner: Annotated[str, Ask("责任人", "Person responsible")] = ""
    due: Annotated[date | None, Ask("完成时限", "To be done by")] = None


class Decline(Command):
    """An office says that a task of class B is not its own."""

    kind = "issue.decline"
    label = Text("不认领", "Decline")

    reason: Annotated[str, _REASON] = ""


class Route(Command):
    """A task of class B is put to another office."""

    kind = "issue.route"
    label = Text("转交处室", "Put to an office")

    lead_office: Annotated[str, Ask("拟办处室", "Office asked")] = ""
    reason: Annotated[str, _REASON] = ""


class Plan(Command):
    """A milestone of class B: what the office will have done by a day."""

    kind = "issue.plan"
    label = Text("增加节点", "Add a milestone")

    due: Annotated[date | None, Ask("节点日期", "To be done by")] = None
    words: Annotated[str, Ask("节点内容", "What is to be done")] = ""


class Reach(Command):
    """A milestone is reached. milestone: its day and words."""

    kind = "issue.reach"
    label = Text("完成节点", "Milestone reached")

    milestone: Annotated[str, Ask("节点", "Milestone")] = ""
    on: Annotated[date | None, Ask("完成日期", "Done on")] = None
    by: Annotated[str, Ask("完成人", "Done by")] = ""


class Strike(Command):
    """A milestone that is not pursued any more: the story alone keeps it."""

    kind = "issue.strike"
    label = Text("取消节点", "Strike a milestone")

    milestone: Annotated[str, Ask("节点", "Milestone")] = ""
    reason: Annotated[str, _REASON] = ""


class Begin(Command):
    """Rectification begins: what will be done, by whom, and what must be so for close-out."""

    kind = "issue.begin"
    label = Text("开始整改", "Begin")

    criterion: Annotated[str, Ask("销号标准（可衡量）", "Close-out criterion (measurable)", long=True)] = ""
    measures: Annotated[str, Ask("整改措施", "Measures", long=True)] = ""
    owner_unit: Annotated[str, Ask("责任单位", "Unit responsible")] = ""
    owner: Annotated[str, Ask("责任人", "Person responsible")] = ""


class Report(Command):
    """How far it is. Added to the story, changes no state."""

    kind = "issue.report"
    label = Text("记录进展", "Report progress")

    text: Annotated[str, Ask("进展", "Progress", long=True)] = ""


class Extend(Command):
    """A later limit. The original one stays on record."""

    kind = "issue.extend"
    label = Text("延期", "Extend")

    to: Annotated[date | None, Ask("延期至", "Until")] = None
    reason: Annotated[str, _REASON] = ""
    by: Annotated[str, Ask("批准人", "Approved by")] = ""


class Apply(Command):
    """Close-out is asked for, with evidence: words, files, or both."""

    kind = "issue.apply"
    label = Text("申请销号", "Ask for close-out")

    evidence: Annotated[
        tuple[str, ...],
        Ask(
            "佐证（每行一件；文字和文件至少有一样）",
            "Evidence (one a line; words or files, at least one)",
            need=False,
            long=True,
        ),
    ] = ()
    files: Annotated[tuple[EvidenceFile, ...], Ask("佐证文件", "Evidence files", need=False)] = ()


class Verify(Command):
    """Somebody else looks. unit_id: where the verifier is from; null: the staffing office, or outside the register."""

    kind = "issue.verify"
    label = Text("开始核验", "Begin verifying")

    verifier: Annotated[str, Ask("核验人", "Verified by")] = ""
    unit_id: Annotated[int | None, Ask("核验人所在单位", "The verifier's unit", need=False)] = None


class Close(Command):
    """The criterion is met: closed out under a number of its own."""

    kind = "issue.close"
    label = Text("销号", "Close out")

    on: Annotated[date | None, Ask("核验日期", "Verified on")] = None
    finding: Annotated[str, Ask("核验结论", "What was found", long=True)] = ""


class Return(Command):
    """Not put right yet: back to the unit. The limit stands."""

    kind = "issue.return"
    label = Text("退回整改", "Return")

    reason: Annotated[str, _REASON] = ""


class Reopen(Command):
    """Closed out, and found not to be put right. Of class A three months run from today."""

    kind = "issue.reopen"
    label = Text("重新打开", "Reopen")

    reason: Annotated[str, _REASON] = ""


class Reclassify(Command):
    """Another class. It is triaged anew and keeps its number; the clock of class A, once started, is not started again."""

    kind = "issue.reclassify"
    label = Text("转类", "Reclassify")

    issue_class: Annotated[IssueClass | None, Ask("问题分类", "Class")] = None
    reason: Annotated[str, _REASON] = ""


class Reserve(Command):
    """An issue of class C goes into the policy reserve."""

    kind = "issue.reserve"
    label = Text("转入政策储备", "Put into the reserve")

    clause: Annotated[str, Ask("涉及三定条款", "Mandate clause", long=True)] = ""
    domain: Annotated[Domain | None, Ask("改革领域", "Domain of reform")] = None
    proposal: Annotated[str, Ask("改革建议", "Proposal", long=True)] = ""


class Advance(Command):
    """What becomes of it in the reserve: studied, adopted, put to use, put off, taken out."""

    kind = "issue.advance"
    label = Text("更新储备状态", "Move on in the reserve")

    reserve_state: Annotated[ReserveState | None, Ask("储备状态", "State in the reserve")] = None
    reason: Annotated[str, _REASON] = ""
    priority: Annotated[Priority | None, Ask("优先级", "Priority", need=False)] = None
    legal_basis: Annotated[str, Ask("政策依据", "Legal basis", need=False)] = ""
    used_in: Annotated[str, Ask("运用去向（已转化必填）", "Where it was used (if put to use)", need=False)] = ""


class End(Command):
    """It goes no further, and why."""

    kind = "issue.end"
    label = Text("终止", "End")

    reason: Annotated[str, _REASON] = ""


class TakenOver(Command):
    """What a file kept elsewhere tells of, as it stands there. progress: when, by whom, what was reported."""

    file: str
    sheet: str
    row: int
    progress: tuple[tuple[str, str, str], ...] = ()


class Import(TakenOver):
    """An issue that a ledger kept elsewhere tells of."""

    kind = "issue.import"
    label = Text("由台账导入", "Taken over from a ledger")


COMMANDS: Final[tuple[type[Command], ...]] = (
    Triage, Amend, Feedback, Claim, Decline, Route, Plan, Reach, Strike, Begin, Report, Apply, Verify, Close, Return, Extend, Reserve, Advance, Reopen,
    Reclassify, AddSources, End,
)  # fmt: skip
"""What may be done to an issue that is there, in the order of a page's buttons."""


_EVERY: Final[tuple[type[Command], ...]] = (Register, Import, *COMMANDS)
KIND: Final[dict[str, type[Command]]] = {kind.kind: kind for kind in _EVERY}
"""What the log calls a command → the command."""


def asked(kind: type[Command]) -> dict[str, Ask]:
    """The fields that a form of this command asks for."""
    return {
        name: one
        for name, field in kind.model_fields.items()
        for one in field.metadata
        if isinstance(one, Ask)
    }  # fmt: skip
