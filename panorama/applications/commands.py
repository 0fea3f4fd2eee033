"""What people do to an application: one class a command, each field with what a form asks for it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from panorama.applications.application import MOST_POSTS, Decision, Item
from panorama.issues.commands import Ask, Command, TakenOver
from panorama.text import Text

_REASON = Ask("理由", "Reason", long=True)
_DOC = Ask("文号", "Document number")


class Register(Command):
    """A new application. unit_id: the unit that asks. The gate judges it at once."""

    kind = "application.register"
    label = Text("登记申请", "Register an application")

    unit_id: int
    item: Annotated[Item | None, Ask("事项类型", "What is asked for")] = None
    title: Annotated[str, Ask("标题", "Title")] = ""
    applied_on: Annotated[date | None, Ask("申请日期", "Applied on")] = None
    doc_no: Annotated[str, Ask("来文文号", "Document number", need=False)] = ""
    estab_type: Annotated[str | None, Ask("编制类型（增编必填）", "Staffing type (more staffing)", need=False)] = None
    quantity: Annotated[
        int | None, Field(gt=0, le=MOST_POSTS), Ask("数量（增编、增职数必填）", "Number of posts (more staffing, more leader posts)", need=False)
    ] = None  # fmt: skip
    reason: Annotated[str, Ask("申请理由", "Why it is asked for", long=True)] = ""
    handling_office: Annotated[str, Ask("承办处室", "Office in charge", need=False)] = ""


class Waive(Command):
    """A leader has it accepted although issues are overdue, in writing."""

    kind = "application.waive"
    label = Text("豁免受理", "Waive the hold")

    by: Annotated[str, Ask("批准人", "Approved by")] = ""
    reason: Annotated[str, _REASON] = ""
    doc: Annotated[str, _DOC] = ""


class Release(Command):
    """Nothing holds it any more. It comes by itself with the command that closes the last issue out."""

    kind = "application.release"
    label = Text("恢复受理", "Release")


class Decide(Command):
    """What becomes of it. To grant it, in whole or in part, is to accept it: the gate is asked again."""

    kind = "application.decide"
    label = Text("办理", "Decide")

    decision: Annotated[Decision | None, Ask("办理结果", "Decision")] = None
    approved_quantity: Annotated[
        int | None, Field(gt=0, le=MOST_POSTS), Ask("批准数（部分同意必填）", "Number granted (in part)", need=False)
    ] = None
    doc: Annotated[str, Ask("批复文号（同意必填）", "Document number (if granted)", need=False)] = ""
    opinion: Annotated[str, Ask("审批意见", "Opinion", long=True)] = ""


class Withdraw(Command):
    """The unit takes it back."""

    kind = "application.withdraw"
    label = Text("撤回申请", "Withdraw")

    reason: Annotated[str, _REASON] = ""


class Import(TakenOver):
    """An application that a list kept elsewhere tells of, as it stands there."""

    kind = "application.import"
    label = Text("由清单导入", "Taken over from a list")


COMMANDS: Final[tuple[type[Command], ...]] = (Release, Waive, Decide, Withdraw)
"""What may be done to an application that is there, in the order of a page's buttons."""


KIND: Final[dict[str, type[Command]]] = {
    Register.kind: Register,
    Import.kind: Import,
    **{kind.kind: kind for kind in COMMANDS},
}
"""What the log calls a command → the command."""
