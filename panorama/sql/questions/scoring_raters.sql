-- One row per evaluator, and whether one unit is the own one (or above or below it) or to be avoided
select
    e.ev_id,
    e.role,
    coalesce(a.own, false) as own_unit,
    coalesce(not a.own, false) as avoided
from seen.evaluator as e
left join seen.avoided as a on a.ev_id = e.ev_id and a.unit_id = $unit_id
order by e.ev_id
