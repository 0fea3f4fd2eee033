-- One row per unit × indicator × round × rater × agreed on or not: what was given, or that it does not apply or is missing
-- index_name, template_kind, version, weight: of the indicator that serves the unit in that round; null = none of this code does.
-- leaf: nothing stands below the indicator: only such scores count. rater_known: the rater stands in the register of evaluators, or is a unit.
select
    s.unit_id,
    s.ind_code,
    s.round_name,
    i.index_name,
    i.template_kind,
    i.version,
    i.weight,
    coalesce(i.leaf, false) as leaf,
    s.rater_kind,
    s.rater,
    s.rater_known,
    s.raw_value,
    s.score,
    s.na,
    s.na_reason,
    s.missing,
    s.evidence_refs,
    s.comment,
    s.agreed,
    s.agreed_on,
    s.row_id
from staging.score as s
left join mart.unit_indicator as i
    on i.unit_id = s.unit_id and i.round_name = s.round_name and i.ind_code = s.ind_code
