-- One row per round of scoring × kind of unit that indicators serve in it, the newest round first
select
    i.round_name,
    coalesce(u.template_kind, '其他') as kind,
    count(distinct i.unit_id) as units
from seen.unit_indicator as i
inner join seen.unit as u on u.unit_id = i.unit_id
group by i.round_name, u.template_kind
order by i.round_name desc, units desc, kind
