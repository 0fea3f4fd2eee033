-- One row per unit × theme with at least one independent source
select
    c.theme,
    t.name_zh as theme_zh,
    t.name_en as theme_en,
    c.unit_id,
    coalesce(u.short_name, u.name) as unit,
    c.n_families,
    c.families
from seen.corroboration as c
inner join seen.theme as t on t.code = c.theme
inner join seen.unit as u on u.unit_id = c.unit_id
where c.n_families > 0
order by c.theme, unit
