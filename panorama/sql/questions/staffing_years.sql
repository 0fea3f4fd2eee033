-- One row per year × staffing type: approved and actual of one unit, or added up over all that stood
-- unknown: units with the type whose approved or actual number is not said: the sum is of the others
select
    s.year,
    s.estab_type,
    s.type_zh,
    s.type_en,
    sum(s.approved)::bigint as approved,
    sum(s.actual)::bigint as actual,
    sum(s.excess)::bigint as excess,
    sum(s.vacancy)::bigint as vacancy,
    count(distinct s.unit_id) as units,
    count(*) filter (where s.actual is null or s.approved is null) as unknown,
    $unit_id::bigint as unit_id
from seen.unit_staffing as s
where s.of_year and not s.single_listed and s.estab_type is not null and ($unit_id is null or s.unit_id = $unit_id)
group by s.year, s.estab_type, s.type_zh, s.type_en
order by s.estab_type, s.year
