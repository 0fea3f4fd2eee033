-- One row per unit that inspection or audit spoke of within the round: its findings and its people
-- events: findings, nil returns count as none. size: staff-years, people in post added up over the round's years, so that a
-- unit that stood for two of five years is not held against five. kind: units
-- of one template kind stand in one funnel.
with
looked as (
    select
        f.unit_id,
        count(*) filter (where not f.nil_return) as events,
        count(distinct f.year) as years
    from mart.finding as f
    cross join mart.round as r
    where f.year between r.first_year and r.last_year
    group by f.unit_id
),
people as (
    select y.unit_id, sum(cast(y.actual as double)) as size
    from mart.unit_year as y
    cross join mart.round as r
    where y.year between r.first_year and r.last_year and y.actual is not null
    group by y.unit_id
)
select
    l.unit_id,
    coalesce(u.template_kind, u.unit_kind) as kind,
    l.events,
    l.years,
    p.size
from looked as l
inner join mart.unit as u on u.unit_id = l.unit_id
inner join people as p on p.unit_id = l.unit_id
where p.size > 0
