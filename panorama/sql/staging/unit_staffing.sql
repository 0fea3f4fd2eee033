-- One row per unit × ledger date × staffing type × single_listed: the unit's figure
-- The whole-unit row is the unit's figure where there is one; else the sum over its offices. Never both: people beside
-- the types (external, seconded …) that the unit states on any row are not taken from its offices for another type.
with
whole as (
    select *
    from staging.staffing_ledger
    where office_id is null
),
-- What the unit states of itself, on whichever row, its offices' figures must not add to.
stated as (
    select
        unit_id,
        snapshot_date,
        count(external) as external,
        count(seconded_in) as seconded_in,
        count(seconded_out) as seconded_out,
        count(absent) as absent,
        count(mixed_post) as mixed_post,
        count(paid) as paid,
        count(reserved) as reserved
    from whole
    group by unit_id, snapshot_date
),
offices as (
    select
        unit_id,
        snapshot_date,
        estab_type,
        single_listed,
        cast(sum(approved) as bigint) as approved,
        cast(sum(actual) as bigint) as actual,
        cast(sum(external) as bigint) as external,
        cast(sum(seconded_in) as bigint) as seconded_in,
        cast(sum(seconded_out) as bigint) as seconded_out,
        cast(sum(absent) as bigint) as absent,
        cast(sum(mixed_post) as bigint) as mixed_post,
        cast(sum(paid) as bigint) as paid,
        cast(sum(reserved) as bigint) as reserved,
        list_sort(array_agg(row_id)) as row_ids
    from staging.staffing_ledger
    where office_id is not null
    group by unit_id, snapshot_date, estab_type, single_listed
)
select
    coalesce(w.unit_id, o.unit_id) as unit_id,
    coalesce(w.snapshot_date, o.snapshot_date) as snapshot_date,
    coalesce(w.estab_type, o.estab_type) as estab_type,
    coalesce(w.single_listed, o.single_listed) as single_listed,
    case when w.unit_id is not null then w.approved else o.approved end as approved,
    case when w.unit_id is not null then w.actual else o.actual end as actual,
    case when t.external > 0 then w.external else coalesce(w.external, o.external) end as external,
    case when t.seconded_in > 0 then w.seconded_in else coalesce(w.seconded_in, o.seconded_in) end as seconded_in,
    case when t.seconded_out > 0 then w.seconded_out else coalesce(w.seconded_out, o.seconded_out) end as seconded_out,
    case when t.absent > 0 then w.absent else coalesce(w.absent, o.absent) end as absent,
    case when t.mixed_post > 0 then w.mixed_post else coalesce(w.mixed_post, o.mixed_post) end as mixed_post,
    case when t.paid > 0 then w.paid else coalesce(w.paid, o.paid) end as paid,
    case when t.reserved > 0 then w.reserved else coalesce(w.reserved, o.reserved) end as reserved,
    case when w.unit_id is not null then 'unit' else 'offices' end as basis,
    case when w.unit_id is not null then list_value(w.row_id) else o.row_ids end as row_ids
from whole as w
full outer join offices as o
    on
        o.unit_id = w.unit_id
        and o.snapshot_date = w.snapshot_date
        and o.estab_type is not distinct from w.estab_type
        and o.single_listed = w.single_listed
left join stated as t
    on t.unit_id = coalesce(w.unit_id, o.unit_id) and t.snapshot_date = coalesce(w.snapshot_date, o.snapshot_date)
