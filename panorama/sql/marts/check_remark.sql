-- One row per finding of a check across files: what two statements say that do not agree. Warnings, never refusals.
-- rule, severity (error, warning), unit_id, office_id; period: year, ledger date or span; matter: staffing type, activity
-- as the rows write it (its code may stand in another unit's standard alone), scheme; measure: approved, actual, …; stated, found: the two values; row_ids: the rows behind
with
dated as (
    select
        unit_id,
        snapshot_date,
        estab_type,
        single_listed,
        approved,
        actual,
        row_ids,
        lag(snapshot_date) over (
            partition by unit_id, estab_type, single_listed order by snapshot_date
        ) as before_date,
        lag(approved) over (partition by unit_id, estab_type, single_listed order by snapshot_date) as before_approved,
        lag(actual) over (partition by unit_id, estab_type, single_listed order by snapshot_date) as before_actual
    from mart.unit_staffing
    where estab_type is not null
),
offices as (
    select
        unit_id,
        snapshot_date,
        estab_type,
        single_listed,
        sum(approved) as approved,
        sum(actual) as actual,
        list_sort(array_agg(row_id)) as row_ids
    from mart.staffing
    where office_id is not null
    group by unit_id, snapshot_date, estab_type, single_listed
),
whole as (
    select w.unit_id, w.snapshot_date, w.estab_type, w.approved, w.actual, o.approved as office_approved,
        o.actual as office_actual, list_concat(list_value(w.row_id), o.row_ids) as row_ids
    from mart.staffing as w
    inner join offices as o
        on
            o.unit_id = w.unit_id
            and o.snapshot_date = w.snapshot_date
            and o.estab_type is not distinct from w.estab_type
            and o.single_listed = w.single_listed
    where w.office_id is null
),
-- Where nobody has dropped changes at all, none can be missed.
any_change as (
    select count(*) as n from mart.change
),
spans as (
    select
        d.unit_id,
        d.estab_type,
        d.single_listed,
        d.before_date,
        d.snapshot_date,
        d.before_approved,
        d.approved,
        d.before_actual,
        d.actual,
        d.row_ids,
        sum(c.delta) as delta,
        count(c.row_id) as changes
    from dated as d
    left join mart.change as c
        on
            c.unit_id = d.unit_id
            and c.estab_type = d.estab_type
            and c.effective_from > d.before_date
            and c.effective_from <= d.snapshot_date
    where d.before_date is not null
    group by
        d.unit_id, d.estab_type, d.single_listed, d.before_date, d.snapshot_date, d.before_approved, d.approved,
        d.before_actual, d.actual, d.row_ids
),
overlapping as (
    select
        f.unit_id,
        f.office_id,
        f.post_id,
        w.year,
        w.activity_id,
        min(w.ref_id) as ref_id,
        sum(w.volume) filter (where w.counted) as stated,
        sum(w.volume) filter (where not w.counted) as found,
        list_sort(array_agg(w.row_id)) as row_ids
    from raw.winner as w
    inner join staging.leaf as f on f.leaf_id = w.leaf_id
    group by f.unit_id, f.office_id, f.post_id, w.year, w.activity_id
    having count(*) filter (where not w.counted) > 0
),
far as (
    select
        f.unit_id,
        f.office_id,
        r.year,
        r.activity_id,
        min(w.ref_id) as ref_id,
        max(r.std_hours) as stated,
        sum(r.hours) / sum(r.volume) as found,
        list_sort(array_agg(w.first_row_id)) as row_ids
    from staging.far_load as r
    inner join staging.leaf as f on f.leaf_id = r.leaf_id
    inner join staging.activity_load as w
        on w.leaf_id = r.leaf_id and w.activity_id = r.activity_id and w.year = r.year
    group by f.unit_id, f.office_id, r.year, r.activity_id
),
ungraded as (
    select unit_id, year, scheme, grade_raw, row_id
    from mart.rating
    where grade_raw is not null and grade_ord is null
),
establishment as (
    select unit_id, count(approved) as n
    from mart.staffing
    where estab_type in ('XZ', 'CG', 'SY')
    group by unit_id
),
bare as (
    select
        u.unit_id,
        u.row_id,
        r.short_name is null as no_short_name,
        u.level is null as no_level,
        coalesce(e.n, 0) = 0 as no_establishment
    from mart.unit as u
    inner join staging.unit as r on r.unit_id = u.unit_id
    left join establishment as e on e.unit_id = u.unit_id
    where not u.ended
),
every as (
    select
        'V-LED-2' as rule, 'warning' as severity, unit_id, cast(null as bigint) as office_id,
        cast(snapshot_date as varchar) as period, estab_type as matter, 'approved' as measure,
        cast(approved as double) as stated, cast(office_approved as double) as found, row_ids
    from whole
    where approved <> office_approved
    union all
    select
        'V-LED-2', 'warning', unit_id, cast(null as bigint), cast(snapshot_date as varchar), estab_type, 'actual',
        cast(actual as double), cast(office_actual as double), row_ids
    from whole
    where actual <> office_actual
    union all
    select
        'V-LED-3', 'warning', s.unit_id, cast(null as bigint),
        concat(cast(s.before_date as varchar), '/', cast(s.snapshot_date as varchar)), s.estab_type, 'approved',
        cast(s.approved - s.before_approved as double), cast(coalesce(s.delta, 0) as double), s.row_ids
    from spans as s
    cross join any_change as a
    where a.n > 0 and not s.single_listed and s.approved - s.before_approved <> coalesce(s.delta, 0)
    union all
    select
        'V-LED-5', 'warning', unit_id, cast(null as bigint),
        concat(cast(before_date as varchar), '/', cast(snapshot_date as varchar)), estab_type, 'actual',
        cast(before_actual as double), cast(actual as double), row_ids
    from spans
    where
        changes = 0
        and not single_listed
        and abs(actual - before_actual) > 5
        and abs(actual - before_actual) > 0.2 * before_actual
    union all
    select
        'V-LED-5', 'warning', unit_id, cast(null as bigint),
        concat(cast(before_date as varchar), '/', cast(snapshot_date as varchar)), estab_type, 'approved',
        cast(before_approved as double), cast(approved as double), row_ids
    from spans
    where
        changes = 0
        and not single_listed
        and abs(approved - before_approved) > 5
        and abs(approved - before_approved) > 0.2 * before_approved
    union all
    select
        'V-LED-6', 'warning', unit_id, cast(null as bigint),
        concat(cast(last_date as varchar), '/', cast(snapshot_date as varchar)), estab_type,
        case when approved is null then 'actual' else 'approved' end,
        cast(coalesce(approved, actual) as double), cast(null as double), row_ids
    from mart.missing_type
    where next
    union all
    select
        'V-WL-1', 'warning', unit_id, office_id, cast(year as varchar), activity_code, 'volume',
        cast(volume as double), cast(null as double), list_value(first_row_id)
    from mart.activity_gap
    union all
    select
        'V-WL-2', 'warning', o.unit_id, o.office_id, cast(o.year as varchar), a.ref, 'volume',
        cast(o.stated as double), cast(o.found as double), o.row_ids
    from overlapping as o
    inner join mart.activity_name as a on a.ref_id = o.ref_id
    union all
    select
        'V-WL-3', 'warning', f.unit_id, f.office_id, cast(f.year as varchar), a.ref, 'hours',
        cast(f.stated as double), cast(f.found as double), f.row_ids
    from far as f
    inner join mart.activity_name as a on a.ref_id = f.ref_id
    union all
    select
        'V-CAS', case when cas >= 1 then 'error' else 'warning' end, unit_id, office_id, period,
        cast(null as varchar), 'cas_share', cast(1 as double), cas, cast(null as bigint[])
    from mart.saturation_stored
    where month is null and cas >= 0.6 and post_id is null and office_id is not null
    union all
    select
        'V-ENUM', 'warning', unit_id, cast(null as bigint), cast(year as varchar),
        concat_ws(' ', scheme, grade_raw), 'grade', cast(null as double), cast(null as double), list_value(row_id)
    from ungraded
    union all
    select
        'V-B01', 'warning', unit_id, cast(null as bigint), cast(null as varchar), cast(null as varchar),
        'short_name', cast(null as double), cast(null as double), list_value(row_id)
    from bare
    where no_short_name
    union all
    select
        'V-B01', 'warning', unit_id, cast(null as bigint), cast(null as varchar), cast(null as varchar),
        'level', cast(null as double), cast(null as double), list_value(row_id)
    from bare
    where no_level
    union all
    select
        'V-B01', 'warning', unit_id, cast(null as bigint), cast(null as varchar), cast(null as varchar),
        'establishment', cast(null as double), cast(null as double), list_value(row_id)
    from bare
    where no_establishment
)
select rule, severity, unit_id, office_id, period, matter, measure, stated, found, row_ids
from every
