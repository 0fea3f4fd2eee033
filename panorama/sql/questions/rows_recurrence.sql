-- One row per record of one theme of one unit, as it was found, put right and found again; without a theme: one per record
-- that is counted as found again, of one unit or all
with
again as (
    select r.record_id, r.theme, r.closed_on
    from seen.recurrence as r
    where r.claim = 'again'
)
select
    e.row_id,
    coalesce(u.short_name, u.name) as unit,
    e.family as source,
    e.year,
    concat_ws(
        ' · ',
        t.name_zh,
        f.project,
        f.text,
        case when e.put_right then concat('整改完成 ', coalesce(e.done_date::varchar, '日期未填')) end,
        case when a.record_id is not null then concat('此前整改完成 ', a.closed_on) end
    ) as content,
    p.file,
    p.sheet,
    (e.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.theme_record as e
inner join seen.unit as u on u.unit_id = e.unit_id
inner join seen.theme as t on t.code = e.theme
left join again as a on a.record_id = e.record_id and a.theme = e.theme
left join seen.finding as f on f.finding_id = e.record_id
left join seen.part as p on p.part_id = e.row_id >> 32
left join seen.drop as d on d.drop_id = p.drop_id
where ($unit_id is null or e.unit_id = $unit_id)
    and case when $theme is null then a.record_id is not null else e.theme = $theme end
order by e.unit_id, e.theme, e.found_from, e.row_id
limit 2000
