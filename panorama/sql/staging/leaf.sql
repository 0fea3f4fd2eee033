-- One row per place that workload is reported for: a post, an office as a whole, or a unit as a whole
select distinct
    m.leaf_id,
    m.unit_id,
    m.office_id,
    m.post_id
from raw.meant as m
where m.leaf_id in (select leaf_id from staging.leaf_work)
