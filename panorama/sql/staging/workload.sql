-- One row per unit × office × post × activity × period of reported workload: the newest that was dropped
with
resolved as materialized (
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
),
-- Few are reported twice, and to put all rows in order costs more than to find those.
twice as (
    select unit_id, office_id, post_id, activity_id, period
    from resolved
    group by unit_id, office_id, post_id, activity_id, period
    having count(*) > 1
),
ranked as (
    select
        r.row_id,
        row_number() over (
            partition by r.unit_id, r.office_id, r.post_id, r.activity_id, r.period
            order by r.drop_seq desc, r.part_id desc, r.src_row
        ) as place
    from resolved as r
    inner join twice as t
        on
            t.unit_id = r.unit_id
            and t.office_id is not distinct from r.office_id
            and t.post_id is not distinct from r.post_id
            and t.activity_id = r.activity_id
            and t.period = r.period
)
select
    r.unit_id,
    r.office_id,
    r.post_id,
    r.activity_id,
    r.period,
    r.year,
    r.quarter,
    r.month,
    r.grain,
    r.volume,
    r.planned,
    r.hours_actual,
    r.overtime,
    r.staff_eff,
    r.staff_ext,
    r.source,
    r.row_id
from resolved as r
left join ranked as s on s.row_id = r.row_id and s.place > 1
where s.row_id is null
