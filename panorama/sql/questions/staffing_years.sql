-- One row per year × staffing type: approved and actual of one unit, or added up over all that stood
select
    s.year,
    s.estab_type,
    any_value(c.zh) as type_zh,
    any_value(c.en) as type_en,
    sum(s.approved)::bigint as approved,
    sum(s.actual)::bigint as actual,
    count(distinct s.unit_id) as units
from seen.unit_staffing as s
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
where s.of_year and not s.single_listed and s.estab_type is not null and ($unit_id is null or s.unit_id = $unit_id)
group by s.year, s.estab_type
order by s.estab_type, s.year
