-- One row per unit or office (office null = the unit): what its saturation of a year and of the year before are made of
-- Of each side: volume with a unit time and its hours over a full year (months not reported as the others), allowance for support
-- work, hours of extra work, people, hours a person a year. So that (hours × allowance + extra) ÷ (people × hours a person) is it.
-- versions: of the unit times, where a new one begins with the year.
with
load as (
    select
        unit_id,
        office_id,
        year,
        saturation,
        lower_bound,
        volume_timed * core_staff * awt / nullif(required_hours, 0) as volume,
        core_staff * awt as hours,
        (required_staff * awt - coalesce(ias_hours, 0)) / nullif(core_staff * awt, 0) as allowance,
        coalesce(ias_hours, 0) as extra_hours,
        staff,
        awt
    from seen.saturation_stored
    where unit_id = $unit_id and post_id is null and month is null and year between $year - 1 and $year
)
select
    a.unit_id,
    a.office_id,
    coalesce(o.name, u.short_name, u.name) as place,
    $year::int as year,
    b.saturation as before,
    a.saturation as after,
    coalesce(a.lower_bound, false) or coalesce(b.lower_bound, false) as lower_bound,
    r.versions,
    b.volume as volume_before,
    b.hours as hours_before,
    b.allowance as allowance_before,
    b.extra_hours as extra_hours_before,
    b.staff as staff_before,
    b.awt as awt_before,
    a.volume as volume_after,
    a.hours as hours_after,
    a.allowance as allowance_after,
    a.extra_hours as extra_hours_after,
    a.staff as staff_after,
    a.awt as awt_after
from load as a
inner join seen.unit as u on u.unit_id = a.unit_id
left join load as b on b.year = a.year - 1 and b.office_id is not distinct from a.office_id
left join seen.office as o on o.office_id = a.office_id
left join seen.rule_break as r
    on r.unit_id = a.unit_id and r.office_id is not distinct from a.office_id and r.year = a.year
where a.year = $year
order by a.office_id nulls first, place
