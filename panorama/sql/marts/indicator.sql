-- One row per indicator × version × kind of unit, or unit where it is individual; the two indices apart
-- unit_id: of an individual indicator, approved by the document named; null = for all units of its template kind
select
    unit_id,
    ind_code,
    version,
    parent,
    level,
    name,
    index_name,
    template_kind,
    common,
    approved_doc,
    weight,
    scoring,
    formula_ref,
    direction,
    goal_lo,
    goal_hi,
    target,
    unit_of_value,
    data_source,
    evidence_required,
    na_allowed,
    source_clause,
    row_id
from staging.indicator
