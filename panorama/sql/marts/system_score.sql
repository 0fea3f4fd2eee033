-- One row per unit × round × indicator that names a formula: what the formula makes of the marts, and what was dropped beside it
-- year: in the round's name, else the round's last. value ← top ÷ bottom, the inputs. direction, goal_lo, goal_hi: the indicator's
-- goalposts where it gives both, else the formula's; of a middle (适度) the points fall to nought over as much as lies between them.
-- score: weight × share of the way, null where `lacking` says why: year (nothing is known of that year), input, part, bound, none:
-- missing, never nought. dropped: the mean of 系统 scores in files, which counts where there is one; difference: it less the score.
-- For who sees all units.
with
-- One of a formula's: what was agreed on serves where nothing else was given.
of_rater as (
    select *
    from mart.score
    where rater_kind = '系统' and leaf
    qualify row_number() over (partition by unit_id, round_name, ind_code, rater order by agreed) = 1
),
dropped as (
    select unit_id, round_name, ind_code, avg(score) as score, count(*) as n
    from of_rater
    group by unit_id, round_name, ind_code
),
asked as (
    select
        i.unit_id, i.round_name, i.ind_code, i.name, i.index_name, i.version, i.weight,
        f.name as formula,
        coalesce(try_cast(nullif(regexp_extract(i.round_name, '.*(20[0-9][0-9])', 1), '') as int), r.last_year) as year,
        d.goal_lo is not null and d.goal_hi is not null as own_goals,
        case when d.goal_lo is not null and d.goal_hi is not null then coalesce(d.direction, f.direction) else f.direction end as direction,
        case when d.unit_of_value in ('%', '％', '百分比') then 100 else 1 end as per,
        d.goal_lo, d.goal_hi,
        f.low, f.high,
        i.row_id
    from mart.unit_indicator as i
    inner join mart.indicator as d on d.row_id = i.row_id
    inner join raw.formula as f on f.name = d.formula_ref
    left join mart.round as r on true
    where i.leaf
),
valued as (
    select
        a.unit_id, a.round_name, a.ind_code, a.name, a.index_name, a.version, a.weight, a.formula, a.year, a.direction,
        case when a.own_goals then a.goal_lo / a.per else a.low end as goal_lo,
        case when a.own_goals then a.goal_hi / a.per else a.high end as goal_hi,
        a.own_goals,
        v.top, v.bottom, v.value,
        case when v.unit_id is null then 'year' else v.lacking end as lacking,
        a.row_id
    from asked as a
    left join staging.formula_value as v on v.formula = a.formula and v.unit_id = a.unit_id and v.year = a.year
),
measured as (
    select
        v.*,
        case
            when v.value is null then null
            when v.direction = '适度' and v.value between v.goal_lo and v.goal_hi then 1
            -- Goalposts that are one point leave nothing between all and nothing.
            when v.goal_hi = v.goal_lo and v.direction = '正向' then case when v.value >= v.goal_hi then 1 else 0 end
            when v.goal_hi = v.goal_lo and v.direction = '逆向' then case when v.value <= v.goal_lo then 1 else 0 end
            when v.goal_hi = v.goal_lo then 0
            when v.direction = '正向' then (v.value - v.goal_lo) / (v.goal_hi - v.goal_lo)
            when v.direction = '逆向' then (v.goal_hi - v.value) / (v.goal_hi - v.goal_lo)
            when v.value < v.goal_lo then 1 - (v.goal_lo - v.value) / (v.goal_hi - v.goal_lo)
            else 1 - (v.value - v.goal_hi) / (v.goal_hi - v.goal_lo)
        end as way
    from valued as v
),
-- The greatest and least of nothing and something is something: what is missing is kept out of them.
pointed as (
    select *, case when way is not null then round(weight * greatest(0, least(1, way)), 2) end as score
    from measured
)
select
    m.unit_id,
    m.round_name,
    m.ind_code,
    m.name,
    m.index_name,
    m.version,
    m.weight,
    m.formula,
    m.year,
    m.direction,
    m.goal_lo,
    m.goal_hi,
    m.own_goals,
    m.top,
    m.bottom,
    m.value,
    m.score,
    m.lacking,
    d.score as dropped,
    coalesce(d.n, 0) as dropped_n,
    round(d.score - m.score, 2) as difference,
    m.row_id
from pointed as m
left join dropped as d on d.unit_id = m.unit_id and d.round_name = m.round_name and d.ind_code = m.ind_code
