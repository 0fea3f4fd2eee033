-- One row per unit: the row of the register that is valid today, the newest of those dropped
-- successor_ids: units that took over, several after a split
with
resolved as (
    select
        n.unit_id,
        p.unit_id as parent_id,
        t.day as today,
        r.*
    from raw.unit as r
    inner join raw.unit_name as n
        on n.dataset = 'unit' and n.ref = coalesce(r.unit_code, r.uscc) and n.day is null
    left join raw.unit_name as p
        on p.dataset = 'unit' and p.ref = r.parent_ref and p.day is null
    cross join raw.today as t
    where n.unit_id is not null
),
taken_over as (
    select ref, array_agg(unit_id order by place) as unit_ids
    from raw.successor
    where unit_id is not null
    group by ref
)
select
    unit_id,
    unit_code,
    uscc,
    name,
    short_name,
    other_names,
    unit_kind,
    template_kind,
    admin_level,
    level,
    region,
    -- A unit that names itself as its parent has none.
    nullif(parent_id, unit_id) as parent_id,
    fund,
    welfare_class,
    sector,
    set_doc,
    set_date,
    duties_text,
    is_pilot,
    round_id,
    status,
    valid_from,
    end_date,
    t.unit_ids as successor_ids,
    row_id
from resolved
left join taken_over as t on t.ref = successor_ref
qualify row_number() over (
    partition by unit_id
    order by
        case when valid_from > today then 1 else 0 end,
        valid_from desc nulls last,
        drop_seq desc,
        part_id desc,
        src_row
) = 1
