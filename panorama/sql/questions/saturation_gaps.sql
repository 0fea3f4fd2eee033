-- One row per activity of one unit and year whose volume has no unit time
with
behind as (
    select w.office_id, w.post_id, w.activity_id, min(w.activity) as activity, array_agg(w.row_id order by w.row_id) as row_ids
    from seen.workload as w
    where w.unit_id = $unit_id and w.year = $year and w.in_year and w.volume > 0 and not w.shared and w.std_hours is null
    group by w.office_id, w.post_id, w.activity_id
)
select o.name as office, b.activity, g.volume::double as volume, g.hours_actual::double as hours_actual, g.n, b.row_ids
from seen.activity_gap as g
left join behind as b
    on
        b.office_id is not distinct from g.office_id
        and b.post_id is not distinct from g.post_id
        and b.activity_id = g.activity_id
left join seen.office as o on o.office_id = g.office_id
where g.unit_id = $unit_id and g.year = $year
order by g.volume desc
