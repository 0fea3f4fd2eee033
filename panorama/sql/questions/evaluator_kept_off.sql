-- One row per unit that a person, by number in the register of evaluators, keeps off: the own one, those above and below, those to avoid
select distinct unit_id
from seen.avoided
where ev_id in (select unnest($names::varchar[]))
order by unit_id
