-- One row per year that any file speaks of, newest first
select distinct year from seen.coverage where year is not null order by year desc
