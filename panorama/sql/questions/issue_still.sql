-- One row per staffing type over its approved number in a unit's newest ledger, of those whose ledger rows an issue rests on
with
rested as (
    select distinct g.estab_type
    from seen.staffing as g
    where g.unit_id = $unit_id and list_contains($row_ids::bigint[], g.row_id)
)
select s.type_zh, s.type_en, s.approved, s.actual, s.excess, s.snapshot_date
from seen.unit_staffing as s
inner join rested as r on r.estab_type = s.estab_type
where s.unit_id = $unit_id and s.newest and not s.single_listed and s.excess > 0
order by s.excess desc, s.estab_type
