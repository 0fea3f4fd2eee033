-- One row per rule that refused cells of one drop, rows mended since left out
select r.rule, count(*) as n
from seen.reject as r
inner join seen.part as p on p.part_id = r.part_id
where p.drop_id = $drop_id and r.mended_by is null
group by r.rule
order by n desc, r.rule
