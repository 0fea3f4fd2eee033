"""The state machine of an issue: what each command needs, and what the issue is after it (methods §7).

草拟 → 已核定 → 已反馈 → (B: 已认领) → 整改中 → 申请销号 → 核验中 → 已销号, with 退回整改, 重新打开, 转类 and 终止.
Whatever is not allowed here is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NoReturn

from panorama.access.actor import Actor
from panorama.access.permission import refusal
from panorama.access.roles import LOCAL
from panorama.calendar import months_after
from panorama.errors import NotDone, Refused
from panorama.issues.commands import (
    COMMANDS,
    AddSources,
    Advance,
    Amend,
    Apply,
    Begin,
    Claim,
    Close,
    Command,
    Decline,
    End,
    Extend,
    Feedback,
    Plan,
    Reach,
    Reclassify,
    Register,
    Reopen,
    Report,
    Reserve,
    Return,
    Route,
    Strike,
    Triage,
    Verify,
    asked,
)
from panorama.issues.issue import RESERVE_STATE, STATE, Issue, IssueClass, Milestone, State
from panorama.issues.people import same_person
from panorama.text import Text

MONTHS: Final = 3
"""Class A: at most so many calendar months from feedback."""
LONGEST: Final = 10_000
"""Letters of one field."""
MOST_EVIDENCE: Final = 30_000
"""Letters of all evidence of an issue in words, which stands in one cell of its workbook."""

IN_OTHERS_NAME: Final = frozenset({LOCAL})
"""Roles that record what others did: whoever else verifies does so in his or her own name."""


@dataclass(frozen=True)
class Moment:
    """In what circumstances a command comes. day: today in Asia/Shanghai. near: the issue's unit and all below it.

    number: the next of a series, as it is to be written: of issues (and their class), close-outs and the reserve.
    """

    actor: Actor
    day: date
    near: frozenset[int]
    number: Callable[[str], str]


@dataclass(frozen=True)
class Rule:
    """When a command is allowed, the state after it (null: as before), and what else it changes."""

    states: frozenset[State]
    to: State | None
    change: Callable[[Issue, Any, Moment], Mapping[str, Any]]
    classes: frozenset[IssueClass | None] = field(default=frozenset({None, "A", "B", "C"}))


def begun(command: Register, unit_name: str, moment: Moment) -> Issue:
    """The draft that is registered. Raises Refused."""
    refuse(forbidden(Register, command.unit_id, moment.actor))
    complete(command)
    found = _day(command.found_on)
    _not_after_today(found, moment, Text("发现日期", "The day it was found"))
    if not command.sources:
        deny(
            "请写明问题来源：从依据登记时自动带上，手工登记时写一句来源。",
            "Say where it comes from: evidence brings its rows along; by hand, write one line.",
        )
    return Issue(
        unit_id=command.unit_id,
        unit_name=unit_name,
        office=command.office or None,
        title=command.title,
        text=command.text,
        themes=_themes(command.themes),
        severity=command.severity,
        sources=tuple(dict.fromkeys(command.sources)),
        found_on=found,
        reopen_of=command.reopen_of or None,
    )


def after(issue: Issue, command: Command, moment: Moment) -> Issue:
    """The issue as it is after a command. Raises Refused with the reason, and nothing has changed."""
    _refuse_barred(issue, type(command), moment.actor)
    complete(command)
    rule = RULES[type(command)]
    changes = dict(rule.change(issue, command, moment))
    if rule.to is not None:
        changes["state"] = rule.to
    return issue.model_copy(update=changes)


def allowed(issue: Issue, actor: Actor) -> list[type[Command]]:
    """What this actor may do to the issue as it stands, in the order of a page's buttons."""
    return [kind for kind in COMMANDS if barred(issue, kind, actor) is None]


def barred(issue: Issue, kind: type[Command], actor: Actor) -> Text | None:
    """Why this actor may not do this to the issue now, before any form is filled in; None where it is allowed."""
    told = _unauthorised(issue, kind, actor)
    if told is not None:
        return told
    rule, what = RULES[kind], kind.label
    if issue.state not in rule.states:
        states = [STATE[state] for state in STATE if state in rule.states]
        zh, en = "、".join(state.zh for state in states), ", ".join(state.en for state in states)
        return Text(
            f"“{STATE[issue.state].zh}”状态下不能{what.zh}：要在{zh}状态下办理。",
            f"{what.en} is not possible in state {STATE[issue.state].en}: only in {en}.",
        )
    if issue.issue_class not in rule.classes:
        classes = "、".join(sorted(one for one in rule.classes if one))
        return Text(
            f"{issue.issue_class} 类问题不能{what.zh}：只适用于 {classes} 类。",
            f"{what.en} is not for class {issue.issue_class}: only for {classes}.",
        )
    return _unready(issue, kind) or own_asking(issue, kind, actor)


