-- One row per unit × system × indicator × period × scope of ranking: the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        r.*
    from raw.industry_ranking as r
    inner join raw.unit_name as n
        on n.dataset = 'industry_ranking' and n.ref = r.unit_ref and n.day is not distinct from r.period
    where n.unit_id is not null
)
select
    unit_id,
    system,
    indicator,
    period,
    cast(substring(period, 1, 4) as int) as year,
    scope,
    rank,
    tie,
    field_n,
    cast(value as double) as value,
    value_unit,
    direction,
    tier_text,
    authority,
    doc_no,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id, system, indicator, period, scope
    order by drop_seq desc, part_id desc, src_row
) = 1
