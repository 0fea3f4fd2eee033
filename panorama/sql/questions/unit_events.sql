-- One row per event of one unit, as they stand on the lanes of its timeline
select e.* exclude (day), e.day as "at"
from seen.event as e
where e.unit_id = $unit_id
order by e.lane, e.day, e.words
