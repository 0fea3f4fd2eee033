-- One row per unit at or above one of those asked for, that one first: how many steps above
with recursive
above as (
    select u.unit_id as root_id, u.unit_id, u.parent_id, 0 as steps
    from seen.unit as u
    where u.unit_id in (select unnest($unit_ids::bigint[]))
    union all
    select a.root_id, u.unit_id, u.parent_id, a.steps + 1
    from seen.unit as u
    inner join above as a on u.unit_id = a.parent_id
    -- A register that goes round in a circle ends too.
    where a.steps < 20
)
select root_id, unit_id, min(steps) as steps
from above
group by root_id, unit_id
order by root_id, steps, unit_id
