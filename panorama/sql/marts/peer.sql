-- One row per unit × peer × why it is one: a group that a person set, or the nearest of its kind and level
-- basis: group, nearest. group_name, reason: of a group. nearness: 1 the nearest by approved posts and number of offices,
-- up to 10. For who sees all units.
select
    a.unit_id,
    b.unit_id as peer_id,
    'group' as basis,
    a.group_name,
    b.reason,
    cast(null as bigint) as nearness
from mart.peer_group as a
inner join mart.peer_group as b on b.group_name = a.group_name and b.unit_id <> a.unit_id
union all
select
    id as unit_id,
    peer as peer_id,
    'nearest' as basis,
    cast(null as varchar) as group_name,
    cast(null as varchar) as reason,
    nearness
from staging.nearest