def _unauthorised(issue: Issue, kind: type[Command], actor: Actor) -> Text | None:
    """Why this actor has no right to do this to the issue, however it stands."""
    return forbidden(kind, issue.unit_id, actor) or _of_another_office(issue, actor)


def _refuse_barred(issue: Issue, kind: type[Command], actor: Actor) -> None:
    """Refuses whoever has no right to it; of all others what does not fit is not done."""
    refuse(_unauthorised(issue, kind, actor))
    told = barred(issue, kind, actor)
    if told is not None and told != own_asking(issue, kind, actor):
        deny(told.zh, told.en)
    refuse(told)


def _unready(issue: Issue, kind: type[Command]) -> Text | None:
    """What is still lacking in this very issue."""
    if kind is Begin and issue.issue_class == "B" and issue.state == "已反馈":
        return Text(
            "B 类问题要先由处室认领，再开始整改。", "An issue of class B is claimed by an office before it begins."
        )
    if kind in (Claim, Decline) and issue.lead_office is None:
        return Text("还没有转交给处室，请先转交。", "It is put to no office: put it to one first.")
    if kind is Extend and issue.due is None:
        return Text("没有整改时限，不能延期。", "There is no limit to extend.")
    if kind in (Reach, Strike) and not issue.ahead:
        return Text("没有未完成的节点。", "There is no milestone that is not reached yet.")
    if kind is Advance and issue.reserve_no is None:
        return Text("还不在政策储备中，请先转入。", "It is not in the reserve: put it there first.")
    if kind is Reserve and issue.reserve_no:
        return Text(f"已在政策储备中（{issue.reserve_no}）。", f"It is in the reserve already ({issue.reserve_no}).")
    return None


def own_asking(issue: Issue, kind: type[Command], actor: Actor) -> Text | None:
    """Whoever asked for close-out waits for somebody else."""
    if kind not in (Verify, Close) or issue.applied_by is None or actor.role in IN_OTHERS_NAME:
        return None
    if not same_person(actor.name, issue.applied_by):
        return None
    return Text(
        "申请销号的人不能自己核验：请等另一位核验人办理。",
        "Whoever asked for close-out cannot verify it: somebody else is to.",
    )


def forbidden(kind: type[Command], unit_id: int, actor: Actor) -> Text | None:
    """Why this actor may never do this to an issue of this unit; None where role and scope allow it."""
    return refusal(actor, kind.kind, unit_id, kind.label)


def _of_another_office(issue: Issue, actor: Actor) -> Text | None:
    """An office does what was put to it, and nothing else."""
    if actor.role != "office" or (actor.office and actor.office == issue.lead_office):
        return None
    put = issue.lead_office or "—"
    return Text(
        f"这个问题没有转给您的处室（拟办处室：{put}）。", f"It is not put to your office (office asked: {put})."
    )


def _amend(issue: Issue, command: Amend, moment: Moment) -> dict[str, Any]:
    found = command.found_on or issue.found_on
    _not_after_today(found, moment, Text("发现日期", "The day it was found"))
    return {
        "title": command.title, "text": command.text, "themes": _themes(command.themes), "severity": command.severity,
        "found_on": found,
    }  # fmt: skip


def _add_sources(issue: Issue, command: AddSources, moment: Moment) -> dict[str, Any]:
    every = tuple(dict.fromkeys((*issue.sources, *command.sources)))
    if every == issue.sources:
        deny("这些来源都已在问题里。", "All of this evidence is there already.")
    return {"sources": every}


def _triage(issue: Issue, command: Triage, moment: Moment) -> dict[str, Any]:
    number = issue.issue_no or moment.number(f"issue {command.issue_class}")
    return {"issue_class": command.issue_class, "class_reason": command.reason, "issue_no": number}


