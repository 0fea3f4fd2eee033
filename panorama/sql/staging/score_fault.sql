-- One row per score that can not stand × why: beyond the weight, by a rater of the unit itself or one that is to avoid it, not applicable where that is not allowed
-- said: what the sentence names: the weight, or the indicator.
with
beside as (
    select s.*, i.weight, i.name, i.na_allowed
    from staging.score_row as s
    left join mart.unit_indicator as i
        on i.unit_id = s.unit_id and i.round_name = s.round_name and i.ind_code = s.ind_code
)
select row_id, 'V-SCORE-1' as rule, 'score' as field, cast(score as varchar) as value, cast(weight as varchar) as said
from beside
where score > weight
union all
select row_id, 'V-SCORE-2' as rule, 'rater' as field, rater as value, cast(null as varchar) as said
from beside
where rater_kind <> '自评' and own_unit
union all
select row_id, 'V-SCORE-3' as rule, 'na' as field, cast(null as varchar) as value, name as said
from beside
where na and not na_allowed
union all
select row_id, 'V-SCORE-4' as rule, 'rater' as field, rater as value, cast(null as varchar) as said
from beside
where rater_kind <> '自评' and avoided and not own_unit
