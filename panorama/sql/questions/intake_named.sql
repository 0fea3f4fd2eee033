-- One row per drop asked for: how many unit names its rows wait for
select count(distinct r.value) as n
from seen.reject as r
inner join seen.part as p on p.part_id = r.part_id
where p.drop_id = $drop_id and r.waiting
