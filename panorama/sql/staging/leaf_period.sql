-- One row per leaf × period with workload: hours and how much of the period was reported
-- period: YYYY or YYYY-MM. share: the part of the year's working time that the reported months hold. hours: volume ×
-- unit time. untimed: rows with volume but no unit time.
with
yearly as (
    select
        leaf_id,
        year,
        sum(hours) as hours,
        sum(volume) as volume,
        sum(volume_timed) as volume_timed,
        sum(untimed) as untimed,
        sum(hours_untimed) as hours_untimed
    from staging.activity_load
    group by leaf_id, year
),
monthly as (
    select
        leaf_id,
        year,
        month,
        sum(hours) as hours,
        sum(volume) filter (where not shared) as volume,
        sum(volume) filter (where not shared and std_hours is not null) as volume_timed,
        count(*) filter (where volume > 0 and not shared and std_hours is null) as untimed,
        sum(hours_actual) filter (where not shared and std_hours is null) as hours_untimed,
        count(volume) as said
    from mart.workload
    where grain = 'month'
    group by leaf_id, year, month
),
reported as (
    select leaf_id, year, month
    from monthly
    where said > 0
    union
    select w.leaf_id, w.year, m.month
    from mart.workload as w
    inner join staging.month as m on m.year = w.year and (w.grain = 'year' or m.quarter = w.quarter)
    where w.grain <> 'month' and w.volume is not null
),
-- Months still to come, and those before a unit began or after it ended, are not expected.
expected as (
    select f.leaf_id, m.year, count(*) as months
    from staging.leaf as f
    inner join mart.unit as u on u.unit_id = f.unit_id
    cross join staging.month as m
    cross join raw.today as t
    where
        m.ends < t.day
        and (u.set_date is null or m.ends >= u.set_date)
        and (u.end_date is null or make_date(m.year, m.month, 1) <= u.end_date)
    group by f.leaf_id, m.year
),
spoken as (
    select
        r.leaf_id,
        r.year,
        count(*) as months,
        sum(m.share) as share
    from reported as r
    inner join staging.month as m on m.year = r.year and m.month = r.month
    group by r.leaf_id, r.year
)
select
    y.leaf_id,
    y.year,
    cast(null as int) as month,
    cast(y.year as varchar) as period,
    y.hours,
    y.volume,
    y.volume_timed,
    y.untimed,
    y.hours_untimed,
    coalesce(s.months, 0) as months,
    greatest(coalesce(e.months, 0), coalesce(s.months, 0)) as months_expected,
    case when s.months = 12 then 1.0 else s.share end as share
from yearly as y
left join spoken as s on s.leaf_id = y.leaf_id and s.year = y.year
left join expected as e on e.leaf_id = y.leaf_id and e.year = y.year
union all
select
    p.leaf_id,
    p.year,
    p.month,
    concat(cast(p.year as varchar), '-', lpad(cast(p.month as varchar), 2, '0')) as period,
    p.hours,
    p.volume,
    p.volume_timed,
    p.untimed,
    p.hours_untimed,
    case when p.said > 0 then 1 else 0 end as months,
    1 as months_expected,
    m.share
from monthly as p
inner join staging.month as m on m.year = p.year and m.month = p.month
