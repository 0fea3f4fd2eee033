-- One row per unit × year that any file speaks of and the unit stood in
-- Staffing: at the last ledger date of the year, separately listed people (单列) apart in *_single_listed; excess and
-- vacancy added up over types, never netted; null once the unit was merged or abolished in or before that year.
-- vacancy_rate, use_rate: over types with both figures. external_share: external ÷ (actual + external).
-- leaders_*: leader posts; leaders_excess added up over ranks, never netted. *_findings: null = the family has no rows
-- and no nil return that year (no data is not no findings). *_staffing: those that concern staffing. audit_amount_wan:
-- 万元. performance_*: of the scheme that rated most units, rank and field only
-- where a percentile can be told. ranking_percentile: median over its rankings of the year.
-- issues_*: findings of the year: open, past their own due date, put right. families: with rows that year.
with
staff as (
    select
        unit_id,
        year,
        max(snapshot_date) as ledger_date,
        cast(sum(approved) filter (where not single_listed) as bigint) as approved,
        cast(sum(actual) filter (where not single_listed) as bigint) as actual,
        cast(sum(excess) filter (where not single_listed) as bigint) as excess,
        cast(sum(vacancy) filter (where not single_listed) as bigint) as vacancy,
        cast(sum(approved) filter (where not single_listed and vacancy is not null) as bigint) as approved_known,
        cast(sum(actual) filter (where not single_listed and vacancy is not null) as bigint) as actual_known,
        cast(sum(approved) filter (where single_listed) as bigint) as approved_single_listed,
        cast(sum(actual) filter (where single_listed) as bigint) as actual_single_listed,
        cast(sum(external) as bigint) as external,
        cast(sum(mixed_post) as bigint) as mixed_post,
        cast(sum(absent) as bigint) as absent,
        cast(sum(seconded_in) as bigint) as seconded_in,
        cast(sum(seconded_out) as bigint) as seconded_out
    from mart.unit_staffing
    where of_year
    group by unit_id, year
),
leaders as (
    select
        unit_id,
        year,
        cast(sum(approved) as bigint) as approved,
        cast(sum(actual) as bigint) as actual,
        cast(sum(excess) as bigint) as excess,
        cast(sum(vacancy) as bigint) as vacancy
    from mart.leader
    where of_year and counted
    group by unit_id, year
),
findings as (
    select
        unit_id,
        year,
        count(*) filter (where source_family = '巡视巡察') as inspection_rows,
        count(*) filter (where source_family = '巡视巡察' and not nil_return) as inspection_findings,
        count(*) filter (where source_family = '巡视巡察' and staffing) as inspection_staffing,
        count(*) filter (where source_family = '审计') as audit_rows,
        count(*) filter (where source_family = '审计' and not nil_return) as audit_findings,
        count(*) filter (where source_family = '审计' and staffing) as audit_staffing,
        cast(sum(amount_wan) as decimal(18, 2)) as audit_amount_wan,
        count(*) filter (where not nil_return and not put_right) as issues_open,
        count(*) filter (where overdue) as issues_overdue,
        count(*) filter (where put_right) as issues_closed
    from mart.finding
    group by unit_id, year
),
rankings as (
    select
        unit_id,
        year,
        median(percentile) as ranking_percentile,
        count(*) as ranking_count
    from mart.ranking
    group by unit_id, year
),
offices as (
    select
        unit_id,
        year,
        -- A lower bound below 0.80 may well stand above it.
        count(*) filter (where saturation < 0.80 and not lower_bound) as offices_under,
        count(*) filter (where saturation > 1.15) as offices_over
    from mart.saturation_stored
    where office_id is not null and post_id is null and month is null and saturation is not null
    group by unit_id, year
),
years as (
    select unit_id, year, count(*) filter (where state = 'rows') as families
    from mart.coverage
    group by unit_id, year
)
select
    y.unit_id,
    y.year,
    s.ledger_date,
    s.approved,
    s.actual,
    s.excess,
    s.vacancy,
    cast(s.actual_known as double) / nullif(s.approved_known, 0) as use_rate,
    cast(s.vacancy as double) / nullif(s.approved_known, 0) as vacancy_rate,
    s.approved_single_listed,
    s.actual_single_listed,
    s.external,
    cast(s.external as double) / nullif(s.actual + s.external, 0) as external_share,
    s.mixed_post,
    s.absent,
    s.seconded_in,
    s.seconded_out,
    l.approved as leaders_approved,
    l.actual as leaders_actual,
    l.excess as leaders_excess,
    l.vacancy as leaders_vacancy,
    case when f.inspection_rows > 0 then f.inspection_findings end as inspection_findings,
    case when f.inspection_rows > 0 then f.inspection_staffing end as inspection_staffing,
    case when f.audit_rows > 0 then f.audit_findings end as audit_findings,
    case when f.audit_rows > 0 then f.audit_staffing end as audit_staffing,
    f.audit_amount_wan,
    r.scheme as performance_scheme,
    r.score as performance_score,
    r.grade_raw as performance_grade,
    r.grade_ord as performance_ord,
    r.percentile as performance_percentile,
    r.rank as performance_rank,
    r.field_n as performance_field,
    k.ranking_percentile,
    k.ranking_count,
    t.required_staff,
    t.staff as effective_staff,
    t.staff_source,
    t.saturation,
    t.saturation_with_external,
    t.low as saturation_low,
    t.high as saturation_high,
    t.band as saturation_band,
    t.coverage as saturation_coverage,
    t.lower_bound as saturation_lower_bound,
    o.offices_under,
    o.offices_over,
    i.gini,
    f.issues_open,
    f.issues_overdue,
    f.issues_closed,
    y.families
from years as y
left join staff as s on s.unit_id = y.unit_id and s.year = y.year
left join leaders as l on l.unit_id = y.unit_id and l.year = y.year
left join findings as f on f.unit_id = y.unit_id and f.year = y.year
left join mart.rating as r on r.unit_id = y.unit_id and r.year = y.year and r.main
left join rankings as k on k.unit_id = y.unit_id and k.year = y.year
left join mart.saturation_stored as t
    on t.unit_id = y.unit_id and t.year = y.year and t.office_id is null and t.month is null
left join offices as o on o.unit_id = y.unit_id and o.year = y.year
left join mart.imbalance as i on i.unit_id = y.unit_id and i.year = y.year
