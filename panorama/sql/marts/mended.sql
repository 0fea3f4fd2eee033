-- One row per row that mends a refused one × unit that it speaks of: the row, and the drop in which the other was refused
-- Only of what is held against an older state; a standard speaks of every unit whose work is measured by it.
with
mends as (
    select m.mended_by as row_id, p.drop_id as refused_in
    from raw.mend as m
    inner join raw.part as p on p.part_id = m.row_id >> 32
),
held as (
    select unit_id, row_id from mart.staffing
    union all
    select unit_id, row_id from mart.leader
    union all
    select unit_id, row_id from mart.finding
    union all
    select unit_id, row_id from mart.rating
    union all
    select unit_id, row_id from mart.ranking
    union all
    select unit_id, row_id from mart.change
    union all
    select unit_id, row_id from mart.post
    union all
    -- To look a row of work up among all would cost more than all else: its part says whose work it may be.
    select u.unit_id, m.row_id
    from mends as m
    inner join raw.part as p on p.part_id = m.row_id >> 32 and p.dataset = 'workload'
    inner join mart.part_unit as u on u.part_id = p.part_id
    union all
    select f.unit_id, t.standard_id as row_id
    from mart.unit_time as t
    inner join staging.leaf as f on f.leaf_id = t.leaf_id
)
select distinct m.row_id, h.unit_id, m.refused_in
from mends as m
inner join held as h on h.row_id = m.row_id
