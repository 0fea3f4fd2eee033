-- One row per unit: its saturation in the newest year with workload, of a span of years where it is given
with
newest as (
    select coalesce(max(period), $last_year::varchar) as period
    from seen.saturation_stored
    where
        office_id is null
        and post_id is null
        and length(period) = 4
        and saturation is not null
        and ($first_year is null or period between $first_year::varchar and $last_year::varchar)
),
unit_row as (
    select s.*
    from seen.saturation_stored as s
    inner join newest as n on n.period = s.period
    where s.office_id is null and s.post_id is null
),
offices as (
    select s.unit_id, list(s.saturation) as offices
    from seen.saturation_stored as s
    inner join newest as n on n.period = s.period
    where s.office_id is not null and s.post_id is null and s.saturation is not null
    group by s.unit_id
)
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    (select period from newest)::int as year,
    r.saturation,
    r.saturation_with_external,
    r.low,
    r.high,
    r.band,
    r.coverage,
    r.lower_bound,
    r.required_staff,
    r.staff,
    o.offices
from seen.unit as u
left join unit_row as r on r.unit_id = u.unit_id
left join offices as o on o.unit_id = u.unit_id
where (u.status is null or u.status = '在册') and ($unit_id is null or u.unit_id = $unit_id)
order by r.saturation desc nulls last, unit
