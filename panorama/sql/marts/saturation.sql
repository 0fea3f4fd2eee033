-- One row per unit × office × post × period (office or post null = rolled up; period YYYY or YYYY-MM), net basis
-- Columns as in mart.saturation_stored. A view: the months of posts, of which there are many and few are looked at, are
-- computed when they are asked for.
with
post_month as (
    select
        w.unit_id,
        w.office_id,
        w.post_id,
        w.leaf_id,
        w.period,
        w.year,
        w.month,
        cast(sum(w.hours) as double) as hours,
        cast(sum(w.volume) filter (where not w.shared) as double) as volume,
        cast(coalesce(sum(w.volume) filter (where not w.shared and w.std_hours is not null), 0) as double) as volume_timed,
        count(*) filter (where w.volume > 0 and not w.shared and w.std_hours is null) as untimed,
        cast(sum(w.hours_actual) filter (where not w.shared and w.std_hours is null) as double) as hours_untimed,
        count(w.volume) as said
    from mart.workload as w
    where w.month is not null and w.post_id is not null
    group by w.unit_id, w.office_id, w.post_id, w.leaf_id, w.period, w.year, w.month
),
point as (
    select
        m.*,
        cast(p.n_actual as double) as staff,
        m.hours / nullif(y.awt * s.share, 0) as core_staff,
        m.hours / nullif(y.awt * s.share, 0) * y.caf + y.extra as required_staff,
        m.hours / nullif(y.gross_hours * s.share, 0) * y.caf + y.extra_gross as required_staff_gross,
        y.awt,
        y.cas,
        y.caf,
        y.ias_hours
    from post_month as m
    inner join mart.leaf_year as y on y.leaf_id = m.leaf_id and y.year = m.year
    inner join mart.month as s on s.year = m.year and s.month = m.month
    left join mart.post as p on p.post_id = m.post_id
),
judged as (
    select
        *,
        round(required_staff / nullif(greatest(staff, 0), 0), 9) as saturation
    from point
)
select
    unit_id,
    office_id,
    post_id,
    period,
    year,
    month,
    required_hours,
    core_staff,
    required_staff,
    staff,
    staff_with_external,
    staff_source,
    staff_date,
    saturation,
    saturation_with_external,
    saturation_gross,
    basis,
    low,
    high,
    p_under,
    p_over,
    band,
    lacking,
    coverage,
    coverage_volume,
    lower_bound,
    partial,
    hours_without_standard,
    volume_timed,
    volume_without_standard,
    rows_without_standard,
    awt,
    cas,
    caf,
    ias_hours
from mart.saturation_stored
union all
select
    unit_id,
    office_id,
    post_id,
    period,
    year,
    month,
    hours as required_hours,
    core_staff,
    required_staff,
    staff,
    cast(null as double) as staff_with_external,
    case when staff is not null then 'posts' end as staff_source,
    cast(null as date) as staff_date,
    saturation,
    cast(null as double) as saturation_with_external,
    round(required_staff_gross / nullif(greatest(staff, 0), 0), 9) as saturation_gross,
    'net' as basis,
    cast(null as double) as low,
    cast(null as double) as high,
    cast(null as double) as p_under,
    cast(null as double) as p_over,
    case
        when saturation is null then null
        when untimed > 0 and saturation < 0.80 then '待判'
        when saturation < 0.60 then '明显不饱满'
        when saturation < 0.80 then '偏低'
        when saturation < 1.00 then '饱满'
        when saturation <= 1.15 then '偏高'
        else '超负荷'
    end as band,
    case
        when saturation is not null then null
        when hours is null and untimed > 0 then 'unit_time'
        when hours is null then 'core'
        when required_staff is null then 'shares'
        else 'staff'
    end as lacking,
    case when said > 0 then 1.0 else 0.0 end as coverage,
    case when volume > 0 then volume_timed / volume end as coverage_volume,
    untimed > 0 as lower_bound,
    false as partial,
    hours_untimed as hours_without_standard,
    volume_timed,
    volume - volume_timed as volume_without_standard,
    untimed as rows_without_standard,
    awt,
    cas,
    caf,
    ias_hours
from judged
