-- One row per finding behind a count: open, overdue, put right, of one state, all, or due within a span of days; of one unit,
-- source, severity or span of years where that is given
select
    f.row_id,
    f.source_family as source,
    f.text as content,
    p.file,
    p.sheet,
    (f.row_id & 4294967295)::int as src_row,
    coalesce(u.short_name, u.name) as unit,
    f.year,
    f.due,
    case when f.state not in ('已完成', '长期坚持') and f.due < $today then date_diff('day', f.due, $today::date) end as days_late,
    case when f.state not in ('已完成', '长期坚持') and f.due >= $today then date_diff('day', $today::date, f.due) end as days_left,
    f.state,
    f.severity,
    d.loaded_at
from seen.finding as f
inner join seen.unit as u on u.unit_id = f.unit_id
inner join seen.part as p on p.part_id = f.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where not f.nil_return
    and ($unit_id is null or f.unit_id = $unit_id)
    and ($first_year is null or f.year between $first_year and $last_year)
    and ($severity is null or coalesce(f.severity, '未定') = $severity)
    and case $by when 'family' then f.source_family = $value when 'severity' then coalesce(f.severity, '未定') = $value else true end
    and case
        when $which = 'all' then true
        when $which = 'open' then not f.put_right
        when $which = 'closed' then f.put_right
        when $which = 'overdue' then f.state not in ('已完成', '长期坚持') and f.due < $today
        when $which in ('late_90', 'late_31', 'late_1', 'in_30', 'in_60', 'in_90', 'later', 'none')
            then
                f.state not in ('已完成', '长期坚持')
                and case
                    when f.due is null then 'none'
                    when date_diff('day', $today::date, f.due) < -90 then 'late_90'
                    when date_diff('day', $today::date, f.due) < -30 then 'late_31'
                    when date_diff('day', $today::date, f.due) < 0 then 'late_1'
                    when date_diff('day', $today::date, f.due) <= 30 then 'in_30'
                    when date_diff('day', $today::date, f.due) <= 60 then 'in_60'
                    when date_diff('day', $today::date, f.due) <= 90 then 'in_90'
                    else 'later'
                end = $which
        else f.state = $which
    end
order by f.due nulls last, f.row_id
limit 2000
