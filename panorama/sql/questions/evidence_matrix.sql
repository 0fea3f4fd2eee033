-- One row per theme × unit with a record or a contradiction in the round, of the units on this page
-- place: of the unit, those with most confirmed themes first; units: how many there are; multi_units: units in which three
-- or more families confirm the theme, over all pages. $now_…: what rules say of the ledger and applications while this is read,
-- one entry each; now: how many of these a cell has.
with
-- The round, unless a span of years is asked for
span as (
    select coalesce($first_year, r.first_year) as first_year, coalesce($last_year, r.last_year) as last_year
    from seen.round as r
),
told as (
    select e.unit_id, e.theme, count(distinct e.family) as n_families, list(distinct e.family) as families
    from seen.evidence as e
    inner join span as s on e.year between s.first_year and s.last_year
    where ($unit_id is null or e.unit_id = $unit_id) and ($theme is null or e.theme = $theme)
    group by e.unit_id, e.theme
    having $family is null or list_contains(list(distinct e.family), $family)
),
said_now as (
    select
        unnest($now_units::bigint[]) as unit_id,
        unnest($now_themes::varchar[]) as theme,
        unnest($now_years::int[]) as year,
        unnest($now_families::varchar[]) as family,
        unnest($now_verdicts::varchar[]) as verdict
),
disputed as (
    select c.unit_id, c.theme, 0 as now
    from seen.contradiction as c
    where
        ($first_year is not null or c.in_round)
        and ($first_year is null or c.year between $first_year and $last_year)
        and ($unit_id is null or c.unit_id = $unit_id)
        and c.theme is not null
        and c.verdict is distinct from 'dismissed'
        and ($theme is null or c.theme = $theme)
        and ($family is null or $family in (c.left_family, c.right_family))
    union all
    select n.unit_id, n.theme, 1 as now
    from said_now as n
    where
        ($first_year is null or n.year between $first_year and $last_year)
        and ($unit_id is null or n.unit_id = $unit_id)
        and n.verdict is distinct from 'dismissed'
        and ($theme is null or n.theme = $theme)
        and ($family is null or n.family = $family)
),
odd as (
    select d.unit_id, d.theme, count(*) as n, sum(d.now)::bigint as now
    from disputed as d
    group by d.unit_id, d.theme
),
cell as (
    select
        coalesce(t.unit_id, o.unit_id) as unit_id,
        coalesce(t.theme, o.theme) as theme,
        coalesce(t.n_families, 0) as n_families,
        t.families,
        coalesce(o.n, 0) as contradictions,
        coalesce(o.now, 0) as now
    from told as t
    full outer join odd as o on o.unit_id = t.unit_id and o.theme = t.theme
),
placed as (
    select
        c.unit_id,
        any_value(u.short_name) as unit,
        row_number() over (
            order by
                count(*) filter (where c.n_families >= 3) desc, sum(c.contradictions) desc, sum(c.n_families) desc,
                any_value(u.short_name), c.unit_id
        ) as place,
        count(*) over () as units
    from cell as c
    inner join seen.unit as u on u.unit_id = c.unit_id
    group by c.unit_id
),
themed as (
    select
        theme,
        count(*) filter (where n_families >= 3) as multi_units,
        count(*) filter (where n_families = 2) as two_units,
        count(*) as any_units
    from cell
    group by theme
)
select
    c.theme,
    n.name_zh as theme_zh,
    n.name_en as theme_en,
    c.unit_id,
    p.unit,
    p.place,
    p.units,
    c.n_families,
    c.families,
    c.contradictions,
    c.now,
    t.multi_units
from cell as c
inner join placed as p on p.unit_id = c.unit_id
inner join themed as t on t.theme = c.theme
inner join seen.theme as n on n.code = c.theme
where p.place > $skip and p.place <= $skip + $size
order by t.multi_units desc, t.two_units desc, t.any_units desc, c.theme, p.place
