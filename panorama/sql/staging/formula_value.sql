-- One row per formula × unit × year: the figure that a named formula scores by, as its mart tells it
-- top, bottom: what the value is the quotient of, where it is one. lacking: why there is no value: input = the mart has none;
-- part = of some type or rank approved or actual is not told; bound = only a lower bound is known; none = nothing that a share
-- could be taken of.
with
-- What is told in part is an excess of at least so much: points for it would be too many.
partial as (
    select distinct 'excess@1' as formula, unit_id, year
    from mart.unit_staffing
    where of_year and not single_listed and (approved is null) <> (actual is null)
    union
    select distinct 'leaders_excess@1', unit_id, year
    from mart.leader
    where of_year and counted and (approved is null) <> (actual is null)
),
-- Of an office whose saturation is a lower bound nothing says how far it lies from the others.
bounded as (
    select distinct unit_id, year
    from mart.saturation_stored
    where office_id is not null and post_id is null and month is null and saturation is not null and lower_bound
),
told as (
    select
        'excess@1' as formula, unit_id, year, cast(excess as double) as top, cast(approved as double) as bottom,
        cast(excess as double) / nullif(cast(approved as double), 0) as value,
        case when approved = 0 then 'none' end as without
    from mart.unit_year
    union all
    select
        'leaders_excess@1', unit_id, year, cast(leaders_excess as double), cast(leaders_approved as double),
        cast(leaders_excess as double) / nullif(cast(leaders_approved as double), 0),
        case when leaders_approved = 0 then 'none' end
    from mart.unit_year
    union all
    select
        'saturation@1', unit_id, year, required_staff, cast(effective_staff as double),
        case when not coalesce(saturation_lower_bound, false) then saturation end,
        case when saturation_lower_bound and saturation is not null then 'bound' end
    from mart.unit_year
    union all
    select
        'imbalance@1', y.unit_id, y.year, cast(null as double), cast(null as double),
        case when b.unit_id is null then y.gini end,
        case when b.unit_id is not null and i.unit_id is not null then 'bound' end
    from mart.unit_year as y
    left join mart.imbalance as i on i.unit_id = y.unit_id and i.year = y.year
    left join bounded as b on b.unit_id = y.unit_id and b.year = y.year
    union all
    select
        'performance@1', unit_id, year, cast(performance_rank as double), cast(performance_field as double),
        performance_percentile, cast(null as varchar)
    from mart.unit_year
    union all
    select
        'ranking@1', unit_id, year, cast(null as double), cast(ranking_count as double), ranking_percentile,
        cast(null as varchar)
    from mart.unit_year
    union all
    select
        'put_right@1', unit_id, year, cast(issues_closed as double), cast(issues_closed + issues_open as double),
        cast(issues_closed as double) / nullif(issues_closed + issues_open, 0),
        case when issues_closed + issues_open = 0 then 'none' end
    from mart.unit_year
)
select
    t.formula,
    t.unit_id,
    t.year,
    t.top,
    t.bottom,
    case when p.unit_id is null then t.value end as value,
    case when t.value is null then coalesce(t.without, 'input') when p.unit_id is not null then 'part' end as lacking
from told as t
left join partial as p on p.formula = t.formula and p.unit_id = t.unit_id and p.year = t.year
