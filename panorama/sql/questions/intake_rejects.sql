-- One row per refused cell of one drop (of one sheet, when part_id is given) whose row was not mended since
select
    r.part_id,
    p.file,
    p.sheet,
    r.src_row,
    r."column",
    r.header,
    r.value,
    r.rule,
    r.message,
    r.message_en,
    count(*) over () as in_all
from seen.reject as r
inner join seen.part as p on p.part_id = r.part_id
where p.drop_id = $drop_id and r.mended_by is null and ($part_id is null or r.part_id = $part_id)
order by p.file, p.sheet, r.src_row, r."column"
limit 5000
