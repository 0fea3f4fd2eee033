-- One row per workload record behind the saturation of a unit in one year
select
    w.row_id,
    '工作量' as source,
    concat_ws(' ', o.name, a.name, w.period, w.volume, '×', coalesce(w.std_hours::varchar, '无标准工时'), '=', w.hours) as content,
    p.file,
    p.sheet,
    (w.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.workload as w
inner join seen.activity as a on a.activity_id = w.activity_id
left join seen.office as o on o.office_id = w.office_id
inner join seen.part as p on p.part_id = w.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where w.unit_id = $unit_id and w.year = $period::int and w.in_year
order by w.row_id
limit 2000
