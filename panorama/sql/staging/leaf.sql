-- One row per place that workload is reported for: a post, an office as a whole, or a unit as a whole
with
places as (
    select distinct unit_id, office_id, post_id
    from staging.workload
)
select
    row_number() over (order by unit_id, office_id, post_id) as leaf_id,
    unit_id,
    office_id,
    post_id
from places
