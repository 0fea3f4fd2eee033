-- One row per staffing type in one year: of one unit, or added up over all that stood, excess and vacancy unit by unit
with
line as (
    select s.*
    from seen.unit_staffing as s
    where s.of_year and s.year = $year and not s.single_listed and s.estab_type is not null
        and ($unit_id is null or s.unit_id = $unit_id)
)
select
    s.estab_type,
    any_value(c.zh) as type_zh,
    any_value(c.en) as type_en,
    sum(s.approved)::bigint as approved,
    sum(s.actual)::bigint as actual,
    sum(s.excess)::bigint as excess,
    sum(s.vacancy)::bigint as vacancy,
    count(*) filter (where s.excess > 0) as units_over,
    count(*) filter (where s.actual is null or s.approved is null) as unknown,
    (select count(distinct n.unit_id) from line as n) as units,
    max(s.snapshot_date) as ledger_date,
    $unit_id::bigint as unit_id,
    $year::int as year
from line as s
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
group by s.estab_type
order by approved desc nulls last, s.estab_type
