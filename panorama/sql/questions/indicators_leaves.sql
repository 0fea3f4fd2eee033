-- One row per indicator that one unit is scored on in a round: the score that counts, and the unit's own beside it
select
    s.unit_id,
    coalesce(u.short_name, u.name) as unit,
    s.round_name,
    s.ind_code,
    s.name,
    s.index_name,
    s.version,
    s.individual,
    s.weight,
    s.state,
    s.score,
    s.by_kind,
    s.raters,
    s.computed,
    s.own_score
from seen.indicator_score as s
inner join seen.unit as u on u.unit_id = s.unit_id
where s.unit_id = $unit_id and s.round_name = $round_name
order by s.index_name, s.ind_code
