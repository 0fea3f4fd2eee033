-- One row per unit × year × source family with a nil return
-- id: X20
-- name: 一类来源零报告，另一类来源有问题 | A nil return from one source, findings from another
-- compares: 巡视巡察或审计的零报告，与同一年度另一类来源发现的问题 | A nil return of inspection or audit, with findings of the other one in the same year
-- silent: 没有材料不是零报告；另一类来源当年没有记录 | No data is no nil return; the other source has nothing that year
-- question: 零报告时是否查过这一方面，还是另一类来源的问题在其后才出现？ | Did the nil return look at this, or did the other source's matter arise later?
-- themes: T01–T30
-- needs: D12, D13
with
nil as (
    select unit_id, year, source_family, max(found_date) as day, array_agg(row_id) as row_ids
    from mart.finding
    where nil_return
    group by unit_id, year, source_family
),
found as (
    select f.unit_id, f.year, f.source_family, count(*) as n, count(*) filter (where f.staffing) as staffing, min_by(f.text, f.row_id) as text, array_agg(f.row_id) as row_ids
    from mart.finding as f
    inner join nil as n on n.unit_id = f.unit_id and n.year = f.year and n.source_family <> f.source_family
    where not f.nil_return
    group by f.unit_id, f.year, f.source_family
),
-- The theme that most of these findings speak of; none where they speak of none.
named as (
    select f.unit_id, f.year, f.source_family, t.theme
    from mart.finding as f
    inner join found as x on x.unit_id = f.unit_id and x.year = f.year and x.source_family = f.source_family
    inner join mart.finding_theme as t on t.finding_id = f.finding_id
    group by f.unit_id, f.year, f.source_family, t.theme
    qualify row_number() over (partition by f.unit_id, f.year, f.source_family order by count(*) desc, t.theme) = 1
)
select
    n.unit_id,
    t.theme,
    n.year,
    concat(cast(n.year as varchar), ' ', n.source_family) as matter,
    n.source_family as left_family,
    coalesce(cast(n.day as varchar), cast(n.year as varchar)) as left_at,
    '零报告：没有发现问题' as left_text,
    'Nil return: no problem found' as left_text_en,
    n.row_ids as left_rows,
    f.source_family as right_family,
    cast(f.year as varchar) as right_at,
    concat(f.n, ' 个问题，涉编 ', f.staffing, ' 个；如：', f.text) as right_text,
    concat(f.n, ' findings, ', f.staffing, ' on staffing; such as: ', f.text) as right_text_en,
    f.row_ids as right_rows
from nil as n
inner join found as f on f.unit_id = n.unit_id and f.year = n.year and f.source_family <> n.source_family
left join named as t on t.unit_id = f.unit_id and t.year = f.year and t.source_family = f.source_family
