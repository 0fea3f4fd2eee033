-- One row per unit of one kind × indicator of a round: what two of the units, one_id and other_id, are compared over
select
    s.unit_id,
    coalesce(u.short_name, u.name) as unit,
    s.unit_id = $one_id as is_one,
    s.unit_id = $other_id as is_other,
    s.round_name,
    s.index_name,
    s.ind_code,
    s.name,
    s.version,
    s.individual,
    s.weight,
    s.state,
    s.score,
    i.points,
    i.weight as weight_all,
    i.score as score_all,
    i.low,
    i.high,
    i.scored,
    i.applicable,
    i.rank_low,
    i.rank_high,
    i.compared
from seen.indicator_score as s
inner join seen.unit as u on u.unit_id = s.unit_id
inner join seen.index_score as i
    on i.unit_id = s.unit_id and i.round_name = s.round_name and i.index_name = s.index_name
where s.round_name = $round_name and coalesce(s.kind, '其他') = $kind
order by s.index_name, unit, s.ind_code
