-- One row per office × year × activity with a unit time: hours of it over a full year, and the people who were there for it
-- What methods/efficiency.py compares: offices of a unit's kind and level and of one tag. hours: months not reported are as those
-- reported. Left out: offices without a tag, without a saturation, or of whose work or people a part was not told (a lower bound).
with
done as (
    select
        y.office_id,
        p.year,
        l.activity_id,
        sum(l.hours / p.share) as hours
    from staging.year_load as p
    inner join mart.leaf_year as y on y.leaf_id = p.leaf_id and y.year = p.year
    inner join staging.activity_load as l on l.leaf_id = p.leaf_id and l.year = p.year
    where y.office_id is not null and l.hours > 0 and p.share > 0
    group by y.office_id, p.year, l.activity_id
)
select
    o.unit_id,
    o.office_id,
    d.year,
    u.kind,
    u.level,
    o.peer_tag as tag,
    coalesce(n.activity_name, a.activity_code) as activity,
    cast(sum(d.hours) as double) as hours,
    s.staff as people,
    s.staff_with_external as people_with_external
from done as d
inner join mart.office as o on o.office_id = d.office_id
inner join staging.unit_like as u on u.unit_id = o.unit_id
inner join mart.saturation_stored as s
    on s.office_id = d.office_id and s.year = d.year and s.month is null and s.post_id is null
inner join mart.activity as a on a.activity_id = d.activity_id
left join staging.activity_called as n on n.activity_id = d.activity_id
where o.peer_tag is not null and s.saturation is not null and not s.lower_bound and s.staff > 0
group by
    o.unit_id, o.office_id, d.year, u.kind, u.level, o.peer_tag, n.activity_name, a.activity_code,
    s.staff, s.staff_with_external
