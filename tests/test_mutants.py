"""Deadlines reckoned wrongly, one fault at a time: the tests of deadlines notice each of them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from datetime import date
from types import FunctionType
from typing import Any, Final

import pytest

from panorama import calendar
from panorama.applications import gate
from panorama.issues import rebound, transitions
from panorama.issues.issue import Issue
from tests import test_gate, test_issues, test_rebound

WINDOW: Final = (
    (date(2023, 2, 28), False),
    (date(2023, 3, 1), True),
    (date(2025, 2, 28), True),
    (date(2025, 3, 1), False),
)
NOTICING: Final[tuple[Callable[[], None], ...]] = (
    test_issues.test_an_issue_is_overdue_from_the_day_after_its_limit_until_it_is_closed,
    test_issues.test_a_sooner_limit_is_taken_and_a_later_one_refused_but_as_an_extension_that_keeps_the_original,
    test_issues.test_a_change_of_class_does_not_start_the_three_months_anew,
    test_issues.test_a_reopened_issue_has_three_months_from_its_reopening,
    test_issues.test_three_months_after_every_day_of_twenty_years_are_what_the_calendar_library_says,
    test_issues.test_the_end_of_each_month_of_twenty_years_is_due_on_the_same_day_or_the_months_last,
    lambda: test_issues.test_three_calendar_months_are_clipped_to_the_months_end("2027-11-30", "2028-02-29"),
    test_gate.test_it_is_held_from_the_day_after_the_limit,
    test_gate.test_an_extension_and_a_close_out_release_it_and_asking_for_close_out_does_not,
    *(lambda day=day, back=back: test_rebound.test_the_window_begins_the_day_after_close_out_and_ends_with_its_24_months(day, back) for day, back in WINDOW),
)  # fmt: skip
MUTANTS: Final[tuple[tuple[Any, str, str], ...]] = (
    (calendar.months_after, "+ months, 12)", "+ months + 1, 12)"),
    (calendar.months_after, "min(day.day, monthrange(year, month + 1)[1])", "min(day.day, 28)"),
    (calendar.months_after, "min(day.day, monthrange(year, month + 1)[1])", "min(day.day, 30)"),
    (calendar.months_after, "min(day.day, monthrange(year, month + 1)[1])", "monthrange(year, month + 1)[1]"),
    (calendar.months_after, "date(year, month + 1, min(", "date(year - 1, month + 1, min("),
    (calendar.months_after, "return date(", "return day.fromordinal(day.toordinal() + 90) if months == 3 else date("),
    (calendar.months_after, "return date(", "return day.fromordinal(day.toordinal() + 92) if months == 3 else date("),
    (transitions._feed_back, "latest = months_after(clock, MONTHS)", "latest = months_after(issue.found_on, MONTHS)"),
    (transitions._feed_back, "clock = issue.clock_from or on", "clock = on"),
    (transitions._feed_back, "clock = issue.clock_from or on", "clock = moment.day"),
    (transitions._feed_back, "due = command.due or latest", "due = latest"),
    (transitions._feed_back, "if due > latest:", "if False:"),
    (transitions._feed_back, '"clock_from": clock', '"clock_from": None'),
    (transitions._extend, "to <= limit", "False"),
    (transitions._extend, "limit is not None and to <= limit", "issue.due is not None and to <= issue.due"),
    (transitions._extend, '{"extended_to": to,', '{"due": to, "extended_to": to,'),
    (transitions._extend, "if to < moment.day:", "if False:"),
    (transitions._reopen, "months_after(day, MONTHS)", "issue.due"),
    (transitions._reopen, "months_after(day, MONTHS)", "day"),
    (Issue.overdue, "day > self.limit", "day >= self.limit"),
    (Issue.overdue, "day > self.limit", "day < self.limit"),
    (Issue.overdue, "day > self.limit", "day > self.due"),
    (Issue.overdue, "self.state not in OVER", "self.state not in {*OVER, '申请销号', '核验中'}"),
    (Issue.overdue, "and self.state not in OVER", ""),
    (Issue.limit.fget, "self.extended_to or self.due", "self.due"),  # type: ignore[attr-defined]
    (Issue.limit.fget, "self.extended_to or self.due", "self.extended_to"),  # type: ignore[attr-defined]
    (gate._hold, "(day - limit).days", "(day - limit).days + 1"),
    (gate.holds, "issue.overdue(day)", "issue.limit is not None"),
    (rebound.comes_back, "old.closed_on < new.found_on", "old.closed_on <= new.found_on"),
    (rebound.comes_back, "new.found_on <= watched_until(old.closed_on)", "new.found_on < watched_until(old.closed_on)"),
    (rebound.watched_until, "MONTHS", "MONTHS + 1"),
)  # fmt: skip
"""The function, the words in it, and what stands there instead."""


def mutated(function: FunctionType, words: str, instead: str) -> Any:
    """The code of the function with the fault in it."""
    source = textwrap.dedent(inspect.getsource(function)).removeprefix("@property\n")
    assert source.count(words) == 1, "the mutant speaks of words that are not there"
    place: dict[str, Any] = {}
    exec(compile(source.replace(words, instead), function.__code__.co_filename, "exec"), function.__globals__, place)  # noqa: S102
    return place[function.__name__].__code__


def noticed() -> bool:
    for test in NOTICING:
        try:
            test()
        # A fault may be noticed in any way; what a test raises for one that failed is no Exception.
        except (Exception, pytest.fail.Exception):  # noqa: BLE001
            return True
    return False


def test_without_a_fault_there_is_nothing_to_notice() -> None:
    assert not noticed()


@pytest.mark.parametrize(
    ("function", "words", "instead"),
    MUTANTS,
    ids=[f"{one.__name__}: {instead or 'nothing'}" for one, _, instead in MUTANTS],
)
def test_a_deadline_reckoned_wrongly_is_noticed(
    function: FunctionType, words: str, instead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "__code__", mutated(function, words, instead))
    assert noticed()
