-- One row per indicator of one kind of unit, or of one unit with its own, in the version that a round is scored by
select
    i.round_name,
    $kind as kind,
    $unit_id::bigint as unit_id,
    i.ind_code,
    i.version,
    i.parent_code,
    i.name,
    i.index_name,
    bool_or(i.individual) as individual,
    max(i.weight) as weight,
    bool_and(i.leaf) as leaf,
    bool_or(i.na_allowed) as na_allowed,
    count(distinct i.unit_id) as units
from seen.unit_indicator as i
inner join seen.unit as u on u.unit_id = i.unit_id
where
    i.round_name = $round_name
    and coalesce(u.template_kind, '其他') = $kind
    and (i.unit_id = $unit_id or ($unit_id is null and not i.individual))
group by i.round_name, i.ind_code, i.version, i.parent_code, i.name, i.index_name
order by i.index_name, i.ind_code
