-- One row per unit or office × year whose saturation lies above 1.15 and is not undetermined, with its ledger
-- place, place_en: the office's name, or the unit as a whole. work_rows: of a year's workload the first row of each place.
-- Ledger at the last date of the year, separately listed people apart: approved of the types with both figures; vacancy
-- added up over types, never netted; null = not said. ledger_rows: the rows they come from.
with
high as (
    select
        unit_id,
        office_id,
        year,
        saturation,
        saturation_with_external,
        low,
        high
    from mart.saturation_stored
    where post_id is null and month is null and saturation > 1.15 and band <> '待判'
),
worked as (
    select
        h.unit_id,
        h.office_id,
        h.year,
        list_sort(array_agg(w.first_row)) as work_rows
    from high as h
    inner join staging.workload_place as w
        on w.unit_id = h.unit_id and w.year = h.year and (h.office_id is null or w.office_id = h.office_id)
    group by h.unit_id, h.office_id, h.year
),
dated as (
    select s.*, h.year, max(s.snapshot_date) over (partition by s.office_id, h.year) as last_date
    from mart.staffing as s
    inner join high as h
        on h.unit_id = s.unit_id and h.office_id = s.office_id and h.year = year(s.snapshot_date)
    where not s.single_listed
),
said as (
    select
        s.unit_id, h.office_id, h.year, s.snapshot_date, s.approved, s.actual, s.vacancy, s.seconded_out, s.external,
        s.row_ids
    from mart.unit_staffing as s
    inner join high as h on h.unit_id = s.unit_id and h.year = s.year and h.office_id is null
    where s.of_year and not s.single_listed
    union all
    select
        unit_id, office_id, year, snapshot_date, approved, actual, vacancy, seconded_out, external,
        list_value(row_id) as row_ids
    from dated
    where snapshot_date = last_date
),
ledger as (
    select
        unit_id,
        office_id,
        year,
        max(snapshot_date) as snapshot_date,
        sum(approved) filter (where vacancy is not null) as approved,
        sum(actual) as actual,
        sum(vacancy) as vacancy,
        sum(seconded_out) as seconded_out,
        sum(external) as external,
        list_sort(list_distinct(flatten(array_agg(row_ids)))) as ledger_rows
    from said
    group by unit_id, office_id, year
)
select
    h.unit_id,
    h.office_id,
    h.year,
    concat(cast(h.year as varchar), coalesce(concat(' ', cast(h.office_id as varchar)), '')) as matter,
    coalesce(o.name, '全单位') as place,
    coalesce(o.name, 'the whole unit') as place_en,
    cast(cast(h.saturation as decimal(9, 2)) as varchar) as shown,
    concat(cast(cast(h.low as decimal(9, 2)) as varchar), '–', cast(cast(h.high as decimal(9, 2)) as varchar)) as interval_shown,
    h.saturation_with_external,
    w.work_rows,
    l.snapshot_date,
    l.approved,
    l.actual,
    l.vacancy,
    l.seconded_out,
    l.external,
    l.ledger_rows
from high as h
inner join worked as w
    on w.unit_id = h.unit_id and w.office_id is not distinct from h.office_id and w.year = h.year
left join ledger as l
    on l.unit_id = h.unit_id and l.office_id is not distinct from h.office_id and l.year = h.year
left join mart.office as o on o.office_id = h.office_id
