-- One row per refused cell of one drop whose row was mended since: by which drop, who and when
select
    r.part_id,
    p.file,
    p.sheet,
    r.src_row,
    r."column",
    r.header,
    r.value,
    r.rule,
    by_part.drop_id as by_drop,
    (r.mended_by & 4294967295)::int as by_row,
    by_part.file as by_file,
    by_drop.loaded_by,
    by_drop.loaded_at
from seen.reject as r
inner join seen.part as p on p.part_id = r.part_id
inner join seen.part as by_part on by_part.part_id = r.mended_by >> 32
inner join seen.drop as by_drop on by_drop.drop_id = by_part.drop_id
where p.drop_id = $drop_id
order by p.file, p.sheet, r.src_row, r."column"
limit 5000
