-- One row per office × month of one unit, over the year asked for and the one before
select o.unit_id, o.office_id, o.name as office, s.period, s.year, s.month, s.saturation, s.saturation_with_external, s.staff, s.required_staff, s.lower_bound
from seen.office as o
inner join seen.saturation_stored as s on s.unit_id = o.unit_id and s.office_id = o.office_id
where o.unit_id = $unit_id and s.post_id is null and s.month is not null and s.year between $year - 1 and $year
order by o.name, s.period
