-- One row per leaf × activity × year told both by month and by quarter or year: which of the coarser ones there are
-- Bits 0 to 11 of `given` are the months, 12 to 15 the quarters, 16 the year as a whole. Such a key was judged by row, so it is
-- one line; several quarters alone overlap with nothing, and may lie in several lines.
select
    leaf_id,
    activity_id,
    year,
    given >= 65536 as by_year,
    list_filter(
        list_value(1, 2, 3, 4), lambda q: mod(cast(floor(given / power(2, 11 + q)) as int), 2) = 1
    ) as quarters
from raw.work
where (given >= 4096 and mod(given, 4096) > 0) or (given >= 65536 and mod(given, 65536) > 0)
