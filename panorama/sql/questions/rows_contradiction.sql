-- One row per sheet row behind the two statements of one contradiction; or of all on one theme that nobody has dismissed,
-- in the round or a span of years
with
odd as (
    select c.*
    from seen.contradiction as c
    where c.unit_id = $unit_id
        and case
            when $rule is not null then c.rule = $rule and c.matter = $matter
            else
                c.theme = $theme
                and c.verdict is distinct from 'dismissed'
                and case when $first_year is null then c.in_round else c.year between $first_year and $last_year end
        end
),
behind as (
    select distinct left_family as family, year, unnest(left_rows) as row_id from odd
    union
    select distinct right_family as family, year, unnest(right_rows) as row_id from odd
),
said as (
    select f.row_id, coalesce(f.text, '零报告') as words from seen.finding as f where f.unit_id = $unit_id
    union all
    select r.row_id, concat_ws(' ', r.scheme, r.grade_raw, r.score, concat(r.rank, '/', r.field_n))
    from seen.rating as r
    where r.unit_id = $unit_id
    union all
    select k.row_id, concat_ws(' ', k.system, k.indicator, concat(k.rank, '/', k.field_n))
    from seen.ranking as k
    where k.unit_id = $unit_id
    union all
    select s.row_id, concat_ws(
            ' ', s.snapshot_date, o.name,
            case when s.estab_type is not null then concat(c.zh, ' 核定 ', coalesce(s.approved::varchar, '未报'), ' 实有 ', coalesce(s.actual::varchar, '未报')) end,
            case when s.external is not null then concat('编外 ', s.external) end,
            case when s.mixed_post is not null then concat('混岗 ', s.mixed_post) end,
            case when s.seconded_out is not null then concat('借出 ', s.seconded_out) end,
            case when s.paid is not null then concat('财政供养 ', s.paid) end
        )
    from seen.staffing as s
    left join seen.office as o on o.office_id = s.office_id
    left join seen.choice as c on c.enumeration = 'estab_type' and c.value = s.estab_type
    where s.unit_id = $unit_id
    union all
    select s.row_id, concat_ws(' ', s.round_name, s.ind_code, s.rater_kind, s.rater, s.score)
    from seen.score as s
    where s.unit_id = $unit_id
    union all
    select w.row_id, concat_ws(' ', w.period, o.name, w.activity, w.volume::double)
    from seen.workload as w
    left join seen.office as o on o.office_id = w.office_id
    where w.unit_id = $unit_id and w.row_id in (select row_id from behind)
)
select
    b.row_id,
    b.family as source,
    b.year,
    -- A wide sheet's row holds several records.
    coalesce(string_agg(distinct s.words, '；' order by s.words), concat(b.family, ' ', b.year)) as content,
    coalesce(p.file, '页面录入') as file,
    coalesce(p.sheet, concat(e.decided_by, ' 录入')) as sheet,
    case when b.row_id > 0 then (b.row_id & 4294967295)::int end as src_row,
    coalesce(d.loaded_at, e.decided_at) as loaded_at
from behind as b
left join said as s on s.row_id = b.row_id
left join seen.part as p on p.part_id = b.row_id >> 32
left join seen.drop as d on d.drop_id = p.drop_id
left join seen.score_entry as e on e.row_id = b.row_id
where d.drop_id is not null or e.row_id is not null
group by b.row_id, b.family, b.year, p.file, p.sheet, d.loaded_at, e.decided_by, e.decided_at
order by source, b.row_id
limit 2000
