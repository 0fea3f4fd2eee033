-- One row per place as workload writes it × year (× period, where its name means several units in that year)
select
    unit_ref,
    office_ref,
    post_ref,
    year,
    period,
    unit_id,
    office_id,
    post_id,
    leaf_id
from raw.meant
