-- One row per month of each year with workload: its working days and its share of the year's
with
numbers as (
    select m.month
    from (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) as m (month)
),
months as (
    select
        y.year,
        n.month,
        coalesce(d.days, 21) as days,
        coalesce(d.estimated, true) as estimated,
        last_day(make_date(y.year, n.month, 1)) as ends
    from (select distinct year from staging.period) as y
    cross join numbers as n
    left join raw.workdays as d on d.year = y.year and d.month = n.month
)
select
    year,
    month,
    cast(ceil(month / 3.0) as int) as quarter,
    days,
    estimated,
    ends,
    cast(days as double) / sum(days) over (partition by year) as share
from months
