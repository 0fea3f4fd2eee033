-- One row per unit × indicator × round × rater × agreed on or not: the newest that was dropped and can stand
select
    unit_id,
    ind_code,
    round_name,
    rater_kind,
    rater,
    rater_known,
    cast(raw_value as double) as raw_value,
    score,
    na,
    na_reason,
    missing,
    evidence_refs,
    comment,
    agreed,
    agreed_on,
    row_id
from staging.score_row
where row_id not in (select row_id from staging.score_fault)
qualify row_number() over (
    partition by unit_id, ind_code, round_name, rater, agreed
    order by drop_seq desc, part_id desc, src_row
) = 1
