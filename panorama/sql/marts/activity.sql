-- One row per activity: its code and name as the standards say, else as the workload writes it
select
    a.activity_id,
    min(a.activity_code) as activity_code,
    coalesce(min(s.activity_name), min(a.activity_code)) as name,
    min(s.unit_of_work) as unit_of_work,
    min(s.wisn_class) as wisn_class
from mart.activity_name as a
left join staging.activity_standard as s on s.activity_id = a.activity_id
group by a.activity_id
