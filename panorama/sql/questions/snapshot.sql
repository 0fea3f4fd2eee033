-- One row per snapshot: the files it counts, and those of them whose name says that they are made up; for who sees single
-- units those that rows of these come from
with
own as (
    select
        count(distinct concat(p.drop_id, '/', p.file)) as files,
        count(distinct concat(p.drop_id, '/', p.file)) filter (where contains(p.file, '模拟数据')) as made_up
    from seen.part as p
)
select coalesce(s.files, o.files) as files, coalesce(s.made_up, o.made_up) as made_up
from seen.snapshot as s
cross join own as o
