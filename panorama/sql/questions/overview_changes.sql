-- One row per drop of files, newest first: what it brought; null where the rows are not all for the asker to count
select
    d.drop_id,
    d.loaded_at,
    d.loaded_by,
    d.state,
    count(distinct p.file) as files,
    coalesce(sum(p.rows_accepted), case when count(p.part_id) = 0 then 0 end)::bigint as accepted,
    coalesce(sum(p.rows_rejected), case when count(p.part_id) = 0 then 0 end)::bigint as rejected,
    list_sort(list(distinct p.dataset) filter (where p.dataset is not null)) as datasets
from seen.drop as d
left join seen.part as p on p.drop_id = d.drop_id
group by all
order by d.drop_id desc
limit 6
