-- One row per month of one office, all years
select s.period, s.year, s.month, s.saturation, o.name as office
from seen.saturation as s
inner join seen.office as o on o.office_id = s.office_id
where s.office_id = $office_id and s.post_id is null and s.month is not null
order by s.period
