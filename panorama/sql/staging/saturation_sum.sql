-- One row per unit, office or post × period with workload: hours, and required staff added up over its leaves
-- Required staff of a leaf = core hours ÷ available hours × allowance for support work + extra hours ÷ available hours.
-- Null when a leaf's support shares reach the whole of people's time (V-CAS), or when no unit time is known at all.
with
leaf as (
    select
        f.unit_id,
        f.office_id,
        f.post_id,
        p.leaf_id,
        p.year,
        p.month,
        p.period,
        cast(p.hours as double) as hours,
        cast(p.volume as double) as volume,
        cast(coalesce(p.volume_timed, 0) as double) as volume_timed,
        p.untimed,
        cast(p.hours_untimed as double) as hours_untimed,
        p.months,
        p.months_expected,
        a.cas,
        a.caf,
        a.ias_hours,
        t.awt,
        cast(p.hours as double) / nullif(t.awt * p.share, 0) as core,
        cast(p.hours as double) / nullif(t.gross_hours * p.share, 0) as core_gross,
        a.ias_hours / nullif(t.awt, 0) as extra,
        a.ias_hours / nullif(t.gross_hours, 0) as extra_gross
    from staging.leaf_period as p
    inner join staging.leaf as f on f.leaf_id = p.leaf_id
    inner join staging.available_time as t on t.unit_id = f.unit_id and t.year = p.year
    inner join staging.allowance as a on a.leaf_id = p.leaf_id and a.year = p.year
)
-- Each leaf counts once at every level above it.
select
    unit_id,
    cast(null as bigint) as office_id,
    cast(null as bigint) as post_id,
    period,
    year,
    month,
    sum(hours) as hours,
    sum(core) as core_staff,
    case when count(*) = count(caf) then sum(core * caf + extra) end as required_staff,
    case when count(*) = count(caf) then sum(core_gross * caf + extra_gross) end as required_staff_gross,
    max(cas) as cas,
    max(caf) as caf,
    sum(ias_hours) as ias_hours,
    min(awt) as awt,
    sum(volume) as volume,
    sum(volume_timed) as volume_timed,
    cast(sum(untimed) as bigint) as untimed,
    sum(hours_untimed) as hours_untimed,
    cast(sum(months) as bigint) as months,
    cast(sum(months_expected) as bigint) as months_expected
from leaf
group by unit_id, period, year, month
union all
select
    unit_id,
    office_id,
    cast(null as bigint) as post_id,
    period,
    year,
    month,
    sum(hours) as hours,
    sum(core) as core_staff,
    case when count(*) = count(caf) then sum(core * caf + extra) end as required_staff,
    case when count(*) = count(caf) then sum(core_gross * caf + extra_gross) end as required_staff_gross,
    max(cas) as cas,
    max(caf) as caf,
    sum(ias_hours) as ias_hours,
    min(awt) as awt,
    sum(volume) as volume,
    sum(volume_timed) as volume_timed,
    cast(sum(untimed) as bigint) as untimed,
    sum(hours_untimed) as hours_untimed,
    cast(sum(months) as bigint) as months,
    cast(sum(months_expected) as bigint) as months_expected
from leaf
where office_id is not null
group by unit_id, office_id, period, year, month
union all
select
    unit_id,
    office_id,
    post_id,
    period,
    year,
    month,
    sum(hours) as hours,
    sum(core) as core_staff,
    case when count(*) = count(caf) then sum(core * caf + extra) end as required_staff,
    case when count(*) = count(caf) then sum(core_gross * caf + extra_gross) end as required_staff_gross,
    max(cas) as cas,
    max(caf) as caf,
    sum(ias_hours) as ias_hours,
    min(awt) as awt,
    sum(volume) as volume,
    sum(volume_timed) as volume_timed,
    cast(sum(untimed) as bigint) as untimed,
    sum(hours_untimed) as hours_untimed,
    cast(sum(months) as bigint) as months,
    cast(sum(months_expected) as bigint) as months_expected
from leaf
where post_id is not null
group by unit_id, office_id, post_id, period, year, month
