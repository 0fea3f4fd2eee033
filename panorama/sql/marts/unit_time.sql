-- One row per leaf × activity × year with reported workload that has a standard: the one whose scope fits most closely
-- shared: support or extra work, told by the standard, not by volume.
-- Of the period's year, latest version (methods §2). Complexity is declared separately and stays out of the hours.
with
-- place: which version comes before which, whatever their scopes.
standard as (
    select
        row_id,
        activity_id,
        activity_name,
        valid_year,
        scope_ref,
        wisn_class,
        unit_of_work,
        std_hours,
        cv,
        row_number() over (
            order by version_number desc nulls last, version desc nulls last, row_id desc
        ) as place
    from staging.activity_standard
),
offered as (
    select activity_id, valid_year, scope_ref, place
    from standard
    union all
    -- A name shared by several codes is matched by name, within its scope.
    select a.activity_id, s.valid_year, s.scope_ref, s.place
    from standard as s
    inner join mart.activity_name as a on a.ref = s.activity_name
    where a.activity_id <> s.activity_id
),
-- One number says how close a scope is and, of scopes as close, which version comes first.
best as (
    select w.leaf_id, w.activity_id, w.year, min(l.closeness * cast(1000000000 as bigint) + o.place) as choice
    from raw.work as w
    inner join offered as o on o.activity_id = w.activity_id and o.valid_year = w.year
    inner join staging.leaf_scope as l on l.leaf_id = w.leaf_id and l.scope_ref = o.scope_ref
    group by w.leaf_id, w.activity_id, w.year
)
select
    b.leaf_id,
    b.activity_id,
    b.year,
    s.row_id as standard_id,
    cast(floor(b.choice / 1000000000) as int) as closeness,
    s.activity_name,
    s.wisn_class,
    s.unit_of_work,
    s.std_hours,
    s.cv,
    coalesce(s.wisn_class in ('支持', '附加'), false) as shared
from best as b
inner join standard as s on s.place = mod(b.choice, 1000000000)
