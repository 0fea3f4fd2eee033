-- One row per unit of the kind of one unit: findings of the round per staff-year with the limits for its size
-- events null: neither inspection nor audit spoke of it in the round, or its people are not known
with
self as (
    select coalesce(template_kind, unit_kind) as kind
    from seen.unit
    where unit_id = $unit_id
)
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    u.unit_id = $unit_id as own,
    $today::date as today,
    r.first_year,
    r.last_year,
    f.events,
    f.years,
    f.size,
    f.rate,
    f.centre,
    f.low_95,
    f.high_95,
    f.low_998,
    f.high_998,
    f.dispersion,
    f.tau,
    f.verdict
from seen.unit as u
inner join self as s on s.kind = coalesce(u.template_kind, u.unit_kind)
cross join seen.round as r
left join seen.funnel as f on f.unit_id = u.unit_id
where f.unit_id is not null or not u.ended
order by f.rate desc nulls last, unit
