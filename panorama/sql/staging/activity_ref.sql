-- One row per way an activity is written: its code where the standards tell it, else the writing itself
with
standard as (
    select distinct activity_code, activity_name
    from raw.activity_standard
),
coded as (
    select distinct activity_code from standard
),
-- A name that several codes share names none of them: it stays as written and is matched within its scope.
named as (
    select activity_name as ref, min(activity_code) as activity_code
    from standard
    where activity_name is not null
    group by activity_name
    having count(distinct activity_code) = 1
),
written as (
    select activity_code as ref from raw.workload
    union
    select activity_code as ref from coded
),
canonical as (
    select
        w.ref,
        coalesce(c.activity_code, m.activity_code, w.ref) as activity_code
    from written as w
    left join coded as c on c.activity_code = w.ref
    left join named as m on m.ref = w.ref
)
select
    ref,
    activity_code,
    dense_rank() over (order by activity_code) as activity_id
from canonical
