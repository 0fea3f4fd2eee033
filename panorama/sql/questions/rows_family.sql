-- One row per record of one source family on one unit, of a span of years where it is given
with
behind as (
    select f.row_id, f.text as content, f.found_date as at
    from seen.finding as f
    where f.unit_id = $unit_id and f.source_family = $family and ($first_year is null or f.year between $first_year and $last_year)
    union all
    select r.row_id, concat_ws(' ', r.scheme, r.year, r.grade_raw, r.score), make_date(r.year, 12, 31)
    from seen.rating as r
    where r.unit_id = $unit_id and $family = '绩效考核' and ($first_year is null or r.year between $first_year and $last_year)
    union all
    select k.row_id, concat_ws(' ', k.system, k.indicator, k.period, concat(k.rank, '/', k.field_n)), null
    from seen.ranking as k
    where k.unit_id = $unit_id and $family = '行业排名' and ($first_year is null or k.year between $first_year and $last_year)
    union all
    select s.row_id, concat_ws(' ', s.snapshot_date, c.zh, concat(s.approved, ' → ', s.actual)), s.snapshot_date
    from seen.staffing as s
    left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
    where s.unit_id = $unit_id and $family = '台账' and ($first_year is null or year(s.snapshot_date) between $first_year and $last_year)
    union all
    select w.row_id, concat_ws(' ', w.period, w.volume), null
    from seen.workload as w
    where w.unit_id = $unit_id and $family = '工作量' and ($first_year is null or w.year between $first_year and $last_year)
)
select
    b.row_id,
    $family as source,
    coalesce(b.content, '零报告') as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by b.at desc nulls last, b.row_id desc
limit 2000
