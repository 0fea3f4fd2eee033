-- One row per unit × scheme × year of performance rating: the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        r.*
    from raw.performance_rating as r
    inner join raw.unit_name as n
        on n.dataset = 'performance_rating' and n.ref = r.unit_ref and n.day is not distinct from cast(r.year as varchar)
    where n.unit_id is not null
)
select
    unit_id,
    scheme,
    year,
    authority,
    category,
    cast(score as double) as score,
    cast(score_max as double) as score_max,
    cast(bonus as double) as bonus,
    cast(penalty as double) as penalty,
    trim(grade_raw) as grade_raw,
    grade_ord as grade_ord_filed,
    rank,
    field_n,
    deduct_items,
    quota,
    note,
    row_id
from resolved
qualify row_number() over (
    partition by unit_id, scheme, year
    order by drop_seq desc, part_id desc, src_row
) = 1
