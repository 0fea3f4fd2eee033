-- One row per post of one office: its saturation in one year
select
    p.unit_id,
    p.post_id,
    p.name as post,
    p.post_class,
    s.saturation,
    s.saturation_with_external,
    s.low,
    s.high,
    s.band,
    s.lacking,
    s.required_staff,
    coalesce(s.staff, p.n_actual::double) as staff,
    s.coverage,
    s.lower_bound,
    $year::int as year
from seen.post as p
left join seen.saturation_stored as s on s.post_id = p.post_id and s.office_id = p.office_id and s.period = $year::varchar
where p.office_id = $office_id
order by s.saturation desc nulls last, p.name
