-- One row per leaf × year with workload: hours and how much of the year was reported
-- Months: staging.month_load. share: the part of the year's working time that the reported months hold. hours: volume ×
-- unit time. untimed: rows with volume but no unit time.
with
yearly as (
    -- Where only support or extra work was reported there is no load, and the place is there all the same.
    select
        w.leaf_id,
        w.year,
        sum(l.hours) as hours,
        sum(l.volume) as volume,
        sum(l.volume_timed) as volume_timed,
        coalesce(sum(l.untimed), 0) as untimed,
        sum(l.hours_untimed) as hours_untimed
    from staging.leaf_work as w
    left join staging.activity_load as l on l.leaf_id = w.leaf_id and l.year = w.year
    group by w.leaf_id, w.year
),
reported as (
    select leaf_id, year, month
    from staging.month_load
    where said
    union
    -- Bits 12 to 15 of `valued` are the quarters, bit 16 the year as a whole.
    select w.leaf_id, w.year, m.month
    from staging.leaf_work as w
    inner join mart.month as m
        on m.year = w.year and (w.valued >= 65536 or mod(cast(floor(w.valued / power(2, 11 + m.quarter)) as int), 2) = 1)
    where w.valued >= 4096
),
-- Months still to come, and those before a unit or its office began or after it ended, are not expected.
expected as (
    select f.leaf_id, m.year, count(*) as months
    from staging.leaf as f
    inner join staging.unit as u on u.unit_id = f.unit_id
    left join staging.office as o on o.office_id = f.office_id
    cross join staging.past_month as m
    where
        (u.set_date is null or m.ends >= u.set_date)
        and (u.end_date is null or make_date(m.year, m.month, 1) <= u.end_date)
        and (o.set_date is null or m.ends >= o.set_date)
        and (o.end_date is null or make_date(m.year, m.month, 1) <= o.end_date)
    group by f.leaf_id, m.year
),
spoken as (
    select
        r.leaf_id,
        r.year,
        count(*) as months,
        sum(m.share) as share
    from reported as r
    inner join mart.month as m on m.year = r.year and m.month = r.month
    group by r.leaf_id, r.year
)
select
    y.leaf_id,
    y.year,
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
