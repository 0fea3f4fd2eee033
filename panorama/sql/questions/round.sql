-- One row per dashboard: the first and last year of the evaluation round
select first_year, last_year from seen.round
