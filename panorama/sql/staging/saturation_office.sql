-- One row per unit × office × period with workload (office null = reported for the unit as a whole): sums over its leaves
-- hours: null when no unit time is known at all. required_staff of a leaf = core hours ÷ available hours × allowance for
-- support work + extra hours ÷ available hours. span: year × 100 + month, month 0 for the year. leaves_known: leaves whose
-- allowance is known. posts, wholes: leaves that are a staffed post, and leaves that are the office (or unit) as a whole.
with
period as (
    select
        leaf_id, year, year * 100 as span, hours, volume, volume_timed, untimed, hours_untimed, months, months_expected,
        share
    from staging.year_load
    union all
    select
        p.leaf_id,
        p.year,
        p.year * 100 + p.month as span,
        p.hours,
        p.volume,
        p.volume_timed,
        p.untimed,
        p.hours_untimed,
        case when p.said then 1 else 0 end as months,
        1 as months_expected,
        m.share
    from staging.month_load as p
    inner join mart.month as m on m.year = p.year and m.month = p.month
),
leaf as (
    select
        y.unit_id,
        y.office_id,
        y.post_id,
        y.post_id is not null and coalesce(s.n_actual, 1) > 0 as staffed,
        p.span,
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
    from period as p
    inner join mart.leaf_year as y on y.leaf_id = p.leaf_id and y.year = p.year
    left join mart.post as s on s.post_id = y.post_id
)
select
    unit_id,
    office_id,
    span,
    sum(hours) as hours,
    sum(core) as core_staff,
    sum(required) as required_staff,
    sum(required_gross) as required_staff_gross,
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
    count(*) filter (where staffed) as posts,
    count(*) - count(post_id) as wholes,
    count(*) as leaves,
    count(caf) as leaves_known
from leaf
group by unit_id, office_id, span
