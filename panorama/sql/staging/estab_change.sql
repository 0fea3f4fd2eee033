-- One row per approved change: document × unit × office × kind × staffing type, the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        o.office_id,
        f.unit_id as from_unit_id,
        t.unit_id as to_unit_id,
        r.*
    from raw.estab_change as r
    inner join raw.unit_name as n
        on n.dataset = 'estab_change' and n.ref = r.unit_ref and n.day is not distinct from cast(r.change_date as varchar)
    left join raw.office_name as o
        on o.unit_id = n.unit_id and o.ref = r.office_ref
    left join raw.unit_name as f
        on f.dataset = 'estab_change' and f.ref = r.from_ref and f.day is not distinct from cast(r.change_date as varchar)
    left join raw.unit_name as t
        on t.dataset = 'estab_change' and t.ref = r.to_ref and t.day is not distinct from cast(r.change_date as varchar)
    where n.unit_id is not null and (r.office_ref is null or o.office_id is not null)
)
select
    unit_id,
    office_id,
    doc_no,
    change_date,
    coalesce(effective_from, change_date) as effective_from,
    kind,
    estab_type,
    delta,
    leader_delta,
    from_unit_id,
    to_unit_id,
    approver,
    gist,
    row_id
from resolved
qualify row_number() over (
    partition by doc_no, unit_id, office_id, kind, estab_type
    order by drop_seq desc, part_id desc, src_row
) = 1
