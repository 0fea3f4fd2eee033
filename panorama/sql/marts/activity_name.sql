-- One row per way an activity is written: its code where the standards tell it, else the writing itself
select
    ref,
    ref_id,
    activity_code,
    activity_id
from raw.activity_name
