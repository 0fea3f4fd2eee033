-- One row per indicator of which the newest that one evaluator entered of a unit in a round can not stand any more
with
newest as (
    select ind_code, rule, said
    from seen.score_entry
    where unit_id = $unit_id and round_name = $round_name and rater = $rater
    qualify row_number() over (partition by ind_code order by row_id) = 1
)
select ind_code, rule, coalesce(said, '') as said
from newest
where rule is not null
