-- One row per unit × scheme × year of performance rating
-- grade_raw: as written. grade_ord: 1 best, by a table of known scales; the scale of a scheme and year is the one that
-- knows most of its words; a word outside it has the order the file gives, or none (V-ENUM). percentile: 1 − (rank − 0.5) ÷ field_n; null without
-- both. main: the scheme that rated most units that year, whose row stands in unit_year.
with
scales as (
    select v.scale, v.word, v.ord
    from (
        values
            ('01', '优秀', 1), ('01', '良好', 2), ('01', '一般', 3), ('01', '较差', 4),
            ('02', '优秀', 1), ('02', '良好', 2), ('02', '合格', 3), ('02', '不合格', 4),
            ('03', '优秀', 1), ('03', '称职', 2), ('03', '基本称职', 3), ('03', '不称职', 4),
            ('04', '优秀', 1), ('04', '合格', 2), ('04', '基本合格', 3), ('04', '不合格', 4),
            ('05', '好', 1), ('05', '较好', 2), ('05', '一般', 3), ('05', '差', 4),
            ('06', '好', 1), ('06', '较好', 2), ('06', '一般', 3), ('06', '较差', 4),
            ('07', '优', 1), ('07', '良', 2), ('07', '中', 3), ('07', '差', 4),
            ('08', 'A', 1), ('08', 'B', 2), ('08', 'C', 3), ('08', 'D', 4),
            ('09', '一等', 1), ('09', '二等', 2), ('09', '三等', 3), ('09', '四等', 4),
            ('10', '优秀', 1), ('10', '良好', 2), ('10', '达标', 3), ('10', '不达标', 4),
            ('11', '优秀', 1), ('11', '良好', 2), ('11', '中等', 3), ('11', '较差', 4),
            ('12', '优秀', 1), ('12', '良好', 2), ('12', '一般', 3), ('12', '差', 4)
    ) as v (scale, word, ord)
),
used as (
    select distinct scheme, year, upper(regexp_replace(grade_raw, '(等次|等级|档|级|类)$', '')) as word
    from staging.performance_rating
    where grade_raw is not null
),
chosen as (
    select u.scheme, u.year, s.scale
    from used as u
    inner join scales as s on s.word = u.word
    group by u.scheme, u.year, s.scale
    qualify row_number() over (partition by u.scheme, u.year order by count(*) desc, s.scale) = 1
),
field as (
    select scheme, year, count(*) as units
    from staging.performance_rating
    group by scheme, year
),
graded as (
    select
        r.*,
        coalesce(s.ord, r.grade_ord_filed) as grade_ord,
        f.units
    from staging.performance_rating as r
    inner join field as f on f.scheme = r.scheme and f.year = r.year
    left join chosen as c on c.scheme = r.scheme and c.year = r.year
    left join scales as s
        on s.scale = c.scale and s.word = upper(regexp_replace(r.grade_raw, '(等次|等级|档|级|类)$', ''))
)
select
    unit_id,
    scheme,
    year,
    authority,
    category,
    score,
    score_max,
    bonus,
    penalty,
    grade_raw,
    grade_ord,
    rank,
    field_n,
    case when rank between 1 and field_n then 1 - (rank - 0.5) / cast(field_n as double) end as percentile,
    deduct_items,
    quota,
    note,
    row_number() over (partition by unit_id, year order by units desc, scheme) = 1 as main,
    row_id
from graded
