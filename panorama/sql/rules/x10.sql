-- One row per unit × round × indicator
-- id: X10
-- name: 自评分明显高于评估组评分 | Own score far above the group's
-- compares: 同一指标的自评分与评估组评分（各评估员的平均），相差超过满分的 15% | Own score of an indicator, and the mean of the evaluation team's, more than 15 % of its maximum apart
-- silent: 任一方没有评分，或不适用；不知道满分 | One of them did not score, or not applicable; the maximum is not known
-- question: 自评依据了哪些评估组没有看到的材料？ | On what did the unit score that the group did not see?
-- themes: T21
-- needs: D20, D21
-- beside: others
with
-- What a rater gave; what was agreed on with him serves where he gave nothing else.
of_rater as (
    select *
    from mart.score
    where rater_kind in ('自评', '评估组') and score is not null
    qualify row_number() over (partition by unit_id, round_name, ind_code, rater_kind, rater order by agreed) = 1
),
given as (
    select
        unit_id,
        round_name,
        ind_code,
        case when rater_kind = '自评' then 'own' else 'team' end as side,
        avg(score) as score,
        count(*) as n,
        list_sort(array_agg(row_id)) as row_ids
    from of_rater
    group by unit_id, round_name, ind_code, side
)
select
    o.unit_id,
    'T21' as theme,
    coalesce(try_cast(nullif(regexp_extract(o.round_name, '(20[0-9][0-9])', 1), '') as int), r.last_year) as year,
    concat('T21 ', o.round_name, ' ', o.ind_code) as matter,
    '自评' as left_family,
    o.round_name as left_at,
    concat(w.name, '：自评 ', cast(cast(o.score as decimal(9, 1)) as varchar), ' 分，满分 ', cast(cast(w.weight as decimal(9, 1)) as varchar)) as left_text,
    concat(w.name, ': own score ', cast(cast(o.score as decimal(9, 1)) as varchar), ' of ', cast(cast(w.weight as decimal(9, 1)) as varchar)) as left_text_en,
    o.row_ids as left_rows,
    '评估组' as right_family,
    t.round_name as right_at,
    concat('评估组 ', t.n, ' 人平均 ', cast(cast(t.score as decimal(9, 1)) as varchar), ' 分') as right_text,
    concat('evaluation team, mean of ', t.n, ': ', cast(cast(t.score as decimal(9, 1)) as varchar)) as right_text_en,
    t.row_ids as right_rows
from given as o
inner join given as t
    on t.unit_id = o.unit_id and t.round_name = o.round_name and t.ind_code = o.ind_code and t.side = 'team'
inner join mart.unit_indicator as w on w.unit_id = o.unit_id and w.round_name = o.round_name and w.ind_code = o.ind_code
cross join mart.round as r
where o.side = 'own' and round(o.score - t.score, 9) > round(0.15 * w.weight, 9)
