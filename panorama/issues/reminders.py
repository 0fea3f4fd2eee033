"""When whoever is concerned is reminded: 30 days before a limit, 7, on the day, and once it is past; of a milestone from the 7th day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

STEPS: Final = (30, 7, 0)
"""Days before the limit. Each step lasts until the next one."""
OF_MILESTONE: Final = (7, 0)
"""The same before a milestone of an office."""
PAST: Final = -1
"""The limit is past."""


def step_of(limit: date, day: date, steps: Sequence[int] = STEPS) -> int | None:
    """The step that an open issue of this limit (or milestone) is at on this day; None where it is further off."""
    left = (limit - day).days
    if left < 0:
        return PAST
    return min((step for step in steps if left <= step), default=None)
