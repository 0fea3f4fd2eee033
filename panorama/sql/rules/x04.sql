-- One row per unit × year
-- id: X04
-- name: 考核排在前四分之一，行业排名在后四分之一 | Top quarter of the appraisal, bottom quarter of the rankings
-- compares: 绩效考核的位次百分位（≥ 75%），与同年各项行业排名百分位的中位数（≤ 25%） | Percentile of the performance rank (75 % or more), with the median percentile of that year's rankings (25 % or less)
-- silent: 名次或参评数缺一；“前列”之类的文字不是名次 | Rank or size of the field missing; words such as 前列 are no rank
-- question: 考核与行业排名为何一高一低：考核的内容不同，还是考核偏宽？ | Why does one stand high and the other low: other contents, or a lenient appraisal?
-- themes: T28
-- needs: D14, D15
with
rated as (
    select unit_id, year, scheme, rank, field_n, row_id
    from mart.rating
    where main and percentile >= 0.75
),
ranked as (
    select unit_id, year, median(percentile) as middle, count(*) as n, list_sort(array_agg(row_id)) as row_ids
    from mart.ranking
    where percentile is not null
    group by unit_id, year
)
select
    r.unit_id,
    'T28' as theme,
    r.year,
    cast(r.year as varchar) as matter,
    '绩效考核' as left_family,
    cast(r.year as varchar) as left_at,
    concat(r.scheme, '：第 ', r.rank, '/', r.field_n, ' 名') as left_text,
    concat(r.scheme, ': rank ', r.rank, ' of ', r.field_n) as left_text_en,
    list_value(r.row_id) as left_rows,
    '行业排名' as right_family,
    cast(k.year as varchar) as right_at,
    concat(k.n, ' 项排名，百分位中位数 ', cast(round(100 * k.middle, 0) as int), '%') as right_text,
    concat(k.n, ' rankings, median percentile ', cast(round(100 * k.middle, 0) as int), ' %') as right_text_en,
    k.row_ids as right_rows
from rated as r
inner join ranked as k on k.unit_id = r.unit_id and k.year = r.year
where k.middle <= 0.25
