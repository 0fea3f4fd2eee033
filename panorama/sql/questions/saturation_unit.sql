-- One row per unit asked for: its saturation as a whole in one year
select s.saturation, s.saturation_with_external, s.low, s.high, s.band, s.coverage, s.coverage_volume, s.lower_bound, s.partial
from seen.saturation_stored as s
where s.unit_id = $unit_id and s.office_id is null and s.post_id is null and s.period = $year::varchar