def _feed_back(issue: Issue, command: Feedback, moment: Moment) -> dict[str, Any]:
    on = _day(command.on)
    _not_after_today(on, moment, Text("反馈日期", "The day of feedback"))
    _not_before(on, issue.found_on, Text("反馈日期早于发现日期", "It was fed back before it was found"))
    if issue.issue_class == "B":
        need(command.lead_office, Feedback, "lead_office")
        return {"feedback_on": on, "suggestion": command.suggestion or None, "lead_office": command.lead_office}
    need(command.suggestion, Feedback, "suggestion")
    _not_before(on, issue.clock_from, Text("反馈日期早于第一次反馈", "It was fed back earlier than the first time"))
    clock = issue.clock_from or on
    latest = months_after(clock, MONTHS)
    due = command.due or latest
    if due > latest:
        deny(
            f"A 类问题的整改时限不能晚于 {latest}（{clock} 反馈起三个月）；确需更长的，反馈后办理延期。",
            f"An issue of class A is due by {latest} at the latest (three months from {clock}); for longer, extend it after feedback.",
        )
    _not_before(due, clock, Text("整改时限早于反馈日期", "It would be due before it was fed back"))
    return {"feedback_on": on, "suggestion": command.suggestion, "clock_from": clock, "due": due}


def _claim(issue: Issue, command: Claim, moment: Moment) -> dict[str, Any]:
    on = _day(command.on)
    _not_after_today(on, moment, Text("认领日期", "The day of the claim"))
    _not_before(on, issue.feedback_on, Text("认领日期早于反馈日期", "It was claimed before it was fed back"))
    due = _day(command.due)
    _not_before(due, on, Text("完成时限早于认领日期", "It would be due before it was claimed"))
    return {"claimed_on": on, "opinion": command.opinion, "owner": command.owner, "due": due}


def _decline(issue: Issue, command: Decline, moment: Moment) -> dict[str, Any]:
    return {"lead_office": None}


def _route(issue: Issue, command: Route, moment: Moment) -> dict[str, Any]:
    return {"lead_office": command.lead_office}


def _plan(issue: Issue, command: Plan, moment: Moment) -> dict[str, Any]:
    one = Milestone(due=_day(command.due), words=command.words)
    _not_before(one.due, issue.claimed_on, Text("节点早于认领日期", "It would be due before the issue was claimed"))
    if issue.limit is not None and one.due > issue.limit:
        deny(f"节点不能晚于时限 {issue.limit}：请先延期。", f"No milestone is after the limit, {issue.limit}: extend it first.")  # fmt: skip
    if one.name in {other.name for other in issue.milestones}:
        deny("这个节点已经有了。", "This milestone is there already.")
    return {"milestones": by_day((*issue.milestones, one))}


def _reach(issue: Issue, command: Reach, moment: Moment) -> dict[str, Any]:
    one, on = _ahead(issue, command.milestone), _day(command.on)
    _not_after_today(on, moment, Text("完成日期", "The day it was done"))
    _not_before(on, issue.claimed_on, Text("完成日期早于认领日期", "It was done before the issue was claimed"))
    done = one.model_copy(update={"done_on": on, "done_by": command.by})
    return {"milestones": tuple(done if other == one else other for other in issue.milestones)}


def _strike(issue: Issue, command: Strike, moment: Moment) -> dict[str, Any]:
    one = _ahead(issue, command.milestone)
    return {"milestones": tuple(other for other in issue.milestones if other != one)}


def _ahead(issue: Issue, name: str) -> Milestone:
    """The milestone of this name that is not reached yet."""
    one = next((one for one in issue.ahead if one.name == name), None)
    if one is None:
        deny(f"没有未完成的节点“{name}”。", f"No milestone “{name}” waits to be reached.")
    return one


def by_day(milestones: Iterable[Milestone]) -> tuple[Milestone, ...]:
    """In the order in which a page lists them and an issue keeps them."""
    return tuple(sorted(milestones, key=lambda one: (one.due, one.words)))


def _begin(issue: Issue, command: Begin, moment: Moment) -> dict[str, Any]:
    return {
        "criterion": command.criterion, "measures": command.measures, "owner_unit": command.owner_unit, "owner": command.owner,
    }  # fmt: skip


def _report(issue: Issue, command: Report, moment: Moment) -> dict[str, Any]:
    return {}


def _extend(issue: Issue, command: Extend, moment: Moment) -> dict[str, Any]:
    to, limit = _day(command.to), issue.limit
    if limit is not None and to <= limit:
        deny(f"延期要晚于现在的时限 {limit}。", f"An extension ends after the present limit, {limit}.")
    if to < moment.day:
        deny(f"延期至 {to}，已经过去。", f"{to} is past already.")
    if issue.owner and same_person(command.by, issue.owner):
        deny("延期不能由责任人自己批准。", "The person responsible cannot approve the extension.")
    return {"extended_to": to, "extension_reason": command.reason, "extension_by": command.by}


