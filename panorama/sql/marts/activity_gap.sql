-- One row per unit × office × post × activity × year whose volume has no unit time: listed, never zero work
-- activity_code: as the rows write it: its code may stand in another unit's standard alone
-- hours_actual: hours reported on it, null when none were. n: periods with volume. first_row_id: the first row behind
select
    f.unit_id,
    f.office_id,
    f.post_id,
    l.year,
    l.activity_id,
    a.ref as activity_code,
    cast(l.volume as decimal(18, 2)) as volume,
    cast(l.hours_untimed as decimal(18, 2)) as hours_actual,
    l.untimed as n,
    l.first_row_id
from staging.activity_load as l
inner join staging.leaf as f on f.leaf_id = l.leaf_id
inner join mart.activity_name as a on a.ref_id = l.ref_id
where l.untimed > 0
