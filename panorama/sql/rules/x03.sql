-- One row per unit × year
-- id: X03
-- name: 考核最优等次，同年有严重审计问题 | Best grade, and a serious audit finding of the same year
-- compares: 绩效考核的等次（最优一等），与同一年度审计中程度为“严重”的问题 | The performance grade (best of its scale), with audit findings of that year marked serious
-- silent: 没有等次，或等次不在已知等次表中；审计问题没有写程度 | No grade, or one outside the known scales; audit findings without a severity
-- question: 考核时是否知道这一审计问题，等次是否据此复核过？ | Did those who graded know of the audit finding, and was the grade looked at again?
-- themes: T28
-- needs: D14, D13
with
best as (
    select unit_id, year, min_by(scheme, row_id) as scheme, min_by(grade_raw, row_id) as grade, list_sort(array_agg(row_id)) as row_ids
    from mart.rating
    where grade_ord = 1
    group by unit_id, year
),
serious as (
    select unit_id, year, min_by(text, row_id) as text, count(*) as n, list_sort(array_agg(row_id)) as row_ids
    from mart.finding
    where source_family = '审计' and severity = '严重' and not nil_return
    group by unit_id, year
)
select
    b.unit_id,
    'T28' as theme,
    b.year,
    cast(b.year as varchar) as matter,
    '绩效考核' as left_family,
    cast(b.year as varchar) as left_at,
    concat(b.scheme, '：', b.grade) as left_text,
    concat(b.scheme, ': ', b.grade) as left_text_en,
    b.row_ids as left_rows,
    '审计' as right_family,
    cast(s.year as varchar) as right_at,
    concat('严重：', s.text, case when s.n > 1 then concat('（等 ', s.n, ' 条）') else '' end) as right_text,
    concat('Serious: ', s.text, case when s.n > 1 then concat(' (', s.n, ' findings)') else '' end) as right_text_en,
    s.row_ids as right_rows
from best as b
inner join serious as s on s.unit_id = b.unit_id and s.year = b.year
