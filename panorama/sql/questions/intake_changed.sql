-- One row per value that a drop changed: as it was and as it is, each with its file and row
select
    v.row_id,
    v.dataset,
    v.label,
    v.label_en,
    v.old,
    v.new,
    b.file as old_file,
    (v.before_row_id & 4294967295)::int as old_src_row,
    p.file,
    p.sheet,
    (v.row_id & 4294967295)::int as src_row,
    count(*) over () as in_all
from seen.diff_value as v
left join seen.part as p on p.part_id = v.row_id >> 32
left join seen.part as b on b.part_id = v.before_row_id >> 32
where v.drop_id = $drop_id
order by v.dataset, v.row_id, v.field
limit 5000
