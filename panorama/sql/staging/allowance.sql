-- One row per leaf × year with workload: share of time for support work done by all, hours a year of extra work of some
-- Each support or extra activity counts once, by the scope that fits most closely; each cadre has its own. Extra hours
-- declared for more than one leaf are shared among them by their core hours, so that roll-ups count them once.
with
leaf_year as (
    select p.leaf_id, p.year, coalesce(p.hours, 0) as hours, f.unit_id, f.office_id
    from staging.year_load as p
    inner join staging.leaf as f on f.leaf_id = p.leaf_id
),
chosen as (
    select
        y.leaf_id,
        y.year,
        y.hours,
        y.unit_id,
        y.office_id,
        l.closeness,
        s.row_id,
        s.wisn_class,
        s.cas_share,
        s.ias_hours * coalesce(s.ias_staff, 1) as ias_hours
    from leaf_year as y
    inner join staging.leaf_scope as l on l.leaf_id = y.leaf_id
    inner join staging.activity_standard as s
        on s.scope_ref = l.scope_ref and s.valid_year = y.year and s.wisn_class in ('支持', '附加')
    qualify row_number() over (
        partition by y.leaf_id, y.year, s.activity_id
        order by l.closeness, s.version_number desc nulls last, s.version desc nulls last, s.row_id desc
    ) = 1
),
support as (
    select leaf_id, year, sum(cas_share) as cas
    from chosen
    where wisn_class = '支持'
    group by leaf_id, year
),
anchored as (
    select
        leaf_id,
        year,
        hours,
        ias_hours,
        row_id,
        unit_id,
        case when closeness <= 3 then office_id end as office_anchor,
        case when closeness = 1 then leaf_id end as leaf_anchor
    from chosen
    where wisn_class = '附加' and ias_hours is not null
),
weighed as (
    select
        leaf_id,
        year,
        hours,
        ias_hours,
        round(sum(hours) over (partition by year, row_id, unit_id, office_anchor, leaf_anchor), 4) as hours_all,
        count(*) over (partition by year, row_id, unit_id, office_anchor, leaf_anchor) as leaves
    from anchored
),
extra as (
    select
        leaf_id,
        year,
        -- As decimals: a sum of floating numbers would differ in its last digits from one build to the next.
        cast(
            sum(cast(ias_hours * case when hours_all > 0 then hours / hours_all else 1.0 / leaves end as decimal(28, 10)))
            as double
        ) as ias_hours
    from weighed
    group by leaf_id, year
)
select
    y.leaf_id,
    y.year,
    coalesce(s.cas, 0) as cas,
    -- At or over the whole of people's time the declared shares cannot be right: no figure (V-CAS).
    case when coalesce(s.cas, 0) < 1 then 1 / nullif(1 - coalesce(s.cas, 0), 0) end as caf,
    coalesce(x.ias_hours, 0) as ias_hours
from leaf_year as y
left join support as s on s.leaf_id = y.leaf_id and s.year = y.year
left join extra as x on x.leaf_id = y.leaf_id and x.year = y.year
