-- One row per unit × theme: how many independent source families have at least one record of it in the round's window
-- label: 无, 单源, 双源, 多源 (three or more). No score is hidden in it. families: their names, in no order
with
voice as (
    select
        e.unit_id,
        e.theme,
        e.family,
        min(e.year) as first_year,
        max(e.year) as last_year,
        sum(e.n) as n
    from mart.evidence as e
    inner join mart.round as r on e.year between r.first_year and r.last_year
    group by e.unit_id, e.theme, e.family
),
seen_by as (
    select
        unit_id,
        theme,
        list_sort(array_agg(family)) as families,
        count(*) as n_families,
        min(first_year) as first_year,
        max(last_year) as last_year,
        cast(sum(n) as bigint) as records
    from voice
    group by unit_id, theme
)
select
    u.unit_id,
    t.code as theme,
    s.families,
    coalesce(s.n_families, 0) as n_families,
    case
        when s.n_families >= 3 then '多源'
        when s.n_families = 2 then '双源'
        when s.n_families = 1 then '单源'
        else '无'
    end as label,
    s.first_year,
    s.last_year,
    coalesce(s.records, 0) as records
from mart.unit as u
cross join raw.theme as t
left join seen_by as s on s.unit_id = u.unit_id and s.theme = t.code
