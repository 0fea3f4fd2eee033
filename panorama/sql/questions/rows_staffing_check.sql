-- One row per ledger line behind a check that two statements do not pass, of its staffing type
select distinct
    s.row_id,
    '台账' as source,
    concat_ws(' ', coalesce(u.short_name, u.name), coalesce(o.name, '整单位'), s.snapshot_date, c.zh, '核定', coalesce(s.approved::varchar, '未报'), '实有', coalesce(s.actual::varchar, '未报')) as content,
    p.file,
    p.sheet,
    (s.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.staffing as s
inner join seen.unit as u on u.unit_id = s.unit_id
left join seen.office as o on o.office_id = s.office_id
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
inner join seen.part as p on p.part_id = s.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where list_contains($row_ids::bigint[], s.row_id) and ($estab_type is null or s.estab_type = $estab_type)
order by s.row_id
limit 2000
