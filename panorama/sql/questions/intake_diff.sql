-- One row per dataset of one drop: rows new, changed and same against what stood before
select d.dataset, d.new, d.changed, d.same
from seen.diff as d
where d.drop_id = $drop_id
order by d.dataset
