-- One row per unit × year, of one unit and all that it may be compared with, over six years: how it was graded and ranked
-- The units are those of `peers_units`; which of them are peers is told there.
with
self as (
    select coalesce(template_kind, unit_kind) as kind, level
    from seen.unit
    where unit_id = $unit_id
),
near as (
    select distinct peer_id
    from seen.peer
    where unit_id = $unit_id
)
select
    y.unit_id,
    y.year,
    y.performance_scheme,
    y.performance_grade,
    y.performance_percentile,
    y.ranking_percentile,
    y.ranking_count
from seen.unit_year as y
inner join seen.unit as u on u.unit_id = y.unit_id
cross join self as s
left join near as n on n.peer_id = u.unit_id
where
    y.year between $year - 5 and $year
    and (
        u.unit_id = $unit_id
        or n.peer_id is not null
        or (not u.ended and coalesce(u.template_kind, u.unit_kind) = s.kind and u.level is not distinct from s.level)
    )
order by y.year, y.unit_id
