-- One row per record of one theme of one unit, as it was found, put right and found again
select
    e.row_id,
    e.family as source,
    e.year,
    coalesce(
        concat_ws(' · ', f.project, f.text, case when e.put_right then concat('已完成 ', coalesce(e.done_date::varchar, '日期未填')) end),
        e.family
    ) as content,
    p.file,
    p.sheet,
    (e.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.theme_record as e
left join seen.finding as f on f.finding_id = e.record_id
inner join seen.part as p on p.part_id = e.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where e.unit_id = $unit_id and e.theme = $theme
order by e.found_from, e.row_id
limit 2000
