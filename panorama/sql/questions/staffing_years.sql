-- One row per year × staffing type: approved and actual of one unit, or added up over all that stood
-- unknown: units whose number is not said, and those that stated the type in an earlier year and in this one neither it nor
-- any ledger, though they still stood: the sum is of the others
with
line as materialized (
    select unit_id, year, estab_type, type_zh, type_en, approved, actual, excess, vacancy
    from seen.unit_staffing
    where of_year and not single_listed and estab_type is not null and ($unit_id is null or unit_id = $unit_id)
),
years as (
    select unnest(range(min(year), max(year) + 1)) as year
    from line
),
no_ledger as (
    select l.unit_id, y.year, l.estab_type, l.type_zh, l.type_en
    from (
        select unit_id, estab_type, type_zh, type_en, min(year) as first_year
        from line
        where approved > 0 or actual > 0
        group by all
    ) as l
    inner join years as y on y.year > l.first_year
    inner join seen.unit as u on u.unit_id = l.unit_id
    where (not u.ended or year(u.end_date) > y.year)
        and not exists (select 1 from line as n where n.unit_id = l.unit_id and n.year = y.year)
),
told as (
    from line
    union all by name
    from no_ledger
    union all by name
    select unit_id, year, estab_type, type_zh, type_en
    from seen.missing_type
    where of_year and ($unit_id is null or unit_id = $unit_id)
)
select
    s.year,
    s.estab_type,
    s.type_zh,
    s.type_en,
    sum(s.approved)::bigint as approved,
    sum(s.actual)::bigint as actual,
    sum(s.excess)::bigint as excess,
    sum(s.vacancy)::bigint as vacancy,
    count(distinct s.unit_id) filter (where s.approved is not null or s.actual is not null) as units,
    count(*) filter (where s.actual is null or s.approved is null) as unknown,
    $unit_id::bigint as unit_id
from told as s
group by s.year, s.estab_type, s.type_zh, s.type_en
order by s.estab_type, s.year
