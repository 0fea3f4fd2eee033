-- One row per activity: its code
-- What it is called and counted in is told by the standard that serves a place: mart.unit_time, mart.workload.
select distinct
    activity_id,
    activity_code
from mart.activity_name
