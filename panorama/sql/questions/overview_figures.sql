-- One row per dashboard: the figures of the leader's message and cards; null where nothing on record could tell
with
finding as (
    select
        f.*,
        not f.put_right as is_open,
        not f.put_right and f.state <> '长期坚持' and coalesce(f.due < $today, false) as is_overdue
    from seen.finding as f
    where not f.nil_return
),
said as (
    select count(*) > 0 as anything from seen.finding
),
counted as (
    select
        case when s.anything then count(f.finding_id) end as findings,
        case when s.anything then count(*) filter (where f.is_open) end as open,
        case when s.anything then count(*) filter (where f.is_open and f.staffing) end as open_estab,
        case when s.anything then count(*) filter (where f.is_overdue) end as overdue,
        case when s.anything then count(*) filter (where f.is_overdue and f.severity = '严重') end as overdue_serious,
        case when s.anything then count(*) filter (where f.put_right) end as closed
    from said as s
    left join finding as f on true
    group by s.anything
),
excess as (
    select unit_id, sum(excess) as excess, max(snapshot_date) as ledger_date
    from seen.unit_staffing
    where newest and not single_listed
    group by unit_id
),
over_units as (
    select
        case when count(excess) > 0 then count(*) filter (where excess > 0) end as units_over,
        sum(excess) as excess,
        max(ledger_date) as ledger_date
    from excess
),
confirmed as (
    select
        case when max(n_families) > 0 then count(*) filter (where n_families >= 3) end as multi,
        count(distinct theme) filter (where n_families >= 3) as multi_themes,
        count(distinct unit_id) filter (where n_families >= 3) as multi_units
    from seen.corroboration
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
    select count(*) filter (where not ended) as units, count(*) filter (where ended) as ended from seen.unit
),
offices as (
    select count(*) as offices
    from seen.office as o
    inner join seen.unit as u on u.unit_id = o.unit_id
    where not u.ended
)
select
    c.*,
    o.units_over,
    o.excess,
    o.ledger_date,
    m.multi,
    m.multi_themes,
    m.multi_units,
    k.*,
    r.units,
    r.ended,
    f.offices
from counted as c
cross join over_units as o
cross join confirmed as m
cross join cells as k
cross join registered as r
cross join offices as f
