-- One row per unit × round of which somebody signed in the ledger of issues that the unit has no issue: its own, else of a unit above
-- A nil return is of the units below as well. of_unit_id: the unit that gave it; given_on: the day. What was withdrawn is not here.
select c.unit_id, c.of_unit_id, c.first_year, c.last_year, c.given_on
from staging.nil_covered as c
inner join mart.unit as u on u.unit_id = c.unit_id
qualify row_number() over (partition by c.unit_id, c.first_year, c.last_year order by c.steps, c.id desc) = 1
