-- One row per sheet row behind the themes of units of which exactly these source families speak in the round
with
pair as (
    select c.unit_id, c.theme
    from seen.corroboration as c
    where
        list_sort(c.families) = list_sort($families::varchar[])
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($theme is null or c.theme = $theme)
),
behind as (
    select e.unit_id, e.theme, e.family, e.year, unnest(e.row_ids) as row_id
    from seen.evidence as e
    inner join pair as p on p.unit_id = e.unit_id and p.theme = e.theme
    inner join seen.round as r on e.year between r.first_year and r.last_year
)
select distinct
    b.row_id,
    u.short_name as unit,
    b.family as source,
    b.year,
    concat(t.name_zh, ' · ', coalesce(f.text, b.family)) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
inner join seen.unit as u on u.unit_id = b.unit_id
inner join seen.theme as t on t.code = b.theme
left join seen.finding as f on f.row_id = b.row_id and f.unit_id = b.unit_id
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by unit, content, b.row_id
limit 2000
