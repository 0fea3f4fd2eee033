"""Time in the store: naive UTC as kept, civil time in Asia/Shanghai as told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from panorama.calendar import CIVIL


def now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def end_of(day: date) -> datetime:
    """The end of a civil day as naive UTC: what came before it came on that day or earlier."""
    return utc(datetime.combine(day + timedelta(days=1), time.min))


def civil(at: datetime) -> datetime:
    """Naive UTC to naive time in Asia/Shanghai, as people read it."""
    return at.replace(tzinfo=UTC).astimezone(CIVIL).replace(tzinfo=None)


def utc(at: datetime) -> datetime:
    """Naive time in Asia/Shanghai to naive UTC, as kept."""
    return at.replace(tzinfo=CIVIL).astimezone(UTC).replace(tzinfo=None)
