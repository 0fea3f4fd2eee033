-- One row per asking: matters said to be closed, how many were watched for 24 months, and how many of these came back
select
    sum(c.closed)::bigint as closed,
    sum(c.undated)::bigint as undated,
    sum(c.unthemed)::bigint as unthemed,
    sum(c.censored)::bigint as censored,
    sum(c.watched)::bigint as watched,
    sum(c.rebounds)::bigint as rebounds,
    sum(c.perhaps)::bigint as perhaps,
    sum(c.unlooked)::bigint as unlooked,
    sum(c.early)::bigint as early,
    max(c.horizon) as horizon
from seen.close_out as c
where $unit_id is null or c.unit_id = $unit_id
having count(*) > 0
