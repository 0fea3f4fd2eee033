-- One row per leaf × year with workload: how many rows, and what stands for them
-- first_row_id: of thousands of rows the first. rows_sum: the same rows, the same number. valued: the periods with a volume,
-- bit 0 = January … 12 = first quarter … 16 = the year. overtime: hundredths of hours, told by overtime_rows rows.
select
    leaf_id,
    year,
    min(first_row_id) as first_row_id,
    cast(sum(rows) as bigint) as rows,
    sum(rows_sum) as rows_sum,
    bit_or(valued) as valued,
    cast(sum(overtime) as bigint) as overtime,
    cast(sum(overtime_rows) as bigint) as overtime_rows
from raw.work
group by leaf_id, year
