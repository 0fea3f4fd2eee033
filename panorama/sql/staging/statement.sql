-- One row per text in which a source family says something of a unit: findings, and what a rating took points off for
select finding_id as statement_id, source_family, unit_id, year, text, row_id
from staging.finding
where not nil_return and text is not null
union all
select
    concat('rating-', cast(row_id as varchar)) as statement_id,
    '绩效考核' as source_family,
    unit_id,
    year,
    deduct_items as text,
    row_id
from staging.performance_rating
where deduct_items is not null
