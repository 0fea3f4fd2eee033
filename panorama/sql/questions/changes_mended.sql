-- One row per row that mends a refused one: itself, and the drop of the refused one
select distinct r.mended_by as row_id_after, p.drop_id as refused_in
from seen.reject as r
inner join seen.part as p on p.part_id = r.part_id
where r.mended_by is not null
