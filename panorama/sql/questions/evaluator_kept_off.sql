-- One row per unit that a person, by number in the register of evaluators, comes from (own) or is to avoid
select e.home_unit_id as unit_id, true as own
from seen.evaluator as e
where e.ev_id in (select unnest($names::varchar[])) and e.home_unit_id is not null
union
select a.unit_id, false as own
from seen.avoided as a
where a.ev_id in (select unnest($names::varchar[]))
order by unit_id, own
