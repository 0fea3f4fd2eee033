-- One row per unit × ledger date × staffing type × single_listed: the unit's own figure
-- basis: unit = its whole-unit row, offices = the sum over its offices where there is no such row. newest: the unit's
-- last ledger date. of_year: the last ledger date of that year and the unit still stood at the year's end (or had no
-- successor with later figures), so that sums over units count nobody twice. row_ids: the ledger rows behind.
with
dates as (
    select
        unit_id,
        snapshot_date,
        year(snapshot_date) as year,
        max(snapshot_date) over (partition by unit_id) as last_date,
        max(snapshot_date) over (partition by unit_id, year(snapshot_date)) as last_of_year
    from (select distinct unit_id, snapshot_date from staging.unit_staffing) as d
),
-- People of a merged unit stand in its successor's ledger from the merger on.
gone as (
    select d.unit_id, d.snapshot_date
    from dates as d
    inner join mart.unit as u on u.unit_id = d.unit_id
    where u.status <> '在册' and u.end_date is not null and year(u.end_date) <= d.year
)
select
    s.unit_id,
    s.snapshot_date,
    d.year,
    s.estab_type,
    c.zh as type_zh,
    c.en as type_en,
    s.single_listed,
    s.approved,
    s.actual,
    case when s.approved is not null and s.actual is not null then greatest(s.actual - s.approved, 0) end as excess,
    case when s.approved is not null and s.actual is not null then greatest(s.approved - s.actual, 0) end as vacancy,
    cast(s.actual as double) / nullif(s.approved, 0) as use_rate,
    s.external,
    s.seconded_in,
    s.seconded_out,
    s.absent,
    s.mixed_post,
    s.paid,
    s.reserved,
    s.basis,
    d.snapshot_date = d.last_date and not u.ended as newest,
    d.snapshot_date = d.last_of_year and g.unit_id is null as of_year,
    s.row_ids
from staging.unit_staffing as s
inner join dates as d on d.unit_id = s.unit_id and d.snapshot_date = s.snapshot_date
inner join mart.unit as u on u.unit_id = s.unit_id
left join gone as g on g.unit_id = s.unit_id and g.snapshot_date = s.snapshot_date
left join raw.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
