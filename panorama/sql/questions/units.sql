-- One row per unit of the register
select u.unit_id, u.unit_code, u.name, coalesce(u.short_name, u.name) as unit, u.unit_kind, u.template_kind, u.level, u.status, u.ended
from seen.unit as u
order by u.unit_code nulls last, u.name
