"""When whoever is concerned is reminded of a limit: 30 days before it, 7, on the day, and once it is past."""

from __future__ import annotations

from datetime import date
from typing import Final

STEPS: Final = (30, 7, 0)
"""Days before the limit. Each step lasts until the next one."""
PAST: Final = -1
"""The limit is past."""


def step_of(limit: date, day: date) -> int | None:
    """The step that an open issue of this limit is at on this day; None where its limit is further off."""
    left = (limit - day).days
    if left < 0:
        return PAST
    return min((step for step in STEPS if left <= step), default=None)
