-- One row per indicator of one unit that a formula scores in a round; of all units of a kind those that a file scores otherwise
select
    s.unit_id,
    coalesce(u.short_name, u.name) as unit,
    s.round_name,
    s.ind_code,
    s.name,
    s.index_name,
    s.weight,
    s.formula,
    s.year,
    s.direction,
    s.goal_lo,
    s.goal_hi,
    s.own_goals,
    s.top,
    s.bottom,
    s.value,
    s.score,
    s.lacking,
    s.dropped,
    s.dropped_n,
    s.difference
from seen.system_score as s
inner join seen.unit as u on u.unit_id = s.unit_id
where
    s.round_name = $round_name
    and coalesce(u.template_kind, '其他') = $kind
    and (s.unit_id = $unit_id or ($unit_id is null and abs(s.difference) >= 0.05))
order by abs(s.difference) desc nulls last, s.index_name, s.ind_code, unit
