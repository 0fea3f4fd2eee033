-- One row per unit or office × period with workload: effective staff, and where the figure comes from. span: its period
-- staff: establishment staff at work = actual − seconded out − long absent + seconded in, separately listed people left
-- out. staff_with_external: the same + non-establishment staff; null when their number is not known.
-- source: ledger = the row at the last ledger date on or before the period's end; posts = Σ n_actual. A unit whose
-- workload comes by office is the sum over those offices (offices, or posts when all of them are); one that reports as a
-- whole is its whole-unit row, else the sum over its offices; one with an office whose people nobody knows is its
-- whole-unit row, or nothing.
-- partial: people are counted in of whom no work was reported: a staffed post of an office that reports by post, an
-- office of a unit that reports by office where the staff are the whole unit's (or nothing says which offices it has).
with
ends as (
    select
        year * 100 + coalesce(month, 0) as span,
        make_date(year, coalesce(month, 1), 1) as begin,
        case
            when month is null then make_date(year, 12, 31)
            else last_day(make_date(year, month, 1))
        end as day
    from (
        select year, month from staging.month_load
        union
        select year, cast(null as int) as month from staging.year_load
    )
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
),
staffed as (
    select
        unit_id,
        office_id,
        snapshot_date,
        lead(snapshot_date) over (partition by unit_id, office_id order by snapshot_date) as until,
        staff
    from ledger
    where staff is not null
),
contracted as (
    select
        unit_id,
        office_id,
        snapshot_date,
        lead(snapshot_date) over (partition by unit_id, office_id order by snapshot_date) as until,
        external
    from ledger
    where external is not null
),
at_work as (
    select s.unit_id, s.office_id, e.span, s.snapshot_date, s.staff
    from staffed as s
    inner join ends as e on e.day >= s.snapshot_date and (s.until is null or e.day < s.until)
),
beside as (
    select c.unit_id, c.office_id, e.span, c.external
    from contracted as c
    inner join ends as e on e.day >= c.snapshot_date and (c.until is null or e.day < c.until)
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
        e.span,
        coalesce(w.staff, p.staff) as staff,
        coalesce(w.staff, p.staff) + b.external as staff_with_external,
        w.snapshot_date,
        case when w.staff is not null then 'ledger' else 'posts' end as source
    from mart.office as o
    cross join ends as e
    left join at_work as w on w.office_id = o.office_id and w.span = e.span
    left join beside as b on b.office_id = o.office_id and b.span = e.span
    left join posted as p on p.office_id = o.office_id
    where w.staff is not null or p.staff is not null
),
expected as (
    select office_id, count(*) as posts
    from mart.post
    where coalesce(n_actual, 1) > 0
    group by office_id
),
told as (
    select t.unit_id, t.office_id, t.span, t.wholes = 0 and t.posts < x.posts as partial
    from staging.saturation_office as t
    inner join expected as x on x.office_id = t.office_id
),
-- Offices with people that there were in any part of the period.
registered as (
    select o.unit_id, e.span, count(*) as offices, count(t.office_id) as told
    from mart.office as o
    inner join ends as e
        on coalesce(o.set_date, e.begin) <= e.day and coalesce(o.end_date, e.day) > e.begin
    left join office as s on s.office_id = o.office_id and s.span = e.span
    left join staging.saturation_office as t on t.office_id = o.office_id and t.span = e.span
    where o.registered and coalesce(s.staff, 1) > 0
    group by o.unit_id, e.span
),
-- An office of whose volume none has a unit time cannot be computed: its people must not stand for people without work.
reporting as (
    select unit_id, office_id, span
    from staging.saturation_office
    where hours is not null
),
shape as (
    select
        r.unit_id,
        r.span,
        count(*) = count(o.office_id) as by_office,
        count(*) > count(r.office_id) as as_whole,
        bool_or(coalesce(t.partial, false)) as partial
    from reporting as r
    left join office as o on o.office_id = r.office_id and o.span = r.span
    left join told as t on t.office_id = r.office_id and t.span = r.span
    group by r.unit_id, r.span
),
summed as (
    select
        o.unit_id,
        o.span,
        sum(o.staff) as staff,
        -- Known only when every office's is.
        case when count(*) = count(o.staff_with_external) then sum(o.staff_with_external) end as staff_with_external,
        max(o.snapshot_date) as snapshot_date,
        case when min(o.source) = 'posts' then 'posts' else 'offices' end as source
    from office as o
    inner join shape as s on s.unit_id = o.unit_id and s.span = o.span and (s.by_office or s.as_whole)
    left join reporting as r on r.office_id = o.office_id and r.span = o.span
    where r.office_id is not null or s.as_whole
    group by o.unit_id, o.span
),
unit as (
    select
        s.unit_id,
        s.span,
        s.by_office or w.staff is null as from_offices,
        case
            when s.as_whole then false
            when s.by_office then s.partial
            else s.partial or coalesce(r.told < r.offices, true)
        end as partial,
        m.staff as summed_staff,
        m.staff_with_external as summed_with_external,
        m.snapshot_date as summed_date,
        m.source as summed_source,
        w.staff,
        w.snapshot_date,
        b.external
    from shape as s
    left join summed as m on m.unit_id = s.unit_id and m.span = s.span
    left join at_work as w on w.unit_id = s.unit_id and w.office_id is null and w.span = s.span
    left join beside as b on b.unit_id = s.unit_id and b.office_id is null and b.span = s.span
    left join registered as r on r.unit_id = s.unit_id and r.span = s.span
)
select
    o.unit_id, o.office_id, o.span, o.staff, o.staff_with_external, o.snapshot_date, o.source,
    coalesce(t.partial, false) as partial
from office as o
left join told as t on t.office_id = o.office_id and t.span = o.span
union all
select
    unit_id,
    cast(null as bigint) as office_id,
    span,
    case when from_offices then summed_staff else staff end as staff,
    -- Contract staff are often told for the unit as a whole only.
    case
        when from_offices then coalesce(summed_with_external, summed_staff + external)
        else staff + external
    end as staff_with_external,
    case when from_offices then summed_date else snapshot_date end as snapshot_date,
    case when from_offices then summed_source when staff is not null then 'ledger' end as source,
    partial
from unit
