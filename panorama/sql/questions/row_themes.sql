-- One row per theme that the given rows of one unit are evidence of, with how many of them
with
spoken as (
    select e.theme, unnest(e.row_ids) as row_id
    from seen.evidence as e
    where e.unit_id = $unit_id
)
select s.theme, count(distinct s.row_id) as n
from spoken as s
where list_contains($row_ids::bigint[], s.row_id)
group by s.theme
order by n desc, s.theme
