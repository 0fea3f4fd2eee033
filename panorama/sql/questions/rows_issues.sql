-- One row per issue or application × row it rests on, in the words it was registered with, and where that row stands; row_id null = written by hand
with
told as (
    select
        unnest($row_ids::bigint[]) as row_id,
        unnest($families::varchar[]) as source,
        unnest($contents::varchar[]) as content,
        unnest($units::varchar[]) as unit,
        unnest($dues::date[]) as due
)
select
    t.row_id,
    t.source,
    t.content,
    p.file,
    p.sheet,
    (t.row_id & 4294967295)::int as src_row,
    t.unit,
    t.due,
    d.loaded_at
from told as t
left join seen.part as p on p.part_id = t.row_id >> 32
left join seen.drop as d on d.drop_id = p.drop_id
order by t.due nulls last, t.content, t.row_id
limit 2000
