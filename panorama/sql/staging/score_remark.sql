-- One row per score of a file that stands and should be told of: given after one was agreed on, or below the weight without a word why
-- rule: V-SCORE-5 it is kept beside the agreed one, which counts; V-SCORE-6 the comment is asked for of whoever gave it by hand.
with
standing as (
    select *
    from staging.score_row
    where row_id not in (select row_id from staging.score_fault)
),
agreed as (
    select unit_id, round_name, ind_code, min(drop_seq) as drop_seq
    from standing
    where agreed
    group by unit_id, round_name, ind_code
)
select s.row_id, 'V-SCORE-5' as rule, 'score' as field, cast(s.score as varchar) as value, cast(null as varchar) as said
from standing as s
inner join agreed as a
    on a.unit_id = s.unit_id and a.round_name = s.round_name and a.ind_code = s.ind_code and a.drop_seq < s.drop_seq
where s.row_id > 0 and not s.agreed and s.rater_kind <> '自评'
union all
select s.row_id, 'V-SCORE-6' as rule, 'comment' as field, cast(null as varchar) as value, cast(i.weight as varchar) as said
from standing as s
inner join mart.unit_indicator as i
    on i.unit_id = s.unit_id and i.round_name = s.round_name and i.ind_code = s.ind_code
where s.row_id > 0 and s.rater_kind <> '系统' and s.score < i.weight and s.comment is null
