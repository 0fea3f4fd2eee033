-- One row per office of one unit × staffing type at work there: what moving posts may count on
-- posts: people of the type at work (in post, less lent out and long absent; borrowed ones do not move). leaders: of the office, all
-- types together, at the last date on or before. Offices without a saturation of the year, or without people by type, have posts null.
with
office as (
    select s.office_id, s.staff, s.staff_date, s.staff_source, s.required_staff, s.saturation, s.low, s.high, s.lower_bound
    from seen.saturation_stored as s
    where s.unit_id = $unit_id and s.office_id is not null and s.post_id is null and s.period = $year::varchar
),
typed as (
    select
        t.office_id, t.estab_type,
        greatest(sum(t.actual) - coalesce(sum(t.seconded_out), 0) - coalesce(sum(t.absent), 0), 0) as posts
    from seen.staffing as t
    inner join office as o on o.office_id = t.office_id and o.staff_date = t.snapshot_date and o.staff_source = 'ledger'
    where not t.single_listed and t.estab_type is not null and t.actual is not null
    group by t.office_id, t.estab_type
),
led as (
    select l.office_id, l.snapshot_date, sum(l.actual) as leaders
    from seen.leader as l
    inner join office as o on o.office_id = l.office_id and l.snapshot_date <= o.staff_date
    where l.actual is not null
    group by l.office_id, l.snapshot_date
    qualify row_number() over (partition by l.office_id order by l.snapshot_date desc) = 1
)
select
    n.unit_id,
    n.office_id,
    n.name as office,
    $year::int as year,
    $least::int as least,
    $most::int as most,
    o.required_staff,
    o.staff,
    o.saturation,
    o.low,
    o.high,
    coalesce(o.lower_bound, false) as lower_bound,
    t.estab_type,
    coalesce(c.zh, t.estab_type) as type_zh,
    coalesce(c.en, t.estab_type) as type_en,
    t.posts::int as posts,
    coalesce(d.leaders, 0)::int as leaders
from seen.office as n
left join office as o on o.office_id = n.office_id
left join typed as t on t.office_id = n.office_id and o.saturation is not null
left join led as d on d.office_id = n.office_id
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = t.estab_type
where n.unit_id = $unit_id
order by n.name, t.estab_type
