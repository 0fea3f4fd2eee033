-- One row per source family × severity × state of findings
select
    source_family as family,
    coalesce(severity, '未定') as severity,
    state,
    $today::date as today,
    count(*) as n,
    count(*) filter (where state not in ('已完成', '长期坚持') and due < $today) as overdue
from seen.finding as f
where
    not f.nil_return
    and ($unit_id is null or f.unit_id = $unit_id)
    and ($first_year is null or f.year between $first_year and $last_year)
group by all
order by all
