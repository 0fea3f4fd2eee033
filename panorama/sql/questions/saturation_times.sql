-- One row per office of the same tag as one office × activity of a year: volume, declared unit time, and hours its people had for it
-- available: what people had for it in the months reported, less support and extra work: as many hours as were asked for where
-- saturation is 1. Offices with volume that has no unit time
-- are left out: their hours went there too. declared: mean over the offices. places: offices of the tag, whether they serve or not.
with
tag as (
    select unit_id, office_id, peer_tag
    from seen.office
    where office_id = $office_id
),
alike as (
    select o.unit_id, o.office_id, o.name
    from seen.office as o
    inner join tag as t on t.peer_tag = o.peer_tag
),
had as (
    select
        s.office_id,
        s.required_hours * (s.staff * s.awt - coalesce(s.ias_hours, 0))
        / nullif(s.required_staff * s.awt - coalesce(s.ias_hours, 0), 0) as available
    from seen.saturation_stored as s
    where s.office_id in (select office_id from alike) and s.post_id is null and s.period = $year::varchar
        and s.saturation is not null and not s.lower_bound
),
worked as (
    select w.office_id, w.activity, sum(w.volume)::double as volume, avg(w.std_hours)::double as std_hours
    from seen.workload as w
    where w.office_id in (select office_id from had) and w.year = $year and w.in_year and not w.shared and w.std_hours > 0
        and w.volume is not null
    group by w.office_id, w.activity
)
select
    t.unit_id,
    t.office_id as own_id,
    t.peer_tag,
    $year::int as year,
    (select count(*) from alike) as places,
    w.office_id,
    w.activity,
    w.volume,
    avg(w.std_hours) over (partition by w.activity) as declared,
    h.available
from tag as t
left join had as h on h.available > 0
left join worked as w on w.office_id = h.office_id
order by w.activity, w.office_id
