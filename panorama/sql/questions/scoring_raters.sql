-- One row per evaluator, and whether one unit is the own one or to be avoided
select
    e.ev_id,
    e.role,
    coalesce(e.home_unit_id = $unit_id, false) as own_unit,
    a.unit_id is not null as avoided
from seen.evaluator as e
left join seen.avoided as a on a.ev_id = e.ev_id and a.unit_id = $unit_id
order by e.ev_id
