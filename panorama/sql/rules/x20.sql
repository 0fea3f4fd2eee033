-- One row per unit × nil return × source family that found something all the same
-- id: X20
-- name: 一类来源零报告，另一类来源有问题 | A nil return from one source, findings from another
-- compares: 巡视巡察或审计的零报告，与同一年度另一类来源发现的问题；问题台账的零报告，与同一轮次巡视巡察或审计发现的问题 | A nil return of inspection or audit, with findings of the other one in the same year; one in the ledger of issues, with findings of either in the same round
-- silent: 没有材料不是零报告；另一类来源没有记录；已撤回的零报告 | No data is no nil return; the other source has nothing; a nil return that was withdrawn
-- question: 零报告时是否查过这一方面，还是另一类来源的问题在其后才出现？ | Did the nil return look at this, or did the other source's matter arise later?
-- themes: T01–T30
-- needs: D12, D13
with
nil as (
    select
        unit_id, source_family as family, year as first_year, year as last_year,
        concat(cast(year as varchar), ' ', source_family) as matter,
        coalesce(cast(max(found_date) as varchar), cast(year as varchar)) as at,
        '零报告：没有发现问题' as text,
        'Nil return: no problem found' as text_en,
        list_sort(array_agg(row_id)) as row_ids
    from mart.finding
    where nil_return and year is not null
    group by unit_id, year, source_family
    union all
    select
        n.unit_id, '自评', n.first_year, n.last_year,
        concat(cast(n.first_year as varchar), '–', cast(n.last_year as varchar), ' 零报告'),
        cast(n.given_on as varchar),
        case
            when n.of_unit_id = n.unit_id then '零报告：本轮没有问题'
            else concat('上级单位', coalesce(u.short_name, u.name), '零报告：本单位及下属单位本轮没有问题')
        end,
        case
            when n.of_unit_id = n.unit_id then 'Nil return: no issue in this round'
            else concat('Nil return of ', coalesce(u.short_name, u.name), ' above it: no issue there or below in this round')
        end,
        cast([] as bigint[])
    from mart.nil_return as n
    inner join mart.unit as u on u.unit_id = n.of_unit_id
),
against as (
    select n.unit_id, n.matter, n.family as nil_family, f.source_family, f.year, f.staffing, f.text, f.finding_id, f.row_id
    from nil as n
    inner join mart.finding as f
        on f.unit_id = n.unit_id and f.year between n.first_year and n.last_year and f.source_family <> n.family
    where not f.nil_return
),
found as (
    select
        unit_id, matter, source_family, max(year) as year, min(year) as first_year, count(*) as n,
        count(*) filter (where staffing) as staffing, min_by(text, row_id) as text, list_sort(array_agg(row_id)) as row_ids
    from against
    group by unit_id, matter, source_family
),
-- The theme that most of these findings speak of; none where they speak of none.
named as (
    select a.unit_id, a.matter, a.source_family, t.theme
    from against as a
    inner join mart.finding_theme as t on t.finding_id = a.finding_id
    group by a.unit_id, a.matter, a.source_family, t.theme
    qualify row_number() over (partition by a.unit_id, a.matter, a.source_family order by count(*) desc, t.theme) = 1
)
select
    n.unit_id,
    t.theme,
    f.year,
    -- Of the ledger's nil return two families may have found something: each is a matter of its own.
    case when n.family = '自评' then concat(n.matter, ' ', f.source_family) else n.matter end as matter,
    n.family as left_family,
    n.at as left_at,
    n.text as left_text,
    n.text_en as left_text_en,
    n.row_ids as left_rows,
    f.source_family as right_family,
    case when f.first_year = f.year then cast(f.year as varchar) else concat(cast(f.first_year as varchar), '–', cast(f.year as varchar)) end as right_at,
    concat(f.n, ' 个问题，涉编 ', f.staffing, ' 个；如：', f.text) as right_text,
    concat(f.n, ' findings, ', f.staffing, ' on staffing; such as: ', f.text) as right_text_en,
    f.row_ids as right_rows
from nil as n
inner join found as f on f.unit_id = n.unit_id and f.matter = n.matter
left join named as t on t.unit_id = f.unit_id and t.matter = f.matter and t.source_family = f.source_family
