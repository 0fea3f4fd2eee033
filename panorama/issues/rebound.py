"""反弹: what came back after an issue was closed out (methods §6)."""

from __future__ import annotations

from datetime import date
from typing import Final

from panorama.calendar import months_after
from panorama.issues.issue import Issue

MONTHS: Final = 24
"""So long after close-out the same theme in the same unit is a rebound, as in mart.rebound."""


def watched_until(closed_on: date) -> date:
    """The last day on which something found is a rebound."""
    return months_after(closed_on, MONTHS)


def comes_back(old: Issue, new: Issue) -> bool:
    """Whether `new` is a rebound of `old`: it says so, or the unit and a theme are the same and it was found within the window."""
    if old.issue_no is not None and new.reopen_of == old.issue_no:
        return True
    if old.state != "已销号" or old.closed_on is None or old.unit_id != new.unit_id:
        return False
    within = old.closed_on < new.found_on <= watched_until(old.closed_on)
    return within and not set(old.themes).isdisjoint(new.themes)
