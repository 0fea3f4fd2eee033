-- One row per event of one unit, as they stand on the lanes of its timeline
select e.* exclude (day), e.day as "at", r.first_year as round_first, r.last_year as round_last
from seen.event as e
cross join seen.round as r
where e.unit_id = $unit_id
order by e.lane, e.day, e.words
