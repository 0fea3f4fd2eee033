-- One row per office whose saturation of one year stands above 1.15 or below 0.80, the farthest from 1 first
-- A lower bound below 0.80 may well stand above it: it is not listed.
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    o.office_id,
    o.name as office,
    s.saturation,
    s.saturation_with_external,
    s.low,
    s.high,
    s.band,
    s.required_staff,
    s.staff,
    s.coverage,
    s.lower_bound,
    $year::int as year
from seen.saturation_stored as s
inner join seen.unit as u on u.unit_id = s.unit_id
inner join seen.office as o on o.office_id = s.office_id
where s.period = $year::varchar
    and s.post_id is null
    and (s.saturation > 1.15 or (s.saturation < 0.80 and not s.lower_bound))
order by abs(s.saturation - 1) desc, unit, office
