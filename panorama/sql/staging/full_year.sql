-- One row per unit or office × year of which all twelve months of workload were reported: its saturation
-- The year is over, the unit stood all of it, and of what was expected nothing is missing.
with
yearly as (
    select *, cast(substring(period, 1, 4) as int) as of_year
    from mart.saturation_stored
    where post_id is null and length(period) = 4 and coverage >= 1
)
select
    s.unit_id,
    s.office_id,
    s.of_year as year,
    cast(s.required_hours as double) as required_hours,
    s.staff,
    s.saturation,
    s.low,
    s.high,
    s.band
from yearly as s
inner join mart.unit as u on u.unit_id = s.unit_id
cross join raw.today as t
where
    make_date(s.of_year, 12, 31) < t.day
    and (u.set_date is null or u.set_date <= make_date(s.of_year, 1, 31))
    and (u.end_date is null or u.end_date >= make_date(s.of_year, 12, 1))
