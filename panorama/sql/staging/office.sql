-- One row per registered internal office: the row of the register valid today, the newest of those dropped
with
resolved as (
    select
        n.unit_id,
        o.office_id,
        t.day as today,
        r.*
    from raw.office as r
    inner join raw.unit_name as n
        on n.dataset = 'office' and n.ref = r.unit_ref and n.day is null
    inner join raw.office_name as o
        on o.unit_id = n.unit_id and o.ref = coalesce(r.office_code, r.office_name)
    cross join raw.today as t
    where n.unit_id is not null
)
select
    unit_id,
    office_id,
    office_code,
    office_name as name,
    office_kind,
    level,
    approved_staff,
    lead_full,
    lead_dep,
    duties_text,
    set_doc,
    set_date,
    end_date,
    key_office,
    peer_tag,
    row_id
from resolved
qualify row_number() over (
    partition by office_id
    order by
        case when valid_from > today then 1 else 0 end,
        valid_from desc nulls last,
        drop_seq desc,
        part_id desc,
        src_row
) = 1
