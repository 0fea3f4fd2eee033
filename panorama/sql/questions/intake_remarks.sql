-- One row per warning or note on what one drop took in
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
from seen.remark as r
inner join seen.part as p on p.part_id = r.part_id
left join (select distinct part_id, src_row from seen.reject) as x on x.part_id = r.part_id and x.src_row = r.src_row
where p.drop_id = $drop_id and x.part_id is null
order by r.severity desc, p.file, p.sheet, r.src_row
limit 5000
