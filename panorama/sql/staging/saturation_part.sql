-- One row per unit, office or post × year × activity × spread of its unit time: people the activity asks for
-- What interval.py draws from. load: people; cv: spread of the unit time; fixed: people of extra work, not drawn;
-- missing: part of the year not reported; month_cv: spread of the reported months, over the root of the months missing
with
spread as (
    select
        unit_id,
        office_id,
        post_id,
        year,
        stddev_samp(required_staff) / nullif(avg(required_staff), 0) as cv,
        count(required_staff) as months
    from staging.saturation_point
    where month is not null
    group by unit_id, office_id, post_id, year
),
entity as (
    select
        s.unit_id,
        s.office_id,
        s.post_id,
        s.year,
        s.period,
        s.staff,
        coalesce(s.extra_staff, 0) as fixed,
        1 - s.months / nullif(cast(s.months_expected as double), 0) as missing,
        -- Fewer than three months tell nothing of their spread: the widest of the declared ones serves.
        case when d.months >= 3 then d.cv else 0.30 end
        / sqrt(greatest(12 * (1 - s.months / nullif(cast(s.months_expected as double), 0)), 1)) as month_cv
    from staging.saturation_point as s
    left join spread as d
        on
            d.unit_id = s.unit_id
            and d.office_id is not distinct from s.office_id
            and d.post_id is not distinct from s.post_id
            and d.year = s.year
    where s.month is null and s.saturation is not null
),
leaf_load as (
    select
        w.leaf_id,
        w.year,
        w.activity_id,
        w.cv,
        cast(sum(w.hours) as double) as hours
    from mart.workload as w
    where w.in_year and w.hours > 0
    group by w.leaf_id, w.year, w.activity_id, w.cv
),
leaf as (
    select
        f.unit_id,
        f.office_id,
        f.post_id,
        l.year,
        l.activity_id,
        l.cv,
        l.hours / nullif(t.awt * p.share, 0) * a.caf as load
    from leaf_load as l
    inner join staging.leaf as f on f.leaf_id = l.leaf_id
    inner join staging.leaf_period as p on p.leaf_id = l.leaf_id and p.year = l.year and p.month is null
    inner join staging.available_time as t on t.unit_id = f.unit_id and t.year = l.year
    inner join staging.allowance as a on a.leaf_id = l.leaf_id and a.year = l.year
),
loads as (
    select
        unit_id,
        cast(null as bigint) as office_id,
        cast(null as bigint) as post_id,
        year,
        activity_id,
        cv,
        sum(load) as load
    from leaf
    group by unit_id, year, activity_id, cv
    union all
    select unit_id, office_id, cast(null as bigint) as post_id, year, activity_id, cv, sum(load) as load
    from leaf
    where office_id is not null
    group by unit_id, office_id, year, activity_id, cv
    union all
    select unit_id, office_id, post_id, year, activity_id, cv, sum(load) as load
    from leaf
    where post_id is not null
    group by unit_id, office_id, post_id, year, activity_id, cv
)
select
    e.unit_id,
    e.office_id,
    e.post_id,
    e.period,
    a.activity_code,
    l.load,
    l.cv,
    e.staff,
    e.fixed,
    e.missing,
    e.month_cv
from entity as e
inner join loads as l
    on
        l.unit_id = e.unit_id
        and l.office_id is not distinct from e.office_id
        and l.post_id is not distinct from e.post_id
        and l.year = e.year
inner join mart.activity as a on a.activity_id = l.activity_id
