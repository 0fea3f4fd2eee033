-- One row per evaluator × unit that he or she is to avoid (回避单位), beside the own one
-- A name that no unit answers to is warned of, and avoids nothing yet.
with
named as (
    select ev_id, unnest(conflicts) as ref
    from staging.evaluator
)
select distinct n.ev_id, c.unit_id
from named as n
inner join raw.conflict as c on c.ref = n.ref
where c.unit_id is not null
