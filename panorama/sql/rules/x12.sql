-- One row per unit × year × duty
-- id: X12
-- name: 有职责，全年没有工作量 | A duty without workload for twelve months
-- compares: 标准工时表中写明“对应三定职责”的核心事项（适用于处室、岗位或同类标签），与这些处室全年的工作量 | Core activities with a duty in the table of unit times (for an office, a post or a tag), with the workload of those offices over the whole year
-- silent: 处室没有报满 12 个月；该职责任一事项有工作量，或报了但数量空白 | The offices did not report all twelve months; any activity of the duty has volume, or was reported with the volume left empty
-- question: 这项职责是否还在履行，或由别处承担？ | Is the duty still discharged, or done elsewhere?
-- themes: T01
-- needs: D9, D10
with
duty as (
    select distinct f.leaf_id, f.unit_id, f.office_id, s.valid_year as year, s.duty_ref, s.activity_code, s.activity_name, s.row_id
    from staging.activity_standard as s
    inner join staging.leaf_scope as l on l.scope_ref = s.scope_ref and l.closeness <= 3
    inner join staging.leaf as f on f.leaf_id = l.leaf_id
    where s.duty_ref is not null and coalesce(s.wisn_class, '核心') = '核心'
),
done as (
    select distinct d.unit_id, d.year, d.duty_ref
    from duty as d
    inner join staging.activity_load as a on a.leaf_id = d.leaf_id and a.year = d.year
    inner join mart.activity as n on n.activity_id = a.activity_id
    left join mart.unit_time as t
        on t.leaf_id = a.leaf_id and t.activity_id = a.activity_id and t.year = a.year
    where
        (n.activity_code in (d.activity_code, d.activity_name) or t.activity_name = d.activity_name)
        and (a.volume is null or a.volume > 0)
),
silent as (
    select
        d.unit_id,
        d.year,
        d.duty_ref,
        min(d.activity_name) as activity,
        count(distinct d.office_id) as offices,
        min(o.name) as office,
        list_sort(array_agg(distinct d.row_id)) as standard_rows,
        list_sort(array_agg(distinct w.first_row)) as work_rows
    from duty as d
    left join done as x on x.unit_id = d.unit_id and x.year = d.year and x.duty_ref = d.duty_ref
    left join staging.full_year as c on c.unit_id = d.unit_id and c.office_id = d.office_id and c.year = d.year
    left join mart.office as o on o.office_id = d.office_id
    left join staging.workload_place as w on w.unit_id = d.unit_id and w.office_id = d.office_id and w.year = d.year
    where x.unit_id is null
    group by d.unit_id, d.year, d.duty_ref
    having count(*) = count(c.office_id)
)
select
    unit_id,
    'T01' as theme,
    year,
    concat(cast(year as varchar), ' ', duty_ref) as matter,
    '工作量' as left_family,
    cast(year as varchar) as left_at,
    concat('三定职责：', duty_ref, '（事项：', activity, '）') as left_text,
    concat('Duty of the mandate: ', duty_ref, ' (activity: ', activity, ')') as left_text_en,
    standard_rows as left_rows,
    '工作量' as right_family,
    cast(year as varchar) as right_at,
    concat(office, case when offices > 1 then concat(' 等 ', offices, ' 个处室') else '' end, '报满 12 个月，没有这项职责的工作量') as right_text,
    concat(office, case when offices > 1 then concat(' and others (', offices, ' offices)') else '' end, ' reported all twelve months, none of it on this duty') as right_text_en,
    work_rows as right_rows
from silent
