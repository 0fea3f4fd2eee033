-- One row per unit × round × indicator that is scored: the score that counts, and the unit's own beside it
-- by_kind: whose score counts: 认定 (agreed), else 评估组, 系统, 互评, each the mean of its raters; a self score never does.
-- computed: the system's score is a formula's own (mart.system_score), there being none in a file; one that can not be worked out
-- is missing where nobody else spoke.
-- state: scored, na (does not apply: its weight goes to the others), missing, unscored (nobody but the unit itself spoke).
-- For who sees all units.
with
given as (
    select
        unit_id,
        round_name,
        ind_code,
        case when agreed then 1 when rater_kind = '评估组' then 2 when rater_kind = '系统' then 3 when rater_kind = '互评' then 4 else 5 end as tier,
        -- As decimals: floating numbers added up would differ in their last digits from one build to the next.
        cast(sum(cast(score as decimal(28, 10))) as double) / count(score) as score,
        count(score) as n,
        bool_and(na) as na,
        list_sort(array_agg(row_id)) as row_ids
    from mart.score
    where leaf
    group by unit_id, round_name, ind_code, tier
),
worked as (
    select s.unit_id, s.round_name, s.ind_code, case when s.score is not null then 3 else 6 end as tier, s.score
    from mart.system_score as s
    where s.dropped_n = 0
),
told as (
    select unit_id, round_name, ind_code, tier, score, n, na, row_ids, false as computed
    from given
    union all
    select unit_id, round_name, ind_code, tier, score, count(score) over (partition by unit_id, round_name, ind_code) as n, false as na, cast(null as bigint[]) as row_ids, true as computed
    from worked
),
counted as (
    select *
    from told
    -- The unit's own word counts for this alone: that an indicator which may not apply does not.
    where tier <> 5 or na
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
    case c.tier when 1 then '认定' when 2 then '评估组' when 3 then '系统' when 4 then '互评' when 5 then '自评' when 6 then '系统' end as by_kind,
    coalesce(c.n, 0) as raters,
    coalesce(c.computed, false) as computed,
    o.score as own_score,
    c.row_ids,
    i.row_id
from mart.unit_indicator as i
inner join mart.unit as u on u.unit_id = i.unit_id
left join counted as c on c.unit_id = i.unit_id and c.round_name = i.round_name and c.ind_code = i.ind_code
left join given as o on o.unit_id = i.unit_id and o.round_name = i.round_name and o.ind_code = i.ind_code and o.tier = 5
where i.leaf
