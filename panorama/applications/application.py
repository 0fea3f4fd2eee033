"""An application for organisation or staffing as it stands: what it asks for, how the gate judged it, what was decided."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from panorama.issues.issue import State
from panorama.sources.choices import ESTAB_TYPE
from panorama.text import Text

Item = Literal[
    "新设机构", "增编", "增职数", "提规格", "加挂牌子", "调整内设", "核减", "撤并", "更名", "调剂", "用编进人"
]
ITEM: Final[dict[Item, Text]] = {
    "新设机构": Text("新设机构", "New organisation"),
    "增编": Text("增编", "More staffing"),
    "增职数": Text("增职数", "More leader posts"),
    "提规格": Text("提规格", "Higher rank"),
    "加挂牌子": Text("加挂牌子", "A further name plate"),
    "调整内设": Text("调整内设", "Inner offices rearranged"),
    "核减": Text("核减", "Less staffing"),
    "撤并": Text("撤并", "Abolished or merged"),
    "更名": Text("更名", "Another name"),
    "调剂": Text("调剂", "Reallocation"),
    "用编进人": Text("用编进人", "Vacancies filled"),
}
MORE: Final[frozenset[Item]] = frozenset({"新设机构", "增编", "增职数", "提规格", "加挂牌子"})
"""What asks for something new or more (methods §7): of all others nothing is ever held."""
HIRING: Final[Item] = "用编进人"
"""Held only where the office says so in its settings."""
COUNTED: Final[frozenset[Item]] = frozenset({"增编", "增职数"})
"""What asks for a number of posts."""
MOST_POSTS: Final = 99_999
"""Nobody asks for more at once: a larger number is a slip of the hand."""

Result = Literal["可受理", "暂停受理", "豁免受理"]
RESULT: Final[dict[Result, Text]] = {
    "可受理": Text("可受理", "May be accepted"),
    "暂停受理": Text("暂停受理", "Held"),
    "豁免受理": Text("豁免受理", "Accepted by waiver"),
}

Decision = Literal["办理中", "同意", "部分同意", "不同意", "退回"]
DECISION: Final[dict[Decision, Text]] = {
    "办理中": Text("办理中", "In hand"),
    "同意": Text("同意", "Granted"),
    "部分同意": Text("部分同意", "Granted in part"),
    "不同意": Text("不同意", "Not granted"),
    "退回": Text("退回", "Returned"),
}
GRANTED: Final[frozenset[Decision]] = frozenset({"同意", "部分同意"})
TYPE: Final[dict[str, Text]] = {choice.value: choice.label for choice in ESTAB_TYPE}
"""Staffing types by code."""


class Passed(BaseModel):
    """How the issues of a unit that has ended became another's."""

    model_config = ConfigDict(frozen=True)

    unit_name: str
    """The unit that has ended."""
    heirs: tuple[str, ...]
    """Units that took it over: several after a split, each of which answers for all of it."""
    on: date | None = None
    doc_no: str | None = None
    """The approval that says so; null where the register alone does."""


class Hold(BaseModel):
    """An issue that holds an application, as it stood on the day of the judgement."""

    model_config = ConfigDict(frozen=True)

    issue_id: int
    issue_no: str | None
    unit_id: int
    unit_name: str
    title: str
    state: State
    limit: date
    days_late: int
    passed: Passed | None = None
    """How it came to hold this unit: null for an issue of the unit itself or of one below it."""


class Answer(BaseModel):
    """What the gate says on one day, and why."""

    model_config = ConfigDict(frozen=True)

    result: Result
    day: date
    more: bool
    """Whether it asks for something new or more: only then is it held."""
    holds: tuple[Hold, ...] = ()
    """Overdue issues of class A of the unit and below it, the longest overdue first; a waiver does not hide them."""
    others: int = 0
    """So many more hold it that lie outside the reader's scope."""
    earliest: date | None = None
    """The first day on which it may be accepted, as far as is known; null: rectification has not come far enough to say."""

    @property
    def held_by(self) -> int:
        """How many issues hold it, seen or not."""
        return len(self.holds) + self.others

    def within(self, units: frozenset[int]) -> Answer:
        """The same for a reader of these units: issues of others are counted, and not named."""
        seen = tuple(hold for hold in self.holds if hold.unit_id in units)
        return self.model_copy(update={"holds": seen, "others": self.others + len(self.holds) - len(seen)})


class Application(BaseModel):
    """One application. Dates are civil dates in Asia/Shanghai. Null is what has not been said yet."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    app_no: str
    """SQ2026-0001: given when it is registered, never given again."""
    unit_id: int
    unit_name: str
    """As it was called when the application was registered."""
    item: Item
    title: str
    applied_on: date
    doc_no: str | None = None
    estab_type: str | None = None
    quantity: int | None = None
    reason: str
    handling_office: str | None = None
    gate: Answer
    """The newest judgement on record: at registration, at a release, a waiver or the decision."""
    waiver_by: str | None = None
    waiver_reason: str | None = None
    waiver_doc: str | None = None
    waived_on: date | None = None
    waived: tuple[int, ...] = ()
    """Ids of the issues that held it when it was waived: one that becomes overdue later holds it anew."""
    decision: Decision = "办理中"
    decided_on: date | None = None
    decision_doc: str | None = None
    approved_quantity: int | None = None
    opinion: str | None = None
    withdrawn_on: date | None = None
    withdrawal_reason: str | None = None

    @property
    def open(self) -> bool:
        """Whether anything is still to be done."""
        return self.decision == "办理中" and self.withdrawn_on is None
