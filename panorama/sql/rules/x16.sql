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
        end as actual_whole
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
        case when paid_typed is not null then actual_typed else actual_whole end as actual
    from summed
),
apart as (
    select * from compared where paid <> actual
),
behind as (
    select
        a.unit_id,
        a.year,
        list_sort(list_distinct(flatten(array_agg(s.row_ids) filter (where s.paid is not null)))) as paid_rows,
        list_sort(list_distinct(flatten(array_agg(s.row_ids) filter (where s.actual is not null)))) as actual_rows
    from apart as a
    inner join mart.unit_staffing as s on s.unit_id = a.unit_id and s.year = a.year and s.of_year
    group by a.unit_id, a.year
)
select
    a.unit_id,
    case when a.paid > a.actual then 'T15' else 'T21' end as theme,
    a.year,
    cast(a.year as varchar) as matter,
    '台账' as left_family,
    cast(a.day as varchar) as left_at,
    concat('财政供养 ', a.paid, ' 人') as left_text,
    concat(a.paid, ' people on the payroll') as left_text_en,
    b.paid_rows as left_rows,
    '台账' as right_family,
    cast(a.day as varchar) as right_at,
    concat('实有 ', a.actual, ' 人，相差 ', abs(a.paid - a.actual), ' 人') as right_text,
    concat(a.actual, ' people in post, ', abs(a.paid - a.actual), ' apart') as right_text_en,
    b.actual_rows as right_rows
from apart as a
inner join behind as b on b.unit_id = a.unit_id and b.year = a.year
