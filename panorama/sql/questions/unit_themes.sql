-- One row per theme × source family of one unit with a record of it in the round
select
    e.unit_id,
    e.theme,
    t.name_zh as theme_zh,
    t.name_en as theme_en,
    e.family,
    sum(e.n)::int as n,
    min(e.year) as first_year,
    max(e.year) as last_year
from seen.evidence as e
inner join seen.round as r on e.year between r.first_year and r.last_year
inner join seen.theme as t on t.code = e.theme
where e.unit_id = $unit_id
    and ($theme is null or e.theme = $theme)
    and (
        $family is null
        or e.theme in (select s.theme from seen.evidence as s where s.unit_id = $unit_id and s.family = $family)
    )
group by all
order by e.theme, e.family
