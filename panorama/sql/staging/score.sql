-- One row per unit × indicator × round × rater: the newest that was dropped
with
resolved as (
    select n.unit_id, r.*
    from raw.score as r
    inner join raw.unit_name as n on n.dataset = 'score' and n.ref = r.unit_ref and n.day is null
    where n.unit_id is not null
)
select
    unit_id,
    ind_code,
    "round" as round_name,
    rater_kind,
    rater,
    cast(raw_value as double) as raw_value,
    cast(score as double) as score,
    coalesce(na, false) as na,
    na_reason,
    coalesce(missing, false) as missing,
    evidence_refs,
    comment,
    coalesce(agreed, false) as agreed,
    agreed_on,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id, ind_code, "round", rater
    order by drop_seq desc, part_id desc, src_row
) = 1
