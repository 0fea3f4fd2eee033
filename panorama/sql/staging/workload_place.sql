-- One row per unit or office × year with workload (office null = reported for the unit as a whole)
-- A year's workload is thousands of rows: first_row stands for them. overtime: hours; null unless every row tells it.
select
    unit_id,
    office_id,
    year,
    min(row_id) as first_row,
    count(*) as n,
    case when count(*) = count(overtime) then cast(sum(overtime) as double) end as overtime
from mart.workload
group by unit_id, office_id, year
