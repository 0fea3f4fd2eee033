-- One row per unit or office × period, and per post × year, with workload, net basis: mart.saturation but for posts' months
-- required_hours: Σ volume × unit time, hours, as reported. core_staff: those hours ÷ available hours (A*).
-- required_staff: with allowance for support and extra work (R). saturation: required_staff ÷ staff; null = no staff
-- known, no unit time known, or support shares ≥ 1. saturation_with_external: people beyond the establishment counted in.
-- saturation_gross: on workdays × 8 h, nothing taken off. low, high: 90 % interval, years only: a month's row has none,
-- and its band is the point's. band: 明显不饱满 偏低 饱满 偏高 超负荷, or 待判 when the interval reaches over two edges,
-- or when the figure is a lower bound that lies below 0.80.
-- lacking: why there is no saturation: core = no volume of core work (support or extra work alone), unit_time = none of
-- its volume has one, shares = support work takes all of people's time (V-CAS), staff. p_under: chance of S < 0.80; p_over: of S > 1.15. coverage: months reported ÷ expected; coverage_volume: share of
-- volume with a unit time. lower_bound: some volume has no unit time, or partial: of some of the people no work was
-- reported (staging.effective_staff); no p_under then. Months missing are taken to be as those reported. hours_without_standard: reported hours on it, null
-- when not reported. volume_timed: pieces of work with a unit time. awt: hours a person a year (least where leaves differ); cas: greatest share of support work.
select
    s.unit_id,
    s.office_id,
    s.post_id,
    case when s.month is null then cast(s.year as varchar)
        else concat(cast(s.year as varchar), '-', lpad(cast(s.month as varchar), 2, '0'))
    end as period,
    s.year,
    s.month,
    s.hours as required_hours,
    s.core_staff,
    s.required_staff,
    s.staff,
    s.staff_with_external,
    s.staff_source,
    s.staff_date,
    s.saturation,
    s.saturation_with_external,
    round(s.required_staff_gross / nullif(greatest(s.staff, 0), 0), 9) as saturation_gross,
    'net' as basis,
    i.low,
    i.high,
    case when s.untimed = 0 and not s.partial then i.p_under end as p_under,
    i.p_over,
    case
        when s.saturation is null then null
        when
            case when i.low < 0.60 and i.high > 0.60 then 1 else 0 end
            + case when i.low < 0.80 and i.high > 0.80 then 1 else 0 end
            + case when i.low < 1.00 and i.high > 1.00 then 1 else 0 end
            + case when i.low < 1.15 and i.high > 1.15 then 1 else 0 end >= 2
            then '待判'
        when (s.untimed > 0 or s.partial) and s.saturation < 0.80 then '待判'
        when s.saturation < 0.60 then '明显不饱满'
        when s.saturation < 0.80 then '偏低'
        when s.saturation < 1.00 then '饱满'
        when s.saturation <= 1.15 then '偏高'
        else '超负荷'
    end as band,
    case
        when s.saturation is not null then null
        when s.hours is null and s.untimed > 0 then 'unit_time'
        when s.hours is null then 'core'
        when s.required_staff is null then 'shares'
        else 'staff'
    end as lacking,
    case when s.months_expected > 0 then s.months / cast(s.months_expected as double) end as coverage,
    case when s.volume > 0 then s.volume_timed / s.volume end as coverage_volume,
    s.untimed > 0 or s.partial as lower_bound,
    s.partial,
    s.hours_untimed as hours_without_standard,
    s.volume_timed,
    s.volume - s.volume_timed as volume_without_standard,
    s.untimed as rows_without_standard,
    s.awt,
    s.cas,
    s.caf,
    s.ias_hours
from staging.saturation_point as s
left join staging.saturation_interval as i
    on
        s.month is null
        and i.unit_id = s.unit_id
        and i.office_id is not distinct from s.office_id
        and i.post_id is not distinct from s.post_id
        and i.period = cast(s.year as varchar)
