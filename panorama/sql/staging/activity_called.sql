-- One row per activity with a unit time: what standards call it, the first by name where they differ
select
    activity_id,
    min(activity_name) as activity_name
from mart.unit_time
group by activity_id
