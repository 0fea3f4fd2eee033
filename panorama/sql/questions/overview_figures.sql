-- One row per dashboard: the figures of the leader's message and cards
with
finding as (
    select
        f.*,
        f.state <> '已完成' as is_open,
        f.state not in ('已完成', '长期坚持') and f.due < $today as is_overdue
    from seen.finding as f
    where not f.nil_return
),
counted as (
    select
        count(*) as findings,
        count(*) filter (where is_open) as open,
        count(*) filter (where is_open and estab_related = '是') as open_estab,
        count(*) filter (where is_overdue) as overdue,
        count(*) filter (where is_overdue and severity = '严重') as overdue_serious,
        count(*) filter (where state = '已完成') as closed
    from finding
),
newest as (
    select unit_id, max(snapshot_date) as snapshot_date
    from seen.staffing
    where snapshot_date <= $today
    group by unit_id
),
excess as (
    select s.unit_id, sum(s.excess) as excess, max(s.snapshot_date) as ledger_date
    from seen.staffing as s
    inner join newest as n on n.unit_id = s.unit_id and n.snapshot_date = s.snapshot_date
    where s.office_id is null
    group by s.unit_id
),
over_units as (
    select
        count(*) filter (where excess > 0) as units_over,
        coalesce(sum(excess), 0) as excess,
        max(ledger_date) as ledger_date
    from excess
),
multi as (
    select theme, count(*) as units
    from seen.corroboration
    where n_families >= 3
    group by theme
),
top_theme as (
    select m.theme, m.units, t.name_zh, t.name_en
    from multi as m
    inner join seen.theme as t on t.code = m.theme
    qualify row_number() over (order by m.units desc, m.theme) = 1
),
multi_units as (
    select count(*) as multi, count(distinct unit_id) as multi_units
    from seen.corroboration
    where n_families >= 3
),
cells as (
    select
        count(*) filter (where state = 'rows') as cells_rows,
        count(*) filter (where state = 'nil') as cells_nil,
        count(*) filter (where state = 'missing') as cells_missing,
        count(*) filter (where state = 'not_asked') as cells_not_asked
    from seen.coverage
),
registered as (
    select count(*) as units from seen.unit
),
offices as (
    select count(*) as offices from seen.office
)
select
    c.*,
    o.units_over,
    o.excess,
    o.ledger_date,
    m.multi,
    m.multi_units,
    t.name_zh as top_theme,
    t.name_en as top_theme_en,
    t.units as top_theme_units,
    k.*,
    r.units,
    f.offices
from counted as c
cross join over_units as o
cross join multi_units as m
cross join cells as k
cross join registered as r
cross join offices as f
left join top_theme as t on true
