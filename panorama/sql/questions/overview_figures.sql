-- One row per dashboard: the figures of the leader's message and cards
with
finding as (
    select
        f.*,
        not f.put_right as is_open,
        not f.put_right and f.state <> '长期坚持' and coalesce(f.due < $today, false) as is_overdue
    from seen.finding as f
    where not f.nil_return
),
counted as (
    select
        count(*) as findings,
        count(*) filter (where is_open) as open,
        count(*) filter (where is_open and staffing) as open_estab,
        count(*) filter (where is_overdue) as overdue,
        count(*) filter (where is_overdue and severity = '严重') as overdue_serious,
        count(*) filter (where put_right) as closed
    from finding
),
excess as (
    select unit_id, sum(excess) as excess, max(snapshot_date) as ledger_date
    from seen.unit_staffing
    where newest and not single_listed
    group by unit_id
),
over_units as (
    select
        count(*) filter (where excess > 0) as units_over,
        coalesce(sum(excess), 0) as excess,
        max(ledger_date) as ledger_date
    from excess
),
confirmed as (
    select count(*) as multi, count(distinct theme) as multi_themes, count(distinct unit_id) as multi_units
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
