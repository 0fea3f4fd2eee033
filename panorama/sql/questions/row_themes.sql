-- One row per theme that the given rows of one unit are evidence of, or that sources disagree about in them, with how many rows
with
spoken as (
    select e.theme, unnest(e.row_ids) as row_id, 0 as disputed
    from seen.evidence as e
    where e.unit_id = $unit_id
    union all
    select c.theme, unnest(c.left_rows || c.right_rows) as row_id, 1 as disputed
    from seen.contradiction as c
    where c.unit_id = $unit_id and c.theme is not null
)
select s.theme, count(distinct s.row_id) as n
from spoken as s
where list_contains($row_ids::bigint[], s.row_id)
group by s.theme
order by n desc, max(s.disputed) desc, s.theme
