-- One row per unit × theme × year in which it was found again
-- id: X09
-- name: 说已整改完成，同一主题又被发现 | Said to be put right, and found again
-- compares: 状态为“已完成”并写有完成日期的问题，与其后 24 个月内同一主题的新问题 | Findings put right with a date, with new findings of the same theme within the 24 months after
-- silent: 没有完成日期；新问题的时间不能确定在完成之后（审计只有年度，须晚于完成年度）；零报告 | No date of completion; a new finding that is not surely later (audits have only a year, which must be a later one); nil returns
-- question: 是同一问题没有改到位，还是新的问题？ | Was it never quite put right, or is it a new one?
-- themes: T01–T30
-- needs: D12, D13
with
themed as (
    select
        f.unit_id, t.theme, f.source_family, f.year, f.found_date, f.text, f.put_right, f.done_date, f.row_id
    from mart.finding as f
    inner join mart.finding_theme as t on t.finding_id = f.finding_id
    where not f.nil_return
),
pairs as (
    select
        l.unit_id,
        l.theme,
        l.year,
        l.source_family,
        l.found_date,
        l.text,
        l.row_id,
        e.source_family as before_family,
        e.done_date,
        e.text as before_text,
        e.row_id as before_row
    from themed as l
    inner join themed as e on e.unit_id = l.unit_id and e.theme = l.theme and e.put_right and e.done_date is not null
    where
        (l.found_date > e.done_date and l.found_date <= e.done_date + interval 24 month)
        or (l.found_date is null and l.year > year(e.done_date) and l.year <= year(e.done_date) + 2)
)
select
    unit_id,
    theme,
    year,
    concat(theme, ' ', cast(year as varchar)) as matter,
    min_by(before_family, before_row) as left_family,
    cast(min_by(done_date, before_row) as varchar) as left_at,
    concat('已完成整改：', min_by(before_text, before_row)) as left_text,
    concat('Put right: ', min_by(before_text, before_row)) as left_text_en,
    array_agg(distinct before_row) as left_rows,
    min_by(source_family, row_id) as right_family,
    coalesce(cast(min_by(found_date, row_id) as varchar), cast(year as varchar)) as right_at,
    concat('又发现：', min_by(text, row_id)) as right_text,
    concat('Found again: ', min_by(text, row_id)) as right_text_en,
    array_agg(distinct row_id) as right_rows
from pairs
group by unit_id, theme, year
