-- One row per count of a unit that is of no single year or of a part of the unit; subject: which part, as name=code
select f.unit_id, f.year::varchar as period, 'findings' as figure, concat('family=', f.source_family) as subject, count(*)::double as value
from seen.finding as f
where not f.nil_return and f.year is not null and ($unit_id is null or f.unit_id = $unit_id)
group by f.unit_id, f.year, f.source_family
union all
select f.unit_id, null, 'findings_open', 'which=open', (count(*) filter (where not f.put_right))::double
from seen.finding as f
where not f.nil_return and ($unit_id is null or f.unit_id = $unit_id)
group by f.unit_id
union all
select c.unit_id, null, 'families', concat('theme=', c.theme), c.n_families::double
from seen.corroboration as c
where $unit_id is null or c.unit_id = $unit_id
