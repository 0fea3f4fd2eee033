-- One row per matter said to be closed × theme: whether an outside source named the theme again within 24 months (反弹)
-- rebound: named after the day of closing and before 24 months were over. perhaps: a record of which that cannot be told,
-- for it is dated by year only. watched: 24 months have passed up to the horizon, the end of the last year of which outside
-- sources speak, or today. looks: outside sources that spoke of the unit in the two calendar years after the closing; with
-- none, "no rebound" says little. theme null: it cannot be followed. closed_on null: the day is not told.
with
horizon as (
    select least(max(make_date(year, 12, 31)), max(d.day)) as day
    from staging.family_row
    cross join raw.today as d
    where family in ('巡视巡察', '审计', '绩效考核', '行业排名')
),
named as (
    select
        c.matter_id,
        c.theme,
        count(*) filter (where r.found_from > c.closed_on and r.found_to <= c.closed_on + interval 24 month) as certain,
        count(*) as possible,
        min(r.found_from) filter (
            where r.found_from > c.closed_on and r.found_to <= c.closed_on + interval 24 month
        ) as again_from,
        list_sort(array_agg(distinct r.row_id)) as row_ids
    from staging.closed_matter as c
    inner join mart.theme_record as r
        on
            r.unit_id = c.unit_id
            and r.theme = c.theme
            and r.record_id <> c.matter_id
            and not (r.family = c.family and coalesce(r.round = c.round, false))
            and r.found_to > c.closed_on
            and r.found_from <= c.closed_on + interval 24 month
            and coalesce(r.about_to > c.closed_on, true)
    group by c.matter_id, c.theme
),
looked as (
    select c.matter_id, count(distinct concat(r.family, cast(r.year as varchar))) as looks
    from (select distinct matter_id, unit_id, closed_on from staging.closed_matter) as c
    inner join staging.family_row as r
        on
            r.unit_id = c.unit_id
            and r.family in ('巡视巡察', '审计', '绩效考核', '行业排名')
            and r.year > year(c.closed_on)
            and r.year <= year(c.closed_on) + 2
    group by c.matter_id
)
select
    c.matter_id,
    c.origin,
    c.unit_id,
    c.theme,
    c.family,
    c.year,
    c.closed_on,
    coalesce(cast(c.closed_on + interval 24 month as date) <= h.day, false) as watched,
    coalesce(n.certain, 0) > 0 as rebound,
    coalesce(n.certain, 0) = 0 and coalesce(n.possible, 0) > 0 as perhaps,
    n.again_from,
    coalesce(k.looks, 0) as looks,
    h.day as horizon,
    c.row_id,
    n.row_ids
from staging.closed_matter as c
cross join horizon as h
left join named as n on n.matter_id = c.matter_id and n.theme = c.theme
left join looked as k on k.matter_id = c.matter_id
