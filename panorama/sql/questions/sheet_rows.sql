-- One row per row of one sheet, between two of its rows, of which a record counts that the asker may see
with
held as (
    select u.row_id from seen.unit as u
    union all
    select o.row_id from seen.office as o
    union all
    select p.row_id from seen.post as p
    union all
    select f.row_id from seen.finding as f where f.told
    union all
    select r.row_id from seen.rating as r
    union all
    select k.row_id from seen.ranking as k
    union all
    select s.row_id from seen.staffing as s
    union all
    select l.row_id from seen.leader as l
    union all
    select c.row_id from seen.change as c
    union all
    select w.row_id from seen.workload as w where w.row_id between $first and $last
    union all
    select w.standard_id from seen.workload as w where w.standard_id between $first and $last
)
select distinct h.row_id, (h.row_id & 4294967295)::int as src_row
from held as h
where h.row_id between $first and $last
order by h.row_id
