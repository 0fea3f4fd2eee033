-- One row per post: the newest row of the register
with
resolved as (
    select
        n.unit_id,
        o.office_id,
        p.post_id,
        r.*
    from raw.post as r
    inner join raw.unit_name as n
        on n.dataset = 'post' and n.ref = r.unit_ref and n.day is null
    inner join raw.office_name as o
        on o.unit_id = n.unit_id and o.ref = r.office_ref
    inner join raw.post_name as p
        on p.office_id = o.office_id and p.ref = coalesce(r.post_code, r.post_name)
    where n.unit_id is not null
)
select
    unit_id,
    office_id,
    post_id,
    post_code,
    post_name as name,
    post_class,
    estab_type,
    n_approved,
    cast(n_actual as double) as n_actual,
    key_post,
    duties,
    standards,
    qualification,
    desc_doc,
    row_id
from resolved
qualify row_number() over (partition by post_id order by drop_seq desc, part_id desc, src_row) = 1
