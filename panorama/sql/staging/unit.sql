-- One row per unit: the row of the register that is valid today, the newest of those dropped
with
resolved as (
    select
        n.unit_id,
        p.unit_id as parent_id,
        s.unit_id as successor_id,
        t.day as today,
        r.*
    from raw.unit as r
    inner join raw.unit_name as n
        on n.dataset = 'unit' and n.ref = coalesce(r.unit_code, r.uscc) and n.day is null
    left join raw.unit_name as p
        on p.dataset = 'unit' and p.ref = r.parent_ref and p.day is null
    left join raw.unit_name as s
        on s.dataset = 'unit' and s.ref = r.successor_ref and s.day is null
    cross join raw.today as t
    where n.unit_id is not null
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
    nullif(successor_id, unit_id) as successor_id,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id
    order by
        case when valid_from > today then 1 else 0 end,
        valid_from desc nulls last,
        drop_seq desc,
        part_id desc,
        src_row
) = 1
