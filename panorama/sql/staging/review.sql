-- One row per statement that a reviewer judged: the newest answer that is not withdrawn
select
    id as review_id,
    statement as statement_id,
    kind,
    themes,
    text,
    reason,
    decided_by,
    decided_at
from raw.theme_review
qualify row_number() over (partition by statement order by id desc) = 1
