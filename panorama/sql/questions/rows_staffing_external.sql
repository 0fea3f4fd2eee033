-- One row per ledger line with people beyond the establishment at the last ledger of one year, of one unit (null: all)
with
behind as (
    select s.unit_id, s.snapshot_date, s.external, unnest(s.row_ids) as row_id
    from seen.unit_staffing as s
    where s.of_year and s.year = $year and s.external is not null and ($unit_id is null or s.unit_id = $unit_id)
)
select distinct
    b.row_id,
    '台账' as source,
    concat_ws(' ', coalesce(u.short_name, u.name), o.name, b.snapshot_date, '编外', s.external) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
inner join seen.unit as u on u.unit_id = b.unit_id
inner join seen.staffing as s on s.row_id = b.row_id and s.external is not null
left join seen.office as o on o.office_id = s.office_id
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by content
limit 2000
