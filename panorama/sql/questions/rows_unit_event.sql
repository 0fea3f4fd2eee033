-- One row per record of one unit that stands behind an event: finding, grade, rank or change of staffing
with
behind as (
    select f.row_id, f.source_family as source, concat_ws(' · ', f.text, f.state, f.done_date::varchar) as content
    from seen.finding as f
    where f.unit_id = $unit_id and not f.nil_return
    union all
    select r.row_id, '绩效考核', concat_ws(' ', r.scheme, r.year, r.grade_raw, r.score, case when r.percentile is not null then concat(r.rank, '/', r.field_n) end)
    from seen.rating as r
    where r.unit_id = $unit_id
    union all
    select k.row_id, '行业排名', concat_ws(' ', k.system, k.indicator, k.period, case when k.percentile is not null then concat(k.rank, '/', k.field_n) end, k.tier_text)
    from seen.ranking as k
    where k.unit_id = $unit_id
    union all
    select c.row_id, '编制变动', concat_ws(' ', c.doc_no, c.kind, t.zh, c.delta, c.gist)
    from seen.change as c
    left join seen.choice as t on t.enumeration = 'estab_type' and t.value = c.estab_type
    where c.unit_id = $unit_id
)
select b.row_id, b.source, b.content, p.file, p.sheet, (b.row_id & 4294967295)::int as src_row, d.loaded_at
from behind as b
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where list_contains($row_ids::bigint[], b.row_id)
order by b.row_id
limit 2000
