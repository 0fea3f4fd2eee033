-- One row per matter that wants the leader's eye: the worst few of each kind, with the unit and its weight
with
-- The newest ledgers; of a span of years those of its last year that has any
ledger_year as (
    select max(s.year) as year
    from seen.unit_staffing as s
    where s.of_year and s.year between $first_year and $last_year
),
excess as (
    select
        'excess' as kind,
        unit_id,
        sum(excess)::bigint as n,
        max(snapshot_date) as at,
        sum(vacancy)::bigint as other,
        null::bigint as held
    from seen.unit_staffing as s
    where
        not s.single_listed
        and ($unit_id is null or s.unit_id = $unit_id)
        and case when $first_year is null then s.newest else s.of_year and s.year = (select year from ledger_year) end
    group by unit_id
    having sum(excess) > 0
),
overdue as (
    select 'overdue' as kind, f.unit_id, count(*) as n, min(f.due) as at, count(*) filter (where f.severity = '严重') as other,
        null::bigint as held
    from seen.finding as f
    where
        not f.nil_return
        and f.state not in ('已完成', '长期坚持')
        and f.due < $today
        and ($unit_id is null or f.unit_id = $unit_id)
        and ($first_year is null or f.year between $first_year and $last_year)
    group by f.unit_id
),
-- What lies with the office itself: rows refused, or waiting for a name, of the same kind of source; not those mended
-- since, nor those that merely repeat another or that a person said are of no unit
held as (
    select
        case p.dataset
            when 'inspection_finding' then '巡视巡察'
            when 'audit_finding' then '审计'
            when 'performance_rating' then '绩效考核'
            when 'industry_ranking' then '行业排名'
            when 'workload' then '工作量'
            else '台账'
        end as family,
        count(distinct r.row_id) as held
    from seen.reject as r
    inner join seen.part as p on p.part_id = r.part_id
    where p.dataset in (
        'inspection_finding', 'audit_finding', 'performance_rating', 'industry_ranking', 'workload',
        'staffing_ledger', 'leader_quota', 'estab_change'
    )
        and r.mended_by is null
        and not (r.rule = 'V-DUP' and r.field is null)
        and r.row_id not in (select x.row_id from seen.reject as x where x.rule = 'V-ID-3')
    group by all
),
lacking as (
    select c.unit_id, c.family, count(*) as n
    from seen.coverage as c
    inner join seen.unit as u on u.unit_id = c.unit_id
    where c.state = 'missing' and not u.ended
        and ($unit_id is null or c.unit_id = $unit_id)
        and ($first_year is null or c.year between $first_year and $last_year)
    group by c.unit_id, c.family
),
hidden as (
    select 'missing' as kind, m.unit_id, sum(m.n)::bigint as n, null::date as at, null::bigint as other, sum(h.held)::bigint as held
    from lacking as m
    left join held as h on h.family = m.family
    group by m.unit_id
    having sum(m.n) >= 2
),
ranked as (
    select
        a.*,
        row_number() over (partition by a.kind order by a.other desc nulls last, a.n desc, a.unit_id) as place
    from (
        select * from overdue
        union all
        select * from excess
        union all
        select * from hidden
    ) as a
)
select r.kind, r.unit_id, coalesce(u.short_name, u.name) as unit, r.n, r.at, r.other, r.held, r.place
from ranked as r
inner join seen.unit as u on u.unit_id = r.unit_id
where r.place <= 2
order by case r.kind when 'overdue' then 1 when 'excess' then 2 else 3 end, r.place
