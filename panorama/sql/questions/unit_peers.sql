-- One row per unit of the same template kind and level: the figures in which it stands among its like
with
self as (
    select unit_id, coalesce(template_kind, unit_kind) as kind, level
    from seen.unit
    where unit_id = $unit_id
)
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    u.unit_id = $unit_id as own,
    $year::int as year,
    y.required_staff,
    y.effective_staff,
    y.saturation,
    y.saturation_with_external,
    y.saturation_low as low,
    y.saturation_high as high,
    y.saturation_band as band,
    y.saturation_lower_bound as lower_bound,
    y.use_rate,
    y.external_share,
    y.performance_percentile as percentile
from seen.unit as u
inner join self as s
    on
        u.unit_id = s.unit_id
        or (coalesce(u.template_kind, u.unit_kind) = s.kind and u.level is not distinct from s.level)
left join seen.unit_year as y on y.unit_id = u.unit_id and y.year = $year
where not u.ended or u.unit_id = $unit_id
order by y.saturation desc nulls last, unit
