-- One row per asking: findings that say something, and how many matters they are by the links that people confirmed
select
    count(*)::bigint as findings,
    count(distinct m.matter_id)::bigint as matters,
    (
        select count(*)::bigint
        from seen.finding_link as l
        where l.state = 'rejected' and l.same_matter and ($unit_id is null or l.unit_id = $unit_id)
    ) as disputed
from seen.finding_matter as m
where $unit_id is null or m.unit_id = $unit_id
