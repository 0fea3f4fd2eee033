-- One row per row behind the effective close-out rate: matters watched for 24 months; those that came back first
with
matter as (
    select
        r.matter_id,
        r.unit_id,
        r.row_id,
        max(r.closed_on) as closed_on,
        bool_or(r.rebound) as rebound,
        min(r.again_from) as again_from
    from seen.rebound as r
    where r.watched and r.theme is not null and ($unit_id is null or r.unit_id = $unit_id)
    group by r.matter_id, r.unit_id, r.row_id
)
select
    m.row_id,
    coalesce(u.short_name, u.name) as unit,
    f.source_family as source,
    f.year,
    concat_ws(' · ', f.text, concat('完成 ', m.closed_on), case when m.rebound then concat('24 个月内再次出现：', m.again_from) end) as content,
    p.file,
    p.sheet,
    (m.row_id & 4294967295)::int as src_row,
    d.loaded_at
from matter as m
inner join seen.unit as u on u.unit_id = m.unit_id
inner join seen.finding as f on f.finding_id = m.matter_id
left join seen.part as p on p.part_id = m.row_id >> 32
left join seen.drop as d on d.drop_id = p.drop_id
order by m.rebound desc, m.closed_on, m.row_id
limit 2000
