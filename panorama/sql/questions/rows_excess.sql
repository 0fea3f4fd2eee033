-- One row per ledger line with more actual than approved staff, at each unit's newest ledger date
with
newest as (
    select unit_id, max(snapshot_date) as snapshot_date
    from seen.staffing
    where snapshot_date <= $today
    group by unit_id
)
select
    s.row_id,
    '台账' as source,
    concat(coalesce(u.short_name, u.name), ' ', c.zh, ' ', s.approved, ' → ', s.actual, ' (+', s.excess, ')') as content,
    p.file,
    p.sheet,
    (s.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.staffing as s
inner join newest as n on n.unit_id = s.unit_id and n.snapshot_date = s.snapshot_date
inner join seen.unit as u on u.unit_id = s.unit_id
left join seen.choice as c on c.enumeration = 'ESTAB_TYPE' and c.value = s.estab_type
inner join seen.part as p on p.part_id = s.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where s.office_id is null and s.excess > 0
order by s.excess desc, content
