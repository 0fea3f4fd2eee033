-- One row per leaf × year with workload: available time, and the allowance for support and extra work
-- awt: hours a person a year, net; gross_hours: workdays × 8. cas: share of support work; caf: 1 ÷ (1 − cas), null at or
-- over the whole of people's time. ias_hours: hours of extra work; extra, extra_gross: the people that these ask for.
select
    a.leaf_id,
    f.unit_id,
    f.office_id,
    f.post_id,
    a.year,
    t.awt,
    t.gross_hours,
    a.cas,
    a.caf,
    a.ias_hours,
    a.ias_hours / nullif(t.awt, 0) as extra,
    a.ias_hours / nullif(t.gross_hours, 0) as extra_gross
from staging.allowance as a
inner join staging.leaf as f on f.leaf_id = a.leaf_id
inner join staging.available_time as t on t.unit_id = f.unit_id and t.year = a.year
