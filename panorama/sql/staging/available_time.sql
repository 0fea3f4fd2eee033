-- One row per unit × year with workload: available working time of one person, hours a year
-- The most specific rule wins: the unit's own, then its kind's, then one for all, then the default of the year.
with
unit_year as (
    select distinct f.unit_id, w.year
    from staging.leaf_work as w
    inner join staging.leaf as f on f.leaf_id = w.leaf_id
),
kinds as (
    select value, zh as label from raw.choice where lower(enumeration) in ('unit_kind', 'template_kind')
),
candidates as (
    select y.unit_id, y.year, 1 as closeness, a.row_id
    from unit_year as y
    inner join staging.availability as a on a.year = y.year and a.unit_id = y.unit_id
    union all
    select y.unit_id, y.year, 1 as closeness, a.row_id
    from unit_year as y
    inner join mart.unit as u on u.unit_id = y.unit_id
    inner join staging.availability as a
        on a.year = y.year and a.scope_ref in (u.name, u.short_name, u.unit_code, u.uscc)
    union all
    select y.unit_id, y.year, 2 as closeness, a.row_id
    from unit_year as y
    inner join mart.unit as u on u.unit_id = y.unit_id
    inner join staging.availability as a on a.year = y.year and a.scope_ref in (u.unit_kind, u.template_kind)
    union all
    select y.unit_id, y.year, 2 as closeness, a.row_id
    from unit_year as y
    inner join mart.unit as u on u.unit_id = y.unit_id
    inner join kinds as k on k.value in (u.unit_kind, u.template_kind)
    inner join staging.availability as a on a.year = y.year and a.scope_ref = k.label
    union all
    select y.unit_id, y.year, 3 as closeness, a.row_id
    from unit_year as y
    inner join staging.availability as a on a.year = y.year
    where a.scope_ref in ('全部', '通用', '默认', '所有单位', '全市')
),
chosen as (
    select unit_id, year, closeness, row_id
    from candidates
    qualify row_number() over (partition by unit_id, year order by closeness, row_id desc) = 1
),
filled as (
    select
        y.unit_id,
        y.year,
        c.closeness,
        a.row_id,
        a.awt as declared,
        -- Declared hours serve only where nothing stands that they could be computed from.
        a.workdays is null
        and coalesce(a.annual_leave, a.sick, a.training, a.other_absence, a.share_effective) is null as only_declared,
        coalesce(a.workdays, case when y.year >= 2025 then 248 else 250 end) as workdays,
        coalesce(a.hours_day, 8) as hours_day,
        coalesce(a.annual_leave, 0) + coalesce(a.sick, 0) + coalesce(a.training, 0) + coalesce(a.other_absence, 0)
            as absences,
        coalesce(a.share_effective, 1) as share_effective
    from unit_year as y
    left join chosen as c on c.unit_id = y.unit_id and c.year = y.year
    left join staging.availability as a on a.row_id = c.row_id
)
select
    unit_id,
    year,
    workdays,
    hours_day,
    absences,
    share_effective,
    case
        when only_declared and declared > 0 then declared
        else (workdays - absences) * hours_day * share_effective
    end as awt,
    workdays * 8 as gross_hours,
    case closeness when 1 then 'unit' when 2 then 'kind' when 3 then 'all' else 'default' end as rule,
    row_id
from filled
