-- One row per leaf × activity × year with reported workload that has a standard: the one whose scope fits most closely
-- shared: support or extra work, told by the standard, not by volume.
-- Of the period's year, latest version (methods §2). Complexity is declared separately and stays out of the hours.
with
reported as (
    select distinct leaf_id, activity_id, year
    from raw.work
),
-- A name shared by several codes is matched by name, within its scope.
shared as (
    select s.row_id, a.activity_id
    from staging.activity_standard as s
    inner join mart.activity_name as a on a.ref = s.activity_name
    where a.activity_id <> s.activity_id
),
candidates as (
    select r.leaf_id, r.activity_id, r.year, s.row_id as standard_id
    from reported as r
    inner join staging.activity_standard as s on s.activity_id = r.activity_id and s.valid_year = r.year
    union all
    select r.leaf_id, r.activity_id, r.year, h.row_id as standard_id
    from reported as r
    inner join shared as h on h.activity_id = r.activity_id
)
select
    c.leaf_id,
    c.activity_id,
    c.year,
    s.row_id as standard_id,
    l.closeness,
    s.activity_name,
    s.wisn_class,
    s.unit_of_work,
    s.std_hours,
    s.cv,
    coalesce(s.wisn_class in ('支持', '附加'), false) as shared
from candidates as c
inner join staging.activity_standard as s on s.row_id = c.standard_id and s.valid_year = c.year
inner join staging.leaf_scope as l on l.leaf_id = c.leaf_id and l.scope_ref = s.scope_ref
qualify row_number() over (
    partition by c.leaf_id, c.activity_id, c.year
    order by l.closeness, s.version_number desc nulls last, s.version desc nulls last, s.row_id desc
) = 1
