-- One row per office of one unit: its saturation in one year
select
    o.unit_id,
    o.office_id,
    o.name as office,
    s.saturation,
    s.saturation_with_external,
    s.low,
    s.high,
    s.p_under,
    s.p_over,
    s.band,
    s.lacking,
    s.coverage,
    s.coverage_volume,
    s.lower_bound,
    s.required_staff,
    s.staff,
    s.staff_with_external,
    s.staff_source,
    s.rows_without_standard,
    $year::int as year
from seen.office as o
left join seen.saturation_stored as s
    on s.unit_id = o.unit_id and s.office_id = o.office_id and s.post_id is null and s.period = $year::varchar
where o.unit_id = $unit_id
order by s.saturation desc nulls last, o.name
