-- One row per scope and rank of leader posts in one year: of one unit, or added up over all, excess rank by rank
select
    l.scope,
    l.rank,
    any_value(q.en) as scope_en,
    any_value(r.en) as rank_en,
    sum(l.approved)::bigint as approved,
    sum(l.actual)::bigint as actual,
    sum(l.excess)::bigint as excess,
    sum(l.vacancy)::bigint as vacancy,
    sum(l.grade_over)::bigint as grade_over,
    count(distinct l.unit_id) filter (where l.excess > 0) as units_over,
    max(l.snapshot_date) as ledger_date,
    $unit_id::bigint as unit_id,
    $year::int as year
from seen.leader as l
left join seen.choice as q on q.enumeration = 'quota_scope' and q.value = l.scope
left join seen.choice as r on r.enumeration = 'rank' and r.value = l.rank
where l.of_year and l.counted and l.year = $year and ($unit_id is null or l.unit_id = $unit_id)
group by l.scope, l.rank
order by l.scope desc, l.rank desc
