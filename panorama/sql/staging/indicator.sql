-- One row per indicator × version × kind of unit, or unit where it is individual: the newest that was dropped and can stand
select
    r.unit_id,
    r.template_kind,
    r.ind_code,
    r.version,
    r.parent,
    r.level,
    r.name,
    r.index_name,
    r.common,
    r.approved_doc,
    cast(r.weight as double) as weight,
    r.scoring,
    r.formula_ref,
    r.direction,
    cast(r.goal_lo as double) as goal_lo,
    cast(r.goal_hi as double) as goal_hi,
    cast(r.target as double) as target,
    r.unit_of_value,
    r.data_source,
    r.evidence_required,
    r.na_allowed,
    r.source_clause,
    r.row_id
from staging.indicator_row as r
where r.row_id not in (select row_id from staging.indicator_fault)
qualify row_number() over (
    partition by r.ind_code, r.version, r.unit_id, case when r.unit_id is null then r.template_kind end
    order by r.drop_seq desc, r.part_id desc, r.src_row
) = 1
