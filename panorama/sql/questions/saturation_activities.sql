-- One row per activity of one office in one year: volume, unit time, hours
select
    a.name as activity,
    a.unit_of_work,
    sum(w.volume)::double as volume,
    max(w.std_hours)::double as std_hours,
    sum(w.hours)::double as hours,
    sum(w.hours_actual)::double as hours_actual,
    max(w.cv) as cv,
    count(*) as n
from seen.workload as w
inner join seen.activity as a on a.activity_id = w.activity_id
where w.office_id = $office_id and w.year = $year and w.in_year
group by a.activity_id, a.name, a.unit_of_work
order by hours desc nulls last, a.name
