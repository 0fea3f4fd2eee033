-- One row per leaf × scope text of the standards that covers it, with how closely: 1 post, 2 office, 3 its tag, 4 unit, 5 kind, 6 all
with
kinds as (
    select value, zh as label from raw.choice where lower(enumeration) in ('unit_kind', 'template_kind')
),
posts as (
    select f.leaf_id, f.post_id, p.name, p.post_code, o.name as office, o.office_code, u.name as unit
    from staging.leaf as f
    inner join mart.post as p on p.post_id = f.post_id
    inner join mart.office as o on o.office_id = f.office_id
    inner join mart.unit as u on u.unit_id = f.unit_id
),
offices as (
    select f.leaf_id, o.name, o.office_code, o.peer_tag, u.name as unit
    from staging.leaf as f
    inner join mart.office as o on o.office_id = f.office_id
    inner join mart.unit as u on u.unit_id = f.unit_id
),
units as (
    select f.leaf_id, u.unit_id, u.name, u.short_name, u.unit_code, u.uscc, u.unit_kind, u.template_kind
    from staging.leaf as f
    inner join mart.unit as u on u.unit_id = f.unit_id
),
-- A scope may be written with its path (unit/office/post) where a bare name would fit several.
every as (
    select leaf_id, 1 as closeness, name as scope_ref from posts
    union all
    select leaf_id, 1 as closeness, post_code as scope_ref from posts
    union all
    select leaf_id, 1 as closeness, concat_ws('/', office, name) as scope_ref from posts
    union all
    select leaf_id, 1 as closeness, concat_ws('/', unit, office, name) as scope_ref from posts
    union all
    select leaf_id, 2 as closeness, name as scope_ref from offices
    union all
    select leaf_id, 2 as closeness, office_code as scope_ref from offices
    union all
    select leaf_id, 2 as closeness, concat_ws('/', unit, name) as scope_ref from offices
    union all
    select leaf_id, 3 as closeness, peer_tag as scope_ref from offices
    union all
    select leaf_id, 4 as closeness, name as scope_ref from units
    union all
    select leaf_id, 4 as closeness, short_name as scope_ref from units
    union all
    select leaf_id, 4 as closeness, unit_code as scope_ref from units
    union all
    select leaf_id, 4 as closeness, uscc as scope_ref from units
    union all
    select u.leaf_id, 4 as closeness, n.ref as scope_ref
    from units as u
    inner join raw.unit_name as n on n.dataset = 'activity_standard' and n.unit_id = u.unit_id
    union all
    select leaf_id, 5 as closeness, unit_kind as scope_ref from units
    union all
    select leaf_id, 5 as closeness, template_kind as scope_ref from units
    union all
    select u.leaf_id, 5 as closeness, k.label as scope_ref
    from units as u
    inner join kinds as k on k.value in (u.unit_kind, u.template_kind)
    union all
    select f.leaf_id, 6 as closeness, e.scope_ref
    from staging.leaf as f
    cross join (values ('全部'), ('通用'), ('默认'), ('所有单位'), ('全市')) as e (scope_ref)
)
select
    leaf_id,
    scope_ref,
    min(closeness) as closeness
from every
where scope_ref in (select scope_ref from staging.activity_standard)
group by leaf_id, scope_ref
