-- One row per unit at or below one, itself first: name, and how many steps below
with recursive
below as (
    select u.unit_id, 0 as steps from seen.unit as u where u.unit_id = $unit_id
    union all
    select u.unit_id, b.steps + 1
    from seen.unit as u
    inner join below as b on u.parent_id = b.unit_id
    -- A register that goes round in a circle ends too.
    where b.steps < 20
)
select b.unit_id, coalesce(u.short_name, u.name) as unit, min(b.steps) as steps
from below as b
inner join seen.unit as u on u.unit_id = b.unit_id
group by b.unit_id, unit
order by steps, b.unit_id
