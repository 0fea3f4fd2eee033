-- One row per unit × system × indicator × period × scope of industry ranking
-- percentile: 1 − (rank − 0.5) ÷ field_n, 1 is best; null without both: 前列 and the like are text (tier_text), no rank
select
    unit_id,
    system,
    indicator,
    period,
    year,
    scope,
    rank,
    tie,
    field_n,
    case when rank between 1 and field_n then 1 - (rank - 0.5) / cast(field_n as double) end as percentile,
    value,
    value_unit,
    direction,
    tier_text,
    authority,
    doc_no,
    row_id
from staging.industry_ranking
