-- One row per drop: rows of its sheets that were read, accepted and refused
select
    p.drop_id,
    sum(p.rows_read)::bigint as rows_read,
    sum(p.rows_accepted)::bigint as rows_accepted,
    sum(p.rows_rejected)::bigint as rows_rejected
from seen.part as p
group by p.drop_id
