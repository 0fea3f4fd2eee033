-- One row per office that may be compared with one office: of its tag, in units of its unit's kind and level; and itself
-- nearness: 1 the nearest by approved posts. efficiency and its like: mart.office_efficiency.
with
self as (
    select o.office_id, o.unit_id, o.peer_tag, coalesce(u.template_kind, u.unit_kind) as kind, u.level
    from seen.office as o
    inner join seen.unit as u on u.unit_id = o.unit_id
    where o.office_id = $office_id
),
near as (
    select peer_id, nearness
    from seen.office_peer
    where office_id = $office_id
)
select
    o.unit_id,
    o.office_id,
    o.name as office,
    coalesce(u.short_name, u.name) as unit,
    o.office_id = $office_id as own,
    o.peer_tag,
    $year::int as year,
    n.nearness,
    s.required_staff,
    s.staff as effective_staff,
    s.saturation,
    s.saturation_with_external,
    s.low,
    s.high,
    s.band,
    s.lower_bound,
    (s.staff_with_external - s.staff) / nullif(s.staff_with_external, 0) as external_share,
    e.compared,
    e.with_external,
    e.main_activity,
    e.people,
    e.hours_main,
    e.hours_other,
    e.efficiency,
    e.low as efficiency_low,
    e.high as efficiency_high,
    e.more_main,
    e.more_other,
    e.models,
    e.shares
from seen.office as o
inner join seen.unit as u on u.unit_id = o.unit_id
cross join self as f
left join near as n on n.peer_id = o.office_id
left join seen.saturation_stored as s
    on s.office_id = o.office_id and s.unit_id = o.unit_id and s.post_id is null and s.period = $year::varchar
left join seen.office_efficiency as e on e.office_id = o.office_id and e.year = $year
where
    o.office_id = f.office_id
    or (
        o.peer_tag = f.peer_tag and coalesce(u.template_kind, u.unit_kind) = f.kind and u.level is not distinct from f.level
        and coalesce(year(o.set_date), $year) <= $year and coalesce(year(o.end_date), $year) >= $year
        and (not u.ended or s.office_id is not null)
    )
order by own desc, n.nearness nulls last, unit, office
