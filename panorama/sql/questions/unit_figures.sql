-- One row per unit asked for: the figures of one unit in one year, and its findings of all years
select
    coalesce(u.short_name, u.name) as unit,
    u.unit_kind,
    u.ended,
    u.end_date,
    u.successor,
    u.offices,
    $year::int as asked,
    u.unit_id,
    y.ledger_date,
    y.approved,
    y.actual,
    y.excess,
    y.vacancy,
    y.leaders_excess,
    y.required_staff,
    y.effective_staff,
    y.saturation,
    y.saturation_with_external,
    y.saturation_low,
    y.saturation_high,
    y.saturation_lower_bound,
    y.performance_grade,
    y.performance_rank,
    y.performance_field,
    y.ranking_percentile,
    y.families,
    f.*
from seen.unit as u
left join seen.unit_year as y on y.unit_id = u.unit_id and y.year = $year
cross join (
    select
        count(*) filter (where not nil_return) as findings,
        count(*) filter (where nil_return) as nil_returns,
        count(*) filter (where not nil_return and not put_right) as open,
        count(*) filter (where not nil_return and state not in ('已完成', '长期坚持') and due < $today) as overdue
    from seen.finding
    where unit_id = $unit_id
) as f
where u.unit_id = $unit_id
