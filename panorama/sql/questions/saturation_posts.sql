-- One row per post of one office: its saturation in one year
select p.post_id, p.name as post, p.post_class, s.saturation, s.saturation_with_external, s.low, s.high, s.band,
    s.required_staff, s.staff, s.coverage
from seen.post as p
left join seen.saturation as s on s.post_id = p.post_id and s.period = $year::varchar
where p.office_id = $office_id
order by s.saturation desc nulls last, p.name
