-- One row per sheet row behind one theme of one unit in the round or a span of years, of one source family when it is given
with
behind as (
    select distinct e.family, e.year, unnest(e.row_ids) as row_id
    from seen.evidence as e
    inner join seen.round as r
        on e.year between coalesce($first_year, r.first_year) and coalesce($last_year, r.last_year)
    where e.unit_id = $unit_id and e.theme = $theme and ($family is null or e.family = $family)
),
said as (
    select f.row_id, f.text as words from seen.finding as f where f.unit_id = $unit_id
    union all
    select r.row_id, concat_ws(' ', r.scheme, r.grade_raw, r.deduct_items) from seen.rating as r where r.unit_id = $unit_id
    union all
    select k.row_id, concat_ws(' ', k.system, k.indicator, concat(k.rank, '/', k.field_n)) from seen.ranking as k where k.unit_id = $unit_id
    union all
    select s.row_id, concat_ws(
            ' ', s.snapshot_date, o.name,
            case when s.estab_type is not null then concat(c.zh, ' 核定 ', coalesce(s.approved::varchar, '未报'), ' 实有 ', coalesce(s.actual::varchar, '未报')) end,
            case when s.mixed_post is not null then concat('混岗 ', s.mixed_post) end
        )
    from seen.staffing as s
    left join seen.office as o on o.office_id = s.office_id
    left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
    where s.unit_id = $unit_id
    union all
    select l.row_id, concat_ws(' ', l.snapshot_date, o.name, l.scope, l.rank, '核定', l.approved, '实配', l.actual)
    from seen.leader as l
    left join seen.office as o on o.office_id = l.office_id
    where l.unit_id = $unit_id
    union all
    select w.row_id, concat_ws(' ', w.period, o.name, w.activity, w.volume::double)
    from seen.workload as w
    left join seen.office as o on o.office_id = w.office_id
    where w.unit_id = $unit_id and w.row_id in (select row_id from behind)
)
select
    b.row_id,
    b.family as source,
    -- A wide sheet's row holds several records.
    coalesce(string_agg(distinct s.words, '；' order by s.words), concat(b.family, ' ', min(b.year))) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
left join said as s on s.row_id = b.row_id
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
group by b.row_id, b.family, p.file, p.sheet, d.loaded_at
order by source, b.row_id
limit 2000
