-- One row per contradiction of a rule, a unit and a matter
select c.rule, c.unit_id, c.matter, c.verdict
from seen.contradiction as c
where c.rule = $rule and c.unit_id = $unit_id and c.matter = $matter
