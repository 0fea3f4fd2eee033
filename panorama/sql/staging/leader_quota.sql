-- One row per unit or office × ledger date × scope × rank of leader posts: the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        o.office_id,
        r.*
    from raw.leader_quota as r
    inner join raw.unit_name as n
        on n.dataset = 'leader_quota' and n.ref = r.unit_ref and n.day is not distinct from cast(r.snapshot_date as varchar)
    left join raw.office_name as o
        on o.unit_id = n.unit_id and o.ref = r.office_ref
    where n.unit_id is not null and (r.office_ref is null or o.office_id is not null)
)
select
    unit_id,
    office_id,
    snapshot_date,
    scope,
    rank,
    approved,
    actual,
    grade_over,
    concurrent,
    doc_no,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id, office_id, snapshot_date, scope, rank
    order by drop_seq desc, part_id desc, src_row
) = 1
