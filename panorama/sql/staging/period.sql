-- One row per way a workload period is written: its year, quarter, month and grain
with
written as (
    select distinct day as period from raw.unit_name where dataset = 'workload' and day is not null
)
select
    period,
    cast(substring(period, 1, 4) as int) as year,
    case
        when length(period) = 4 then 'year'
        when substring(period, 6, 1) = 'Q' then 'quarter'
        else 'month'
    end as grain,
    case
        when length(period) = 4 then null
        when substring(period, 6, 1) = 'Q' then cast(substring(period, 7, 1) as int)
        else cast(ceil(cast(substring(period, 6, 2) as int) / 3.0) as int)
    end as quarter,
    case
        when length(period) = 7 and substring(period, 6, 1) <> 'Q' then cast(substring(period, 6, 2) as int)
    end as month
from written
