-- One row per workload record of a list, and per standard that gave its unit time
with
worked as (
    select w.*, concat_ws(' ', coalesce(o.name, u.short_name, u.name), w.activity) as what
    from seen.workload as w
    inner join seen.unit as u on u.unit_id = w.unit_id
    left join seen.office as o on o.office_id = w.office_id
    where list_contains($row_ids::bigint[], w.row_id)
),
found as (
    select w.standard_id as row_id, 1 as place, '标准工时' as source,
        concat_ws(' ', min(w.what), format('{:g}', max(w.std_hours)::double), '小时', '/', min(w.unit_of_work)) as content
    from worked as w
    where w.standard_id is not null
    group by w.standard_id
    union all
    select w.row_id, 2 as place, '工作量' as source,
        concat_ws(' ', w.what, w.period, format('{:g}', w.volume::double),
            case
                when w.shared then '支持或附加工作'
                when w.std_hours is null then '无标准工时，不计入'
                else concat('× ', format('{:g}', w.std_hours::double), ' = ', format('{:.1f}', w.hours::double), ' 小时')
            end,
            case when w.hours_actual is not null then concat('填报 ', format('{:g}', w.hours_actual::double), ' 小时') end) as content
    from worked as w
)
select f.row_id, f.source, f.content, p.file, p.sheet, (f.row_id & 4294967295)::int as src_row, d.loaded_at
from found as f
inner join seen.part as p on p.part_id = f.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by f.place, f.row_id
limit 2000
