-- One row per activity of one office in one year: volume, unit time, hours, share of the office's hours
with
worked as (
    select
        w.activity_id,
        min(w.activity) as activity,
        -- Posts may count it in different units: then none fits the sum.
        case when count(distinct w.unit_of_work) = 1 then min(w.unit_of_work) end as unit_of_work,
        sum(w.volume)::double as volume,
        min(w.std_hours)::double as std_low,
        max(w.std_hours)::double as std_hours,
        sum(w.hours)::double as hours,
        sum(w.hours_actual)::double as hours_actual,
        max(w.cv) as cv,
        bool_or(w.shared) as shared,
        count(*) as n,
        array_agg(w.row_id order by w.row_id) as row_ids
    from seen.workload as w
    where w.office_id = $office_id and w.year = $year and w.in_year
    group by w.activity_id
)
select
    w.activity,
    w.unit_of_work,
    w.volume,
    w.std_low,
    w.std_hours,
    w.hours,
    w.hours / nullif(sum(w.hours) over (), 0) as share,
    w.hours_actual,
    w.cv,
    w.shared,
    w.n,
    w.row_ids
from worked as w
order by w.hours desc nulls last, w.activity
