-- One row per month of a year with workload that is over: work of it is expected
select
    m.year,
    m.month,
    m.ends
from mart.month as m
cross join raw.today as t
where m.ends < t.day
