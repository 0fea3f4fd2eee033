-- One row per unit × source family over the years on record
with
over_years as (
    select
        c.unit_id,
        c.family,
        sum(c.n) as n,
        bool_or(c.state = 'rows') as any_rows,
        bool_or(c.state = 'nil') as any_nil,
        bool_or(c.state = 'missing') as any_missing,
        string_agg(c.year::varchar, '、' order by c.year) filter (where c.state = 'missing') as missing_years
    from seen.coverage as c
    where ($unit_id is null or c.unit_id = $unit_id) and ($first_year is null or c.year between $first_year and $last_year)
    group by c.unit_id, c.family
)
select
    o.unit_id,
    coalesce(u.short_name, u.name) as unit,
    o.family,
    case
        when o.any_rows then 'rows'
        when o.any_nil then 'nil'
        when o.any_missing then 'missing'
        else 'not_asked'
    end as state,
    coalesce(o.n, 0)::bigint as n,
    o.missing_years
from over_years as o
inner join seen.unit as u on u.unit_id = o.unit_id
order by unit, family
