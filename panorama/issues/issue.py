"""An issue as it stands: its class, its state, its dates, and what was said of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from panorama.text import Text

IssueClass = Literal["A", "B", "C"]
CLASS: Final[dict[IssueClass, Text]] = {
    "A": Text("A 单位整改", "A: the unit puts it right"),
    "B": Text("B 编办解决", "B: the staffing office solves it"),
    "C": Text("C 政策储备", "C: kept for the next reform"),
}

State = Literal[
    "草拟", "已核定", "已反馈", "已认领", "整改中", "申请销号", "核验中", "退回整改", "重新打开", "已销号", "终止"
]
STATE: Final[dict[State, Text]] = {
    "草拟": Text("草拟", "Draft"),
    "已核定": Text("已核定", "Triaged"),
    "已反馈": Text("已反馈", "Fed back"),
    "已认领": Text("已认领", "Claimed"),
    "整改中": Text("整改中", "Under way"),
    "申请销号": Text("申请销号", "Close-out asked"),
    "核验中": Text("核验中", "Being verified"),
    "退回整改": Text("退回整改", "Returned"),
    "重新打开": Text("重新打开", "Reopened"),
    "已销号": Text("已销号", "Closed out"),
    "终止": Text("终止", "Ended"),
}
"""In the order in which a page lists them."""

OVER: Final[frozenset[State]] = frozenset({"已销号", "终止"})
"""Nothing is due any more."""

DRAFT: Final[State] = "草拟"
"""Registered, and nobody has said yet that it is one: no number, no class, no limit."""

IN_HAND: Final[frozenset[State]] = frozenset(STATE) - OVER - {DRAFT}
"""What counts as 在办: triaged, and neither closed out nor ended, but for what is in the policy reserve (`Issue.place`). Drafts and
the reserve are told beside these."""

Severity = Literal["一般", "较重", "严重", "未定"]
Domain = Literal["机构", "职能", "编制", "体制"]
DOMAIN: Final[dict[Domain, Text]] = {
    "机构": Text("机构", "Organisation"),
    "职能": Text("职能", "Duties"),
    "编制": Text("编制", "Staffing"),
    "体制": Text("体制", "System"),
}


ReserveState = Literal["入库", "研究中", "已采纳", "已转化", "暂缓", "出库"]
RESERVE_STATE: Final[dict[ReserveState, Text]] = {
    "入库": Text("入库", "In the reserve"),
    "研究中": Text("研究中", "Being studied"),
    "已采纳": Text("已采纳", "Adopted"),
    "已转化": Text("已转化", "Put to use"),
    "暂缓": Text("暂缓", "Put off"),
    "出库": Text("出库", "Taken out"),
}
"""What becomes of a problem in the policy reserve (D23), in the order in which a page lists them."""

Place = Literal["在库", "已转化", "出库"]
PLACE: Final[dict[Place, Text]] = {
    "在库": Text("在库", "In the reserve"),
    "已转化": RESERVE_STATE["已转化"],
    "出库": RESERVE_STATE["出库"],
}
"""Where an issue stands that was put into the reserve: nobody rectifies it, it waits there until it is put to use or taken out."""
LEFT: Final[frozenset[ReserveState]] = frozenset({"已转化", "出库"})

Priority = Literal["高", "中", "低"]
PRIORITY: Final[dict[Priority, Text]] = {
    "高": Text("高", "High"),
    "中": Text("中", "Middle"),
    "低": Text("低", "Low"),
}


class Source(BaseModel):
    """What an issue rests on: a row of a file as it read when the issue was registered, or words where there is no file."""

    model_config = ConfigDict(frozen=True)

    text: str
    row_id: int | None = None
    """The row; null for what was written by hand."""
    family: str | None = None
    place: str = ""
    """File, sheet and row, as a person would look for it."""


class EvidenceFile(BaseModel):
    """A file that was handed in as evidence: what it is kept as, and by which bytes it is known."""

    model_config = ConfigDict(frozen=True)

    name: str
    """As its sender called it, with the ending of what it is."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: int
    """Bytes."""


class Milestone(BaseModel):
    """A day by which an office will have done a part of it. done_on, done_by: null until it is reached."""

    model_config = ConfigDict(frozen=True)

    due: date
    words: str
    done_on: date | None = None
    done_by: str | None = None

    @property
    def name(self) -> str:
        """What tells it from the others of an issue."""
        return f"{self.due} {self.words}"


class Issue(BaseModel):
    """One issue. Dates are civil dates in Asia/Shanghai. Null is what has not been said yet."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    issue_no: str | None = None
    """Given when it is triaged, kept for good whatever class it gets later, never given again."""
    unit_id: int
    unit_name: str
    """As it was called when the issue was registered."""
    office: str | None = None
    title: str
    text: str
    themes: tuple[str, ...] = ()
    severity: Severity = "未定"
    sources: tuple[Source, ...] = ()
    found_on: date
    state: State = "草拟"
    issue_class: IssueClass | None = None
    class_reason: str | None = None
    suggestion: str | None = None
    criterion: str | None = None
    """What must be so for it to be closed out."""
    measures: str | None = None
    owner_unit: str | None = None
    owner: str | None = None
    feedback_on: date | None = None
    clock_from: date | None = None
    """The feedback from which the three months of class A run: a change of class does not start them anew."""
    due: date | None = None
    """The original limit; an extension does not touch it."""
    extended_to: date | None = None
    extension_reason: str | None = None
    extension_by: str | None = None
    lead_office: str | None = None
    """Of the staffing office: whom the task is put to, and after a claim who has it."""
    claimed_on: date | None = None
    opinion: str | None = None
    milestones: tuple[Milestone, ...] = ()
    """Of class B, by day: the office sets them and says which are reached."""
    evidence: tuple[str, ...] = ()
    """In words."""
    files: tuple[EvidenceFile, ...] = ()
    """Likewise evidence, as files."""
    applied_by: str | None = None
    verifier: str | None = None
    verified_on: date | None = None
    close_no: str | None = None
    closed_on: date | None = None
    reserve_no: str | None = None
    clause: str | None = None
    domain: Domain | None = None
    proposal: str | None = None
    reserve_state: ReserveState | None = None
    """Of what is in the reserve; entries of before there were such states have none and count as 入库."""
    priority: Priority | None = None
    legal_basis: str | None = None
    used_in: str | None = None
    """Which reform, or revision of which mandate, took it up."""
    reopen_of: str | None = None
    """Number of the closed issue that this one is a rebound of."""

    @property
    def limit(self) -> date | None:
        """The day by which it must be closed out: the extension, else the original limit."""
        return self.extended_to or self.due

    @property
    def place(self) -> Place | None:
        """Where it stands with the reserve; null for what was never put there, and for what has ended."""
        if self.reserve_no is None or self.state in OVER:
            return None
        return "已转化" if self.reserve_state == "已转化" else "出库" if self.reserve_state == "出库" else "在库"

    @property
    def ahead(self) -> tuple[Milestone, ...]:
        """Milestones that are not reached."""
        return tuple(one for one in self.milestones if one.done_on is None)

    def on(self, day: date) -> Issue:
        """As it stood on an earlier day, as far as its own dates tell: what was closed out later was being put right."""
        later = self.state == "已销号" and self.closed_on is not None and self.closed_on > day
        return self.model_copy(update={"state": "整改中", "closed_on": None}) if later else self

    def overdue(self, day: date) -> bool:
        """Whether the limit is past on this day, and the issue is still open (methods §7)."""
        return self.limit is not None and day > self.limit and self.state not in OVER
