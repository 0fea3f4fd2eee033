-- One row per event of one unit: findings of one round or audit year, a grade, ranks of a year, a change of staffing
-- dated: its day is known; else it stands in the middle of its year. again: findings of a theme that an earlier finding,
-- said to be put right before, had already named.
with
finding as (
    select
        f.finding_id,
        f.row_id,
        f.source_family,
        f.year,
        f.found_date,
        f.staffing,
        f.put_right,
        f.done_date,
        coalesce(i.zh, a.zh, f.kind) as kind,
        coalesce(i.en, a.en, f.kind) as kind_en
    from seen.finding as f
    left join seen.choice as i on i.enumeration = 'inspection_kind' and i.value = f.kind and f.source_family = '巡视巡察'
    left join seen.choice as a on a.enumeration = 'audit_kind' and a.value = f.kind and f.source_family = '审计'
    where f.unit_id = $unit_id and not f.nil_return and f.year is not null
),
themed as (
    select f.finding_id, f.year, f.found_date, f.put_right, f.done_date, t.theme, n.name_zh, n.name_en
    from finding as f
    inner join seen.finding_theme as t on t.finding_id = f.finding_id
    inner join seen.theme as n on n.code = t.theme
),
recurred as (
    select l.finding_id, min(l.name_zh) as theme_zh, min(l.name_en) as theme_en
    from themed as l
    inner join themed as e
        on
            e.theme = l.theme
            and e.put_right
            and e.year < l.year
            and coalesce(e.done_date < coalesce(l.found_date, make_date(l.year, 12, 31)), true)
    group by l.finding_id
),
found as (
    select
        f.source_family as lane,
        coalesce(min(f.found_date), make_date(f.year, 7, 1)) as "at",
        bool_and(f.found_date is not null) as dated,
        f.year,
        count(*)::int as n,
        count(*) filter (where f.staffing)::int as staffing,
        count(r.finding_id)::int as again,
        mode(r.theme_zh) as theme_zh,
        mode(r.theme_en) as theme_en,
        string_agg(distinct f.kind, '、') as words,
        string_agg(distinct f.kind_en, ', ') as words_en,
        array_agg(distinct f.row_id) as row_ids,
        $unit_id::bigint as unit_id
    from finding as f
    left join recurred as r on r.finding_id = f.finding_id
    group by f.source_family, f.year, case when f.source_family = '巡视巡察' then f.found_date end
),
graded as (
    select
        '绩效考核' as lane, make_date(r.year, 7, 1) as "at", false as dated, r.year, 1 as n, 0 as staffing, 0 as again,
        null::varchar as theme_zh, null::varchar as theme_en, r.grade_raw as words, r.grade_raw as words_en,
        list_value(r.row_id) as row_ids,
        r.unit_id
    from seen.rating as r
    where r.unit_id = $unit_id and r.main
),
ranked as (
    select
        '行业排名', make_date(k.year, 7, 1), false, k.year, count(*)::int, 0, 0, null::varchar, null::varchar,
        string_agg(concat(k.rank, '/', k.field_n), '、' order by k.system, k.indicator, k.row_id),
        string_agg(concat(k.rank, '/', k.field_n), ', ' order by k.system, k.indicator, k.row_id),
        array_agg(distinct k.row_id),
        $unit_id::bigint
    from seen.ranking as k
    where k.unit_id = $unit_id and k.percentile is not null and k.year is not null
    group by k.year
),
changed as (
    select
        '编制变动', coalesce(c.change_date, c.effective_from), true, year(coalesce(c.change_date, c.effective_from)),
        count(*)::int, count(*)::int, 0, null::varchar, null::varchar,
        concat(
            any_value(coalesce(k.zh, c.kind)),
            case when sum(c.delta) > 0 then concat(' +', sum(c.delta)) when sum(c.delta) < 0 then concat(' ', sum(c.delta)) end
        ),
        concat(
            any_value(coalesce(k.en, c.kind)),
            case when sum(c.delta) > 0 then concat(' +', sum(c.delta)) when sum(c.delta) < 0 then concat(' ', sum(c.delta)) end
        ),
        array_agg(distinct c.row_id),
        $unit_id::bigint
    from seen.change as c
    left join seen.choice as k on k.enumeration = 'change_kind' and k.value = c.kind
    where c.unit_id = $unit_id and coalesce(c.change_date, c.effective_from) is not null
    group by c.doc_no, c.kind, coalesce(c.change_date, c.effective_from)
)
select * from found
union all
select * from graded
union all
select * from ranked
union all
select * from changed
order by lane, "at", words