def _apply(issue: Issue, command: Apply, moment: Moment) -> dict[str, Any]:
    evidence = tuple(filter(None, (one.strip() for one in command.evidence)))
    if not evidence and not command.files:
        deny(
            "申请销号要有佐证材料：请写明佐证，或上传佐证文件。",
            "Close-out needs evidence: write what there is, or upload files.",
        )
    every = tuple(dict.fromkeys((*issue.evidence, *evidence)))
    _fits("\n".join(every), asked(Apply)["evidence"].label, MOST_EVIDENCE)
    return {
        "evidence": every,
        "files": tuple(dict.fromkeys((*issue.files, *command.files))),
        "applied_by": moment.actor.name,
    }


def _verify(issue: Issue, command: Verify, moment: Moment) -> dict[str, Any]:
    _in_own_name(command.verifier, moment)
    if issue.owner and same_person(command.verifier, issue.owner):
        deny(
            f"核验人不能是责任人（{issue.owner}）：请换一人核验。",
            f"The verifier cannot be the person responsible ({issue.owner}): name somebody else.",
        )
    if command.unit_id is not None and command.unit_id in moment.near:
        deny(
            f"核验人不能来自{issue.unit_name}及其下属单位。",
            f"The verifier cannot come from {issue.unit_name} or a unit below it.",
        )
    return {"verifier": command.verifier}


def _close(issue: Issue, command: Close, moment: Moment) -> dict[str, Any]:
    _in_own_name(str(issue.verifier), moment)
    on = _day(command.on)
    _not_after_today(on, moment, Text("核验日期", "The day of verifying"))
    began = filter(None, (issue.claimed_on, issue.feedback_on, issue.clock_from))
    _not_before(on, max(began, default=None), Text("核验日期早于整改开始", "It was verified before it was begun"))
    number = moment.number("close")
    return {"verified_on": on, "closed_on": moment.day, "close_no": number}


def _in_own_name(verifier: str, moment: Moment) -> None:
    actor = moment.actor
    if actor.role in IN_OTHERS_NAME:
        return
    if not same_person(actor.name, verifier):
        zh = f"只能以自己的名义核验：核验人请填“{actor.name}”。"
        refuse(Text(zh, f"One verifies in one's own name: write “{actor.name}”."))


def _return(issue: Issue, command: Return, moment: Moment) -> dict[str, Any]:
    return {"verifier": None}


def _reopen(issue: Issue, command: Reopen, moment: Moment) -> dict[str, Any]:
    day, of_a = moment.day, issue.issue_class == "A"
    return {
        **dict.fromkeys(("verifier", "verified_on", "close_no", "closed_on", "applied_by")),
        **_NO_EXTENSION,
        "evidence": (),
        "files": (),
        "clock_from": day if of_a else None,
        "due": months_after(day, MONTHS) if of_a else None,
    }


def _reclassify(issue: Issue, command: Reclassify, moment: Moment) -> dict[str, Any]:
    if command.issue_class == issue.issue_class:
        deny(f"已经是 {issue.issue_class} 类。", f"It is of class {issue.issue_class} already.")
    cleared = (
        "feedback_on", "due", "lead_office", "claimed_on", "opinion", "reserve_no", "clause", "domain", "proposal",
        "reserve_state", "priority", "legal_basis", "used_in",
    )  # fmt: skip
    return {
        **dict.fromkeys(cleared),
        **_NO_EXTENSION,
        "milestones": (),
        "issue_class": command.issue_class,
        "class_reason": command.reason,
    }


def _reserve(issue: Issue, command: Reserve, moment: Moment) -> dict[str, Any]:
    number = moment.number("reserve")
    return {
        "reserve_no": number, "clause": command.clause, "domain": command.domain, "proposal": command.proposal,
        "reserve_state": "入库",
    }  # fmt: skip


def _advance(issue: Issue, command: Advance, moment: Moment) -> dict[str, Any]:
    if command.reserve_state == (issue.reserve_state or "入库"):
        deny(
            f"储备状态已经是“{command.reserve_state}”。",
            f"It stands at {RESERVE_STATE[command.reserve_state].en} already.",
        )
    if command.reserve_state == "已转化":
        need(command.used_in, Advance, "used_in")
    return {
        "reserve_state": command.reserve_state,
        "priority": command.priority or issue.priority,
        "legal_basis": command.legal_basis or issue.legal_basis,
        "used_in": command.used_in or issue.used_in,
    }


def _end(issue: Issue, command: End, moment: Moment) -> dict[str, Any]:
    return {}


