-- One row per activity of one unit and year whose volume has no unit time
select o.name as office, coalesce(g.activity_name, g.activity_code) as activity, g.volume::double as volume, g.hours_actual::double as hours_actual, g.n, g.row_ids
from seen.activity_gap as g
left join seen.office as o on o.office_id = g.office_id
where g.unit_id = $unit_id and g.year = $year
order by g.volume desc
