-- One row per dashboard: the round, what several sources confirm in it and where sources contradict each other; $now_…: what
-- rules say of the ledger and applications while this is read, one entry each
with
pair as (
    select c.unit_id, c.theme, c.n_families
    from seen.corroboration as c
    where
        c.n_families > 0
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($theme is null or c.theme = $theme)
        and ($family is null or list_contains(c.families, $family))
),
now as (
    select
        unnest($now_units::bigint[]) as unit_id,
        unnest($now_themes::varchar[]) as theme,
        unnest($now_years::int[]) as year,
        unnest($now_families::varchar[]) as family,
        unnest($now_verdicts::varchar[]) as verdict
),
odd as (
    select c.unit_id, c.verdict
    from seen.contradiction as c
    where
        c.in_round
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($theme is null or c.theme = $theme)
        and ($family is null or $family in (c.left_family, c.right_family))
    union all
    select n.unit_id, n.verdict
    from now as n
    where
        ($unit_id is null or n.unit_id = $unit_id)
        and ($theme is null or n.theme = $theme)
        and ($family is null or n.family = $family)
),
confirmed as (
    select
        count(*) as pairs,
        count(*) filter (where n_families >= 3) as multi,
        count(distinct theme) filter (where n_families >= 3) as multi_themes,
        count(distinct unit_id) filter (where n_families >= 3) as multi_units,
        count(*) filter (where n_families = 2) as two
    from pair
),
opposed as (
    select
        count(*) filter (where verdict is distinct from 'dismissed') as contradictions,
        count(*) filter (where verdict is null) as unanswered,
        count(*) filter (where verdict = 'dismissed') as dismissed,
        count(distinct unit_id) filter (where verdict is distinct from 'dismissed') as contradicted_units
    from odd
)
select r.first_year, r.last_year, r.given, c.*, o.*
from seen.round as r
cross join confirmed as c
cross join opposed as o
