-- One row per unit that may be compared with one: of its kind and level, or of a group with it; and the unit itself
-- nearness: 1 the nearest by approved posts and offices; group_name, reason: of a group that a person set
with
self as (
    select unit_id, coalesce(template_kind, unit_kind) as kind, level
    from seen.unit
    where unit_id = $unit_id
),
near as (
    select peer_id, nearness
    from seen.peer
    where unit_id = $unit_id and basis = 'nearest'
),
grouped as (
    select peer_id, string_agg(distinct group_name, '、' order by group_name) as group_name,
        string_agg(distinct reason, '；' order by reason) as reason
    from seen.peer
    where unit_id = $unit_id and basis = 'group'
    group by peer_id
)
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    u.unit_id = $unit_id as own,
    $year::int as year,
    n.nearness,
    g.group_name,
    g.reason,
    y.approved,
    u.offices,
    y.required_staff,
    y.effective_staff,
    y.saturation,
    y.saturation_with_external,
    y.saturation_low as low,
    y.saturation_high as high,
    y.saturation_band as band,
    y.saturation_lower_bound as lower_bound,
    y.use_rate,
    y.vacancy_rate,
    y.external_share,
    y.performance_percentile
from seen.unit as u
cross join self as s
left join near as n on n.peer_id = u.unit_id
left join grouped as g on g.peer_id = u.unit_id
left join seen.unit_year as y on y.unit_id = u.unit_id and y.year = $year
where
    u.unit_id = s.unit_id
    or n.peer_id is not null
    or g.peer_id is not null
    or (not u.ended and coalesce(u.template_kind, u.unit_kind) = s.kind and u.level is not distinct from s.level)
order by own desc, n.nearness nulls last, unit
