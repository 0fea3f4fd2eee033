-- One row per dataset, unit and period: how many rows count, and which they are, by their sum
select r.dataset, r.unit_id, r.period, r.n, r.rows_sum::varchar as rows_sum
from seen.unit_rows as r
where $unit_id is null or r.unit_id = $unit_id
