"""What each command on an application needs, and what the application is after it (methods §7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from panorama.access.actor import Actor
from panorama.access.permission import refusal
from panorama.applications.application import COUNTED, GRANTED, TYPE, Answer, Application
from panorama.applications.commands import COMMANDS, Decide, Register, Release, Waive, Withdraw
from panorama.issues.commands import Command
from panorama.issues.people import same_person
from panorama.issues.transitions import complete, deny, need, refuse
from panorama.text import Text, many


@dataclass(frozen=True)
class Moment:
    """In what circumstances a command comes. day: today in Asia/Shanghai. gate: what it says of the application today.

    number: the next of the series of applications, as it is to be written.
    """

    actor: Actor
    day: date
    gate: Answer
    number: Callable[[], str]


def begun(command: Register, unit_name: str, moment: Moment) -> Application:
    """The application that is registered. Raises Refused."""
    refuse(forbidden(Register, command.unit_id, moment.actor))
    complete(command)
    applied, item = command.applied_on, command.item
    if applied is None or item is None:
        raise AssertionError("complete without day and item")
    if applied > moment.day:
        deny(f"申请日期 {applied} 还没有到。", f"The day of the application, {applied}, is still to come.")
    if item in COUNTED:
        need(command.quantity, Register, "quantity")
    if item == "增编":
        need(command.estab_type, Register, "estab_type")
    if command.estab_type is not None and command.estab_type not in TYPE:
        deny(f"没有编制类型“{command.estab_type}”。", f"There is no staffing type {command.estab_type!r}.")
    return Application(
        app_no=moment.number(),
        unit_id=command.unit_id,
        unit_name=unit_name,
        item=item,
        title=command.title,
        applied_on=applied,
        doc_no=command.doc_no or None,
        estab_type=command.estab_type,
        quantity=command.quantity,
        reason=command.reason,
        handling_office=command.handling_office or None,
        gate=moment.gate,
    )


def after(application: Application, command: Command, moment: Moment) -> Application:
    """The application as it is after a command. Raises Refused with the reason, and nothing has changed."""
    refuse(forbidden(type(command), application.unit_id, moment.actor))
    told = barred(application, type(command), moment.actor, moment.gate)
    if told is not None:
        deny(told.zh, told.en)
    complete(command)
    return application.model_copy(update=_CHANGE[type(command)](application, command, moment))


def allowed(application: Application, actor: Actor, gate: Answer) -> list[type[Command]]:
    """What this actor may do to the application as it stands, in the order of a page's buttons."""
    return [kind for kind in COMMANDS if barred(application, kind, actor, gate) is None]


def barred(application: Application, kind: type[Command], actor: Actor, gate: Answer) -> Text | None:
    """Why this actor may not do this to the application now, before any form is filled in; None where it is allowed."""
    told = forbidden(kind, application.unit_id, actor)
    if told is not None:
        return told
    if not application.open:
        return Text("这件申请已经办结或撤回。", "This application was decided or withdrawn already.")
    if kind is Waive and gate.result != "暂停受理":
        return Text("这件申请没有被暂停，不需要豁免。", "Nothing holds this application: there is nothing to waive.")
    if kind is Release and gate.result == "暂停受理":
        return Text(f"还不能恢复受理：{_because(gate).zh}。", f"It cannot be released yet: {_because(gate).en}.")
    if kind is Release and application.gate.result != "暂停受理":
        return Text("这件申请没有被暂停。", "This application was not held.")
    return None


def forbidden(kind: type[Command], unit_id: int, actor: Actor) -> Text | None:
    """Why this actor may never do this to an application of this unit; None where role and scope allow it."""
    return refusal(actor, kind.kind, unit_id, kind.label)


def _waive(application: Application, command: Waive, moment: Moment) -> dict[str, Any]:
    if moment.actor.role == "leader" and not same_person(command.by, moment.actor.name):
        zh = f"只能以自己的名义豁免：批准人请填“{moment.actor.name}”。"
        refuse(Text(zh, f"A leader waives in his or her own name: write “{moment.actor.name}”."))
    waived = tuple(sorted({*application.waived, *(hold.issue_id for hold in moment.gate.holds)}))
    return {
        "waiver_by": command.by,
        "waiver_reason": command.reason,
        "waiver_doc": command.doc,
        "waived_on": moment.day,
        "waived": waived,
        "gate": moment.gate.model_copy(update={"result": "豁免受理", "earliest": moment.day}),
    }


def _release(application: Application, command: Release, moment: Moment) -> dict[str, Any]:
    return {"gate": moment.gate}


def _decide(application: Application, command: Decide, moment: Moment) -> dict[str, Any]:
    if command.decision == "办理中":
        deny("请写明办理结果。", "Say what was decided.")
    granted = command.decision in GRANTED
    if granted and moment.gate.result == "暂停受理":
        because = _because(moment.gate)
        deny(
            f"暂停受理，不能同意：{because.zh}；销号后自动恢复，确需先办的由领导书面豁免。",
            f"It is held and cannot be granted: {because.en}. It is released at close-out; until then a leader may waive it in writing.",
        )
    if granted:
        need(command.doc, Decide, "doc")
    return {
        "decision": command.decision,
        "decided_on": moment.day,
        "decision_doc": command.doc or None,
        "approved_quantity": _granted(application, command),
        "opinion": command.opinion,
        "gate": moment.gate,
    }


def _granted(application: Application, command: Decide) -> int | None:
    """How many posts are granted; null where no number was asked for, or nothing is granted."""
    asked, given = application.quantity, command.approved_quantity
    if command.decision == "部分同意" and asked is not None:
        need(given, Decide, "approved_quantity")
        if given is not None and given >= asked:
            deny(f"部分同意的批准数要少于申请数 {asked}。", f"In part is less than the {asked} asked for.")
        return given
    whole = asked if command.decision == "同意" else None
    if given is not None and given != whole:
        deny(
            "批准数只在部分同意时填写；同意即全数批准。",
            "A number is given where it is granted in part; granted is all that was asked for.",
        )
    return whole


def _withdraw(application: Application, command: Withdraw, moment: Moment) -> dict[str, Any]:
    return {"withdrawn_on": moment.day, "withdrawal_reason": command.reason}


_CHANGE: Final[dict[type[Command], Callable[[Application, Any, Moment], dict[str, Any]]]] = {
    Waive: _waive,
    Release: _release,
    Decide: _decide,
    Withdraw: _withdraw,
}


def _because(gate: Answer) -> Text:
    """Which issues hold it, in half a sentence."""
    named = [hold.issue_no or str(hold.issue_id) for hold in gate.holds[:3]]
    more_zh, more_en = ("等", " and more") if gate.held_by > len(named) else ("", "")
    zh = f"{gate.held_by} 个 A 类问题超期未销号（{'、'.join(named)}{more_zh}）"
    en = f"{many(gate.held_by, 'issue')} of class A overdue ({', '.join(named)}{more_en})"
    return Text(zh, en)
