-- One row per unit or office × ledger date × staffing type × single_listed, as the ledger says (office null = whole unit)
-- excess, vacancy: people, of this type alone; null when approved or actual is not said. estab_type null: a row of
-- type-free figures (external …). For a unit's figure read unit_staffing: it never adds offices to a whole-unit row.
select
    unit_id,
    office_id,
    snapshot_date,
    estab_type,
    single_listed,
    approved,
    actual,
    case when approved is not null and actual is not null then greatest(actual - approved, 0) end as excess,
    case when approved is not null and actual is not null then greatest(approved - actual, 0) end as vacancy,
    cast(actual as double) / nullif(approved, 0) as use_rate,
    external,
    seconded_in,
    seconded_out,
    absent,
    mixed_post,
    paid,
    reserved,
    structure_mgmt,
    structure_prof,
    structure_work,
    doc_no,
    note,
    row_id
from staging.staffing_ledger
