-- One row per peer group × unit × first day: the newest that was dropped
with
resolved as (
    select n.unit_id, r.*
    from raw.peer_group as r
    inner join raw.unit_name as n
        on n.dataset = 'peer_group' and n.ref = r.unit_ref and n.day is not distinct from cast(r.valid_from as varchar)
    where n.unit_id is not null
)
select
    unit_id,
    trim(group_name) as group_name,
    reason,
    valid_from,
    valid_to,
    row_id
from resolved
qualify row_number() over (
    partition by trim(group_name), unit_id, valid_from
    order by drop_seq desc, part_id desc, src_row
) = 1
