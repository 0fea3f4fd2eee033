-- One row per unit of which a part (one sheet of a file) holds rows that count
with
-- What a line of work says of itself: part:rows, one after the other.
told as (
    select unit_id, unnest(string_split(told, ',')) as one
    from (
        select distinct unit_id, told
        from staging.work_told
    ) as line
),
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
    select unit_id, row_id from mart.peer_group
    union all
    select unit_id, row_id from mart.indicator
    union all
    select unit_id, row_id from mart.score where rater_kind = '自评'
    union all
    select f.unit_id, w.row_id
    from raw.winner as w
    inner join staging.leaf as f on f.leaf_id = w.leaf_id
    union all
    -- The standards that its own work is measured by.
    select f.unit_id, t.standard_id as row_id
    from mart.unit_time as t
    inner join staging.leaf as f on f.leaf_id = t.leaf_id
)
select distinct cast(row_id >> 32 as int) as part_id, unit_id
from held
where row_id is not null and unit_id is not null
union
select cast(split_part(one, ':', 1) as int) as part_id, unit_id
from told
