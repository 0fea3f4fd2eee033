-- One row per workload record that does not count: a newer one has its key, or it was refused
select r.row_id
from raw.contested_row as r
where r.row_id not in (select row_id from raw.winner)
