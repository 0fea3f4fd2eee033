-- One row per unit × year
-- id: X02
-- name: 巡视巡察说混编混岗，台账记 0 人 | Inspection finds mixed posts, the ledger counts none
-- compares: 巡视巡察反馈的混编混岗问题，与同年末台账的混编混岗人数 | Findings of mixed posts, with the people on mixed posts in the ledger at that year's end
-- silent: 台账未填混编混岗人数（空白不是 0）；问题已整改完成 | The ledger leaves mixed posts empty (empty is not 0); the finding was put right
-- question: 巡视巡察指出混编混岗，台账为何记 0 人：是登记口径不同，还是没有登记？ | Inspection names mixed posts and the ledger counts none: another way of counting, or not recorded?
-- themes: T13
-- needs: D12, D5
with
found as (
    select f.unit_id, f.year, min_by(f.text, f.row_id) as text, count(*) as n, min_by(f.found_date, f.row_id) as day, list_sort(array_agg(f.row_id)) as row_ids
    from mart.finding as f
    inner join mart.finding_theme as t on t.finding_id = f.finding_id and t.theme = 'T13'
    where f.source_family = '巡视巡察' and not f.nil_return and not f.put_right
    group by f.unit_id, f.year
),
ledger as (
    select
        unit_id,
        year,
        max(snapshot_date) as day,
        sum(mixed_post) as mixed,
        list_sort(list_distinct(flatten(array_agg(row_ids)))) as row_ids
    from mart.unit_staffing
    where of_year and mixed_post is not null
    group by unit_id, year
)
select
    f.unit_id,
    'T13' as theme,
    f.year,
    cast(f.year as varchar) as matter,
    '巡视巡察' as left_family,
    coalesce(cast(f.day as varchar), cast(f.year as varchar)) as left_at,
    concat(f.text, case when f.n > 1 then concat('（等 ', f.n, ' 条）') else '' end) as left_text,
    concat(f.text, case when f.n > 1 then concat(' (', f.n, ' findings)') else '' end) as left_text_en,
    f.row_ids as left_rows,
    '台账' as right_family,
    cast(l.day as varchar) as right_at,
    '混编混岗 0 人' as right_text,
    'People on mixed posts: 0' as right_text_en,
    l.row_ids as right_rows
from found as f
inner join ledger as l on l.unit_id = f.unit_id and l.year = f.year
where l.mixed = 0
