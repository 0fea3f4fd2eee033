-- One row per unit that stands: what its automatic peers are found by
-- approved: posts at its last ledger. Like are units of one template kind and level.
with
sized as (
    select unit_id, approved
    from mart.unit_year
    where approved is not null
    qualify row_number() over (partition by unit_id order by year desc) = 1
)
select
    u.unit_id as id,
    coalesce(u.template_kind, u.unit_kind) as kind,
    u.level,
    s.approved,
    u.offices
from mart.unit as u
inner join sized as s on s.unit_id = u.unit_id
where not u.ended
