-- One row per unit at or below one of those asked for, that one first: name, and how many steps below
with recursive
below as (
    select u.unit_id as root_id, u.unit_id, 0 as steps from seen.unit as u where u.unit_id in (select unnest($unit_ids::bigint[]))
    union all
    select b.root_id, u.unit_id, b.steps + 1
    from seen.unit as u
    inner join below as b on u.parent_id = b.unit_id
    -- A register that goes round in a circle ends too.
    where b.steps < 20
)
select b.root_id, b.unit_id, coalesce(u.short_name, u.name) as unit, min(b.steps) as steps
from below as b
inner join seen.unit as u on u.unit_id = b.unit_id
group by b.root_id, b.unit_id, unit
order by b.root_id, steps, b.unit_id
