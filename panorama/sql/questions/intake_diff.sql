-- One row per dataset of one drop: rows new, changed and same against what stood before
select c.dataset, c.new, c.changed, c.same
from seen.change_count as c
where c.drop_id = $drop_id
order by c.dataset
