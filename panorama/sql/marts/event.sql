-- One row per event of a unit: findings of one round or audit year, a grade, the ranks of a year, a change of staffing
-- dated: its day is known; else it stands in the middle of its year. again: findings of a theme that an earlier finding
-- of the unit had named and that was put right before (mart.recurrence); theme_zh, theme_en: the commonest of these themes.
-- words, words_en: kinds of inspection or audit, the grade, rank/field of each ranking, or kind and size of the change.
with
finding as (
    select
        f.finding_id,
        f.unit_id,
        f.row_id,
        f.source_family,
        f.year,
        f.found_date,
        f.staffing,
        coalesce(i.zh, a.zh, f.kind) as kind,
        coalesce(i.en, a.en, f.kind) as kind_en
    from mart.finding as f
    left join raw.choice as i on i.enumeration = 'inspection_kind' and i.value = f.kind and f.source_family = '巡视巡察'
    left join raw.choice as a on a.enumeration = 'audit_kind' and a.value = f.kind and f.source_family = '审计'
    where not f.nil_return and f.year is not null
),
recurred as (
    select r.record_id as finding_id, min(n.name_zh) as theme_zh, min(n.name_en) as theme_en
    from mart.recurrence as r
    inner join raw.theme as n on n.code = r.theme
    where r.claim = 'again'
    group by r.record_id
),
found as (
    select
        f.unit_id,
        f.source_family as lane,
        coalesce(min(f.found_date), make_date(f.year, 7, 1)) as day,
        bool_and(f.found_date is not null) as dated,
        f.year,
        count(*) as n,
        count(*) filter (where f.staffing) as staffing,
        count(r.finding_id) as again,
        mode(r.theme_zh) as theme_zh,
        mode(r.theme_en) as theme_en,
        string_agg(distinct f.kind, '、') as words,
        string_agg(distinct f.kind_en, ', ') as words_en,
        array_agg(distinct f.row_id) as row_ids
    from finding as f
    left join recurred as r on r.finding_id = f.finding_id
    group by f.unit_id, f.source_family, f.year, case when f.source_family = '巡视巡察' then f.found_date end
),
placed as (
    select unit_id, year, row_id, system, indicator, concat(rank, '/', field_n) as place
    from mart.ranking
    where percentile is not null and year is not null
),
changed as (
    select
        unit_id,
        doc_no,
        kind,
        coalesce(change_date, effective_from) as day,
        row_id,
        delta
    from mart.change
    where coalesce(change_date, effective_from) is not null
)
select *
from found
union all
select
    r.unit_id,
    '绩效考核' as lane,
    make_date(r.year, 7, 1) as day,
    false as dated,
    r.year,
    1 as n,
    0 as staffing,
    0 as again,
    cast(null as varchar) as theme_zh,
    cast(null as varchar) as theme_en,
    r.grade_raw as words,
    r.grade_raw as words_en,
    array_agg(r.row_id) as row_ids
from mart.rating as r
where r.main
group by r.unit_id, r.year, r.grade_raw
union all
select
    p.unit_id,
    '行业排名' as lane,
    make_date(p.year, 7, 1) as day,
    false as dated,
    p.year,
    count(*) as n,
    0 as staffing,
    0 as again,
    cast(null as varchar) as theme_zh,
    cast(null as varchar) as theme_en,
    string_agg(p.place, '、' order by p.system, p.indicator, p.row_id) as words,
    string_agg(p.place, ', ' order by p.system, p.indicator, p.row_id) as words_en,
    array_agg(distinct p.row_id) as row_ids
from placed as p
group by p.unit_id, p.year
union all
select
    c.unit_id,
    '编制变动' as lane,
    c.day,
    true as dated,
    cast(year(c.day) as int) as year,
    count(*) as n,
    count(*) as staffing,
    0 as again,
    cast(null as varchar) as theme_zh,
    cast(null as varchar) as theme_en,
    concat(
        any_value(coalesce(k.zh, c.kind)),
        case when sum(c.delta) > 0 then concat(' +', sum(c.delta)) when sum(c.delta) < 0 then concat(' ', sum(c.delta)) end
    ) as words,
    concat(
        any_value(coalesce(k.en, c.kind)),
        case when sum(c.delta) > 0 then concat(' +', sum(c.delta)) when sum(c.delta) < 0 then concat(' ', sum(c.delta)) end
    ) as words_en,
    array_agg(distinct c.row_id) as row_ids
from changed as c
left join raw.choice as k on k.enumeration = 'change_kind' and k.value = c.kind
group by c.unit_id, c.doc_no, c.kind, c.day
