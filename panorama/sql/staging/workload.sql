-- One row per unit × office × post × activity × period of reported workload: the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        o.office_id,
        p.post_id,
        a.activity_id,
        d.year,
        d.quarter,
        d.month,
        d.grain,
        r.*
    from raw.workload as r
    inner join raw.unit_name as n
        on n.dataset = 'workload' and n.ref = r.unit_ref and n.day is not distinct from r.period
    inner join staging.activity_ref as a on a.ref = r.activity_code
    inner join staging.period as d on d.period = r.period
    left join raw.office_name as o
        on o.unit_id = n.unit_id and o.ref = r.office_ref
    left join raw.post_name as p
        on p.office_id = o.office_id and p.ref = r.post_ref
    where
        n.unit_id is not null
        and (r.office_ref is null or o.office_id is not null)
        and (r.post_ref is null or p.post_id is not null)
)
select
    unit_id,
    office_id,
    post_id,
    activity_id,
    period,
    year,
    quarter,
    month,
    grain,
    volume,
    planned,
    hours_actual,
    overtime,
    staff_eff,
    staff_ext,
    source,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id, office_id, post_id, activity_id, period
    order by drop_seq desc, part_id desc, src_row
) = 1
