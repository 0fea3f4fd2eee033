-- One row per unit × round × index: how it was scored out of 100, how much of it, and which ranks it may have among its kind
-- leaves: indicators scored at all; applicable, scored, missing, unscored, na: how many of them. weight: of those that apply.
-- score: points ÷ weight × 100; null while any that applies is missing or unscored: then low to high, from nought to full marks.
-- own, others: the unit's own and the counted score of 100, over the own_n indicators that have both.
-- compared: units ranked together over the common indicators; rank_low to rank_high hold in 90 % of 1,000 runs; tie_group: of units
-- that can not be told apart. next_unit_id: the next below; p_above_next; flip_*: the smallest change of one weight that brings both
-- level, as shares of all weights. For who sees all units.
with
added as (
    select
        unit_id,
        round_name,
        index_name,
        kind,
        min(version) filter (where not individual) as version,
        count(*) as leaves,
        count(*) filter (where state <> 'na') as applicable,
        count(*) filter (where state = 'scored') as scored,
        count(*) filter (where state = 'missing') as missing,
        count(*) filter (where state = 'unscored') as unscored,
        count(*) filter (where state = 'na') as na,
        count(*) filter (where individual) as individual,
        coalesce(sum(weight) filter (where state <> 'na'), 0) as weight,
        coalesce(sum(weight) filter (where state = 'na'), 0) as weight_na,
        coalesce(sum(weight) filter (where state = 'scored'), 0) as weight_scored,
        coalesce(cast(sum(cast(score as decimal(28, 10))) filter (where state = 'scored') as double), 0) as points,
        cast(sum(cast(own_score as decimal(28, 10))) filter (where state = 'scored' and own_score is not null) as double) as own_points,
        cast(sum(cast(score as decimal(28, 10))) filter (where state = 'scored' and own_score is not null) as double) as others_points,
        sum(weight) filter (where state = 'scored' and own_score is not null) as both_weight,
        count(*) filter (where state = 'scored' and own_score is not null) as own_n
    from mart.indicator_score
    group by unit_id, round_name, index_name, kind
)
select
    a.unit_id,
    a.round_name,
    a.index_name,
    a.kind,
    a.version,
    a.leaves,
    a.applicable,
    a.scored,
    a.missing,
    a.unscored,
    a.na,
    a.individual,
    a.weight,
    a.weight_na,
    a.weight_scored,
    a.points,
    case when a.scored = a.applicable and a.weight > 0 then a.points / a.weight * 100 end as score,
    case when a.scored > 0 and a.weight > 0 then a.points / a.weight * 100 end as low,
    case when a.scored > 0 and a.weight > 0 then (a.points + a.weight - a.weight_scored) / a.weight * 100 end as high,
    case when a.both_weight > 0 then a.own_points / a.both_weight * 100 end as own,
    case when a.both_weight > 0 then a.others_points / a.both_weight * 100 end as others,
    a.own_n,
    r.compared,
    r.rank_median,
    r.rank_low,
    r.rank_high,
    r.tie_group,
    r.next_unit_id,
    r.p_above_next,
    r.flip_code,
    r.flip_weight,
    r.flip_needed
from added as a
left join staging.index_rank as r
    on r.unit_id = a.unit_id and r.round_name = a.round_name and r.index_name = a.index_name
