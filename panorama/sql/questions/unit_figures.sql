-- One row per unit asked for: the figures of one unit in one year, its findings of all years, its themes, and its kind
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    coalesce(k.zh, u.unit_kind) as kind_zh,
    coalesce(k.en, u.unit_kind) as kind_en,
    u.ended,
    u.end_date,
    coalesce(s.short_name, s.name) as successor,
    $year::int as asked,
    y.* exclude (unit_id),
    r.rank as performance_rank,
    r.field_n as performance_field,
    o.offices,
    f.findings,
    f.nil_returns,
    f.open,
    f.overdue,
    m.multi,
    m.multi_themes,
    m.multi_themes_en
from seen.unit as u
left join seen.unit as s on s.unit_id = u.successor_id
left join seen.choice as k on k.enumeration = 'unit_kind' and k.value = u.unit_kind
left join seen.unit_year as y on y.unit_id = u.unit_id and y.year = $year
left join seen.rating as r on r.unit_id = u.unit_id and r.year = $year and r.main and r.percentile is not null
cross join (select count(*) as offices from seen.office where unit_id = $unit_id) as o
cross join (
    select
        count(*) filter (where not nil_return) as findings,
        count(*) filter (where nil_return) as nil_returns,
        count(*) filter (where not nil_return and not put_right) as open,
        count(*) filter (where not nil_return and state not in ('已完成', '长期坚持') and due < $today) as overdue
    from seen.finding
    where unit_id = $unit_id
) as f
cross join (
    select
        count(*) as multi,
        list(t.name_zh order by c.n_families desc, c.theme)[1:3] as multi_themes,
        list(t.name_en order by c.n_families desc, c.theme)[1:3] as multi_themes_en
    from seen.corroboration as c
    inner join seen.theme as t on t.code = c.theme
    where c.unit_id = $unit_id and c.n_families >= 3
) as m
where u.unit_id = $unit_id
