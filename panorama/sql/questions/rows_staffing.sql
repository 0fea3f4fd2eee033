-- One row per ledger line behind a figure of one staffing type (null: all) and year, of one unit (null: all), the largest excess first
with
behind as (
    select s.unit_id, s.estab_type, s.snapshot_date, s.approved, s.actual, unnest(s.row_ids) as row_id
    from seen.unit_staffing as s
    where s.of_year and s.year = $year and not s.single_listed
        and ($unit_id is null or s.unit_id = $unit_id)
        and ($estab_type is null or s.estab_type = $estab_type)
)
select
    b.row_id,
    '台账' as source,
    concat_ws(
        ' ', coalesce(u.short_name, u.name), b.snapshot_date, c.zh, '核定 ' || b.approved,
        coalesce('实有 ' || b.actual, case when b.approved is not null then '实有 未报' end)
    ) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
inner join seen.unit as u on u.unit_id = b.unit_id
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = b.estab_type
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by case when b.actual >= b.approved then b.actual - b.approved when b.actual < b.approved then 0 end desc nulls last, content
limit 2000
