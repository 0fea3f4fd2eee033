-- One row per unit × theme × year in which it was found again
-- id: X09
-- name: 一个来源说已整改完成，另一来源又发现同一主题 | One source says put right, another finds it again
-- compares: 状态为“已完成”并写有完成日期的问题，与其后 24 个月内另一类来源同一主题的新问题 | Findings put right with a date, with new findings of the same theme by another source family within the 24 months after
-- silent: 没有完成日期；新问题的时间不能确定在完成之后（审计只有年度，须晚于完成年度）；同一类来源再次发现（属屡查屡犯）；零报告 | No date of completion; a new finding that is not surely later (audits have only a year, which must be a later one); found again by the same family (that is recurrence); nil returns
-- question: 是同一问题没有改到位，还是新的问题？ | Was it never quite put right, or is it a new one?
-- themes: T01–T30
-- needs: D12, D13
with
themed as (
    select f.unit_id, t.theme, f.source_family, f.year, f.found_date, f.put_right, f.done_date, f.row_id
    from mart.finding as f
    inner join mart.finding_theme as t on t.finding_id = f.finding_id
    where not f.nil_return
),
pairs as (
    select l.unit_id, l.theme, l.year, l.row_id, e.row_id as before_row
    from themed as l
    inner join themed as e on e.unit_id = l.unit_id and e.theme = l.theme and e.put_right and e.done_date is not null
    where
        l.source_family <> e.source_family
        and (
            (l.found_date > e.done_date and l.found_date <= e.done_date + interval 24 month)
            or (l.found_date is null and l.year > year(e.done_date) and l.year <= year(e.done_date) + 2)
        )
),
again as (
    select
        unit_id,
        theme,
        year,
        min(before_row) as before_row,
        min(row_id) as row_id,
        list_sort(list_distinct(array_agg(before_row))) as before_rows,
        list_sort(list_distinct(array_agg(row_id))) as row_ids
    from pairs
    group by unit_id, theme, year
)
select
    a.unit_id,
    a.theme,
    a.year,
    concat(a.theme, ' ', cast(a.year as varchar)) as matter,
    e.source_family as left_family,
    cast(e.done_date as varchar) as left_at,
    concat('已完成整改：', e.text) as left_text,
    concat('Put right: ', e.text) as left_text_en,
    a.before_rows as left_rows,
    l.source_family as right_family,
    coalesce(cast(l.found_date as varchar), cast(l.year as varchar)) as right_at,
    concat('又发现：', l.text) as right_text,
    concat('Found again: ', l.text) as right_text_en,
    a.row_ids as right_rows
from again as a
inner join mart.finding as e on e.row_id = a.before_row and e.unit_id = a.unit_id
inner join mart.finding as l on l.row_id = a.row_id and l.unit_id = a.unit_id
