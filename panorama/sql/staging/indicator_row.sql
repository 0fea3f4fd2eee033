-- One row per indicator that any drop told of: with the unit where it is individual, and for which kind of unit it is
-- unit_id: of an individual indicator; one whose unit is not known yet waits.
select
    n.unit_id,
    case when r.unit_ref is null then r.template_kind else coalesce(u.template_kind, r.template_kind) end as template_kind,
    r.ind_code,
    r.version,
    r.parent,
    r.level,
    r.name,
    r.index as index_name,
    r.common,
    r.approved_doc,
    r.weight,
    r.scoring,
    r.formula_ref,
    r.direction,
    r.goal_lo,
    r.goal_hi,
    r.target,
    r.unit as unit_of_value,
    r.data_source,
    r.evidence_required,
    coalesce(r.na_allowed, false) as na_allowed,
    r.source_clause,
    r.drop_seq,
    r.part_id,
    r.src_row,
    r.row_id
from raw.indicator as r
left join raw.unit_name as n on n.dataset = 'indicator' and n.ref = r.unit_ref and n.day is null
left join mart.unit as u on u.unit_id = n.unit_id
where r.unit_ref is null or n.unit_id is not null
