-- One row per text in which a source family says what is wrong in a unit: findings, and what a rating took points off for
-- statement_id: from the natural key, the same in every snapshot and after each import. text_id: of what is read, so that
-- words said a thousand times are judged once. read: the text after the kind of problem that the file gives it.
with
said as (
    select
        finding_id as statement_id,
        source_family,
        dataset,
        unit_id,
        year,
        category,
        text,
        themes,
        estab_related,
        row_id
    from staging.finding
    where not nil_return and text is not null
    union all
    select
        substring(
            md5(concat_ws('|', 'D14', cast(unit_id as varchar), scheme, cast(year as varchar))), 1, 16
        ) as statement_id,
        '绩效考核' as source_family,
        'performance_rating' as dataset,
        unit_id,
        year,
        cast(null as varchar) as category,
        deduct_items as text,
        cast(null as varchar[]) as themes,
        cast(null as varchar) as estab_related,
        row_id
    from staging.performance_rating
    where deduct_items is not null
),
heard as (
    select
        *,
        concat_ws('。', category, text) as read
    from said
)
-- Which number stands in a text changes no theme.
select
    *,
    md5(regexp_replace(read, '[0-9]+', '0', 'g')) as text_id
from heard
