-- One row per unit × year × what lines of work say of themselves (told: part:rows, one after the other): how many lines
-- Left out: lines of which some rows had to be judged one by one.
select
    f.unit_id,
    w.year,
    w.told,
    count(*) as lines
from raw.work as w
inner join staging.leaf as f on f.leaf_id = w.leaf_id
where w.told is not null
group by f.unit_id, w.year, w.told
