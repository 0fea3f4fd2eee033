-- One row per unit × office × post × activity × period of reported workload, with its unit time
-- hours: volume × unit time, hours; null = no unit time or no volume. closeness: whose standard: 1 post, 2 office,
-- 3 its tag, 4 unit, 5 kind of unit, 6 all. in_year: counts in the year's figure; where grains overlap (V-WL-2) the
-- coarser row does, so that nothing counts twice. shared: support or extra work, told by the standard, not by volume.
with
years as (
    select distinct unit_id, office_id, post_id, activity_id, year
    from staging.workload
    where grain = 'year'
),
quarters as (
    select distinct unit_id, office_id, post_id, activity_id, year, quarter
    from staging.workload
    where grain = 'quarter'
)
select
    w.unit_id,
    w.office_id,
    w.post_id,
    f.leaf_id,
    w.activity_id,
    w.period,
    w.year,
    w.quarter,
    w.month,
    w.grain,
    w.volume,
    w.planned,
    w.hours_actual,
    w.overtime,
    w.staff_eff,
    w.staff_ext,
    w.source,
    t.standard_id,
    t.closeness,
    t.std_hours,
    t.cv,
    coalesce(t.wisn_class in ('支持', '附加'), false) as shared,
    case
        when not coalesce(t.wisn_class in ('支持', '附加'), false)
            then cast(cast(w.volume as double) * t.std_hours as decimal(18, 4))
    end as hours,
    (w.grain = 'year' or y.unit_id is null) and (w.grain <> 'month' or q.unit_id is null) as in_year,
    w.row_id
from staging.workload as w
inner join staging.leaf as f
    on
        f.unit_id = w.unit_id
        and f.office_id is not distinct from w.office_id
        and f.post_id is not distinct from w.post_id
left join staging.unit_time as t
    on t.leaf_id = f.leaf_id and t.activity_id = w.activity_id and t.year = w.year
left join years as y
    on
        y.unit_id = w.unit_id
        and y.office_id is not distinct from w.office_id
        and y.post_id is not distinct from w.post_id
        and y.activity_id = w.activity_id
        and y.year = w.year
left join quarters as q
    on
        q.unit_id = w.unit_id
        and q.office_id is not distinct from w.office_id
        and q.post_id is not distinct from w.post_id
        and q.activity_id = w.activity_id
        and q.year = w.year
        and q.quarter = w.quarter
