-- One row per year that any file speaks of, newest first
-- whole: half as many units and sources have rows as in the fullest year; a year of which little has come is not looked at unasked
with
held as (
    select year, count(*) filter (where state = 'rows') as n
    from seen.coverage
    where year is not null
    group by year
)
select year, n >= 0.5 * max(n) over () as whole
from held
order by year desc
