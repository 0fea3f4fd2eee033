-- One row per unit × indicator × round × rater: what was given, or that it does not apply or is missing
-- own_unit: the rater comes from the unit scored, which may not be outside 自评; null = who the rater is is not known
select
    s.unit_id,
    s.ind_code,
    s.round_name,
    s.rater_kind,
    s.rater,
    s.raw_value,
    s.score,
    s.na,
    s.na_reason,
    s.missing,
    s.evidence_refs,
    s.comment,
    s.agreed,
    s.agreed_on,
    s.rater_kind <> '自评' and e.home_unit_id = s.unit_id as own_unit,
    s.row_id
from staging.score as s
left join staging.evaluator as e on e.ev_id = s.rater
