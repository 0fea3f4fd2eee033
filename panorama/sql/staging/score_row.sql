-- One row per score that any drop told of, of a unit that is known
select
    n.unit_id,
    r.ind_code,
    r."round" as round_name,
    r.rater_kind,
    r.rater,
    -- A rater is known by the register of evaluators, or is a unit and goes by its name.
    coalesce(e.home_unit_id = n.unit_id, false) or coalesce(o.unit_id = n.unit_id, false) as own_unit,
    coalesce(a.unit_id is not null, false) as avoided,
    e.ev_id is not null or o.unit_id is not null as rater_known,
    r.raw_value,
    cast(r.score as double) as score,
    coalesce(r.na, false) as na,
    r.na_reason,
    coalesce(r.missing, false) as missing,
    r.evidence_refs,
    r.comment,
    coalesce(r.agreed, false) as agreed,
    r.agreed_on,
    r.drop_seq,
    r.part_id,
    r.src_row,
    r.row_id
from raw.score as r
inner join raw.unit_name as n on n.dataset = 'score' and n.ref = r.unit_ref and n.day is null
left join staging.evaluator as e on e.ev_id = r.rater
left join raw.unit_name as o on o.dataset = 'score' and o.ref = r.rater and o.day is null
left join staging.avoided as a on a.ev_id = r.rater and a.unit_id = n.unit_id
where n.unit_id is not null
