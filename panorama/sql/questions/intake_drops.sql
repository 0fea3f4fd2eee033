-- One row per drop of files, newest first
select
    d.drop_id,
    d.loaded_at,
    d.loaded_by,
    d.state,
    count(distinct p.file) as files,
    coalesce(sum(p.rows_accepted), 0)::bigint as accepted,
    coalesce(sum(p.rows_rejected), 0)::bigint as rejected,
    coalesce(sum(p.rows_mended), 0)::bigint as mended
from seen.drop as d
left join seen.part as p on p.drop_id = d.drop_id
group by all
order by d.drop_id desc
