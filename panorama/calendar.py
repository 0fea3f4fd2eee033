"""Civil dates in Asia/Shanghai: today, statutory working days, bounds of a period."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chinese_calendar import holidays, workdays

CIVIL = ZoneInfo("Asia/Shanghai")
WORKDAYS_SINCE_2025 = 248
WORKDAYS_BEFORE = 250
"""2008 to 2024: eleven public holidays a year; from 2025 thirteen (methods §2)."""

PERIOD = r"^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"
"""YYYY, YYYY-Qn or YYYY-MM."""
_PERIOD = re.compile(PERIOD)

_FIRST_PUBLISHED, _LAST_PUBLISHED = min(holidays).year, max(holidays).year


def today() -> date:
    """The civil date in Asia/Shanghai, whatever zone the server is in."""
    return datetime.now(CIVIL).date()


@cache
def working_days(year: int, month: int) -> tuple[int, bool]:
    """Working days of a month by the statutory calendar, swapped working days (调休) included.

    Returns days and whether they are estimated: for a year that is not published they are the weekdays.
    """
    first = date(year, month, 1)
    days = [first + timedelta(days=at) for at in range(monthrange(year, month)[1])]
    if not _FIRST_PUBLISHED <= year <= _LAST_PUBLISHED:
        return sum(day.weekday() < 5 for day in days), True
    return sum(day in workdays or (day.weekday() < 5 and day not in holidays) for day in days), False


def default_workdays(year: int) -> int:
    """Working days of a year when a unit says nothing else: 248 from 2025, 250 before."""
    return WORKDAYS_SINCE_2025 if year >= 2025 else WORKDAYS_BEFORE


def period_bounds(period: str) -> tuple[date, date]:
    """First and last day of "YYYY", "YYYY-Qn" or "YYYY-MM". Raises ValueError for anything else."""
    if not _PERIOD.match(period):
        raise ValueError(f"not a period: {period!r}")
    year, tail = int(period[:4]), period[5:]
    if tail.startswith("Q"):
        last_month = int(tail[1]) * 3
        first_month = last_month - 2
    else:
        first_month, last_month = (int(tail), int(tail)) if tail else (1, 12)
    return date(year, first_month, 1), date(year, last_month, monthrange(year, last_month)[1])


def months_after(day: date, months: int) -> date:
    """The same day so many calendar months later; the month's last where it has no such day: 11-30 and three are 02-28 or 29."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
