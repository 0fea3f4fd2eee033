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
    select r.record_id as finding_id, min(r.theme) as theme
    from mart.recurrence as r
    where r.claim = 'again'
    group by r.record_id
),
gathered as (
    select
        f.*,
        r.theme,
        count(r.theme) over (
            partition by f.unit_id, f.source_family, f.year, case when f.source_family = '巡视巡察' then f.found_date end, r.theme
        ) as alike
    from finding as f
    left join recurred as r on r.finding_id = f.finding_id
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
        count(f.theme) as again,
        -- Of equally common ones the first by code: the same files say the same each time.
        min_by(f.theme, struct_pack(fewer := -f.alike, code := f.theme)) as theme,
        string_agg(distinct f.kind, '、' order by f.kind) as words,
        string_agg(distinct f.kind_en, ', ' order by f.kind_en) as words_en,
        list_sort(array_agg(distinct f.row_id)) as row_ids
    from gathered as f
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
select
    f.unit_id,
    f.lane,
    f.day,
    f.dated,
    f.year,
    f.n,
    f.staffing,
    f.again,
    t.name_zh as theme_zh,
    t.name_en as theme_en,
    f.words,
    f.words_en,
    f.row_ids
from found as f
left join raw.theme as t on t.code = f.theme
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
    list_sort(array_agg(r.row_id)) as row_ids
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
    list_sort(array_agg(distinct p.row_id)) as row_ids
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
        min(coalesce(k.zh, c.kind)),
        case when sum(c.delta) > 0 then concat(' +', sum(c.delta)) when sum(c.delta) < 0 then concat(' ', sum(c.delta)) end
    ) as words,
    concat(
        min(coalesce(k.en, c.kind)),
        case when sum(c.delta) > 0 then concat(' +', sum(c.delta)) when sum(c.delta) < 0 then concat(' ', sum(c.delta)) end
    ) as words_en,
    list_sort(array_agg(distinct c.row_id)) as row_ids
from changed as c
left join raw.choice as k on k.enumeration = 'change_kind' and k.value = c.kind
group by c.unit_id, c.doc_no, c.kind, c.day
