-- One row per unit × round × indicator that is scored: the score that counts, and the unit's own beside it
-- by_kind: whose score counts: 认定 (agreed), else 评估组, 系统, 互评, each the mean of its raters; a self score never does.
-- state: scored, na (does not apply: its weight goes to the others), missing, unscored (nobody but the unit itself spoke).
-- For who sees all units.
with
given as (
    select
        unit_id,
        round_name,
        ind_code,
        case when agreed then 1 when rater_kind = '评估组' then 2 when rater_kind = '系统' then 3 when rater_kind = '互评' then 4 else 5 end as tier,
        avg(score) as score,
        count(score) as n,
        bool_and(na) as na,
        array_agg(row_id) as row_ids
    from mart.score
    where leaf
    group by unit_id, round_name, ind_code, tier
),
counted as (
    select *
    from given
    -- The unit's own word counts for this alone: that an indicator which may not apply does not.
    where tier < 5 or na
    qualify row_number() over (partition by unit_id, round_name, ind_code order by tier) = 1
)
select
    i.unit_id,
    i.round_name,
    i.ind_code,
    i.name,
    i.index_name,
    u.template_kind as kind,
    i.version,
    i.individual,
    i.weight,
    case when c.tier is null then 'unscored' when c.n > 0 then 'scored' when c.na then 'na' else 'missing' end as state,
    c.score,
    case c.tier when 1 then '认定' when 2 then '评估组' when 3 then '系统' when 4 then '互评' when 5 then '自评' end as by_kind,
    coalesce(c.n, 0) as raters,
    o.score as own_score,
    c.row_ids,
    i.row_id
from mart.unit_indicator as i
inner join mart.unit as u on u.unit_id = i.unit_id
left join counted as c on c.unit_id = i.unit_id and c.round_name = i.round_name and c.ind_code = i.ind_code
left join given as o on o.unit_id = i.unit_id and o.round_name = i.round_name and o.ind_code = i.ind_code and o.tier = 5
where i.leaf
