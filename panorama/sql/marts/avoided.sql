-- One row per evaluator × unit that he or she does not judge: the home unit, those above and below it (own), and those to avoid (回避单位)
-- A name to avoid that no unit answers to is warned of, and avoids nothing yet.
with
named as (
    select ev_id, unnest(conflicts) as ref
    from staging.evaluator
),
off as (
    select e.ev_id, k.kin_id as unit_id, true as own
    from staging.evaluator as e
    inner join staging.unit_kin as k on k.unit_id = e.home_unit_id
    union all
    select n.ev_id, c.unit_id, false as own
    from named as n
    inner join raw.conflict as c on c.ref = n.ref
    where c.unit_id is not null
)
select ev_id, unit_id, bool_or(own) as own
from off
group by ev_id, unit_id
