-- One row per unit or office × period with workload: effective staff, and where the figure comes from
-- staff: establishment staff at work = actual − seconded out − long absent + seconded in, separately listed people left
-- out. staff_with_external: the same + non-establishment staff; null when their number is not known.
-- source: ledger = the row at the last ledger date on or before the period's end; posts = Σ n_actual; offices = Σ offices
with
ends as (
    select distinct
        period,
        case
            when month is null then make_date(year, 12, 31)
            else last_day(make_date(year, month, 1))
        end as day
    from staging.leaf_period
),
ledger as (
    select
        unit_id,
        office_id,
        snapshot_date,
        cast(
            sum(actual) - coalesce(sum(seconded_out), 0) - coalesce(sum(absent), 0) + coalesce(sum(seconded_in), 0)
            as double
        ) as staff,
        cast(sum(external) as double) as external
    from staging.staffing_ledger
    where not single_listed
    group by unit_id, office_id, snapshot_date
    having sum(actual) is not null
),
lasting as (
    select
        unit_id,
        office_id,
        snapshot_date,
        lead(snapshot_date) over (partition by unit_id, office_id order by snapshot_date) as until,
        staff,
        external
    from ledger
),
-- A whole-unit row may stand without its people: then it says nothing of staff.
at_work as (
    select l.unit_id, l.office_id, e.period, l.snapshot_date, l.staff, l.external
    from lasting as l
    inner join ends as e on e.day >= l.snapshot_date and (l.until is null or e.day < l.until)
),
posted as (
    select unit_id, office_id, sum(n_actual) as staff
    from staging.post
    where n_actual is not null
    group by unit_id, office_id
),
office as (
    select
        o.unit_id,
        o.office_id,
        e.period,
        coalesce(w.staff, p.staff) as staff,
        w.staff + w.external as staff_with_external,
        w.snapshot_date,
        case when w.staff is not null then 'ledger' else 'posts' end as source
    from mart.office as o
    cross join ends as e
    left join at_work as w on w.office_id = o.office_id and w.period = e.period
    left join posted as p on p.office_id = o.office_id
    where w.staff is not null or p.staff is not null
),
summed as (
    select
        unit_id,
        period,
        sum(staff) as staff,
        -- Known only when every office's is.
        case when count(*) = count(staff_with_external) then sum(staff_with_external) end as staff_with_external,
        max(snapshot_date) as snapshot_date,
        case when max(source) = min(source) and max(source) = 'posts' then 'posts' else 'offices' end as source
    from office
    group by unit_id, period
),
whole as (
    select unit_id, period, staff, staff + external as staff_with_external, snapshot_date
    from at_work
    where office_id is null
)
select unit_id, office_id, period, staff, staff_with_external, snapshot_date, source
from office
union all
select
    coalesce(w.unit_id, s.unit_id) as unit_id,
    cast(null as bigint) as office_id,
    coalesce(w.period, s.period) as period,
    coalesce(w.staff, s.staff) as staff,
    case when w.unit_id is not null then w.staff_with_external else s.staff_with_external end as staff_with_external,
    case when w.unit_id is not null then w.snapshot_date else s.snapshot_date end as snapshot_date,
    case when w.unit_id is not null then 'ledger' else s.source end as source
from whole as w
full outer join summed as s on s.unit_id = w.unit_id and s.period = w.period
