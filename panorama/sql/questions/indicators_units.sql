-- One row per unit of one kind × index: how it was scored in a round and which ranks it may have
-- own: the unit looked at. strangers: scores of the round whose code no indicator of their unit bears, or that stand above the last level.
with
strange as (
    select unit_id, count(*) as strangers
    from seen.score
    where round_name = $round_name and not leaf
    group by unit_id
)
select
    s.unit_id,
    coalesce(u.short_name, u.name) as unit,
    coalesce(s.unit_id = $unit_id, false) as own,
    s.round_name,
    s.index_name,
    s.version,
    s.leaves,
    s.applicable,
    s.scored,
    s.missing,
    s.unscored,
    s.na,
    s.individual,
    s.weight,
    s.weight_na,
    s.weight_scored,
    s.points,
    s.score,
    s.low,
    s.high,
    s.own as own_score,
    s.others as others_score,
    s.own_n,
    s.compared,
    s.rank_median,
    s.rank_low,
    s.rank_high,
    s.tie_group,
    coalesce(n.short_name, n.name) as next_unit,
    s.p_above_next,
    s.flip_code,
    f.name as flip_name,
    s.flip_weight,
    s.flip_needed,
    coalesce(t.strangers, 0) as strangers
from seen.index_score as s
inner join seen.unit as u on u.unit_id = s.unit_id
left join seen.unit as n on n.unit_id = s.next_unit_id
left join seen.unit_indicator as f
    on f.unit_id = s.unit_id and f.round_name = s.round_name and f.ind_code = s.flip_code
left join strange as t on t.unit_id = s.unit_id
where s.round_name = $round_name and coalesce(s.kind, '其他') = $kind
order by s.index_name, s.rank_median nulls last, s.low desc nulls last, unit
