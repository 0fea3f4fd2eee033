-- One row per dataset, unit and period: how many rows count, and the sum of their row_id (the same sum: the same rows)
-- period: YYYY, empty for registers. Of workload the lines are counted, which stand for their rows. availability has no row of its own: its sum is the hours it allows.
with
held as (
    select 'staffing_ledger' as dataset, unit_id, cast(year(snapshot_date) as varchar) as period, row_id from mart.staffing
    union all
    select 'leader_quota', unit_id, cast(year as varchar), row_id from mart.leader
    union all
    select dataset, unit_id, cast(year as varchar), row_id from mart.finding
    union all
    select 'performance_rating', unit_id, cast(year as varchar), row_id from mart.rating
    union all
    select 'industry_ranking', unit_id, cast(year as varchar), row_id from mart.ranking
    union all
    select 'estab_change', unit_id, cast(year(change_date) as varchar), row_id from mart.change
    union all
    select 'post', unit_id, '', row_id from mart.post where row_id is not null
    union all
    select distinct 'activity_standard', f.unit_id, cast(t.year as varchar), t.standard_id
    from mart.unit_time as t
    inner join staging.leaf as f on f.leaf_id = t.leaf_id
)
select dataset, unit_id, coalesce(period, '') as period, count(*) as n, sum(cast(row_id as decimal(38, 0))) as rows_sum
from held
where unit_id is not null
group by dataset, unit_id, coalesce(period, '')
union all
select 'workload', f.unit_id, cast(w.year as varchar), cast(sum(w.rows) as bigint), sum(w.rows_sum)
from staging.leaf_work as w
inner join staging.leaf as f on f.leaf_id = w.leaf_id
group by f.unit_id, w.year
union all
select 'availability', unit_id, period, 1, cast(awt * 1000 as decimal(38, 0))
from mart.saturation_stored
where office_id is null and post_id is null and month is null and awt is not null
