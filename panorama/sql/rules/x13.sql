-- One row per unit or office × year
-- id: X13
-- name: 工作量大增，人员和加班没有变 | Work grows a lot, people and overtime do not
-- compares: 按标准工时折算的工作量比上年增长 30% 以上，与在岗人数、加班工时（变化都不超过 5%） | Workload in hours of unit time up by more than 30 % on the year before, with staff and overtime (neither changed by more than 5 %)
-- silent: 任一年没有报满 12 个月、缺在岗人数，或有一行没填加班 | Either year not reported in full, staff unknown, or overtime missing in any row
-- question: 增加的工作由谁完成：工作量多报了，标准工时偏高，还是有没登记的人手？ | Who does the added work: volumes overstated, unit times too high, or hands that nobody recorded?
-- themes: T21
-- needs: D10, D9, D5
with
grown as (
    select
        n.unit_id,
        n.office_id,
        n.year,
        n.required_hours / b.required_hours - 1 as growth,
        b.staff as staff_before,
        n.staff
    from staging.full_year as n
    inner join staging.full_year as b
        on b.unit_id = n.unit_id and b.office_id is not distinct from n.office_id and b.year = n.year - 1
    where
        b.required_hours > 0
        and n.required_hours > 1.3 * b.required_hours
        and b.staff > 0
        and abs(n.staff - b.staff) <= 0.05 * b.staff
),
overtime as (
    select
        g.unit_id,
        g.office_id,
        g.year,
        list_sort(array_agg(w.first_row) filter (where w.year = g.year)) as row_ids,
        list_sort(array_agg(w.first_row) filter (where w.year < g.year)) as before_rows,
        case when count(*) filter (where w.year = g.year and w.overtime is null) = 0 then sum(w.overtime) filter (where w.year = g.year) end as hours,
        case when count(*) filter (where w.year < g.year and w.overtime is null) = 0 then sum(w.overtime) filter (where w.year < g.year) end as hours_before
    from grown as g
    inner join staging.workload_place as w
        on w.unit_id = g.unit_id and w.year in (g.year, g.year - 1) and (g.office_id is null or w.office_id = g.office_id)
    group by g.unit_id, g.office_id, g.year
)
select
    g.unit_id,
    'T21' as theme,
    g.year,
    concat(cast(g.year as varchar), coalesce(concat(' ', cast(g.office_id as varchar)), '')) as matter,
    '工作量' as left_family,
    cast(g.year as varchar) as left_at,
    concat(coalesce(o.name, '全单位'), '：工作量（标准工时）比上年增加 ', cast(round(100 * g.growth, 0) as int), '%') as left_text,
    concat(coalesce(o.name, 'The whole unit'), ': workload in unit time up by ', cast(round(100 * g.growth, 0) as int), ' % on the year before') as left_text_en,
    x.row_ids as left_rows,
    '工作量' as right_family,
    cast(g.year as varchar) as right_at,
    concat(
        '在岗 ', cast(cast(g.staff_before as decimal(9, 1)) as varchar), ' → ', cast(cast(g.staff as decimal(9, 1)) as varchar), ' 人；加班 ',
        cast(round(x.hours_before, 0) as bigint), ' → ', cast(round(x.hours, 0) as bigint), ' 小时'
    ) as right_text,
    concat(
        'Staff ', cast(cast(g.staff_before as decimal(9, 1)) as varchar), ' → ', cast(cast(g.staff as decimal(9, 1)) as varchar), '; overtime ',
        cast(round(x.hours_before, 0) as bigint), ' → ', cast(round(x.hours, 0) as bigint), ' hours'
    ) as right_text_en,
    x.before_rows as right_rows
from grown as g
inner join overtime as x on x.unit_id = g.unit_id and x.office_id is not distinct from g.office_id and x.year = g.year
left join mart.office as o on o.office_id = g.office_id
where x.hours is not null and x.hours_before is not null and abs(x.hours - x.hours_before) <= 0.05 * x.hours_before
