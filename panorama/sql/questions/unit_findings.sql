-- One row per finding of one unit, those not put right first, by due date
select
    f.source_family as family,
    f.year,
    f.finding_no,
    f.text,
    f.severity,
    f.state,
    f.due,
    f.amount_wan::double as amount_wan,
    not f.put_right as is_open,
    coalesce(f.state not in ('已完成', '长期坚持') and f.due < $today, false) as overdue,
    case when f.state not in ('已完成', '长期坚持') and f.due < $today then date_diff('day', f.due, $today::date) end as days_late,
    case when f.state not in ('已完成', '长期坚持') and f.due >= $today then date_diff('day', $today::date, f.due) end as days_left,
    f.row_id,
    p.file,
    p.sheet,
    (f.row_id & 4294967295)::int as src_row
from seen.finding as f
inner join seen.part as p on p.part_id = f.row_id >> 32
where f.unit_id = $unit_id and not f.nil_return
order by is_open desc, overdue desc, f.due nulls last, f.finding_no
