-- One row per indicator at the last level that serves one unit in a round, or in one that begins now, and how far it is scored there
with
begun as (
    select count(*) as n from seen.round_version where round_name = $round_name
),
versions as (
    select v.unit_id, v.template_kind, v.version
    from seen.round_version as v
    cross join begun as b
    where v.round_name = $round_name or (b.n = 0 and v.round_name is null)
),
chosen as (
    select i.*
    from seen.unit as u
    inner join versions as v on v.unit_id = u.unit_id or (v.unit_id is null and v.template_kind = u.template_kind)
    inner join seen.indicator as i
        on i.version = v.version
        and (i.unit_id = v.unit_id or (i.unit_id is null and v.unit_id is null and i.template_kind = v.template_kind))
    where u.unit_id = $unit_id
    qualify row_number() over (
        partition by i.ind_code
        order by case when i.unit_id is null then 1 else 0 end, i.row_id desc
    ) = 1
),
named as (
    select name, min(ind_code) as ind_code from chosen group by name
),
above as (
    select coalesce(c.ind_code, n.ind_code) as ind_code
    from chosen as s
    left join chosen as c on c.ind_code = s.parent
    left join named as n on n.name = s.parent and n.ind_code <> s.ind_code
),
agreed as (
    select ind_code, count(*) as n
    from seen.score
    where unit_id = $unit_id and round_name = $round_name and agreed
    group by ind_code
)
select
    c.ind_code,
    c.name,
    c.index_name,
    c.version,
    c.weight,
    c.scoring,
    c.na_allowed,
    c.unit_id is not null as individual,
    coalesce(a.n, 0) > 0 as agreed
from chosen as c
left join agreed as a on a.ind_code = c.ind_code
where c.ind_code not in (select ind_code from above where ind_code is not null)
order by c.index_name, c.ind_code
