-- One row per unit × year × source family with rows or a nil return: how many of each
with
every as (
    select unit_id, year, source_family as family, nil_return from staging.finding
    union all
    select unit_id, year, '绩效考核' as family, false as nil_return from staging.performance_rating
    union all
    select unit_id, year, '行业排名' as family, false as nil_return from staging.industry_ranking
    union all
    select unit_id, year(snapshot_date) as year, '台账' as family, false as nil_return from staging.staffing_ledger
    union all
    select unit_id, year(snapshot_date) as year, '台账' as family, false as nil_return from staging.leader_quota
    union all
    select unit_id, year(change_date) as year, '台账' as family, false as nil_return from staging.estab_change
),
workload as (
    select f.unit_id, w.year, '工作量' as family, sum(w.rows) as n, 0 as nil
    from staging.leaf_work as w
    inner join staging.leaf as f on f.leaf_id = w.leaf_id
    group by f.unit_id, w.year
)
select
    unit_id,
    year,
    family,
    count(*) filter (where not nil_return) as n,
    count(*) filter (where nil_return) as nil
from every
where year is not null
group by unit_id, year, family
union all
select unit_id, year, family, n, nil
from workload
