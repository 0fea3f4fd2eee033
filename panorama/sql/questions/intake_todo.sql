-- One row per matter of the data that needs a person, over all drops that count: kind names or refused
-- names: unit names that wait, n of them; refused: rows of a sheet not yet mended, but for those that merely repeat another
-- doubled: of these n those whose key another row has, with other content: they are not mended, somebody says which row holds
-- later_drop: a newer drop brought a file of the same name, so that the matter may be settled: a person judges
with
live as (
    select p.*
    from seen.part as p
    inner join seen.drop as d on d.drop_id = p.drop_id
    where d.state = 'live'
),
later as (
    select p.part_id, max(o.drop_id) as later_drop
    from live as p
    inner join live as o on o.file = p.file and o.drop_id > p.drop_id
    group by p.part_id
),
doubled as (
    select part_id, count(distinct src_row)::bigint as n
    from seen.reject
    where rule = 'V-DUP' and field is not null and mended_by is null
    group by part_id
),
found as (
    select
        'names' as kind, cast(null as integer) as drop_id, cast(null as integer) as part_id, cast(null as varchar) as file,
        cast(null as varchar) as sheet, cast(null as varchar) as dataset, count(distinct ref) as n
    from seen.waiting
    having count(*) > 0
    union all
    select 'refused', drop_id, part_id, file, sheet, dataset, rows_rejected - rows_waiting - rows_mended - rows_repeated - rows_closed
    from live
    where rows_rejected - rows_waiting > rows_mended + rows_repeated + rows_closed
)
select f.*, coalesce(d.n, 0) as doubled, l.later_drop
from found as f
left join doubled as d on d.part_id = f.part_id and f.kind = 'refused'
left join later as l on l.part_id = f.part_id
order by l.later_drop is not null, case f.kind when 'names' then 0 else 1 end, f.drop_id desc, f.n desc, f.file, f.sheet
