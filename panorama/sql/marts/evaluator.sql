-- One row per evaluator: the unit they come from, which they never evaluate, and what they are to do
-- conflicts, assigned: units as written. No names: they stay in the file.
select
    ev_id,
    home_unit_id,
    role,
    trained_on,
    conflicts,
    assigned,
    row_id
from staging.evaluator
