-- One row per office × one of its nearest peers: offices of the same tag, in units of the same template kind and level
-- nearness: 1 the nearest by approved posts, up to 10. For who sees all units.
select
    o.unit_id,
    n.id as office_id,
    n.peer as peer_id,
    n.nearness
from staging.office_nearest as n
inner join mart.office as o on o.office_id = n.id
