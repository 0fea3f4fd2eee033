-- One row per ledger line of leader posts of one scope and rank (null: all) and year, of one unit (null: all)
select
    b.row_id,
    '台账' as source,
    concat_ws(' ', coalesce(u.short_name, u.name), o.name, b.snapshot_date, b.scope, b.rank, '核定', b.approved, '实配', coalesce(b.actual::varchar, '未报')) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.leader as b
inner join seen.unit as u on u.unit_id = b.unit_id
left join seen.office as o on o.office_id = b.office_id
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where b.of_year and b.counted and b.year = $year
    and ($unit_id is null or b.unit_id = $unit_id)
    and ($scope is null or b.scope = $scope)
    and ($rank is null or b.rank = $rank)
order by content
limit 2000
