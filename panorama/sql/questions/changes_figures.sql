-- One row per unit and year: the figures that a change is told of
select
    y.unit_id,
    y.year::varchar as period,
    y.approved::double as approved,
    y.actual::double as actual,
    y.excess::double as excess,
    y.vacancy::double as vacancy,
    y.external::double as external,
    y.external_share::double as external_share,
    y.leaders_approved::double as leaders_approved,
    y.leaders_actual::double as leaders_actual,
    y.leaders_excess::double as leaders_excess,
    y.audit_amount_wan::double as audit_amount,
    y.performance_percentile::double as performance_percentile,
    y.ranking_percentile::double as ranking_percentile,
    y.required_staff::double as required_staff,
    y.effective_staff::double as effective_staff,
    y.saturation::double as saturation,
    y.saturation_with_external::double as saturation_with_external,
    y.performance_grade
from seen.unit_year as y
where $unit_id is null or y.unit_id = $unit_id
