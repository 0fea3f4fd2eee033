-- One row per evaluator: the newest that was dropped; the name stays in the file
select
    r.ev_id,
    n.unit_id as home_unit_id,
    r.role,
    r.trained_on,
    r.conflicts,
    r.assigned,
    r.row_id
from raw.evaluator as r
left join raw.unit_name as n on n.dataset = 'evaluator' and n.ref = r.home_ref and n.day is null
qualify row_number() over (partition by r.ev_id order by r.drop_seq desc, r.part_id desc, r.src_row) = 1
