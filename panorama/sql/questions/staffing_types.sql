-- One row per staffing type in one year: of one unit, or added up over all that stood, excess and vacancy unit by unit
with
line as materialized (
    select unit_id, estab_type, type_zh, type_en, approved, actual, excess, vacancy, snapshot_date
    from seen.unit_staffing
    where of_year and year = $year and not single_listed and estab_type is not null
        and ($unit_id is null or unit_id = $unit_id)
),
told as (
    from line
    union all by name
    -- A type that this ledger leaves out is not reported: it is neither zero nor no type of the unit's.
    select unit_id, estab_type, type_zh, type_en
    from seen.missing_type
    where of_year and year = $year and ($unit_id is null or unit_id = $unit_id)
)
select
    s.estab_type,
    s.type_zh,
    s.type_en,
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
from told as s
group by s.estab_type, s.type_zh, s.type_en
order by approved desc nulls last, s.estab_type
