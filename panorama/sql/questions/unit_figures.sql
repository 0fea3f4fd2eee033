-- One row per unit asked for: the figures of one unit in one year, its newest figures of findings, and its kind
select
    u.unit_id,
    coalesce(u.short_name, u.name) as unit,
    u.unit_kind,
    u.level,
    y.*  exclude (unit_id),
    (select count(*) from seen.office as o where o.unit_id = u.unit_id) as offices,
    (select count(*) from seen.finding as f where f.unit_id = u.unit_id and not f.nil_return) as findings,
    (select count(*) from seen.finding as f where f.unit_id = u.unit_id and not f.nil_return and not f.put_right) as open,
    (
        select count(*) from seen.finding as f
        where f.unit_id = u.unit_id and not f.nil_return and f.state not in ('已完成', '长期坚持') and f.due < $today
    ) as overdue,
    (select count(*) from seen.corroboration as c where c.unit_id = u.unit_id and c.n_families >= 3) as multi,
    (
        select list(t.name_zh order by c.n_families desc, c.theme)[1:3] from seen.corroboration as c
        inner join seen.theme as t on t.code = c.theme where c.unit_id = u.unit_id and c.n_families >= 3
    ) as multi_themes,
    (
        select list(t.name_en order by c.n_families desc, c.theme)[1:3] from seen.corroboration as c
        inner join seen.theme as t on t.code = c.theme where c.unit_id = u.unit_id and c.n_families >= 3
    ) as multi_themes_en
from seen.unit as u
left join seen.unit_year as y on y.unit_id = u.unit_id and y.year = $year
where u.unit_id = $unit_id
