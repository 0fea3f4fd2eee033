-- One row per post, registered or only named by workload files
-- n_approved, n_actual: people (half posts occur); null = not known
with
named as (
    select
        o.unit_id,
        p.office_id,
        p.post_id,
        min(p.ref) as name
    from raw.post_name as p
    inner join (select distinct office_id, unit_id from raw.office_name) as o on o.office_id = p.office_id
    where p.post_id is not null
    group by o.unit_id, p.office_id, p.post_id
)
select
    n.unit_id,
    n.office_id,
    n.post_id,
    r.post_code,
    coalesce(r.name, n.name) as name,
    r.post_class,
    r.estab_type,
    r.n_approved,
    r.n_actual,
    r.key_post,
    r.duties,
    r.standards,
    r.qualification,
    r.desc_doc,
    r.post_id is not null as registered,
    r.row_id
from named as n
left join staging.post as r on r.post_id = n.post_id
