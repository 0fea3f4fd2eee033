-- One row per unit × office × post × activity × period of reported workload: the newest that was dropped
with
-- Few are reported twice: these are put in order, and no other is looked at.
ranked as (
    select
        r.row_id,
        row_number() over (
            partition by k.k
            order by r.drop_seq desc, r.part_id desc, r.src_row
        ) as place
    from raw.keyed_workload as k
    inner join raw.again_workload as t on t.k = k.k
    inner join raw.workload as r on r.row_id = k.row_id
)
select
    n.unit_id,
    o.office_id,
    p.post_id,
    a.activity_id,
    r.period,
    d.year,
    d.quarter,
    d.month,
    d.grain,
    r.volume,
    r.planned,
    r.hours_actual,
    r.overtime,
    r.staff_eff,
    r.staff_ext,
    r.source,
    r.row_id
from raw.workload as r
inner join raw.unit_name as n
    on n.dataset = 'workload' and n.ref = r.unit_ref and n.day is not distinct from r.period
inner join staging.activity_ref as a on a.ref = r.activity_code
inner join staging.period as d on d.period = r.period
left join raw.office_name as o
    on o.unit_id = n.unit_id and o.ref = r.office_ref
left join raw.post_name as p
    on p.office_id = o.office_id and p.ref = r.post_ref
left join ranked as s on s.row_id = r.row_id and s.place > 1
where
    s.row_id is null
    and n.unit_id is not null
    and (r.office_ref is null or o.office_id is not null)
    and (r.post_ref is null or p.post_id is not null)
