-- One row per ledger line of one unit with more actual than approved staff, at its newest ledger date
with
newest as (
    select max(snapshot_date) as snapshot_date
    from seen.staffing
    where snapshot_date <= $today and unit_id = $unit_id
)
select
    s.row_id,
    '台账' as source,
    concat(c.zh, ' ', s.approved, ' → ', s.actual, ' (+', s.excess, ')') as content,
    p.file,
    p.sheet,
    (s.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.staffing as s
inner join newest as n on n.snapshot_date = s.snapshot_date
left join seen.choice as c on c.enumeration = 'ESTAB_TYPE' and c.value = s.estab_type
inner join seen.part as p on p.part_id = s.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where s.unit_id = $unit_id and s.office_id is null and s.excess > 0
order by s.excess desc, content
