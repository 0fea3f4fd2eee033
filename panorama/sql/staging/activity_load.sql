-- One row per leaf × year × activity: its volume and hours, each period counted once
select
    leaf_id,
    year,
    activity_id,
    max(cv) as cv,
    sum(hours) as hours,
    sum(volume) filter (where not shared) as volume,
    sum(volume) filter (where not shared and std_hours is not null) as volume_timed,
    count(*) filter (where volume > 0 and not shared and std_hours is null) as untimed,
    sum(hours_actual) filter (where not shared and std_hours is null) as hours_untimed
from mart.workload
where in_year
group by leaf_id, year, activity_id
