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
    (
        select count(*)
        from seen.missing_type as m
        where m.unit_id = u.unit_id and m.of_year and m.year = $year
    ) as types_missing,
    k.year as other_year,
    k.saturation as other_saturation,
    k.saturation_lower_bound as other_lower_bound,
    f.*
from seen.unit as u
left join seen.unit_year as y on y.unit_id = u.unit_id and y.year = $year
left join (
    -- Where the year asked for has no saturation, the newest that has one.
    select unit_id, year, saturation, saturation_lower_bound
    from seen.unit_year
    where unit_id = $unit_id and saturation is not null
    order by year desc
    limit 1
) as k on k.unit_id = u.unit_id
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
