-- One row per scope and rank of leader posts in one year: of one unit, or added up over all, excess rank by rank
select
    l.scope,
    l.rank,
    min(l.scope_en) as scope_en,
    min(l.rank_en) as rank_en,
    sum(l.approved)::bigint as approved,
    sum(l.actual)::bigint as actual,
    sum(l.excess)::bigint as excess,
    sum(l.vacancy)::bigint as vacancy,
    sum(l.grade_over)::bigint as grade_over,
    count(distinct case when l.excess > 0 then l.unit_id end) as units_over,
    max(l.snapshot_date) as ledger_date,
    $unit_id::bigint as unit_id,
    $year::int as year
from seen.leader as l
where l.of_year and l.counted and l.year = $year and ($unit_id is null or l.unit_id = $unit_id)
group by l.scope, l.rank
order by l.scope desc, l.rank desc
