-- One row per rule of contradiction: what it lacks to speak, and how often it spoke in the round
select
    r.rule,
    r.missing,
    count(c.rule) filter (where c.verdict is distinct from 'dismissed') as n,
    count(c.rule) filter (where c.verdict = 'dismissed') as dismissed
from seen.rule as r
left join seen.contradiction as c
    on
        c.rule = r.rule
        and c.in_round
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($theme is null or c.theme = $theme)
        and ($family is null or $family in (c.left_family, c.right_family))
group by r.rule, r.missing
order by r.rule
