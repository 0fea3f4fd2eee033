-- One row per unit or office × period, and per post × year, with workload: saturation, required staff ÷ staff, without its interval
-- Required staff of a leaf = core hours ÷ available hours × allowance for support work + extra hours ÷ available hours.
-- Null when a leaf's support shares reach the whole of people's time (V-CAS), or when no unit time is known at all.
-- span: year × 100 + month, month 0 for the year.
with
post as (
    select
        y.unit_id,
        y.office_id,
        y.post_id,
        p.year * 100 as span,
        p.hours,
        p.volume,
        coalesce(p.volume_timed, 0) as volume_timed,
        p.untimed,
        p.hours_untimed,
        p.months,
        p.months_expected,
        y.cas,
        y.caf,
        y.ias_hours,
        y.awt,
        p.hours / nullif(y.awt * p.share, 0) as core,
        p.hours / nullif(y.awt * p.share, 0) * y.caf + y.extra as required,
        p.hours / nullif(y.gross_hours * p.share, 0) * y.caf + y.extra_gross as required_gross
    from staging.year_load as p
    inner join mart.leaf_year as y on y.leaf_id = p.leaf_id and y.year = p.year
    where y.post_id is not null
),
-- Each leaf counts once at every level above it.
unit as (
    select
        unit_id,
        span,
        sum(hours) as hours,
        sum(core_staff) as core_staff,
        sum(required_staff) as required_staff,
        sum(required_staff_gross) as required_staff_gross,
        max(cas) as cas,
        max(caf) as caf,
        sum(ias_hours) as ias_hours,
        min(awt) as awt,
        sum(volume) as volume,
        sum(volume_timed) as volume_timed,
        sum(untimed) as untimed,
        sum(hours_untimed) as hours_untimed,
        sum(months) as months,
        sum(months_expected) as months_expected,
        sum(leaves) as leaves,
        sum(leaves_known) as leaves_known
    from staging.saturation_office
    group by unit_id, span
),
every as (
    select unit_id, cast(null as bigint) as office_id, cast(null as bigint) as post_id, span, hours, core_staff, required_staff,
        required_staff_gross, cas, caf, ias_hours, awt, volume, volume_timed, untimed, hours_untimed, months,
        months_expected, leaves, leaves_known
    from unit
    union all
    select unit_id, office_id, cast(null as bigint) as post_id, span, hours, core_staff, required_staff,
        required_staff_gross, cas, caf, ias_hours, awt, volume, volume_timed, untimed, hours_untimed, months,
        months_expected, leaves, leaves_known
    from staging.saturation_office
    where office_id is not null
    union all
    select unit_id, office_id, post_id, span, hours, core as core_staff, required as required_staff,
        required_gross as required_staff_gross, cas, caf, ias_hours, awt, volume, volume_timed, untimed, hours_untimed, months,
        months_expected, 1 as leaves, case when caf is null then 0 else 1 end as leaves_known
    from post
),
summed as (
    select
        unit_id,
        office_id,
        post_id,
        span,
        cast(floor(span / 100) as int) as year,
        case when mod(span, 100) > 0 then mod(span, 100) end as month,
        hours,
        core_staff,
        case when leaves = leaves_known then required_staff end as required_staff,
        case when leaves = leaves_known then required_staff_gross end as required_staff_gross,
        cas,
        caf,
        ias_hours,
        awt,
        volume,
        volume_timed,
        cast(untimed as bigint) as untimed,
        hours_untimed,
        cast(months as bigint) as months,
        cast(months_expected as bigint) as months_expected
    from every
)
select
    s.*,
    case when s.post_id is null then e.staff else p.n_actual end as staff,
    case when s.post_id is null then e.staff_with_external end as staff_with_external,
    case when s.post_id is null then e.source when p.n_actual is not null then 'posts' end as staff_source,
    case when s.post_id is null then e.snapshot_date end as staff_date,
    coalesce(e.partial, false) as partial,
    round(s.required_staff / nullif(greatest(case when s.post_id is null then e.staff else p.n_actual end, 0), 0), 9)
        as saturation,
    case
        when s.post_id is null then round(s.required_staff / nullif(greatest(e.staff_with_external, 0), 0), 9)
    end as saturation_with_external
from summed as s
left join staging.effective_staff as e
    on
        e.unit_id = s.unit_id
        and e.office_id is not distinct from s.office_id
        and e.span = s.span
        and s.post_id is null
left join mart.post as p on p.post_id = s.post_id
