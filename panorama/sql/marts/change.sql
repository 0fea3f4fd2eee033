-- One row per approved change of staffing: document × unit × office × kind × staffing type
-- delta, leader_delta: people and leader posts, signed. effective_from: else the date of the document
select
    unit_id,
    office_id,
    doc_no,
    change_date,
    effective_from,
    kind,
    estab_type,
    delta,
    leader_delta,
    from_unit_id,
    to_unit_id,
    approver,
    gist,
    row_id
from staging.estab_change
