-- One row per record of one source family on one unit, of a span of years where it is given; of findings nil returns only
-- where there is nothing else
with
told as (
    select f.row_id, f.text, f.nil_return, f.year
    from seen.finding as f
    where
        f.unit_id = $unit_id
        and f.source_family = $family
        and ($first_year is null or f.year between $first_year and $last_year)
),
behind as (
    select t.row_id, coalesce(t.text, '零报告') as content, t.year
    from told as t
    where not t.nil_return or (select bool_and(nil_return) from told)
    union all
    select r.row_id, concat_ws(' ', r.scheme, r.year, r.grade_raw, r.score, case when r.percentile is not null then concat(r.rank, '/', r.field_n) end), r.year
    from seen.rating as r
    where r.unit_id = $unit_id and $family = '绩效考核' and ($first_year is null or r.year between $first_year and $last_year)
    union all
    select k.row_id, concat_ws(' ', k.system, k.indicator, k.period, case when k.percentile is not null then concat(k.rank, '/', k.field_n) end, k.tier_text), k.year
    from seen.ranking as k
    where k.unit_id = $unit_id and $family = '行业排名' and ($first_year is null or k.year between $first_year and $last_year)
    union all
    select s.row_id, concat_ws(
            ' ', s.snapshot_date, o.name,
            case when s.estab_type is not null then concat(c.zh, ' 核定 ', coalesce(s.approved::varchar, '未报'), ' 实有 ', coalesce(s.actual::varchar, '未报')) end,
            case when s.external is not null then concat('编外 ', s.external) end,
            case when s.mixed_post is not null then concat('混岗 ', s.mixed_post) end,
            case when s.seconded_out is not null then concat('借出 ', s.seconded_out) end,
            case when s.seconded_in is not null then concat('借入 ', s.seconded_in) end
        ), year(s.snapshot_date)
    from seen.staffing as s
    left join seen.office as o on o.office_id = s.office_id
    left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
    where s.unit_id = $unit_id and $family = '台账' and ($first_year is null or year(s.snapshot_date) between $first_year and $last_year)
    union all
    select l.row_id, concat_ws(' ', l.snapshot_date, o.name, l.scope, l.rank, '核定', coalesce(l.approved::varchar, '未报'), '实配', coalesce(l.actual::varchar, '未报')), year(l.snapshot_date)
    from seen.leader as l
    left join seen.office as o on o.office_id = l.office_id
    where l.unit_id = $unit_id and $family = '台账' and ($first_year is null or year(l.snapshot_date) between $first_year and $last_year)
    union all
    select g.row_id, concat_ws(' ', g.change_date, g.doc_no, g.kind, g.gist), year(g.change_date)
    from seen.change as g
    where g.unit_id = $unit_id and $family = '台账' and ($first_year is null or year(g.change_date) between $first_year and $last_year)
    union all
    select w.row_id, concat_ws(' ', w.period, o.name, w.activity, w.volume::double), w.year
    from seen.workload as w
    left join seen.office as o on o.office_id = w.office_id
    where w.unit_id = $unit_id and $family = '工作量' and ($first_year is null or w.year between $first_year and $last_year)
    union all
    -- Said in the ledger of issues: no file is behind it.
    select null, concat(n.given_on, ' 问题台账零报告，', n.first_year, '–', n.last_year, ' 轮次', case when n.of_unit_id <> n.unit_id then '，由上级单位作出' else '' end), n.last_year
    from seen.nil_return as n
    where n.unit_id = $unit_id and $family = '自评' and ($first_year is null or (n.first_year <= $last_year and n.last_year >= $first_year))
)
select b.row_id, $family as source, b.content, p.file, p.sheet, (b.row_id & 4294967295)::int as src_row, d.loaded_at
from behind as b
left join seen.part as p on p.part_id = b.row_id >> 32
left join seen.drop as d on d.drop_id = p.drop_id
where b.row_id is null or d.drop_id is not null
order by b.year desc nulls last, b.row_id
limit 2000
