"""The gate: whether an application may be accepted, and what holds it (methods §7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType

from panorama.applications.application import MORE, Answer, Hold, Item, Passed
from panorama.issues.issue import Issue


def can_accept(
    item: Item | None,
    near: Collection[int],
    issues: Iterable[tuple[int, Issue]],
    day: date,
    waived: Collection[int] = (),
    more: Collection[Item] = MORE,
    passed: Mapping[int, Passed] = MappingProxyType({}),
) -> Answer:
    """Whether an application for this may be accepted on this day.

    item: None where nothing is asked for yet. near: the unit, all below it, and what has passed to any of them. issues: with their ids, of whatever unit. waived: ids that a leader has waived.
    more: what asks for something new or more. passed: of units that have ended, how they passed. It is held by every overdue issue of class A of these units; what asks for
    less or the same is held by none. Closing the last of them releases it. When that can be is known only where all of
    them are being verified: then nothing but the verifier's word is lacking, and it can be today.
    """
    asks_more = item in more
    holding = [(id_, issue) for id_, issue in issues if asks_more and issue.unit_id in near and holds(issue, day)]
    holds_ = sorted(
        (_hold(id_, issue, day, passed.get(issue.unit_id)) for id_, issue in holding),
        key=lambda hold: (hold.limit, hold.issue_id),
    )
    free = all(hold.issue_id in waived for hold in holds_)
    soon = all(hold.state == "核验中" for hold in holds_ if hold.issue_id not in waived)
    return Answer(
        result="暂停受理" if not free else "豁免受理" if holds_ else "可受理",
        day=day,
        more=asks_more,
        holds=tuple(holds_),
        earliest=day if free or soon else None,
    )


def still_waived(waived: Collection[int], on: date | None, late: Iterable[tuple[int, Issue]]) -> frozenset[int]:
    """Of the issues that were waived on that day, those overdue since before it: one extended or reopened since holds anew."""
    return frozenset(
        id_ for id_, issue in late if id_ in waived and (on is None or issue.limit is None or issue.limit < on)
    )


def holds(issue: Issue, day: date) -> bool:
    """Whether this issue holds what its unit, or one above it, asks for."""
    return issue.issue_class == "A" and issue.overdue(day)


def _hold(issue_id: int, issue: Issue, day: date, passed: Passed | None) -> Hold:
    limit = issue.limit
    if limit is None:
        raise ValueError("an issue without a limit is never overdue")
    return Hold(
        issue_id=issue_id,
        issue_no=issue.issue_no,
        unit_id=issue.unit_id,
        unit_name=issue.unit_name,
        title=issue.title,
        state=issue.state,
        limit=limit,
        days_late=(day - limit).days,
        passed=passed,
    )
