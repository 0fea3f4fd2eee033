-- One row per rater of a round: how severe, and how far all agree
select
    round_name,
    rater,
    registered,
    n,
    units,
    severity,
    low,
    high,
    lacking,
    alpha,
    items
from seen.rater
where round_name = $round_name
order by severity nulls last, rater
