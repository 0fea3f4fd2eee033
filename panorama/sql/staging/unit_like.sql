-- One row per unit: the kind and level of those that it is like
select
    unit_id,
    coalesce(template_kind, unit_kind) as kind,
    level
from mart.unit
