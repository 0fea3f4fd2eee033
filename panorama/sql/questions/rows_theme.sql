-- One row per record behind a theme of one unit
with
behind as (
    select e.family, e.year, unnest(e.row_ids) as row_id
    from seen.evidence as e
    where e.unit_id = $unit_id and e.theme = $theme
)
select distinct
    b.row_id,
    b.family as source,
    coalesce(f.text, concat(b.family, ' ', b.year)) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
left join seen.finding as f on f.row_id = b.row_id and f.unit_id = $unit_id
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by source, b.row_id
limit 2000
