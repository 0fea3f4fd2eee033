-- One row per unit with a ledger in one year: excess and vacancy side by side
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    y.year,
    y.ledger_date,
    y.approved::bigint as approved,
    y.actual::bigint as actual,
    y.excess::bigint as excess,
    y.vacancy::bigint as vacancy,
    y.use_rate,
    y.vacancy_rate,
    y.external::bigint as external,
    y.external_share,
    y.leaders_excess::bigint as leaders_excess
from seen.unit_year as y
inner join seen.unit as u on u.unit_id = y.unit_id
where y.year = $year and (y.ledger_date is not null or y.leaders_actual is not null or y.leaders_approved is not null)
order by y.excess desc nulls last, y.vacancy desc nulls last, unit
