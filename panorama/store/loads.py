"""What work asks of time: volume × unit time, added up over the lines of workload, by year and by month (methods §2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from panorama.intake.yearly import MONTHS, SLOTS

_ALL_MONTHS: Final = (1 << 12) - 1
_WHOLE_YEAR: Final = 1 << 16
# The coarser of two periods that overlap counts (V-WL-2): a quarter hides its months, a year hides both.
_HIDDEN: Final = " | ".join(f"(((w.given >> {12 + at}) & 1) * {0b111 << 3 * at})" for at in range(4))
_COUNTED: Final = (
    f"case when w.given <= {_ALL_MONTHS} then w.given when w.given >= {_WHOLE_YEAR} then {_WHOLE_YEAR}"
    f" else w.given & ~({_HIDDEN}) end"
)
_TIMED: Final = (
    "inner join mart.unit_time as t on t.leaf_id = w.leaf_id and t.activity_id = w.activity_id and t.year = w.year"
    " and not t.shared and t.std_hours is not null"
)
_UNTIMED: Final = (
    "left join mart.unit_time as t on t.leaf_id = w.leaf_id and t.activity_id = w.activity_id and t.year = w.year"
    " and (t.shared or t.std_hours is not null)"
)
_FAR: Final = (0.2, 5)
"""Reported hours beyond these shares of volume × unit time are asked about (V-WL-3)."""

_Value = Callable[[str], str]


def models() -> dict[str, str]:
    """staging.activity_load, staging.month_load and staging.far_load → its select.

    Hours are rounded to ten-thousandths period by period, volumes come in hundredths: whole numbers are added up, so the
    sums are the same in whatever order they are taken.
    """
    return {
        "staging.activity_load": _by_activity(),
        "staging.month_load": _by_month(),
        "staging.far_load": _far(),
    }


def _volume(slot: str) -> str:
    return f"w.v{slot}"


def _hours(slot: str) -> str:
    """Ten-thousandths of an hour that the work of one period asks for."""
    return f"round(w.v{slot} * t.std_hours * 100)"


def _reported(slot: str) -> str:
    return f"w.h{slot}"


def _by_activity() -> str:
    reported = ", ".join(f"case when {_counts(at)} then {_reported(slot)} end" for at, slot in enumerate(SLOTS))
    no_volume, none_reported = "w.valued & w.counted = 0", f"coalesce({reported}) is null"
    worked = _total(lambda slot: f"(w.v{slot} > 0)::int", "false")
    return (
        "-- One row per leaf × year × activity whose volume asks for time: each period counted once. ref_id: one of its writings\n"
        f"with line as (select w.*, {_COUNTED} as counted from raw.work as w),"
        " summed as (select w.leaf_id, w.year, w.activity_id, case when t.std_hours is not null then t.cv end as cv,"
        f" case when t.std_hours is not null then {_total(_hours, no_volume)} end as hours,"
        f" {_total(_volume, no_volume)} as volume,"
        f" case when t.std_hours is null then {_total(_reported, none_reported)} end as hours_untimed,"
        f" case when t.std_hours is null then {worked} else 0 end as untimed, w.first_row_id, w.ref_id"
        " from line as w left join mart.unit_time as t"
        " on t.leaf_id = w.leaf_id and t.activity_id = w.activity_id and t.year = w.year"
        " where not coalesce(t.shared, false))"
        " select leaf_id, year, activity_id, max(cv) as cv, sum(hours) / 10000 as hours, sum(volume) / 100 as volume,"
        " sum(volume) filter (where cv is not null) / 100 as volume_timed, cast(sum(untimed) as bigint) as untimed,"
        " sum(hours_untimed) / 100 as hours_untimed, min(first_row_id) as first_row_id, min(ref_id) as ref_id"
        " from summed group by leaf_id, year, activity_id"
    )


def _total(value: _Value, nothing: str) -> str:
    """Over the periods that count; nothing: when none of them has a value. Lines of months alone need no look at each."""
    # Added one by one: to put the values into a list first takes longer than all else.
    months = " + ".join(f"coalesce({value(slot)}, 0)" for slot in MONTHS)
    each = " + ".join(
        f"case when {_counts(at)} then coalesce({value(slot)}, 0) else 0 end" for at, slot in enumerate(SLOTS)
    )
    summed = f"case when w.given <= {_ALL_MONTHS} then {months} else {each} end"
    return f"cast(case when not ({nothing}) then {summed} end as double)"


def _counts(at: int) -> str:
    return f"w.counted & {1 << at} > 0"


def _by_month() -> str:
    months = f"from raw.work as w where w.given & {_ALL_MONTHS} > 0 group by w.leaf_id, w.year"
    timed = f"{_sums('hours', _hours)}, {_sums('volume', _volume)}"
    worked = ", ".join(f"count(*) filter (where w.v{slot} > 0)" for slot in MONTHS)
    untimed = f"{_sums('volume', _volume)}, {_sums('reported', _reported)}, [{worked}] as worked"
    return (
        "-- One row per leaf × month that has a row, whatever else the year has\n"
        f"with place as (select w.leaf_id, w.year, bit_or(w.given) as given, bit_or(w.valued) as valued {months}),"
        f" timed as (select w.leaf_id, w.year, {timed} from raw.work as w {_TIMED} group by w.leaf_id, w.year),"
        f" untimed as (select w.leaf_id, w.year, {untimed} from raw.work as w {_UNTIMED}"
        " where t.leaf_id is null group by w.leaf_id, w.year),"
        " long as (select p.leaf_id, p.year, p.given, p.valued, unnest(range(1, 13)) as month, unnest(t.hours) as hours,"
        " unnest(t.volume) as timed, unnest(u.volume) as untimed, unnest(u.reported) as reported, unnest(u.worked) as worked"
        " from place as p left join timed as t on t.leaf_id = p.leaf_id and t.year = p.year"
        " left join untimed as u on u.leaf_id = p.leaf_id and u.year = p.year)"
        " select leaf_id, year, cast(month as int) as month, hours / 10000 as hours,"
        " coalesce(timed + untimed, timed, untimed) / 100 as volume, timed / 100 as volume_timed,"
        " coalesce(worked, 0) as untimed, reported / 100 as hours_untimed, (valued >> (month - 1)) & 1 = 1 as said"
        " from long where (given >> (month - 1)) & 1 = 1"
    )


def _sums(name: str, value: _Value) -> str:
    """A list of twelve sums."""
    return f"[{', '.join(f'sum(cast({value(slot)} as double))' for slot in MONTHS)}] as {name}"


def _far() -> str:
    least, most = _FAR
    is_far = f"w.v% > 0 and (w.h% < {least} * t.std_hours * w.v% or w.h% > {most} * t.std_hours * w.v%)"
    hours, volume = (
        " + ".join(f"case when {is_far} then w.{letter}% else 0 end".replace("%", slot) for slot in SLOTS)
        for letter in "hv"
    )
    reported = ", ".join(_reported(slot) for slot in SLOTS)
    return (
        "-- One row per leaf × year × activity with reported hours far from volume × unit time: those hours and volumes\n"
        f"with line as (select w.leaf_id, w.year, w.activity_id, t.std_hours, {hours} as hours, {volume} as volume"
        " from raw.work as w inner join mart.unit_time as t on t.leaf_id = w.leaf_id"
        " and t.activity_id = w.activity_id and t.year = w.year and t.std_hours > 0"
        f" where coalesce({reported}) is not null)"
        " select leaf_id, year, activity_id, max(std_hours) as std_hours, cast(sum(hours) as double) / 100 as hours,"
        " cast(sum(volume) as double) / 100 as volume from line where volume > 0 group by leaf_id, year, activity_id"
    )
