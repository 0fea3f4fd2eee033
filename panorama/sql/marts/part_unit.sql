-- One row per unit of which a part (one sheet of a file) holds rows that count
with
held as (
    select unit_id, row_id from mart.unit
    union all
    select unit_id, row_id from mart.office
    union all
    select unit_id, row_id from mart.post
    union all
    select unit_id, row_id from mart.finding
    union all
    select unit_id, row_id from mart.rating
    union all
    select unit_id, row_id from mart.ranking
    union all
    select unit_id, row_id from mart.staffing
    union all
    select unit_id, row_id from mart.leader
    union all
    select unit_id, row_id from mart.change
    union all
    select unit_id, row_id from mart.workload
    union all
    -- The standards that its own work is measured by.
    select unit_id, standard_id as row_id from mart.workload
)
select distinct cast(row_id >> 32 as int) as part_id, unit_id
from held
where row_id is not null and unit_id is not null
