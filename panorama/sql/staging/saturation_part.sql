-- One row per leaf × year × activity with a unit time: the people that the activity asks for
-- What methods/interval.py draws from. load: people; cv: spread of the unit time; fixed: people of extra work, not drawn;
-- missing: part of the year not reported; month_cv: spread of the reported months, over the root of the months missing;
-- post_staff, office_staff, unit_staff: people at each level, null where the level has no saturation.
with
spread as (
    select
        leaf_id,
        year,
        stddev_samp(hours) / nullif(avg(hours), 0) as cv,
        count(hours) as months
    from staging.month_load
    group by leaf_id, year
),
leaf as (
    select
        p.leaf_id,
        a.unit_id,
        a.office_id,
        a.post_id,
        p.year,
        cast(p.year as varchar) as period,
        a.caf / nullif(a.awt * p.share, 0) as people_per_hour,
        coalesce(a.extra, 0) as fixed,
        1 - p.months / nullif(cast(p.months_expected as double), 0) as missing,
        -- Fewer than three months tell nothing of their spread: the widest of the declared ones serves.
        case when d.months >= 3 then d.cv else 0.30 end
        / sqrt(greatest(p.months_expected - p.months, 1)) as month_cv
    from staging.year_load as p
    inner join mart.leaf_year as a on a.leaf_id = p.leaf_id and a.year = p.year
    left join spread as d on d.leaf_id = p.leaf_id and d.year = p.year
),
staff as (
    select unit_id, office_id, post_id, year, staff
    from staging.saturation_point
    where month is null and saturation is not null
)
select
    f.unit_id,
    f.office_id,
    f.post_id,
    f.period,
    c.activity_code,
    cast(l.hours as double) * f.people_per_hour as load,
    l.cv,
    f.fixed,
    f.missing,
    f.month_cv,
    p.staff as post_staff,
    o.staff as office_staff,
    u.staff as unit_staff
from leaf as f
inner join staging.activity_load as l on l.leaf_id = f.leaf_id and l.year = f.year
inner join mart.activity as c on c.activity_id = l.activity_id
left join staff as p on p.post_id = f.post_id and p.year = f.year
left join staff as o on o.office_id = f.office_id and o.year = f.year and o.post_id is null
left join staff as u on u.unit_id = f.unit_id and u.year = f.year and u.office_id is null
-- An activity with nothing done in the year is certain, and its place may have extra work all the same.
where f.people_per_hour is not null and l.hours >= 0
