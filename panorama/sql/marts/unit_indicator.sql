-- One row per unit × round of scoring × indicator that serves it: common ones of its kind, and its own
-- version: the one that the round is scored by; an individual indicator stands in for the common one of its code.
-- parent_code: of the indicator above, which may be written by its code or its name; leaf: nothing stands below it, so it is scored.
with
scored as (
    select distinct s.unit_id, s.round_name, u.template_kind
    from staging.score_row as s
    inner join mart.unit as u on u.unit_id = s.unit_id
),
chosen as (
    select
        c.unit_id, c.round_name, i.ind_code, i.version, i.parent, i.name, i.index_name, i.template_kind,
        i.unit_id is not null as individual, i.weight, i.na_allowed, i.row_id
    from scored as c
    inner join staging.round_version as v
        on v.round_name = c.round_name and (v.unit_id = c.unit_id or (v.unit_id is null and v.template_kind = c.template_kind))
    inner join staging.indicator as i
        on i.version = v.version
        and (i.unit_id = v.unit_id or (i.unit_id is null and v.unit_id is null and i.template_kind = v.template_kind))
    qualify row_number() over (
        partition by c.unit_id, c.round_name, i.ind_code
        order by case when i.unit_id is null then 1 else 0 end, i.row_id desc
    ) = 1
),
named as (
    select unit_id, round_name, name, min(ind_code) as ind_code
    from chosen
    group by unit_id, round_name, name
),
placed as (
    select s.*, coalesce(c.ind_code, n.ind_code) as parent_code
    from chosen as s
    left join chosen as c on c.unit_id = s.unit_id and c.round_name = s.round_name and c.ind_code = s.parent
    left join named as n
        on n.unit_id = s.unit_id and n.round_name = s.round_name and n.name = s.parent and n.ind_code <> s.ind_code
),
above as (
    select distinct unit_id, round_name, parent_code
    from placed
    where parent_code is not null
)
select
    p.unit_id,
    p.round_name,
    p.ind_code,
    p.version,
    p.parent_code,
    p.name,
    p.index_name,
    p.template_kind,
    p.individual,
    p.weight,
    p.na_allowed,
    a.parent_code is null as leaf,
    p.row_id
from placed as p
left join above as a on a.unit_id = p.unit_id and a.round_name = p.round_name and a.parent_code = p.ind_code
