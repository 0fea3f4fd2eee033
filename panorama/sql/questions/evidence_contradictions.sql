-- One row per contradiction of the round: unanswered first, then the newest year, then what few rules say before what is
-- said often; found: how many there are over all pages
with
matched as (
    select c.*, count(*) over () as found, count(*) over (partition by c.rule) as of_rule
    from seen.contradiction as c
    where
        c.in_round
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($theme is null or c.theme = $theme)
        and ($family is null or $family in (c.left_family, c.right_family))
        and ($rule is null or c.rule = $rule)
    order by
        case when c.verdict is null then 0 when c.verdict = 'pursued' then 1 else 2 end,
        c.year desc, of_rule, c.rule, c.unit_id, c.matter
    limit $size offset $skip
)
select
    m.*,
    u.short_name as unit,
    t.name_zh as theme_zh,
    t.name_en as theme_en,
    len(m.left_rows) + len(m.right_rows) as n_rows,
    l.file as left_file,
    (list_min(m.left_rows) & 4294967295)::int as left_row,
    r.file as right_file,
    (list_min(m.right_rows) & 4294967295)::int as right_row
from matched as m
inner join seen.unit as u on u.unit_id = m.unit_id
left join seen.theme as t on t.code = m.theme
left join seen.part as l on l.part_id = list_min(m.left_rows) >> 32
left join seen.part as r on r.part_id = list_min(m.right_rows) >> 32
order by
    case when m.verdict is null then 0 when m.verdict = 'pursued' then 1 else 2 end,
    m.year desc, m.of_rule, m.rule, m.unit_id, m.matter
