-- One row per internal office, registered or only named by other files
-- registered: false = no register row; its name is as the files write it
with
named as (
    select
        o.unit_id,
        o.office_id,
        min(o.ref) as name
    from raw.office_name as o
    where o.unit_id is not null and o.office_id is not null
    group by o.unit_id, o.office_id
)
select
    n.unit_id,
    n.office_id,
    r.office_code,
    coalesce(r.name, n.name) as name,
    r.office_kind,
    r.level,
    r.approved_staff,
    r.lead_full,
    r.lead_dep,
    r.duties_text,
    r.set_doc,
    r.set_date,
    r.end_date,
    r.key_office,
    r.peer_tag,
    r.office_id is not null as registered,
    r.row_id
from named as n
left join staging.office as r on r.office_id = n.office_id
