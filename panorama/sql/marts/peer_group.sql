-- One row per peer group × unit that stands in it today: set by a person, with the reason
select
    g.unit_id,
    g.group_name,
    g.reason,
    g.valid_from,
    g.valid_to,
    g.row_id
from staging.peer_group as g
cross join raw.today as t
where (g.valid_from is null or g.valid_from <= t.day) and (g.valid_to is null or g.valid_to >= t.day)
qualify row_number() over (partition by g.group_name, g.unit_id order by g.valid_from desc nulls last, g.row_id desc) = 1
