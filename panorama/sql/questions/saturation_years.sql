-- One row per unit or office (office null = the unit) × year of its saturation, up to the year looked at
-- versions: of the unit times, where a new one begins with this year (mart.rule_break).
-- A lower bound says nothing of a trend: its saturation is null, as where there is none.
select
    s.unit_id,
    s.office_id,
    coalesce(o.name, u.short_name, u.name) as place,
    s.year,
    case when not s.lower_bound then s.saturation end as saturation,
    s.lower_bound,
    b.versions,
    $year::int as last_year
from seen.saturation_stored as s
inner join seen.unit as u on u.unit_id = s.unit_id
left join seen.office as o on o.office_id = s.office_id
left join seen.rule_break as b
    on b.unit_id = s.unit_id and b.office_id is not distinct from s.office_id and b.year = s.year
where s.unit_id = $unit_id and s.post_id is null and s.month is null and s.year <= $year
order by s.office_id nulls first, place, s.year
