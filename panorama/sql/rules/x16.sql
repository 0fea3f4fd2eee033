-- One row per unit × year
-- id: X16
-- name: 财政供养人数与实有人数不符 | People paid and people in post differ
-- compares: 同一台账同一日期的财政供养人数，与实有人数（两项都填了的编制类型；只有一行总数的，与各类型实有之和，含单列） | People on the payroll and people in post at one ledger date (types with both figures; a single total against all types, separately listed people included)
-- silent: 财政供养人数未填；以总数比较时有一类实有未报 | Payroll not filled in; for a single total, actual missing for any type
-- question: 多出或少了的人是谁：待核减、待入编，还是登记有误？ | Who are the people too many or too few: still to be taken off, still to be entered, or misrecorded?
-- themes: T15, T21
-- needs: D5
with
summed as (
    select
        unit_id,
        year,
        max(snapshot_date) as day,
        sum(paid) filter (where estab_type is not null and actual is not null) as paid_typed,
        sum(actual) filter (where estab_type is not null and paid is not null) as actual_typed,
        sum(paid) filter (where estab_type is null) as paid_whole,
        case
            when count(*) filter (where estab_type is not null) = count(actual) filter (where estab_type is not null)
                then sum(actual)
        end as actual_whole,
        list_distinct(flatten(array_agg(row_ids) filter (where paid is not null))) as paid_rows,
        list_distinct(flatten(array_agg(row_ids) filter (where actual is not null))) as actual_rows
    from mart.unit_staffing
    where of_year
    group by unit_id, year
),
compared as (
    select
        unit_id,
        year,
        day,
        coalesce(paid_typed, paid_whole) as paid,
        case when paid_typed is not null then actual_typed else actual_whole end as actual,
        paid_rows,
        actual_rows
    from summed
)
select
    unit_id,
    case when paid > actual then 'T15' else 'T21' end as theme,
    year,
    cast(year as varchar) as matter,
    '台账' as left_family,
    cast(day as varchar) as left_at,
    concat('财政供养 ', paid, ' 人') as left_text,
    concat(paid, ' people on the payroll') as left_text_en,
    paid_rows as left_rows,
    '台账' as right_family,
    cast(day as varchar) as right_at,
    concat('实有 ', actual, ' 人，相差 ', abs(paid - actual), ' 人') as right_text,
    concat(actual, ' people in post, ', abs(paid - actual), ' apart') as right_text_en,
    actual_rows as right_rows
from compared
where paid <> actual
