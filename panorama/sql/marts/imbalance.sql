-- One row per unit × year with two or more offices of known saturation: how unevenly its people are loaded
-- gini: of required ÷ staff over offices, weighted by staff, 0 even; without those that are but a lower bound, null when fewer than two are left.
-- staff_under, staff_over: share of staff in offices under 0.80 (a lower bound may lie above it) and over 1.15. offices_idle, offices_drowning: offices whose whole interval lies under 0.80, over 1.15
with
office as (
    select unit_id, office_id, year, saturation, staff, low, high, lower_bound
    from mart.saturation_stored
    where office_id is not null and post_id is null and month is null and saturation is not null
),
total as (
    select
        unit_id,
        year,
        count(*) as offices,
        sum(staff) as staff,
        count(*) filter (where not lower_bound) as whole_offices,
        sum(case when not lower_bound then staff end) as whole_staff,
        sum(case when not lower_bound then staff * saturation end) as required,
        sum(case when saturation < 0.80 and not lower_bound then staff else 0 end) as under,
        sum(case when saturation > 1.15 then staff else 0 end) as over_staff,
        count(*) filter (where high < 0.80 and not lower_bound) as offices_idle,
        count(*) filter (where low > 1.15) as offices_drowning
    from office
    group by unit_id, year
),
spread as (
    select a.unit_id, a.year, sum(a.staff * b.staff * abs(a.saturation - b.saturation)) as distance
    from office as a
    inner join office as b on b.unit_id = a.unit_id and b.year = a.year
    where not a.lower_bound and not b.lower_bound
    group by a.unit_id, a.year
)
select
    t.unit_id,
    t.year,
    t.offices,
    case when t.whole_offices >= 2 then round(s.distance / nullif(2 * t.required * t.whole_staff, 0), 9) end as gini,
    t.under / nullif(t.staff, 0) as staff_under,
    t.over_staff / nullif(t.staff, 0) as staff_over,
    t.offices_idle,
    t.offices_drowning
from total as t
left join spread as s on s.unit_id = t.unit_id and s.year = t.year
where t.offices >= 2
