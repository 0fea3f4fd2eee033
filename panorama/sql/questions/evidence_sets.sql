-- One row per exact set of source families that speak of one theme of one unit in the round
with
pair as (
    select c.unit_id, c.theme, list_sort(c.families) as families
    from seen.corroboration as c
    where
        c.n_families > 0
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($theme is null or c.theme = $theme)
        and ($family is null or list_contains(c.families, $family))
)
select
    families,
    len(families)::int as n_families,
    count(*)::int as pairs,
    count(distinct unit_id)::int as units,
    count(distinct theme)::int as themes,
    $unit_id::bigint as unit_id,
    $theme::varchar as theme
from pair
group by families
order by pairs desc, n_families desc, families
