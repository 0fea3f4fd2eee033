-- One row per evaluation round looked at: its first and last year; evidence within it corroborates
-- given: the years were set (PANORAMA_ROUND); else the five years that end with the newest one any file speaks of.
with
newest as (
    select max(f.year) as year
    from staging.family_row as f
    inner join raw.today as t on f.year <= year(t.day)
)
select
    coalesce(r.first_year, n.year - 4) as first_year,
    coalesce(r.last_year, n.year) as last_year,
    r.first_year is not null as given
from newest as n
left join raw.round as r on true
