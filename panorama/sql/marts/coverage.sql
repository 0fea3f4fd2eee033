-- One row per unit × year × source family, for every year that any file speaks of and the unit stood in
-- state: rows = it has rows; nil = a signed nil return and nothing else; missing = units of the same template kind have
-- rows that year and it has none; not_asked = none of them has. n: rows, nil returns left out
-- family 自评: nil returns in the ledger of issues, in the years of their round. Nobody is asked for one, so it is never
-- missing; while no unit has given one the family has no rows here.
with
said as (
    select n.unit_id, y.year, '自评' as family, 0 as n, 1 as nil
    from mart.nil_return as n
    inner join (select distinct year from staging.family_row) as y on y.year between n.first_year and n.last_year
),
held as (
    select unit_id, year, family, n, nil from staging.family_row
    union all
    select unit_id, year, family, n, nil from said
),
families as (
    select v.family
    from (values ('巡视巡察'), ('审计'), ('绩效考核'), ('行业排名'), ('台账'), ('工作量')) as v (family)
    union all
    select distinct family from said
),
years as (
    select distinct year from staging.family_row
),
kinds as (
    select distinct coalesce(u.template_kind, u.unit_kind, '') as kind, r.year, r.family
    from staging.family_row as r
    inner join mart.unit as u on u.unit_id = r.unit_id
),
cells as (
    select u.unit_id, coalesce(u.template_kind, u.unit_kind, '') as kind, y.year, f.family, u.set_date, u.end_date
    from mart.unit as u
    cross join years as y
    cross join families as f
)
select
    c.unit_id,
    c.year,
    c.family,
    case
        when r.n > 0 then 'rows'
        when r.nil > 0 then 'nil'
        when k.kind is not null then 'missing'
        else 'not_asked'
    end as state,
    coalesce(r.n, 0) as n
from cells as c
left join held as r on r.unit_id = c.unit_id and r.year = c.year and r.family = c.family
left join kinds as k on k.kind = c.kind and k.year = c.year and k.family = c.family
where
    r.unit_id is not null
    or (
        (c.set_date is null or year(c.set_date) <= c.year)
        -- A unit that ended in the year is not asked for that year's returns; what it sent counts all the same.
        and (c.end_date is null or year(c.end_date) > c.year)
    )
