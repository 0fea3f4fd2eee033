-- One row per dashboard: the figures of the leader's message and cards; null where nothing on record could tell
-- Ledgers: each unit's newest; of a span of years those of its last year that has any. Themes: in the round, or the span.
with
ledger_year as (
    select max(s.year) as year
    from seen.unit_staffing as s
    where s.of_year and s.year between $first_year and $last_year
),
finding as (
    select
        f.*,
        not f.put_right as is_open,
        not f.put_right and f.state <> '长期坚持' and coalesce(f.due < $today, false) as is_overdue
    from seen.finding as f
    where
        not f.nil_return
        and ($unit_id is null or f.unit_id = $unit_id)
        and ($first_year is null or f.year between $first_year and $last_year)
),
said as (
    select count(*) > 0 as anything
    from seen.finding as f
    where ($unit_id is null or f.unit_id = $unit_id) and ($first_year is null or f.year between $first_year and $last_year)
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
    from seen.unit_staffing as s
    where
        not s.single_listed
        and ($unit_id is null or s.unit_id = $unit_id)
        and case when $first_year is null then s.newest else s.of_year and s.year = (select year from ledger_year) end
    group by unit_id
),
over_units as (
    select
        case when count(excess) > 0 then count(*) filter (where excess > 0) end as units_over,
        sum(excess) as excess,
        max(ledger_date) as ledger_date
    from excess
),
voices as (
    select e.unit_id, e.theme, count(distinct e.family) as n_families
    from seen.evidence as e
    cross join seen.round as r
    where
        e.year between coalesce($first_year, r.first_year) and coalesce($last_year, r.last_year)
        and ($unit_id is null or e.unit_id = $unit_id)
    group by e.unit_id, e.theme
),
confirmed as (
    select
        case when max(n_families) > 0 then count(*) filter (where n_families >= 3) end as multi,
        count(distinct theme) filter (where n_families >= 3) as multi_themes,
        count(distinct unit_id) filter (where n_families >= 3) as multi_units
    from voices
),
cells as (
    select
        count(*) filter (where state = 'rows') as cells_rows,
        count(*) filter (where state = 'nil') as cells_nil,
        count(*) filter (where state = 'missing') as cells_missing,
        count(*) filter (where state = 'not_asked') as cells_not_asked
    from seen.coverage as c
    where ($unit_id is null or c.unit_id = $unit_id) and ($first_year is null or c.year between $first_year and $last_year)
),
registered as (
    select count(*) filter (where not u.ended) as units, count(*) filter (where u.ended) as ended
    from seen.unit as u
    where ($unit_id is null or u.unit_id = $unit_id)
),
offices as (
    select count(*) as offices
    from seen.office as o
    inner join seen.unit as u on u.unit_id = o.unit_id
    where not u.ended and ($unit_id is null or u.unit_id = $unit_id)
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
