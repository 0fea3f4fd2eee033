-- One row per month of one office, in the year asked for and the one before
-- versions: of the unit times, in a year from which a new one holds
select s.unit_id, s.office_id, s.period, s.year, s.month, s.saturation, s.lower_bound, s.required_staff, s.staff, o.name as office, b.versions
from seen.saturation_stored as s
inner join seen.office as o on o.office_id = s.office_id and o.unit_id = s.unit_id
left join seen.rule_break as b on b.office_id = s.office_id and b.year = s.year
where s.office_id = $office_id and s.post_id is null and s.month is not null and s.year between $year - 1 and $year
order by s.period
