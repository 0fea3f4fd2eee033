-- One row per unit asked for × unit whose issues are its own: it, those below it, and what has passed to any of them
-- A unit that has ended passes to whom the register names as its successors, and to whom an approval of a merger, an abolition
-- or a renaming of the whole unit names; after a split to each of them. One that still stands answers for itself, whatever
-- was moved from it; a unit renamed under its code is the same unit. from_id, heirs, passed_on, doc_no: what passed, to whom,
-- when, by which approval; null for what was never another's.
with recursive
passings as (
    select u.unit_id as from_id, unnest(u.successor_ids) as heir_id, u.end_date as passed_on, cast(null as varchar) as doc_no
    from seen.unit as u
    where u.ended
    union all
    select c.from_unit_id, c.to_unit_id, coalesce(u.end_date, c.effective_from), c.doc_no
    from seen.change as c
    inner join seen.unit as u on u.unit_id = c.from_unit_id
    where u.ended and c.kind in ('合并', '撤销', '更名') and c.office_id is null and c.to_unit_id <> c.from_unit_id
),
passed as (
    select p.from_id, p.heir_id, min(p.passed_on) as passed_on, min(p.doc_no) as doc_no
    from passings as p
    where p.heir_id is not null
    group by p.from_id, p.heir_id
),
ways as (
    select u.parent_id as unit_id, u.unit_id as next_id, cast(null as bigint) as from_id
    from seen.unit as u
    where u.parent_id is not null
    union all
    select heir_id, from_id, from_id from passed
),
-- Each way once: a register that goes round in a circle ends too.
near as (
    select u.unit_id as root_id, u.unit_id, cast(null as bigint) as from_id
    from seen.unit as u
    where u.unit_id in (select unnest($unit_ids::bigint[]))
    union
    select n.root_id, w.next_id, coalesce(n.from_id, w.from_id)
    from near as n
    inner join ways as w on w.unit_id = n.unit_id
),
-- What is below the unit as it stands is its own, whatever else it may have come from.
once as (
    select root_id, unit_id, case when count(*) = count(from_id) then min(from_id) end as from_id
    from near
    group by root_id, unit_id
),
heirs as (
    select
        p.from_id,
        array_agg(coalesce(u.short_name, u.name) order by u.unit_code nulls last, u.unit_id) as heirs,
        min(p.passed_on) as passed_on,
        min(p.doc_no) as doc_no
    from passed as p
    inner join seen.unit as u on u.unit_id = p.heir_id
    group by p.from_id
)
select o.root_id, o.unit_id, o.from_id, coalesce(f.short_name, f.name) as from_unit, h.heirs, h.passed_on, h.doc_no
from once as o
left join seen.unit as f on f.unit_id = o.from_id
left join heirs as h on h.from_id = o.from_id
order by o.root_id, o.unit_id
