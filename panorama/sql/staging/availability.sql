-- One row per scope × year of the rules on available working time: the newest that was dropped
select
    trim(r.applies_to) as scope_ref,
    n.unit_id,
    r.year,
    cast(r.workdays as double) as workdays,
    cast(r.hours_day as double) as hours_day,
    cast(r.annual_leave as double) as annual_leave,
    cast(r.sick as double) as sick,
    cast(r.training as double) as training,
    cast(r.other_absence as double) as other_absence,
    cast(r.share_effective as double) as share_effective,
    cast(r.awt as double) as awt,
    r.rule_doc,
    r.row_id
from raw.availability as r
left join raw.unit_name as n
    on n.dataset = 'availability' and n.ref = r.applies_to and n.day is null
qualify row_number() over (
    partition by coalesce(cast(n.unit_id as varchar), trim(r.applies_to)), r.year
    order by r.drop_seq desc, r.part_id desc, r.src_row
) = 1
