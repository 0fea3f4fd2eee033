-- One row per unit × theme × source family × year: how many records speak of the theme, and which rows they are
-- Figures speak too: 台账 by excess (T10, or T11 where a finding names that), vacancy over 15 % (T12), mixed posts (T13),
-- leaders over number (T17) or rank (T18); 工作量 by saturation whose whole interval lies under 0.60 or over 1.15 in a
-- year of which all twelve months were reported (T26, T27), or an idle office beside a drowning one (T25); 绩效考核 and
-- 行业排名 by the worst grade or the last quarter of the field (T28), and by what points were taken off for.
with
told as (
    select unit_id, theme, source_family as family, year, row_id
    from mart.statement_theme
    where holds
),
named as (
    select
        unit_id,
        max(case when theme = 'T10' then 1 else 0 end) as t10,
        max(case when theme = 'T11' then 1 else 0 end) as t11
    from told
    group by unit_id
),
staff as (
    select
        s.unit_id,
        s.year,
        s.excess,
        s.mixed_post,
        sum(s.vacancy) over (partition by s.unit_id, s.year) as vacancy,
        -- Out of the types with both figures, as the vacancy rate is everywhere.
        sum(case when s.vacancy is not null then s.approved end) over (partition by s.unit_id, s.year) as approved,
        s.vacancy as own_vacancy,
        s.row_ids
    from mart.unit_staffing as s
    where s.of_year and not s.single_listed
),
ledger as (
    select s.unit_id, 'T10' as theme, s.year, s.row_ids
    from staff as s
    left join named as n on n.unit_id = s.unit_id
    where s.excess > 0 and (coalesce(n.t10, 0) = 1 or coalesce(n.t11, 0) = 0)
    union all
    select s.unit_id, 'T11' as theme, s.year, s.row_ids
    from staff as s
    inner join named as n on n.unit_id = s.unit_id
    where s.excess > 0 and n.t11 = 1
    union all
    select unit_id, 'T12' as theme, year, row_ids
    from staff
    where own_vacancy > 0 and vacancy > 0.15 * approved
    union all
    select unit_id, 'T13' as theme, year, row_ids
    from staff
    where mixed_post > 0
    union all
    select unit_id, 'T17' as theme, year, list_value(row_id) as row_ids
    from mart.leader
    where of_year and counted and excess > 0
    union all
    select unit_id, 'T18' as theme, year, list_value(row_id) as row_ids
    from mart.leader
    where of_year and grade_over > 0
),
-- A lower bound that reads low is 待判: it says nothing of idleness.
load as (
    select unit_id, case when high < 0.60 then 'T26' else 'T27' end as theme, year, office_id
    from staging.full_year
    where (high < 0.60 and band <> '待判') or low > 1.15
    union all
    select s.unit_id, 'T25' as theme, i.year, s.office_id
    from mart.imbalance as i
    inner join mart.saturation_stored as s on s.unit_id = i.unit_id and s.year = i.year and s.month is null
    where
        i.offices_idle > 0
        and i.offices_drowning > 0
        and s.office_id is not null
        and s.post_id is null
        and ((s.high < 0.80 and s.band <> '待判') or s.low > 1.15)
),
-- A year's workload is thousands of rows: of it the first of each place is listed.
workload as (
    select distinct l.unit_id, l.theme, l.year, w.first_row as row_id
    from load as l
    inner join staging.workload_place as w
        on w.unit_id = l.unit_id and w.year = l.year and (l.office_id is null or w.office_id = l.office_id)
),
worst as (
    select scheme, year, max(grade_ord) as worst
    from mart.rating
    group by scheme, year
    having max(grade_ord) >= 3
),
every as (
    select unit_id, theme, family, year, row_id from told
    union all
    select unit_id, theme, '台账' as family, year, unnest(row_ids) as row_id from ledger
    union all
    select unit_id, theme, '工作量' as family, year, row_id from workload
    union all
    select r.unit_id, 'T28' as theme, '绩效考核' as family, r.year, r.row_id
    from mart.rating as r
    left join worst as w on w.scheme = r.scheme and w.year = r.year
    where r.grade_ord = w.worst or r.percentile <= 0.25
    union all
    select unit_id, 'T28' as theme, '行业排名' as family, year, row_id
    from mart.ranking
    where percentile <= 0.25
),
-- A wide sheet's row speaks once, however many of its records do.
once as (
    select distinct unit_id, theme, family, year, row_id
    from every
)
select
    unit_id,
    theme,
    family,
    year,
    count(*) as n,
    list_sort(array_agg(row_id)) as row_ids
from once
group by unit_id, theme, family, year
