-- One row per unit × office × post × activity × year whose volume has no unit time: listed, never zero work
-- hours_actual: hours reported on it, null when none were. row_ids: the rows behind
select
    w.unit_id,
    w.office_id,
    w.post_id,
    w.year,
    min(a.activity_code) as activity_code,
    min(n.activity_name) as activity_name,
    cast(sum(w.volume) as decimal(18, 2)) as volume,
    cast(sum(w.hours_actual) as decimal(18, 2)) as hours_actual,
    count(*) as n,
    array_agg(w.row_id) as row_ids
from mart.workload as w
inner join (
    select distinct activity_id, activity_code from staging.activity_ref
) as a on a.activity_id = w.activity_id
left join (
    select activity_id, min(activity_name) as activity_name from staging.activity_standard group by activity_id
) as n on n.activity_id = w.activity_id
where w.in_year and w.volume > 0 and not w.shared and w.std_hours is null
group by w.unit_id, w.office_id, w.post_id, w.activity_id, w.year
