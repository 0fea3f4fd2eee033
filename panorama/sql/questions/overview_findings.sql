-- One row per source family × severity × state of findings
select
    source_family as family,
    coalesce(severity, '未定') as severity,
    state,
    $today::date as today,
    count(*) as n,
    count(*) filter (where state not in ('已完成', '长期坚持') and due < $today) as overdue
from seen.finding
where not nil_return
group by all
order by all
