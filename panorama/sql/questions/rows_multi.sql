-- One row per unit × theme that three or more independent source families confirm in the round or a span of years, with its records
with
told as (
    select e.unit_id, e.theme, e.family, e.row_ids
    from seen.evidence as e
    inner join seen.round as r
        on e.year between coalesce($first_year, r.first_year) and coalesce($last_year, r.last_year)
    where $unit_id is null or e.unit_id = $unit_id
),
confirmed as (
    select unit_id, theme from told group by unit_id, theme having count(distinct family) >= 3
),
behind as (
    select t.unit_id, t.theme, t.family, unnest(t.row_ids) as row_id
    from told as t
    semi join confirmed as c on c.unit_id = t.unit_id and c.theme = t.theme
)
select distinct
    b.row_id,
    b.family as source,
    concat(coalesce(u.short_name, u.name), ' · ', t.name_zh, ' · ', coalesce(f.text, b.family)) as content,
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
order by content
limit 2000
