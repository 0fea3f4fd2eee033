-- One row per finding asked for: the unit it belongs to
select f.finding_id, f.unit_id
from seen.finding as f
where list_contains($ids::varchar[], f.finding_id) and not f.nil_return
