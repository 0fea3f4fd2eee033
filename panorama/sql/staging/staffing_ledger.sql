-- One row per unit or office × ledger date × staffing type × single_listed: the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        o.office_id,
        coalesce(r.single_listed, false) as is_single_listed,
        r.*
    from raw.staffing_ledger as r
    inner join raw.unit_name as n
        on n.dataset = 'staffing_ledger' and n.ref = r.unit_ref and n.day is not distinct from cast(r.snapshot_date as varchar)
    left join raw.office_name as o
        on o.unit_id = n.unit_id and o.ref = r.office_ref
    where n.unit_id is not null and (r.office_ref is null or o.office_id is not null)
)
select
    unit_id,
    office_id,
    snapshot_date,
    estab_type,
    is_single_listed as single_listed,
    approved,
    actual,
    reserved,
    structure_mgmt,
    structure_prof,
    structure_work,
    absent,
    seconded_in,
    seconded_out,
    external,
    mixed_post,
    paid,
    doc_no,
    note,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id, office_id, snapshot_date, estab_type, is_single_listed
    order by drop_seq desc, part_id desc, src_row
) = 1
