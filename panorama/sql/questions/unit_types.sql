-- One row per staffing type that a unit has: by its newest ledger, or by an earlier one where this one leaves it out
with
newest as (
    select max(s.snapshot_date) as ledger_date from seen.unit_staffing as s where s.unit_id = $unit_id
)
select s.estab_type, n.ledger_date
from seen.unit_staffing as s
inner join newest as n on n.ledger_date = s.snapshot_date
where s.unit_id = $unit_id and s.estab_type is not null
group by s.estab_type, n.ledger_date
-- A line of noughts says that there are none; what is not reported may be some.
having bool_or(coalesce(s.approved, 1) > 0 or coalesce(s.actual, 1) > 0)
union all
select m.estab_type, n.ledger_date
from seen.missing_type as m
inner join newest as n on n.ledger_date = m.snapshot_date
where m.unit_id = $unit_id
order by estab_type
