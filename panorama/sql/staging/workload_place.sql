-- One row per unit or office × year with workload (office null = reported for the unit as a whole)
-- A year's workload is thousands of rows: first_row stands for them. overtime: hours; null unless every row tells it.
select
    f.unit_id,
    f.office_id,
    w.year,
    min(w.first_row_id) as first_row,
    cast(sum(w.rows) as bigint) as n,
    case when sum(w.rows) = sum(w.overtime_rows) then cast(sum(w.overtime) as double) / 100 end as overtime
from staging.leaf_work as w
inner join staging.leaf as f on f.leaf_id = w.leaf_id
group by f.unit_id, f.office_id, w.year
