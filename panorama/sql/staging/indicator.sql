-- One row per indicator × version, and unit where it is individual: the newest that was dropped
-- unit_id: of an individual indicator; one whose unit is not known yet waits.
with
resolved as (
    select n.unit_id, r.*
    from raw.indicator as r
    left join raw.unit_name as n on n.dataset = 'indicator' and n.ref = r.unit_ref and n.day is null
    where r.unit_ref is null or n.unit_id is not null
)
select
    ind_code,
    version,
    parent,
    level,
    name,
    index as index_name,
    template_kind,
    common,
    unit_id,
    approved_doc,
    cast(weight as double) as weight,
    scoring,
    formula_ref,
    direction,
    cast(goal_lo as double) as goal_lo,
    cast(goal_hi as double) as goal_hi,
    cast(target as double) as target,
    unit as unit_of_value,
    data_source,
    evidence_required,
    na_allowed,
    source_clause,
    row_id
from resolved
qualify row_number() over (
    partition by ind_code, version, unit_id
    order by drop_seq desc, part_id desc, src_row
) = 1
