-- One row per text that is judged, whoever says it and how often
select
    text_id,
    min(read) as text
from staging.statement
group by text_id
