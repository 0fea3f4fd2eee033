-- One row per statement that a reviewer may look at, those that matter most first
select
    s.statement_id,
    s.unit_id,
    coalesce(u.short_name, u.name) as unit,
    s.source_family as family,
    s.year,
    s.why,
    s.families,
    s.review_id
from seen.statement as s
inner join seen.unit as u on u.unit_id = s.unit_id
where ($unit_id is null or s.unit_id = $unit_id)
    and (
        ($theme is null and $origin is null)
        or s.statement_id in (
            select t.statement_id
            from seen.statement_theme as t
            where ($theme is null or t.theme = $theme) and ($origin is null or t.origin = $origin)
        )
    )
order by
    list_position(['text', 'clash', 'tips', 'unclear', 'thin', 'plain', 'none', 'done'], s.why),
    s.families desc,
    s.year desc nulls last,
    s.statement_id
