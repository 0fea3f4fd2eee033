-- One row per year × source family of one unit
select c.unit_id, c.year, c.family, c.state, c.n
from seen.coverage as c
where c.unit_id = $unit_id
order by c.year, c.family
