-- One row per unit or office × ledger date × scope × rank of leader posts (office null = the unit)
-- excess, vacancy: of this rank alone, never netted over ranks. counted: the row enters the unit's figure: a whole-unit
-- row where there is one for the scope and rank, else the offices' rows; leader posts only, grades (职级) and 非领导 apart.
-- newest, of_year: as in unit_staffing.
with
whole as (
    select distinct unit_id, snapshot_date, scope, rank
    from staging.leader_quota
    where office_id is null
),
dates as (
    select
        unit_id,
        snapshot_date,
        year(snapshot_date) as year,
        max(snapshot_date) over (partition by unit_id) as last_date,
        max(snapshot_date) over (partition by unit_id, year(snapshot_date)) as last_of_year
    from (select distinct unit_id, snapshot_date from staging.leader_quota) as d
)
select
    q.unit_id,
    q.office_id,
    q.snapshot_date,
    d.year,
    q.scope,
    q.rank,
    e.en as scope_en,
    k.en as rank_en,
    q.approved,
    q.actual,
    case when q.approved is not null and q.actual is not null then greatest(q.actual - q.approved, 0) end as excess,
    case when q.approved is not null and q.actual is not null then greatest(q.approved - q.actual, 0) end as vacancy,
    q.grade_over,
    q.concurrent,
    coalesce(q.scope, '') not in ('非领导', '职级') and (q.office_id is null or w.unit_id is null) as counted,
    q.snapshot_date = d.last_date and not u.ended as newest,
    q.snapshot_date = d.last_of_year
    and not (u.status <> '在册' and coalesce(year(u.end_date) <= d.year, false)) as of_year,
    q.doc_no,
    q.row_id
from staging.leader_quota as q
inner join dates as d on d.unit_id = q.unit_id and d.snapshot_date = q.snapshot_date
inner join mart.unit as u on u.unit_id = q.unit_id
left join raw.choice as e on e.enumeration = 'quota_scope' and e.value = q.scope
left join raw.choice as k on k.enumeration = 'rank' and k.value = q.rank
left join whole as w
    on
        w.unit_id = q.unit_id
        and w.snapshot_date = q.snapshot_date
        and w.scope is not distinct from q.scope
        and w.rank = q.rank
