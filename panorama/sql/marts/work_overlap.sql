-- One row per leaf × activity × year told both by month and by quarter or year: which of the coarser ones there are
-- Bits 0 to 11 of `given` are the months, 12 to 15 the quarters, 16 the year as a whole.
select
    leaf_id,
    activity_id,
    year,
    given >= 65536 as by_year,
    list_filter(
        list_value(1, 2, 3, 4), lambda q: mod(cast(floor(given / power(2, 11 + q)) as int), 2) = 1
    ) as quarters
from raw.work
where given >= 4096 and given not in (4096, 8192, 16384, 32768, 65536)
