-- One row per year × source family that like units reported and this one did not
select
    null::bigint as row_id,
    c.family as source,
    concat(c.year, ' 年未报') as content,
    null::varchar as file,
    null::varchar as sheet,
    null::int as src_row,
    null::timestamp as loaded_at
from seen.coverage as c
where c.unit_id = $unit_id and c.state = 'missing' and ($first_year is null or c.year between $first_year and $last_year)
order by c.year, c.family
