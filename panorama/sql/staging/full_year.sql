-- One row per unit or office × year of which all twelve months of workload were reported: its saturation
-- The year is over, the unit stood all of it, and of what was expected nothing is missing.
select
    s.unit_id,
    s.office_id,
    s.year,
    cast(s.required_hours as double) as required_hours,
    s.staff,
    s.saturation,
    s.low,
    s.high,
    s.band
from mart.saturation_stored as s
inner join staging.unit as u on u.unit_id = s.unit_id
cross join raw.today as t
where
    s.post_id is null
    and s.month is null
    and s.coverage >= 1
    and make_date(s.year, 12, 31) < t.day
    and (u.set_date is null or u.set_date <= make_date(s.year, 1, 31))
    and (u.end_date is null or u.end_date >= make_date(s.year, 12, 1))