_NO_EXTENSION: Final = dict.fromkeys(("extended_to", "extension_reason", "extension_by"))
_DRAFT: Final[frozenset[State]] = frozenset({"草拟"})
_TRIAGED: Final[frozenset[State]] = frozenset({"已核定"})
_AT_WORK: Final[frozenset[State]] = frozenset({"整改中", "退回整改"})
_TOLD: Final[frozenset[State]] = frozenset({"已反馈", "已认领", "整改中", "退回整改", "重新打开"})
_IN_OFFICE: Final[frozenset[State]] = frozenset({"已认领", "整改中", "退回整改", "重新打开"})
_ASKED: Final[frozenset[State]] = frozenset({"申请销号", "核验中"})
_A: Final[frozenset[IssueClass | None]] = frozenset({"A"})
_B: Final[frozenset[IssueClass | None]] = frozenset({"B"})
_C: Final[frozenset[IssueClass | None]] = frozenset({"C"})

RULES: Final[dict[type[Command], Rule]] = {
    Amend: Rule(_DRAFT, None, _amend),
    AddSources: Rule(_DRAFT | _TRIAGED | _TOLD, None, _add_sources),
    Triage: Rule(_DRAFT, "已核定", _triage),
    Feedback: Rule(_TRIAGED, "已反馈", _feed_back, _A | _B),
    Claim: Rule(frozenset({"已反馈"}), "已认领", _claim, _B),
    Decline: Rule(frozenset({"已反馈"}), None, _decline, _B),
    Route: Rule(frozenset({"已反馈"}), None, _route, _B),
    Plan: Rule(_IN_OFFICE, None, _plan, _B),
    Reach: Rule(_IN_OFFICE, None, _reach, _B),
    Strike: Rule(_IN_OFFICE, None, _strike, _B),
    Begin: Rule(frozenset({"已反馈", "已认领", "重新打开"}), "整改中", _begin, _A | _B),
    Report: Rule(_TOLD, None, _report),
    Extend: Rule(_TOLD, None, _extend, _A | _B),
    Apply: Rule(_AT_WORK, "申请销号", _apply, _A | _B),
    Verify: Rule(frozenset({"申请销号"}), "核验中", _verify, _A | _B),
    Close: Rule(frozenset({"核验中"}), "已销号", _close, _A | _B),
    Return: Rule(_ASKED, "退回整改", _return, _A | _B),
    Reopen: Rule(frozenset({"已销号"}), "重新打开", _reopen, _A | _B),
    Reclassify: Rule(_TRIAGED | _TOLD, "已核定", _reclassify),
    Reserve: Rule(_TRIAGED, None, _reserve, _C),
    Advance: Rule(_TRIAGED, None, _advance, _C),
    End: Rule(_DRAFT | _TRIAGED | _TOLD, "终止", _end),
}


def _themes(themes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(themes))


def complete(command: Command) -> None:
    """Everything that a command cannot do without is there, and no more than a ledger's workbook holds."""
    for name, ask in asked(type(command)).items():
        value = getattr(command, name)
        if ask.need:
            need(value, type(command), name)
        if isinstance(value, str):
            _fits(value, ask.label, LONGEST)


def _fits(words: str, what: Text, most: int) -> None:
    """Words that no cell holds would keep the whole ledger from being written out, and what was reported is never shortened."""
    if len(words) > most:
        deny(
            f"{what.zh}有 {len(words)} 字，最多 {most} 字：请写要点，全文作为佐证文件上传。",
            f"{what.en} has {len(words)} letters, {most} at most: write what matters, and hand the whole in as an evidence file.",
        )


def need(value: Any, kind: type[Command], name: str) -> None:
    """Refuses a command in which this field says nothing."""
    if value is None or value in ("", ()):
        label = asked(kind)[name].label
        deny(f"{kind.label.zh}要填写：{label.zh}。", f"{kind.label.en} needs: {label.en}.")


def _day(day: date | None) -> date:
    if day is None:
        deny("请填写日期。", "Give the date.")
    return day


def _not_after_today(day: date, moment: Moment, what: Text) -> None:
    if day > moment.day:
        deny(f"{what.zh} {day} 还没有到。", f"{what.en}, {day}, is still to come.")


def _not_before(day: date, first: date | None, what: Text) -> None:
    if first is not None and day < first:
        deny(f"{what.zh}（{day}，{first}）。", f"{what.en} ({day}, {first}).")


def deny(zh: str, en: str) -> NoReturn:
    """What does not fit is not done, with the reason."""
    raise NotDone(zh, en)


def refuse(told: Text | None) -> None:
    """Refuses whoever may not, where there is a reason to."""
    if told is not None:
        raise Refused(told.zh, told.en)
