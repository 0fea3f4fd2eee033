-- One row per unit × office × post × activity × period of reported workload, with its unit time
-- A view over the files as they were taken in: the newest of a key that came again. hours: volume × unit time, hours;
-- null = no unit time or no volume. closeness: whose standard: 1 post, 2 office, 3 its tag, 4 unit, 5 kind of unit,
-- 6 all. in_year: counts in the year's figure; where grains overlap (V-WL-2) the coarser row does, so that nothing
-- counts twice. shared: support or extra work, told by the standard, not by volume. activity: as the standard that
-- serves this place calls it, else as the row does; unit_of_work: likewise of that standard.
with
written as (
    select
        r.*,
        cast(substring(r.period, 1, 4) as int) as year,
        case
            when length(r.period) = 4 then 'year'
            when substring(r.period, 6, 1) = 'Q' then 'quarter'
            else 'month'
        end as grain,
        case
            when length(r.period) = 4 then null
            when substring(r.period, 6, 1) = 'Q' then cast(substring(r.period, 7, 1) as int)
            else cast(ceil(cast(substring(r.period, 6, 2) as int) / 3.0) as int)
        end as quarter,
        case
            when length(r.period) = 7 and substring(r.period, 6, 1) <> 'Q' then cast(substring(r.period, 6, 2) as int)
        end as month
    from files.workload as r
)
select
    m.unit_id,
    m.office_id,
    m.post_id,
    m.leaf_id,
    a.activity_id,
    coalesce(t.activity_name, r.activity_code) as activity,
    t.unit_of_work,
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
    t.standard_id,
    t.closeness,
    t.std_hours,
    t.cv,
    coalesce(t.shared, false) as shared,
    case
        when not coalesce(t.shared, false) then cast(cast(r.volume as double) * t.std_hours as decimal(18, 4))
    end as hours,
    coalesce(
        case r.grain
            when 'year' then true
            when 'quarter' then not x.by_year
            else not (x.by_year or list_contains(x.quarters, r.quarter))
        end,
        true
    ) as in_year,
    r.row_id
from written as r
inner join mart.work_place as m
    on
        m.unit_ref = r.unit_ref
        and m.office_ref is not distinct from r.office_ref
        and m.post_ref is not distinct from r.post_ref
        and m.year = r.year
        and (m.period is null or m.period = r.period)
inner join mart.activity_name as a on a.ref = r.activity_code
left join mart.unit_time as t
    on t.leaf_id = m.leaf_id and t.activity_id = a.activity_id and t.year = r.year
left join mart.work_overlap as x
    on x.leaf_id = m.leaf_id and x.activity_id = a.activity_id and x.year = r.year
left join mart.superseded as s on s.row_id = r.row_id
where s.row_id is null
